import { setTimeout as sleep } from "node:timers/promises";
import { UserError } from "../../../constructs/errors";
import type { Environment } from "../../../stacks/config";
import { required } from "./github-event";
import type {
  CommitStatus,
  GitReference,
  IssueComment,
  NewStatus,
  PullRequest,
} from "./github-objects";
import { NETWORK_HINT, refusal, type Refusal } from "./github-refusal";

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
    this.token = required(env, "GITHUB_TOKEN");
    this.repository = required(env, "GITHUB_REPOSITORY");
    const root = required(env, "GITHUB_API_URL");
    if (!/^https?:\/\/[^\s?#]+$/.test(root) || !URL.canParse(root))
      throw new UserError(
        `GITHUB_API_URL must be an http or https URL, got ${JSON.stringify(root)}`,
      );
    this.root = root.replace(/\/+$/, "");
  }

  /** Returns the newest commit of a branch. */
  async branchHead(branch: string): Promise<string> {
    const name = branch.split("/").map(encodeURIComponent).join("/");
    const path = `git/ref/heads/${name}`;
    const reference = (await this.call("GET", path)) as GitReference | null;
    const sha = reference?.object?.sha;
    if (sha === undefined) throw notGithub(path);
    return sha;
  }

  /** Pull requests that brought a commit, or hold it. */
  async pullRequestsOf(sha: string): Promise<readonly PullRequest[]> {
    return this.list<PullRequest>(`commits/${sha}/pulls`);
  }

  /** Statuses of a commit, the newest first. */
  async statusesOf(sha: string): Promise<readonly CommitStatus[]> {
    return this.list<CommitStatus>(`commits/${sha}/statuses`);
  }

  async addStatus(sha: string, status: NewStatus): Promise<void> {
    await this.call("POST", `statuses/${sha}`, status);
  }

  /** Comments on a pull request, the oldest first. */
  async commentsOf(pullRequest: number): Promise<readonly IssueComment[]> {
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
      const { problem, hint, isFinal, pauseMs } = answer;
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
  ): Promise<{ readonly text: string } | Refusal> {
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
      return response.ok ? { text } : refusal(response, text);
    } catch (error) {
      const { name, cause } = error as Error & {
        readonly cause?: { readonly code?: string };
      };
      const problem =
        name === "TimeoutError"
          ? `no answer in ${TRY_MS / 1000} s`
          : (cause?.code ?? name);
      return { problem, hint: NETWORK_HINT, isFinal: false };
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
