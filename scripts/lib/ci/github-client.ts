import { setTimeout as sleep } from "node:timers/promises";
import { UserError } from "../../../constructs/errors";
import type { Environment } from "../../../stacks/config/environment";
import { requireVariable } from "./github-event";

/** A pull request that a commit belongs to, as far as this project reads it. */
export interface PullRequest {
  readonly number: number;
  readonly merged_at: string | null;
  readonly merge_commit_sha: string | null;
  readonly base: { readonly ref: string };
  readonly head: { readonly sha: string };
}

/** A status of a commit, as far as this project reads it. */
export interface CommitStatus {
  readonly context: string;
  readonly state: string;
  readonly description: string | null;
  readonly creator: Account | null;
}

/** A branch or a tag, as far as this project reads it. */
export interface GitReference {
  readonly object?: { readonly sha?: string };
}

/** A comment on a pull request, as far as this project reads it. */
export interface IssueComment {
  readonly id: number;
  readonly body?: string | null;
  /** None where the account has been deleted. */
  readonly user: Account | null;
}

/** A status to set on a commit. */
export interface NewStatus {
  readonly context: string;
  readonly state: "success" | "pending" | "failure";
  /** At most 140 characters. */
  readonly description: string;
  /** Page that the status leads to. */
  readonly target_url?: string;
}

/** An account of a person, or of a program. */
export interface Account {
  readonly login: string;
  readonly type: string;
}

/** Account that a workflow's own token acts as. */
export const WORKFLOW_ACCOUNT: Account = {
  login: "github-actions[bot]",
  type: "Bot",
};

/** Whether an account is the one of workflows: no account of a person has such a name. */
export function isWorkflowAccount(account: Account | null): boolean {
  return (
    account?.login === WORKFLOW_ACCOUNT.login &&
    account.type === WORKFLOW_ACCOUNT.type
  );
}

const TRIES = 4;
const TRY_MS = 15_000;
const FIRST_PAUSE_MS = 500;
/** Longest time that GitHub's own wish for a pause is followed. */
const LONGEST_PAUSE_MS = 60_000;
const PAGE_SIZE = 100;
/** GitHub keeps a thousand statuses of a commit for each context. */
const MOST_PAGES = 20;

export interface GithubClientOptions {
  /** Told each time it is tried again. */
  readonly log: (line: string) => void;
  /** @default the platform's */
  readonly fetch?: typeof fetch;
  /** @default waits */
  readonly pause?: (milliseconds: number) => Promise<unknown>;
}

/** Calls GitHub for one repository, each call up to four times while GitHub cannot answer. The token is part of no error. */
export class GithubClient {
  private readonly root: string;
  private readonly token: string;
  private readonly repository: string;

