import { UserError } from "../../../constructs/errors";
import type { Environment } from "../../../stacks/config/environment";
import { isHeaderValue } from "../http/connection-error";
import {
  fetchWithRetry,
  type FetchOptions,
  type HttpResponse,
} from "../http/fetch";
import {
  parseJson,
  parseJsonObject,
  toJsonObject,
} from "../system/json-object";
import { requireVariable } from "./github-event";

/** The fields of a pull request that this project reads. */
export interface PullRequest {
  readonly number: number;
  readonly merged_at: string | null;
  readonly merge_commit_sha: string | null;
  readonly base: { readonly ref: string };
  readonly head: { readonly sha: string };
}

/** The fields of a commit status that this project reads. */
export interface CommitStatus {
  readonly context: string;
  readonly state: string;
  readonly description: string | null;
  readonly creator: Account | null;
}

/** The fields of a comment that this project reads. */
export interface IssueComment {
  readonly id: number;
  readonly body?: string | null;
  /** `null` if the account was deleted. */
  readonly user: Account | null;
}

/** A status to set on a commit. */
export interface NewStatus {
  readonly context: string;
  readonly state: "success" | "pending" | "failure";
  /** At most 140 characters. */
  readonly description: string;
  /** Page that the status links to. */
  readonly target_url?: string;
}

/** An account of a user or of an app. */
export interface Account {
  readonly login: string;
  readonly type: string;
}

/** The account that acts with the token of a workflow's job. */
export const WORKFLOW_ACCOUNT: Account = {
  login: "github-actions[bot]",
  type: "Bot",
};

/** Returns whether an account is the one of workflows. No user can have such a name. */
export function isWorkflowAccount(account: Account | null): boolean {
  return (
    account?.login === WORKFLOW_ACCOUNT.login &&
    account.type === WORKFLOW_ACCOUNT.type
  );
}

type Method = "GET" | "POST" | "PATCH";

/** A repository as GitHub has it under a name. */
export type RepositoryReading =
  | { readonly kind: "found"; readonly id: string; readonly ownerId: string }
  /** It was renamed or transferred. */
  | { readonly kind: "moved" }
  /** It does not exist, or the token cannot read it. */
  | { readonly kind: "unknown" };

const PAGE_SIZE = 100;
/** GitHub stores a thousand statuses of a commit for each context. */
const MAX_PAGES = 20;
const NETWORK_HINT = "check the network and GITHUB_API_URL";
const PERMISSION_HINT =
  "check GITHUB_TOKEN and the permissions of the job: recording a plan or an apply requires statuses: write; finding a plan requires contents, pull-requests and statuses: read; commenting requires pull-requests: write";

export type GithubClientOptions = Pick<FetchOptions, "log" | "fetch" | "pause">;

/** Calls GitHub's API for one repository, with up to four attempts. No error contains the token. */
export class GithubClient {
  private readonly root: string;
  private readonly token: string;
  private readonly repository: string;

