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

/** What an apply of such a plan, of such files, does. */
async function outcome({
  plan: { hash = REVIEWED.hash, hasChanges = true, text = TEXT } = {},
  tree = REVIEWED.tree,
  guard = {},
  passes = true,
}: {
  plan?: Partial<StagePlan>;
  tree?: string;
  guard?: Partial<DeploymentGuard>;
  passes?: boolean;
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
        isAllowed: passes,
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

describe("an apply of what was reviewed", () => {
  test("applies the plan that it has made", async () => {
    const { result, plan, applied, summary } = await outcome({});
    expect(result).toBe(true);
    expect(applied).toEqual([plan]);
    expect(summary).toBe(
      "Stage `dev`: applied what was reviewed, 1 added, 0 changed, 0 destroyed.\n",
    );
  });

  test("asks for no review where nothing changes", async () => {
    const { result, applied, summary } = await outcome({
      plan: { hasChanges: false },
      guard: {
        findReviewedPlan: () => Promise.reject(new UserError("there is none")),
      },
    });
    expect(result).toBe(false);
    expect(applied).toEqual([]);
    expect(summary).toBe("Stage `dev`: no changes.\n");
  });

  test.each([
    [{ hash: OTHER_HASH }, REVIEWED.tree, [/plan is another/], [/code/]],
    [{}, OTHER_TREE, [/code has changed/], [/plan is another/]],
    [
      { hash: OTHER_HASH },
      OTHER_TREE,
      [/code has changed/, /plan is another/],
      [],
    ],
  ])(
    "fails, applying nothing, and says which of code and plan differs",
    async (plan, tree, told, untold) => {
      const { result, applied } = await outcome({ plan, tree });
      expect(applied).toEqual([]);
      const { message } = result as UserError;
      for (const pattern of told) expect(message).toMatch(pattern);
      for (const pattern of untold) expect(message).not.toMatch(pattern);
    },
  );

  test("fails when none was reviewed, with the plan and the line to go on with", async () => {
    const { result, applied, log, summary } = await outcome({
      guard: {
        findReviewedPlan: () => Promise.reject(new UserError("there is none")),
      },
    });
    expect(applied).toEqual([]);
    const line = formatReviewedPlan(REVIEWED);
    expect(result).toMatchObject({
      message: "nothing was applied to stage dev: there is none",
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

  test("fails when the gate stops the plan, with its review, also if its line is named", async () => {
    const { result, applied, log, summary } = await outcome({ passes: false });
    expect(applied).toEqual([]);
    expect(result).toMatchObject({
      message:
        "nothing was applied to stage dev: the review's policy stops this plan",
      hint: expect.stringContaining("allow-list") as string,
    });
    for (const shown of [log, summary]) expect(shown).toContain(REVIEW);
  });

  test.each(["requireNewest", "requireUnused"] as const)(
    "fails when %s does, applying nothing",
    async (check) => {
      const { result, applied } = await outcome({
        guard: { [check]: () => Promise.reject(new UserError("not now", "x")) },
      });
      expect(applied).toEqual([]);
      expect(result).toMatchObject({
        message: "nothing was applied to stage dev: not now",
        hint: "x",
      });
    },
  );

  test("asks for the newest commit last, right before the apply", async () => {
    const asked: string[] = [];
    const note = (name: string) => () => {
      asked.push(name);
      return Promise.resolve();
    };
    await outcome({
      guard: {
        requireNewestCommit: note("newest"),
        requireNotApplied: note("unused"),
        recordApply: note("apply"),
      },
    });
    expect(asked).toEqual(["newest", "unused", "newest", "apply"]);
  });

  test("shows as much of a long plan as GitHub takes", async () => {
    const { summary } = await outcome({
      tree: OTHER_TREE,
      plan: { text: "x".repeat(2_000_000) },
    });
    expect(Buffer.byteLength(summary)).toBeLessThan(2 ** 20);
    expect(summary).toContain("the rest is in the log");
    expect(summary).toContain(`tree:${OTHER_TREE}`);
  });

  test("fails with a defect as a defect", async () => {
    const defect = new TypeError("a mistake of ours");
    const { result } = await outcome({
      guard: { findReviewedPlan: () => Promise.reject(defect) },
    });
    expect(result).toBe(defect);
  });
});
