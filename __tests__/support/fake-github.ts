import {
  WORKFLOW_ACCOUNT,
  type Account,
  type CommitStatus,
  type IssueComment,
  type NewStatus,
  type PullRequest,
} from "../../scripts/lib/ci/github-client";
import {
  LoopbackServer,
  type ReceivedRequest,
  type Reply,
} from "./loopback-server";

export const REPOSITORY = "somebody/veda-auth";
/** The token of a workflow's job. */
export const JOB_TOKEN = "ghs-job-token";
/** Longest comment that GitHub takes, in characters. */
const LONGEST_COMMENT = 65_536;
const NOT_FOUND: Reply = { status: 404, body: { message: "Not Found" } };

/** GitHub's API as far as the workflows call it, of one repository, at an address of this machine. */
export class FakeGithub {
  /** Newest commits by branch. */
  readonly branches = new Map<string, string>();
  /** Pull requests by the commit that they belong to. */
  readonly pullRequests = new Map<string, PullRequest[]>();
  /** Statuses by commit, the newest first. */
  readonly statuses = new Map<string, CommitStatus[]>();
  /** Comments by the number of their pull request, the oldest first. */
  readonly comments = new Map<number, IssueComment[]>();
  /** Commits that take no status. */
  readonly commitsWithoutStatuses = new Set<string>();
  private lastComment = 0;

  private constructor(private readonly server: LoopbackServer) {}

  static async start(): Promise<FakeGithub> {
    const server = await LoopbackServer.start((request) =>
      self.answer(request),
    );
    const self = new FakeGithub(server);
    return self;
  }

  get endpoint(): string {
    return this.server.endpoint;
  }

  get received(): readonly ReceivedRequest[] {
    return this.server.received;
  }

  async stop(): Promise<void> {
    await this.server.stop();
  }

  /** A status that an account sets by itself. */
  addStatus(
    sha: string,
    status: Pick<CommitStatus, "context" | "description"> &
      Partial<Pick<CommitStatus, "state">>,
    creator: Account,
  ): void {
    const before = this.statuses.get(sha) ?? [];
    const added = { state: "success", ...status, creator };
    this.statuses.set(sha, [added, ...before]);
  }

  /** A comment that an account writes by itself. */
  addComment(pullRequest: number, body: string, user: Account | null): void {
    this.lastComment += 1;
    const before = this.comments.get(pullRequest) ?? [];
    const added = { id: this.lastComment, body, user };
    this.comments.set(pullRequest, [...before, added]);
  }

  private answer(request: ReceivedRequest): Reply {
    if (request.headers.authorization !== `Bearer ${JOB_TOKEN}`)
      return { status: 401, body: { message: "Bad credentials" } };
    const { pathname, searchParams: query } = new URL(
      request.url,
      this.endpoint,
    );
    const root = `/repos/${REPOSITORY}/`;
    if (!pathname.startsWith(root)) return NOT_FOUND;
    const path = pathname.slice(root.length);
    if (path.startsWith("issues/"))
      return this.answerOfComments(request, path, query);
    const reference = /^git\/ref\/heads\/(.+)$/.exec(path)?.[1];
    return reference === undefined
      ? this.answerOfCommits(request, path, query)
      : this.answerOfBranch(decodeURIComponent(reference));
  }

  private answerOfBranch(name: string): Reply {
    const sha = this.branches.get(name);
    const ref = `refs/heads/${name}`;
    return sha === undefined ? NOT_FOUND : { body: { ref, object: { sha } } };
  }

  private answerOfCommits(
    { method, body }: ReceivedRequest,
    path: string,
    query: URLSearchParams,
  ): Reply {
    const [, kind, sha = "", list] =
      /^(commits|statuses)\/([^/]+)(?:\/(pulls|statuses))?$/.exec(path) ?? [];
    if (method === "POST" && kind === "statuses" && list === undefined) {
      const status = JSON.parse(body) as NewStatus;
      if (status.description.length > 140)
        return { status: 422, body: { message: "description is too long" } };
      if (this.commitsWithoutStatuses.has(sha))
        return { status: 403, body: { message: "not accessible" } };
      this.addStatus(sha, status, WORKFLOW_ACCOUNT);
      return { status: 201, body: {} };
    }
    if (method !== "GET" || kind !== "commits" || list === undefined)
      return NOT_FOUND;
    const all = list === "pulls" ? this.pullRequests : this.statuses;
    return { body: page(all.get(sha) ?? [], query) };
  }

  private answerOfComments(
    { method, body }: ReceivedRequest,
    path: string,
    query: URLSearchParams,
  ): Reply {
    const [, given] = /^issues\/(\d+)\/comments$/.exec(path) ?? [];
    const number = given === undefined ? undefined : Number(given);
    if (method === "GET" && number !== undefined)
      return { body: page(this.comments.get(number) ?? [], query) };
    const [, id] = /^issues\/comments\/(\d+)$/.exec(path) ?? [];
    const isNew = method === "POST" && number !== undefined;
    if (!isNew && (method !== "PATCH" || id === undefined)) return NOT_FOUND;
    const { body: text } = JSON.parse(body) as { readonly body: string };
    if (text.length > LONGEST_COMMENT)
      return { status: 422, body: { message: "body is too long" } };
    if (isNew) {
      this.addComment(number, text, WORKFLOW_ACCOUNT);
      return { status: 201, body: {} };
    }
    for (const comments of this.comments.values()) {
      const place = comments.findIndex((one) => String(one.id) === id);
      const found = comments[place];
      if (found === undefined) continue;
      comments[place] = { ...found, body: text };
      return { body: {} };
    }
    return NOT_FOUND;
  }
}

function page(all: readonly unknown[], query: URLSearchParams): object {
  const size = Number(query.get("per_page") ?? 30);
  const first = (Number(query.get("page") ?? 1) - 1) * size;
  return all.slice(first, first + size);
}
