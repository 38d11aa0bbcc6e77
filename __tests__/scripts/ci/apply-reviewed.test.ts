import { UserError } from "../../../constructs/errors";
import { applyReviewed } from "../../../scripts/lib/ci/apply-reviewed";
import {
  createExplicitPlanGuard,
  type DeploymentGuard,
} from "../../../scripts/lib/ci/deployment-guard";
import {
  formatReviewedPlan,
  type ReviewedPlan,
} from "../../../scripts/lib/ci/reviewed-plan";
import type { StagePlan } from "../../../scripts/lib/plan/stage-workspace";

const REVIEWED: ReviewedPlan = {
  hash: `sha256:${"a".repeat(64)}`,
  tree: "b".repeat(40),
};
const OTHER_HASH = `sha256:${"c".repeat(64)}`;
const OTHER_TREE = "d".repeat(40);
const REVIEW = "user pool can be deleted";
const TEXT = "# aws_cognito_user_pool.pool will be created\n```";

/** Runs an apply of a plan and returns its effects. */
async function run({
  plan: { hash = REVIEWED.hash, hasChanges = true, text = TEXT } = {},
  tree = REVIEWED.tree,
  guard = {},
  isAllowed = true,
}: {
  plan?: Partial<StagePlan>;
  tree?: string;
  guard?: Partial<DeploymentGuard>;
  isAllowed?: boolean;
}) {
  const counts = { add: 1, change: 0, destroy: 0 };
  const plan = { hash, hasChanges, text, counts } as StagePlan;
  const applied: StagePlan[] = [];
  const logged: string[] = [];
  const summaries: string[] = [];
  const result: unknown = await applyReviewed(
    {
      plan: () => Promise.resolve(plan),
      apply: (own) => {
        applied.push(own);
        return Promise.resolve();
      },
    },
    {
      stage: "dev",
      tree,
      guard: { ...createExplicitPlanGuard(REVIEWED), ...guard },
      review: () => ({
        isAllowed,
        text: REVIEW,
        markdown: `**${REVIEW}**`,
      }),
      log: (line) => logged.push(line),
      writeSummary: (markdown) => summaries.push(markdown),
    },
  ).catch((error: unknown) => error);
  return {
    result,
    plan,
    applied,
    log: logged.join("\n"),
    summary: summaries.join("\n"),
  };
}

describe("an apply of a reviewed plan", () => {
  test("applies its own plan", async () => {
    const { result, plan, applied, summary } = await run({});
    expect(result).toBe(true);
    expect(applied).toEqual([plan]);
    expect(summary).toBe(
      "Stage `dev`: applied the reviewed plan, 1 added, 0 changed, 0 destroyed.\n",
    );
  });

  test("requires no review without changes", async () => {
    const { result, applied, summary } = await run({
      plan: { hasChanges: false },
      guard: {
        findReviewedPlan: () => Promise.reject(new UserError("no review")),
      },
    });
    expect(result).toBe(false);
    expect(applied).toEqual([]);
    expect(summary).toBe("Stage `dev`: no changes.\n");
  });

  test.each([
    [{ hash: OTHER_HASH }, REVIEWED.tree, [/plan differs/], [/code/]],
    [{}, OTHER_TREE, [/code has changed/], [/plan differs/]],
    [
      { hash: OTHER_HASH },
      OTHER_TREE,
      [/code has changed/, /plan differs/],
      [],
    ],
  ])(
    "fails without an apply and reports whether the code or the plan differs",
    async (plan, tree, reported, absent) => {
      const { result, applied } = await run({ plan, tree });
      expect(applied).toEqual([]);
      const { message } = result as UserError;
      for (const pattern of reported) expect(message).toMatch(pattern);
      for (const pattern of absent) expect(message).not.toMatch(pattern);
    },
  );

  test("fails without a reviewed plan, with the plan and its line", async () => {
    const { result, applied, log, summary } = await run({
      guard: {
        findReviewedPlan: () => Promise.reject(new UserError("no review")),
      },
    });
    expect(applied).toEqual([]);
    const line = formatReviewedPlan(REVIEWED);
    expect(result).toMatchObject({
      message: "nothing was applied to stage dev: no review",
      hint: expect.stringContaining(`reviewed_plan: ${line}`) as string,
    });
    for (const shown of [log, summary]) {
      expect(shown).toContain(TEXT);
      expect(shown).toContain(REVIEW);
      expect(shown).toContain(line);
    }
    // the plan cannot end the block that it is shown in
    expect(summary).toContain(`\n\`\`\`\`text\n${TEXT}\n\`\`\`\`\n`);
  });

  test("fails when the gate blocks the plan, with its review, for an explicit plan too", async () => {
    const { result, applied, log, summary } = await run({ isAllowed: false });
    expect(applied).toEqual([]);
    expect(result).toMatchObject({
      message:
        "nothing was applied to stage dev: the policy of the review blocks this plan",
      hint: expect.stringContaining("allow-list") as string,
    });
    for (const shown of [log, summary]) expect(shown).toContain(REVIEW);
  });

  test.each(["requireNewestCommit", "requireNotApplied"] as const)(
    "fails without an apply when %s does",
    async (check) => {
      const { result, applied } = await run({
        guard: { [check]: () => Promise.reject(new UserError("not now", "x")) },
      });
      expect(applied).toEqual([]);
      expect(result).toMatchObject({
        message: "nothing was applied to stage dev: not now",
        hint: "x",
      });
    },
  );

  test("checks the newest commit again right before the apply", async () => {
    const calls: string[] = [];
    const note = (name: string) => () => {
      calls.push(name);
      return Promise.resolve();
    };
    await run({
      guard: {
        requireNewestCommit: note("newest"),
        requireNotApplied: note("unused"),
        recordApply: note("apply"),
      },
    });
    expect(calls).toEqual(["newest", "unused", "newest", "apply"]);
  });

  test("truncates a long plan to the limit of GitHub", async () => {
    const { summary } = await run({
      tree: OTHER_TREE,
      plan: { text: "x".repeat(2_000_000) },
    });
    expect(Buffer.byteLength(summary)).toBeLessThan(2 ** 20);
    expect(summary).toContain("the rest is in the log");
    expect(summary).toContain(`tree:${OTHER_TREE}`);
  });

  test("fails with an internal error as such", async () => {
    const internal = new TypeError("a mistake of ours");
    const { result } = await run({
      guard: { findReviewedPlan: () => Promise.reject(internal) },
    });
    expect(result).toBe(internal);
  });
});