  /** @throws UserError if the environment lacks the token or a variable of GitHub Actions */
  constructor(
    env: Environment,
    private readonly options: GithubClientOptions,
  ) {
    this.token = requireVariable(env, "GITHUB_TOKEN");
    if (!isHeaderValue(this.token))
      throw new UserError(
        "GITHUB_TOKEN must have no line break or control character",
        "set it again, without a line break",
      );
    this.repository = requireVariable(env, "GITHUB_REPOSITORY");
    const root = requireVariable(env, "GITHUB_API_URL");
    if (!/^https?:\/\/[^\s?#]+$/.test(root) || !URL.canParse(root))
      throw new UserError(
        `GITHUB_API_URL must be an http or https URL, got ${JSON.stringify(root)}`,
      );
    this.root = root.replace(/\/+$/, "");
  }

  /** Reads the numeric ids of the repository and its owner. */
  async readRepository(): Promise<RepositoryReading> {
    const { status, text } = await this.send("GET", "");
    if ([301, 302, 307, 308].includes(status)) return { kind: "moved" };
    if (status !== 200) return { kind: "unknown" };
    const { id, owner } = parseJsonObject(text);
    const { id: ownerId } = toJsonObject(owner);
    if (typeof id !== "number" || typeof ownerId !== "number")
      throw createResponseError(this.repository);
    return { kind: "found", id: String(id), ownerId: String(ownerId) };
  }

  /** Returns the newest commit of a branch. */
  async getBranchHead(branch: string): Promise<string> {
    const name = branch.split("/").map(encodeURIComponent).join("/");
    const path = `git/ref/heads/${name}`;
    const reference = (await this.call("GET", path)) as {
      readonly object?: { readonly sha?: string };
    } | null;
    const sha = reference?.object?.sha;
    if (sha === undefined) throw createResponseError(path);
    return sha;
  }

  /** Lists the pull requests that contain a commit or whose merge it is. */
  async listPullRequests(sha: string): Promise<readonly PullRequest[]> {
    return this.list(`commits/${sha}/pulls`);
  }

  /** Lists the statuses of a commit, the newest first. */
  async listStatuses(sha: string): Promise<readonly CommitStatus[]> {
    return this.list(`commits/${sha}/statuses`);
  }

  async addStatus(sha: string, status: NewStatus): Promise<void> {
    await this.call("POST", `statuses/${sha}`, status);
  }

  /** Lists the comments on a pull request, the oldest first. */
  async listComments(pullRequest: number): Promise<readonly IssueComment[]> {
    return this.list(`issues/${pullRequest}/comments`);
  }

  async addComment(pullRequest: number, body: string): Promise<void> {
    await this.call("POST", `issues/${pullRequest}/comments`, { body });
  }

  async updateComment(id: number, body: string): Promise<void> {
    await this.call("PATCH", `issues/comments/${id}`, { body });
  }

  private async list<T>(path: string): Promise<readonly T[]> {
    const all: T[] = [];
    for (let page = 1; page <= MAX_PAGES; page += 1) {
      const query = `?per_page=${PAGE_SIZE}&page=${page}`;
      const items = await this.call("GET", path + query);
      if (!Array.isArray(items)) throw createResponseError(path);
      all.push(...(items as readonly T[]));
      if (items.length < PAGE_SIZE) return all;
    }
    throw new UserError(
      `GitHub must have at most ${MAX_PAGES * PAGE_SIZE} items of ${path}, got more`,
    );
  }

  private async call(
    method: Method,
    path: string,
    body?: object,
  ): Promise<unknown> {
    const { request, status, text } = await this.send(method, `/${path}`, body);
    if (status >= 200 && status < 300) {
      const json = parseJson(text);
      if (json === undefined) throw createResponseError(path);
      return json;
    }
    const message = readErrorMessage(text);
    throw new UserError(
      `${request} failed: HTTP ${status}${message === undefined ? "" : `, ${message}`}`,
      [401, 403, 404].includes(status) ? PERMISSION_HINT : NETWORK_HINT,
    );
  }

  /** @param path path under that of the repository, with a slash; empty for the repository itself */
  private async send(
    method: Method,
    path: string,
    body?: object,
  ): Promise<HttpResponse & { readonly request: string }> {
    const request = `GitHub request ${method} ${path.replace(/^\/|\?.*/g, "") || this.repository}`;
    const response = await fetchWithRetry(
      `${this.root}/repos/${this.repository}${path}`,
      {
        method,
        headers: {
          accept: "application/vnd.github+json",
          authorization: `Bearer ${this.token}`,
          "x-github-api-version": "2022-11-28",
          ...(body !== undefined && { "content-type": "application/json" }),
        },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      },
      {
        subject: request,
        hints: { unreachable: NETWORK_HINT },
        readError: readErrorMessage,
        timeoutSeconds: 15,
        maxPauseSeconds: 60,
        firstPauseMs: 500,
        canThrottleWith403: true,
        ...this.options,
      },
    );
    return { ...response, request };
  }
}

/** Returns GitHub's own error message, quoted. */
function readErrorMessage(text: string): string | undefined {
  const { message } = parseJsonObject(text);
  return typeof message === "string"
    ? JSON.stringify(message.slice(0, 200))
    : undefined;
}

function createResponseError(path: string): UserError {
  return new UserError(
    `the response to ${path} must be JSON of GitHub's API, got something else`,
    NETWORK_HINT,
  );
}
