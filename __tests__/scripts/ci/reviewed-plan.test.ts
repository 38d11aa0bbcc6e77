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

function client(
  endpoint: string,
  env: Environment = {},
  log: (line: string) => void = () => undefined,
): GithubClient {
  return new GithubClient(
    {
      GITHUB_API_URL: endpoint,
      GITHUB_REPOSITORY: REPOSITORY,
      GITHUB_TOKEN: JOB_TOKEN,
      ...env,
    },
    { log, pause: () => Promise.resolve() },
  );
}

function pullRequest(changes: Partial<PullRequest> = {}): PullRequest {
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
  test("is read as it is written, with or without counts and space around it", () => {
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
  ])("is none when it is %j", (text) => {
    expect(parseReviewedPlan(text)).toBeUndefined();
  });
});

describe("a plan that is recorded", () => {
  let github: FakeGithub;

  beforeEach(async () => {
    github = await FakeGithub.start();
    github.pullRequests.set(MERGE, [pullRequest()]);
  });

  afterEach(async () => {
    await github.stop();
  });

  const record = async (counts = NO_CHANGE): Promise<void> =>
    addPlanStatus(client(github.endpoint), {
      sha: HEAD,
      stage: "dev",
      plan: PLAN,
      counts,
    });
  const find = (commit = COMMIT) =>
    findReviewedPlan(client(github.endpoint), commit);

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

  test("leaves its counts out where GitHub would not take all of them", async () => {
    await record({ add: 123_456_789, change: 123_456_789, destroy: 0 });
    expect(github.statuses.get(HEAD)?.[0]?.description).toBe(LINE);
  });

  test("has the version of the AWS provider that it was made with", async () => {
    for (const [awsVersion, found] of [
      ["6.25.0", "6.25.0"],
      ["7.0.0-beta1", "7.0.0-beta1"],
      // it goes into a file of Terraform's
      ['6.0.0"}', undefined],
    ] as const) {
      await addPlanStatus(client(github.endpoint), {
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

  test("is found for a branch that was moved to the pull request's own head", async () => {
    await record();
    github.pullRequests.set(HEAD, [pullRequest({ merge_commit_sha: null })]);
    expect(await find({ ...COMMIT, sha: HEAD })).toMatchObject(PLAN);
  });

  test("is the newest of its stage, behind a hundred of others", async () => {
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

  test("is not what somebody else says of the commit later", async () => {
    await record();
    github.addStatus(
      HEAD,
      { context: CONTEXT, description: LINE.replaceAll("0", "1") },
      { login: "somebody", type: "User" },
    );
    expect(await find()).toMatchObject(PLAN);
  });

  test("fails when nobody but somebody else says so", async () => {
    for (const creator of [
      { login: "github-actions[bot]", type: "User" },
      { login: "other-app[bot]", type: "Bot" },
    ])
      github.addStatus(HEAD, { context: CONTEXT, description: LINE }, creator);
    await expect(find()).rejects.toThrow(
      'no plan of pull request #7 was recorded: its status "plan (dev)" is from other-app[bot], not from github-actions[bot]',
    );
  });

  test("fails when there is none, or none that can be read", async () => {
    const message = 'has no status "plan (dev)" that tells of one';
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
    github.pullRequests.set(MERGE, [pullRequest(changes)]);
    await expect(find()).rejects.toThrow(
      "no plan of commit mmmmmmmmmmmm was reviewed: it is the merge of no pull request into dev",
    );
  });
});

test("a plan fails to be recorded where there is no pull request", async () => {
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
    "a plan is recorded for a pull request, got a run on branch dev",
  );
});

describe("GitHub", () => {
  const servers: LoopbackServer[] = [];

  afterEach(async () => {
    for (const server of servers.splice(0)) await server.stop();
  });

  /** A server that gives these answers in turn, and the last one for ever. */
  async function answering(
    ...replies: readonly (Reply | undefined)[]
  ): Promise<LoopbackServer> {
    const left = [...replies];
    const server = await LoopbackServer.start(() =>
      left.length > 1 ? left.shift() : left[0],
    );
    servers.push(server);
    return server;
  }

  test("is asked again while it cannot answer", async () => {
    const server = await answering(
      { status: 502, body: "<html>" },
      undefined,
      { status: 403, headers: { "retry-after": "1" }, body: "{}" },
      { body: [] },
    );
    const told: string[] = [];
    const github = client(server.endpoint, {}, (line) => told.push(line));
    expect(await github.listStatuses(HEAD)).toEqual([]);
    expect(server.received).toHaveLength(4);
    expect(told).toHaveLength(3);
  });

  test("fails after four tries", async () => {
    const server = await answering({ status: 500, body: '{"message":"x"}' });
    await expect(client(server.endpoint).listStatuses(HEAD)).rejects.toThrow(
      `GitHub does not answer GET commits/${HEAD}/statuses: HTTP 500, "x", after 4 tries`,
    );
    expect(server.received).toHaveLength(4);
  });

  test("fails at once when it refuses, naming the permissions and not the token", async () => {
    const server = await answering({
      status: 403,
      body: { message: "Resource not accessible by integration" },
    });
    const error: unknown = await client(server.endpoint)
      .addStatus(HEAD, { context: "c", state: "success", description: "d" })
      .catch((caught: unknown) => caught);
    expect(error).toMatchObject({
      message: `GitHub refuses POST statuses/${HEAD}: HTTP 403, "Resource not accessible by integration"`,
      hint: expect.stringContaining("statuses: write") as string,
    });
    expect(JSON.stringify(error)).not.toContain(JOB_TOKEN);
    expect(server.received).toHaveLength(1);
  });

  test("fails when it answers with no list, or sends the call elsewhere", async () => {
    const server = await answering(
      { body: "<html>" },
      { body: {} },
      { status: 302, headers: { location: "/elsewhere" }, body: "" },
    );
    const github = client(server.endpoint);
    for (const message of ["its JSON", "its JSON", "HTTP 302"])
      await expect(github.listStatuses(HEAD)).rejects.toThrow(message);
    expect(server.received).toHaveLength(3);
  });

  test("fails when a list has no end", async () => {
    const server = await answering({ body: Array(100).fill({}) });
    await expect(client(server.endpoint).listStatuses(HEAD)).rejects.toThrow(
      "than 2000, which is all that is read",
    );
  });

  test.each([
    [{ GITHUB_TOKEN: "" }, "GITHUB_TOKEN must be given, got nothing"],
    [{ GITHUB_API_URL: "x" }, 'must be an http or https URL, got "x"'],
  ])("fails to be called with %j", (env, message) => {
    expect(() => client("http://127.0.0.1:1", env)).toThrow(message);
  });
});
