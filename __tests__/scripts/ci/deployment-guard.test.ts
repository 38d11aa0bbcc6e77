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

function guard(named?: ReviewedPlan, env: Environment = {}): GithubGuard {
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
      named,
      log: (line) => logged.push(line),
      pause: () => Promise.resolve(),
    },
  );
}

/** Checks and applies once, as a run does. */
async function run(
  named?: ReviewedPlan,
  apply: () => Promise<void> = () => Promise.resolve(),
): Promise<void> {
  const own = guard(named);
  await own.requireNewestCommit();
  await own.findReviewedPlan();
  await own.requireNotApplied();
  await own.recordApply(apply);
}

function states(commit: string): string[] {
  return (github.statuses.get(commit) ?? [])
    .filter(({ context }) => context === APPLIED)
    .map(({ state, description }) => `${state} ${description ?? ""}`);
}

describe("a deployment from GitHub", () => {
  test("is recorded before and after it, on its commit and on that of the review", async () => {
    await run(undefined, () => {
      expect(states(sha)).toEqual([`pending ${LINE}`]);
      return Promise.resolve();
    });
    for (const commit of [sha, PULL_REQUEST_HEAD])
      expect(states(commit)).toEqual([`success ${LINE}`, `pending ${LINE}`]);
  });

  test.each<[string, ReviewedPlan | undefined]>([
    ["the recorded plan", undefined],
    ["a named plan", PLAN],
  ])("fails when %s was applied before", async (_, named) => {
    await run(named);
    await expect(run(named)).rejects.toThrow(/^this plan was applied before/);
  });

  test("fails when its pull request's plan was applied as another commit", async () => {
    github.addStatus(
      PULL_REQUEST_HEAD,
      { context: APPLIED, description: LINE },
      WORKFLOW_ACCOUNT,
    );
    await expect(run()).rejects.toThrow("was applied before");
  });

  test("may be done again when it failed", async () => {
    await expect(
      run(undefined, () =>
        Promise.reject(new UserError("the state is locked")),
      ),
    ).rejects.toThrow("the state is locked");
    expect(states(sha)[0]).toBe(`failure ${LINE}`);
    await run();
    expect(states(sha)[0]).toBe(`success ${LINE}`);
  });

  test("that was interrupted counts as done, unless a person names it", async () => {
    const pending = { context: APPLIED, description: LINE, state: "pending" };
    github.addStatus(sha, pending, WORKFLOW_ACCOUNT);
    await expect(run()).rejects.toThrow("its end is not recorded");
    await run(PLAN);
    expect(states(sha)[0]).toBe(`success ${LINE}`);
  });

  test("is not kept from its work by what another account says", async () => {
    const login = "another-account";
    github.addStatus(
      sha,
      { context: APPLIED, description: LINE },
      { login, type: "User" },
    );
    await run();
    expect(states(sha)).toHaveLength(3);
  });

  test.each<[string, ReviewedPlan | undefined]>([
    ["looked up", undefined],
    ["named", PLAN],
  ])(
    "fails when its commit is not the newest of its branch, with a plan that is %s",
    async (_, named) => {
      github.branches.set("dev", "d".repeat(40));
      await expect(run(named)).rejects.toThrow(
        `commit ${sha.slice(0, 12)} must be the newest of branch dev, got one that dddddddddddd has taken the place of`,
      );
      expect(states(sha)).toEqual([]);
    },
  );

  test("fails when the branch is gone, or the checkout is of another commit", async () => {
    github.branches.delete("dev");
    await expect(guard().requireNewestCommit()).rejects.toThrow(
      "GitHub refuses GET git/ref/heads/dev: HTTP 404",
    );
    await expect(
      guard(undefined, { GITHUB_SHA: "e".repeat(40) }).requireNewestCommit(),
    ).rejects.toThrow("the checkout must be of commit eeeeeeeeeeee");
  });

  test("is for a branch of any name", async () => {
    github.branches.set("feature/a#1", sha);
    await guard(undefined, {
      GITHUB_REF_NAME: "feature/a#1",
    }).requireNewestCommit();
    expect(github.received.at(-1)?.url).toContain("heads/feature/a%231");
  });

  test("applies nothing when it cannot be recorded before", async () => {
    const own = guard();
    await own.findReviewedPlan();
    await github.stop();
    const apply = jest.fn(() => Promise.resolve());
    await expect(own.recordApply(apply)).rejects.toThrow(
      "GitHub does not answer",
    );
    expect(apply).not.toHaveBeenCalled();
  });

  test("that one of the commits does not take a record of is not left as begun", async () => {
    github.commitsWithoutStatuses.add(PULL_REQUEST_HEAD);
    const apply = jest.fn(() => Promise.resolve());
    await expect(run(undefined, apply)).rejects.toThrow("not accessible");
    expect(apply).not.toHaveBeenCalled();
    expect(states(sha)).toEqual([`failure ${LINE}`, `pending ${LINE}`]);
    github.commitsWithoutStatuses.clear();
    await run();
  });

  test("has succeeded also when only its end cannot be recorded", async () => {
    const own = guard();
    await own.findReviewedPlan();
    await own.recordApply(async () => github.stop());
    expect(logged.at(-1)).toMatch(/^cannot record the end of the apply: /);
  });
});

test("a plan that is named outside of GitHub needs nothing of it", async () => {
  const own = createExplicitPlanGuard(PLAN);
  await own.requireNewestCommit();
  await own.requireNotApplied();
  expect(await own.findReviewedPlan()).toEqual(PLAN);
});
