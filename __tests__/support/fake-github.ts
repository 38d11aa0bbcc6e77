import type {
  CommitStatus,
  NewStatus,
  PullRequest,
} from "../../scripts/lib/ci/github-client";
import { LoopbackServer, type Received, type Reply } from "./loopback-server";

export const REPOSITORY = "somebody/veda-auth";
/** The token of a workflow's job. */
export const JOB_TOKEN = "ghs-job-token";
export const WORKFLOW_ACCOUNT = { login: "github-actions[bot]", type: "Bot" };

/** GitHub's API as far as the workflows call it, of one repository, at an address of this machine. */
export class FakeGithub {
  /** Pull requests by the commit that they belong to. */
  readonly pullRequests = new Map<string, PullRequest[]>();
  /** Statuses by commit, the newest first. */
  readonly statuses = new Map<string, CommitStatus[]>();

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

  get received(): readonly Received[] {
    return this.server.received;
  }

  async stop(): Promise<void> {
    await this.server.stop();
  }

  /** A status that an account sets by itself. */
  addStatus(
    sha: string,
    status: Pick<CommitStatus, "context" | "description">,
    creator: NonNullable<CommitStatus["creator"]>,
  ): void {
    const before = this.statuses.get(sha) ?? [];
    const added = { state: "success", ...status, creator };
    this.statuses.set(sha, [added, ...before]);
  }

  private answer({ method, url, headers, body }: Received): Reply {
    if (headers.authorization !== `Bearer ${JOB_TOKEN}`)
      return { status: 401, body: { message: "Bad credentials" } };
    const { pathname, searchParams } = new URL(url, this.endpoint);
    const [, kind, sha = "", list] =
      new RegExp(
        `^/repos/${REPOSITORY}/(commits|statuses)/([^/]+)(?:/(pulls|statuses))?$`,
      ).exec(pathname) ?? [];
    if (method === "POST" && kind === "statuses" && list === undefined) {
      const status = JSON.parse(body) as NewStatus;
      if (status.description.length > 140)
        return { status: 422, body: { message: "description is too long" } };
      this.addStatus(sha, status, WORKFLOW_ACCOUNT);
      return { status: 201, body: {} };
    }
    if (method !== "GET" || kind !== "commits" || list === undefined)
      return { status: 404, body: { message: "Not Found" } };
    const all: readonly unknown[] =
      (list === "pulls" ? this.pullRequests : this.statuses).get(sha) ?? [];
    const size = Number(searchParams.get("per_page") ?? 30);
    const first = (Number(searchParams.get("page") ?? 1) - 1) * size;
    return { body: all.slice(first, first + size) };
  }
}
