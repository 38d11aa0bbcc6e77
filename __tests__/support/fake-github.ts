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

export const REPOSITORY = "example/veda-auth";
/** Token of a workflow's job. */
export const JOB_TOKEN = "ghs-job-token";
/** GitHub's limit for a comment, in characters. */
const MAX_COMMENT_LENGTH = 65_536;
const NOT_FOUND: Reply = { status: 404, body: { message: "Not Found" } };

/** The part of GitHub's API that the workflows call, for one repository, on loopback. */
export class FakeGithub {
  /** Newest commits by branch. */
  readonly branches = new Map<string, string>();
  /** Pull requests by commit. */
  readonly pullRequests = new Map<string, PullRequest[]>();
  /** Statuses by commit, the newest first. */
  readonly statuses = new Map<string, CommitStatus[]>();
  /** Comments by pull request, the oldest first. */
  readonly comments = new Map<number, IssueComment[]>();
  /** Numeric ids of the repository and its owner; `undefined` if it was renamed. */
  ids: { readonly id: number; readonly ownerId: number } | undefined = {
    id: 2,
    ownerId: 1,
  };
  /** Commits that do not allow a status. */
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

  /** Adds a status of an account. */
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

  /** Adds a comment of an account. */
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
    if (`${pathname}/` === root) return this.answerRepository();
    if (!pathname.startsWith(root)) return NOT_FOUND;
    const path = pathname.slice(root.length);
    if (path.startsWith("issues/"))
      return this.answerComments(request, path, query);
    const reference = /^git\/ref\/heads\/(.+)$/.exec(path)?.[1];
    return reference === undefined
      ? this.answerCommits(request, path, query)
      : this.answerBranch(decodeURIComponent(reference));
  }

  private answerRepository(): Reply {
    const { ids } = this;
    return ids === undefined
      ? { status: 301, headers: { location: "/repositories/2" }, body: {} }
      : { body: { id: ids.id, owner: { id: ids.ownerId } } };
  }

  private answerBranch(name: string): Reply {
    const sha = this.branches.get(name);
    const ref = `refs/heads/${name}`;
    return sha === undefined ? NOT_FOUND : { body: { ref, object: { sha } } };
  }

  private answerCommits(
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
    return { body: getPage(all.get(sha) ?? [], query) };
  }

  private answerComments(
    { method, body }: ReceivedRequest,
    path: string,
    query: URLSearchParams,
  ): Reply {
    const [, pullRequest] = /^issues\/(\d+)\/comments$/.exec(path) ?? [];
    const number = pullRequest === undefined ? undefined : Number(pullRequest);
    if (method === "GET" && number !== undefined)
      return { body: getPage(this.comments.get(number) ?? [], query) };
    const [, id] = /^issues\/comments\/(\d+)$/.exec(path) ?? [];
    const isNew = method === "POST" && number !== undefined;
    if (!isNew && (method !== "PATCH" || id === undefined)) return NOT_FOUND;
    const { body: text } = JSON.parse(body) as { readonly body: string };
    if (text.length > MAX_COMMENT_LENGTH)
      return { status: 422, body: { message: "body is too long" } };
    if (isNew) {
      this.addComment(number, text, WORKFLOW_ACCOUNT);
      return { status: 201, body: {} };
    }
    for (const comments of this.comments.values()) {
      const index = comments.findIndex((one) => String(one.id) === id);
      const found = comments[index];
      if (found === undefined) continue;
      comments[index] = { ...found, body: text };
      return { body: {} };
    }
    return NOT_FOUND;
  }
}

function getPage(all: readonly unknown[], query: URLSearchParams): object {
  const size = Number(query.get("per_page") ?? 30);
  const first = (Number(query.get("page") ?? 1) - 1) * size;
  return all.slice(first, first + size);
}
