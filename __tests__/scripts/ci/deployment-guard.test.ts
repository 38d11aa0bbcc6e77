import { UserError } from "../../../constructs/errors";
import { readCommit } from "../../../scripts/lib/ci/checkout";
import {
  GithubGuard,
  createExplicitPlanGuard,
} from "../../../scripts/lib/ci/deployment-guard";
import { WORKFLOW_ACCOUNT } from "../../../scripts/lib/ci/github-client";
import {
  formatReviewedPlan,
  type ReviewedPlan,
} from "../../../scripts/lib/ci/reviewed-plan";
import type { Environment } from "../../../stacks/config/environment";
import { FakeGithub, JOB_TOKEN, REPOSITORY } from "../../support/fake-github";

const PLAN = { hash: `sha256:${"a".repeat(64)}`, tree: "b".repeat(40) };
const LINE = formatReviewedPlan(PLAN);
const PULL_REQUEST_HEAD = "c".repeat(40);
const APPLIED = "applied (dev)";

let github: FakeGithub;
let sha: string;
let logged: string[];

beforeAll(async () => {
  sha = await readCommit();
});

beforeEach(async () => {
  logged = [];
  github = await FakeGithub.start();
  github.branches.set("dev", sha);
  github.pullRequests.set(sha, [
    {
      number: 7,
      merged_at: "2026-11-23T00:00:00Z",
      merge_commit_sha: sha,
      base: { ref: "dev" },
      head: { sha: PULL_REQUEST_HEAD },
    },
  ]);
  github.addStatus(
    PULL_REQUEST_HEAD,
    { context: "plan (dev)", description: LINE },
    WORKFLOW_ACCOUNT,
  );
});

afterEach(async () => {
  await github.stop();
});

function createGuard(
  explicitPlan?: ReviewedPlan,
  env: Environment = {},
): GithubGuard {
  return new GithubGuard(
    {
      GITHUB_API_URL: github.endpoint,
      GITHUB_REPOSITORY: REPOSITORY,
      GITHUB_TOKEN: JOB_TOKEN,
      GITHUB_SHA: sha,
      GITHUB_REF_NAME: "dev",
      ...env,
    },
    {
      stage: "dev",
      explicitPlan,
      log: (line) => logged.push(line),
      pause: () => Promise.resolve(),
    },
  );
}

/** Checks and applies once, like a workflow run. */
async function run(
  explicitPlan?: ReviewedPlan,
  apply: () => Promise<void> = () => Promise.resolve(),
): Promise<void> {
  const own = createGuard(explicitPlan);
  await own.requireNewestCommit();
  await own.findReviewedPlan();
  await own.requireNotApplied();
  await own.recordApply(apply);
}

function listStates(commit: string): string[] {
  return (github.statuses.get(commit) ?? [])
    .filter(({ context }) => context === APPLIED)
    .map(({ state, description }) => `${state} ${description ?? ""}`);
}

describe("a deployment from GitHub", () => {
  test("is recorded before and after the apply, on its commit and on the reviewed one", async () => {
    await run(undefined, () => {
      expect(listStates(sha)).toEqual([`pending ${LINE}`]);
      return Promise.resolve();
    });
    for (const commit of [sha, PULL_REQUEST_HEAD])
      expect(listStates(commit)).toEqual([
        `success ${LINE}`,
        `pending ${LINE}`,
      ]);
  });

  test.each<[string, ReviewedPlan | undefined]>([
    ["the recorded plan", undefined],
    ["an explicit plan", PLAN],
  ])("fails when %s was applied before", async (_, plan) => {
    await run(plan);
    await expect(run(plan)).rejects.toThrow(/^this plan was already applied/);
  });

  test("fails when the plan of its pull request was applied by another commit", async () => {
    github.addStatus(
      PULL_REQUEST_HEAD,
      { context: APPLIED, description: LINE },
      WORKFLOW_ACCOUNT,
    );
    await expect(run()).rejects.toThrow("was already applied");
  });

  test("can run again after a failure", async () => {
    await expect(
      run(undefined, () =>
        Promise.reject(new UserError("the state is locked")),
      ),
    ).rejects.toThrow("the state is locked");
    expect(listStates(sha)[0]).toBe(`failure ${LINE}`);
    await run();
    expect(listStates(sha)[0]).toBe(`success ${LINE}`);
  });

  test("that was interrupted counts as applied, unless the user names the plan", async () => {
    const pending = { context: APPLIED, description: LINE, state: "pending" };
    github.addStatus(sha, pending, WORKFLOW_ACCOUNT);
    await expect(run()).rejects.toThrow("its end is not recorded");
    await run(PLAN);
    expect(listStates(sha)[0]).toBe(`success ${LINE}`);
  });

  test("ignores statuses of other accounts", async () => {
    const login = "another-account";
    github.addStatus(
      sha,
      { context: APPLIED, description: LINE },
      { login, type: "User" },
    );
    await run();
    expect(listStates(sha)).toHaveLength(3);
  });

  test.each<[string, ReviewedPlan | undefined]>([
    ["recorded", undefined],
    ["explicit", PLAN],
  ])(
    "fails when its commit is not the newest of its branch, with the %s plan",
    async (_, plan) => {
      github.branches.set("dev", "d".repeat(40));
      await expect(run(plan)).rejects.toThrow(
        `commit ${sha.slice(0, 12)} must be the newest of branch dev, which is dddddddddddd`,
      );
      expect(listStates(sha)).toEqual([]);
    },
  );

  test("fails when the branch is deleted, or the checkout is another commit", async () => {
    github.branches.delete("dev");
    await expect(createGuard().requireNewestCommit()).rejects.toThrow(
      "GitHub request GET git/ref/heads/dev failed: HTTP 404",
    );
    await expect(
      createGuard(undefined, {
        GITHUB_SHA: "e".repeat(40),
      }).requireNewestCommit(),
    ).rejects.toThrow("the checkout must be commit eeeeeeeeeeee");
  });

  test("supports any branch name", async () => {
    github.branches.set("feature/a#1", sha);
    await createGuard(undefined, {
      GITHUB_REF_NAME: "feature/a#1",
    }).requireNewestCommit();
    expect(github.received.at(-1)?.url).toContain("heads/feature/a%231");
  });

  test("applies nothing when its start cannot be recorded", async () => {
    const own = createGuard();
    await own.findReviewedPlan();
    await github.stop();
    const apply = jest.fn(() => Promise.resolve());
    await expect(own.recordApply(apply)).rejects.toThrow(
      /cannot be reached: .*, after 4 attempts/,
    );
    expect(apply).not.toHaveBeenCalled();
  });

  test("is recorded as failed when one commit has no status", async () => {
    github.commitsWithoutStatuses.add(PULL_REQUEST_HEAD);
    const apply = jest.fn(() => Promise.resolve());
    await expect(run(undefined, apply)).rejects.toThrow("not accessible");
    expect(apply).not.toHaveBeenCalled();
    expect(listStates(sha)).toEqual([`failure ${LINE}`, `pending ${LINE}`]);
    github.commitsWithoutStatuses.clear();
    await run();
  });

  test("succeeds when only its end cannot be recorded", async () => {
    const own = createGuard();
    await own.findReviewedPlan();
    await own.recordApply(async () => github.stop());
    expect(logged.at(-1)).toMatch(/^cannot record the end of the apply: /);
  });
});

test("an explicit plan outside of GitHub needs no call of it", async () => {
  const own = createExplicitPlanGuard(PLAN);
  await own.requireNewestCommit();
  await own.requireNotApplied();
  expect(await own.findReviewedPlan()).toEqual(PLAN);
});
