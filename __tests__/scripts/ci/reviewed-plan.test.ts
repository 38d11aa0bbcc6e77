import {
  GithubClient,
  type PullRequest,
  WORKFLOW_ACCOUNT,
} from "../../../scripts/lib/ci/github-client";
import {
  addPlanStatus,
  findReviewedPlan,
  formatReviewedPlan,
  parseReviewedPlan,
  recordReviewedPlan,
} from "../../../scripts/lib/ci/reviewed-plan";
import type { Environment } from "../../../stacks/config/environment";
import { FakeGithub, JOB_TOKEN, REPOSITORY } from "../../support/fake-github";
import { LoopbackServer, type Reply } from "../../support/loopback-server";

const HASH = `sha256:${"0123456789abcdef".repeat(4)}`;
const TREE = "0123456789".repeat(4);
const PLAN = { hash: HASH, tree: TREE };
const LINE = `${HASH} tree:${TREE}`;
const NO_CHANGE = { add: 0, change: 0, destroy: 0 };
const MERGE = "m".repeat(40);
const HEAD = "h".repeat(40);
const COMMIT = { sha: MERGE, branch: "dev", stage: "dev" };
const CONTEXT = "plan (dev)";

function createClient(
  endpoint: string,
  env: Environment = {},
  log: (line: string) => void = () => undefined,
  pause: (milliseconds: number) => Promise<unknown> = () => Promise.resolve(),
): GithubClient {
  return new GithubClient(
    {
      GITHUB_API_URL: endpoint,
      GITHUB_REPOSITORY: REPOSITORY,
      GITHUB_TOKEN: JOB_TOKEN,
      ...env,
    },
    { log, pause },
  );
}

function createPullRequest(changes: Partial<PullRequest> = {}): PullRequest {
  return {
    number: 7,
    merged_at: "2026-11-23T00:00:00Z",
    merge_commit_sha: MERGE,
    base: { ref: "dev" },
    head: { sha: HEAD },
    ...changes,
  };
}

describe("the line of a reviewed plan", () => {
  test("is parsed with or without counts and white space around it", () => {
    expect(formatReviewedPlan(PLAN)).toBe(LINE);
    for (const text of [LINE, ` ${LINE}\n`, `${LINE} +1 ~2 -3`])
      expect(parseReviewedPlan(text)).toEqual(PLAN);
  });

  test.each([
    "",
    HASH,
    `tree:${TREE}`,
    `${HASH}  tree:${TREE}`,
    LINE.replace("0", "A"),
    `${LINE}0`,
    `x ${LINE}`,
  ])("is invalid when it is %j", (text) => {
    expect(parseReviewedPlan(text)).toBeUndefined();
  });
});

describe("a recorded plan", () => {
  let github: FakeGithub;

  beforeEach(async () => {
    github = await FakeGithub.start();
    github.pullRequests.set(MERGE, [createPullRequest()]);
  });

  afterEach(async () => {
    await github.stop();
  });

  const record = async (counts = NO_CHANGE): Promise<void> =>
    addPlanStatus(createClient(github.endpoint), {
      sha: HEAD,
      stage: "dev",
      plan: PLAN,
      counts,
    });
  const find = (commit = COMMIT) =>
    findReviewedPlan(createClient(github.endpoint), commit);

  test("is found for the merge of its pull request", async () => {
    await record({ add: 14, change: 2, destroy: 1 });
    expect(github.statuses.get(HEAD)?.[0]).toMatchObject({
      context: CONTEXT,
      state: "success",
      description: `${LINE} +14 ~2 -1`,
    });
    expect(await find()).toEqual({
      ...PLAN,
      pullRequest: 7,
      recordedOn: HEAD,
    });
  });

  test("omits its counts if they exceed the limit of GitHub", async () => {
    await record({ add: 123_456_789, change: 123_456_789, destroy: 0 });
    expect(github.statuses.get(HEAD)?.[0]?.description).toBe(LINE);
  });

  test("has the version of its AWS provider", async () => {
    for (const [awsVersion, found] of [
      ["6.25.0", "6.25.0"],
      ["7.0.0-beta1", "7.0.0-beta1"],
      // becomes part of a Terraform file
      ['6.0.0"}', undefined],
    ] as const) {
      await addPlanStatus(createClient(github.endpoint), {
        sha: HEAD,
        stage: "dev",
        plan: PLAN,
        counts: { add: 1, change: 2, destroy: 3 },
        awsVersion,
      });
      expect(github.statuses.get(HEAD)?.[0]?.description).toMatch(
        `${LINE} aws@${awsVersion}`,
      );
      expect(await find()).toMatchObject({ ...PLAN, pullRequest: 7 });
      expect((await find()).awsVersion).toBe(found);
    }
  });

  test("is found for a branch that was fast-forwarded to the head of the pull request", async () => {
    await record();
    github.pullRequests.set(HEAD, [
      createPullRequest({ merge_commit_sha: null }),
    ]);
    expect(await find({ ...COMMIT, sha: HEAD })).toMatchObject(PLAN);
  });

  test("is the newest of its stage, after more than a page of others", async () => {
    github.addStatus(
      HEAD,
      { context: CONTEXT, description: "" },
      WORKFLOW_ACCOUNT,
    );
    await record();
    for (let count = 0; count < 150; count += 1)
      github.addStatus(
        HEAD,
        { context: "plan (staging)", description: LINE.replaceAll("0", "1") },
        WORKFLOW_ACCOUNT,
      );
    expect(await find()).toMatchObject(PLAN);
  });

  test("ignores later statuses of other accounts", async () => {
    await record();
    github.addStatus(
      HEAD,
      { context: CONTEXT, description: LINE.replaceAll("0", "1") },
      { login: "another", type: "User" },
    );
    expect(await find()).toMatchObject(PLAN);
  });

  test("fails when only other accounts have set a status", async () => {
    for (const creator of [
      { login: "github-actions[bot]", type: "User" },
      { login: "other-app[bot]", type: "Bot" },
    ])
      github.addStatus(HEAD, { context: CONTEXT, description: LINE }, creator);
    await expect(find()).rejects.toThrow(
      'cannot find the plan of pull request #7: its status "plan (dev)" is from other-app[bot], not from github-actions[bot]',
    );
  });

  test("fails when there is no status, or an invalid one", async () => {
    const message = 'has no status "plan (dev)" with a plan';
    await expect(find()).rejects.toThrow(message);
    github.addStatus(
      HEAD,
      { context: CONTEXT, description: "x" },
      WORKFLOW_ACCOUNT,
    );
    await expect(find()).rejects.toThrow(message);
  });

  test.each([
    ["not merged", { merged_at: null }],
    ["merged into another branch", { base: { ref: "main" } }],
    ["merged as another commit", { merge_commit_sha: "x".repeat(40) }],
  ])("fails when the pull request is %s", async (_, changes) => {
    await record();
    github.pullRequests.set(MERGE, [createPullRequest(changes)]);
    await expect(find()).rejects.toThrow(
      "cannot find a reviewed plan: commit mmmmmmmmmmmm merges no pull request into dev",
    );
  });
});