  /** @throws UserError when GitHub's variables, or the token, are not in the environment */
  constructor(
    env: Environment,
    private readonly options: GithubClientOptions,
  ) {
    this.token = requireVariable(env, "GITHUB_TOKEN");
    this.repository = requireVariable(env, "GITHUB_REPOSITORY");
    const root = requireVariable(env, "GITHUB_API_URL");
    if (!/^https?:\/\/[^\s?#]+$/.test(root) || !URL.canParse(root))
      throw new UserError(
        `GITHUB_API_URL must be an http or https URL, got ${JSON.stringify(root)}`,
      );
    this.root = root.replace(/\/+$/, "");
  }

  /** Returns the newest commit of a branch. */
  async getBranchHead(branch: string): Promise<string> {
    const name = branch.split("/").map(encodeURIComponent).join("/");
    const path = `git/ref/heads/${name}`;
    const reference = (await this.call("GET", path)) as GitReference | null;
    const sha = reference?.object?.sha;
    if (sha === undefined) throw notGithub(path);
    return sha;
  }

  /** Pull requests that brought a commit, or hold it. */
  async listPullRequests(sha: string): Promise<readonly PullRequest[]> {
    return this.list<PullRequest>(`commits/${sha}/pulls`);
  }

  /** Statuses of a commit, the newest first. */
  async listStatuses(sha: string): Promise<readonly CommitStatus[]> {
    return this.list<CommitStatus>(`commits/${sha}/statuses`);
  }

  async addStatus(sha: string, status: NewStatus): Promise<void> {
    await this.call("POST", `statuses/${sha}`, status);
  }

  /** Comments on a pull request, the oldest first. */
  async listComments(pullRequest: number): Promise<readonly IssueComment[]> {
    return this.list<IssueComment>(`issues/${pullRequest}/comments`);
  }

  async addComment(pullRequest: number, body: string): Promise<void> {
    await this.call("POST", `issues/${pullRequest}/comments`, { body });
  }

  async updateComment(id: number, body: string): Promise<void> {
    await this.call("PATCH", `issues/comments/${id}`, { body });
  }

  private async list<T>(path: string): Promise<readonly T[]> {
    const found: T[] = [];
    for (let page = 1; page <= MOST_PAGES; page += 1) {
      const items = await this.call(
        "GET",
        `${path}?per_page=${PAGE_SIZE}&page=${page}`,
      );
      if (!Array.isArray(items)) throw notGithub(path);
      found.push(...(items as readonly T[]));
      if (items.length < PAGE_SIZE) return found;
    }
    throw new UserError(
      `GitHub has more of ${path} than ${MOST_PAGES * PAGE_SIZE}, which is all that is read`,
    );
  }

  private async call(
    method: "GET" | "POST" | "PATCH",
    path: string,
    body?: object,
  ): Promise<unknown> {
    const { log, pause = sleep } = this.options;
    const what = `${method} ${path.replace(/\?.*/, "")}`;
    for (let tried = 1; ; tried += 1) {
      const answer = await this.tryOnce(method, path, body);
      if (!("problem" in answer)) return parsed(answer.text, path);
      const {
        problem,
        hint,
        isPermanent: isFinal,
        retryAfterMs: pauseMs,
      } = answer;
      if (isFinal)
        throw new UserError(`GitHub refuses ${what}: ${problem}`, hint);
      if (tried === TRIES)
        throw new UserError(
          `GitHub does not answer ${what}: ${problem}, after ${TRIES} tries`,
          hint,
        );
      const backOffMs = FIRST_PAUSE_MS * 2 ** (tried - 1);
      log(`GitHub does not answer ${what}: ${problem}; trying again`);
      await pause(Math.min(pauseMs ?? backOffMs, LONGEST_PAUSE_MS));
    }
  }

  private async tryOnce(
    method: string,
    path: string,
    body: object | undefined,
  ): Promise<{ readonly text: string } | FailedResponse> {
    const { fetch: send = fetch } = this.options;
    try {
      const response = await send(
        `${this.root}/repos/${this.repository}/${path}`,
        {
          method,
          headers: {
            accept: "application/vnd.github+json",
            authorization: `Bearer ${this.token}`,
            "x-github-api-version": "2022-11-28",
            ...(body !== undefined && { "content-type": "application/json" }),
          },
          ...(body !== undefined && { body: JSON.stringify(body) }),
          // would take the token elsewhere
          redirect: "manual",
          signal: AbortSignal.timeout(TRY_MS),
        },
      );
      const text = await response.text();
      return response.ok ? { text } : toFailedResponse(response, text);
    } catch (error) {
      const { name, cause } = error as Error & {
        readonly cause?: { readonly code?: string };
      };
      const problem =
        name === "TimeoutError"
          ? `no answer in ${TRY_MS / 1000} s`
          : (cause?.code ?? name);
      return { problem, hint: NETWORK_HINT, isPermanent: false };
    }
  }
}

function parsed(text: string, path: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw notGithub(path);
  }
}

function notGithub(path: string): UserError {
  return new UserError(
    `GitHub must answer ${path} with its JSON, got something else`,
    NETWORK_HINT,
  );
}

/** What to look at when GitHub is out of reach, or something else answers. */
export const NETWORK_HINT = "check the network, and GITHUB_API_URL";

/** Why there is no answer, for the end of a sentence. */
export interface FailedResponse {
  readonly problem: string;
  readonly hint: string;
  /** Whether it is of no use to ask again. */
  readonly isPermanent: boolean;
  /** Time after which GitHub wants to be asked again. */
  readonly retryAfterMs?: number | undefined;
}

/** What an answer of GitHub's that is none says: its own message, and whether asking again may help. */
export function toFailedResponse(
  { status, headers }: Response,
  text: string,
): FailedResponse {
  const said = messageIn(text);
  const problem = `HTTP ${status}${said === undefined ? "" : `, ${JSON.stringify(said)}`}`;
  const seconds = Number(headers.get("retry-after") ?? "x");
  const pauseMs = Number.isFinite(seconds) ? seconds * 1000 : undefined;
  // a limit on requests comes as 403 too, and then says when to come back
  const isLimit = status === 429 || (status === 403 && pauseMs !== undefined);
  if (status >= 500 || isLimit)
    return {
      problem,
      hint: "try again in a minute",
      isPermanent: false,
      retryAfterMs: pauseMs,
    };
  const hint =
    status === 401 || status === 403 || status === 404
      ? "check GITHUB_TOKEN and the job's permissions: recording a plan or its apply takes statuses: write, finding a plan contents: read, pull-requests: read and statuses: read, commenting pull-requests: write"
      : NETWORK_HINT;
  return { problem, hint, isPermanent: true };
}

function messageIn(text: string): string | undefined {
  try {
    const { message } = JSON.parse(text) as { readonly message?: unknown };
    return typeof message === "string" ? message.slice(0, 200) : undefined;
  } catch {
    return undefined;
  }
}