test("recording a plan fails without a pull request", async () => {
  const push = {
    GITHUB_EVENT_NAME: "push",
    GITHUB_REF_NAME: "dev",
    GITHUB_REF_TYPE: "branch",
  };
  await expect(
    recordReviewedPlan(
      push,
      "dev",
      { ...PLAN, counts: NO_CHANGE },
      () => undefined,
    ),
  ).rejects.toThrow(
    "--record requires a pull request, got a run on branch dev",
  );
});

describe("a request to GitHub", () => {
  const servers: LoopbackServer[] = [];

  afterEach(async () => {
    for (const server of servers.splice(0)) await server.stop();
  });

  /** Starts a server with these replies in turn; it repeats the last one. */
  async function startServer(
    ...replies: readonly (Reply | undefined)[]
  ): Promise<LoopbackServer> {
    const left = [...replies];
    const server = await LoopbackServer.start(() =>
      left.length > 1 ? left.shift() : left[0],
    );
    servers.push(server);
    return server;
  }

  test("is repeated after a temporary failure", async () => {
    const server = await startServer(
      { status: 502, body: "<html>" },
      undefined,
      { status: 403, headers: { "retry-after": "1" }, body: "{}" },
      { body: [] },
    );
    const logged: string[] = [];
    const pauses: number[] = [];
    const github = createClient(
      server.endpoint,
      {},
      (line) => logged.push(line),
      (milliseconds) => Promise.resolve(pauses.push(milliseconds)),
    );
    expect(await github.listStatuses(HEAD)).toEqual([]);
    expect(server.received).toHaveLength(4);
    expect(logged).toHaveLength(3);
    const [first = 0, second = 0, third] = pauses;
    expect(first).toBeGreaterThanOrEqual(500);
    expect(second).toBeGreaterThanOrEqual(1000);
    expect(third).toBe(1000);
  });

  test("fails after four attempts", async () => {
    const server = await startServer({ status: 500, body: '{"message":"x"}' });
    await expect(
      createClient(server.endpoint).listStatuses(HEAD),
    ).rejects.toThrow(
      `GitHub request GET commits/${HEAD}/statuses failed: HTTP 500, "x", after 4 attempts`,
    );
    expect(server.received).toHaveLength(4);
  });

  test("fails at once without permission, naming the permissions and not the token", async () => {
    const server = await startServer({
      status: 403,
      body: { message: "Resource not accessible by integration" },
    });
    const error: unknown = await createClient(server.endpoint)
      .addStatus(HEAD, { context: "c", state: "success", description: "d" })
      .catch((caught: unknown) => caught);
    expect(error).toMatchObject({
      message: `GitHub request POST statuses/${HEAD} failed: HTTP 403, "Resource not accessible by integration"`,
      hint: expect.stringContaining("statuses: write") as string,
    });
    expect(JSON.stringify(error)).not.toContain(JOB_TOKEN);
    expect(server.received).toHaveLength(1);
  });

  test("fails for a response that is no list, and for a redirect", async () => {
    const server = await startServer(
      { body: "<html>" },
      { body: {} },
      { status: 302, headers: { location: "/elsewhere" }, body: "" },
    );
    const github = createClient(server.endpoint);
    for (const message of [
      "JSON of GitHub's API",
      "JSON of GitHub's API",
      "HTTP 302",
    ])
      await expect(github.listStatuses(HEAD)).rejects.toThrow(message);
    expect(server.received).toHaveLength(3);
  });

  test("fails for a list without an end", async () => {
    const server = await startServer({ body: Array(100).fill({}) });
    await expect(
      createClient(server.endpoint).listStatuses(HEAD),
    ).rejects.toThrow("must have at most 2000 items");
  });

  test.each([
    [{ GITHUB_TOKEN: "" }, "GITHUB_TOKEN is required"],
    [{ GITHUB_TOKEN: "a\nb" }, "GITHUB_TOKEN must have no line break"],
    [{ GITHUB_API_URL: "x" }, 'must be an http or https URL, got "x"'],
  ])("fails with %j", (env, message) => {
    expect(() => createClient("http://127.0.0.1:1", env)).toThrow(message);
  });
});
