import { reviewMarkdown } from "../../../scripts/lib/review/markdown-form";
import { change, loss, review, reviewOf } from "../../support/plan-reviews";
import { foreignKinds, rendered } from "../../support/rendered-markdown";

const LIMIT = 65_536;

describe("the comment of a large plan", () => {
  test.each([
    ["short names", "a", {}],
    ["names of 5,000 characters", "a".repeat(5_000), {}],
    ["names of nothing but back-ticks", "`".repeat(5_000), {}],
    ["names that turn", "\u202e".repeat(5_000), {}],
    ["names of four bytes a character", "😀".repeat(5_000), {}],
    ["names of three bytes a character", "語".repeat(5_000), {}],
    ["short names and many rules", "a", { rules: 1_500 }],
    ["long names and many rules", "`".repeat(5_000), { rules: 300 }],
  ])(
    "with %s fits, with its verdict, its gate and its hash",
    (_, name, more) => {
      const comment = reviewMarkdown(
        reviewOf(name, {
          losses: 3_000,
          changes: 15_000,
          sentences: 1_500,
          ...more,
        }),
      );
      expect(comment.length).toBeLessThan(LIMIT);
      expect(Buffer.byteLength(comment)).toBeLessThan(LIMIT);
      expect(comment.split("\n")[1]).toMatch(
        /: 15000 to change, \*\*3000 to destroy\*\*$/,
      );
      expect(comment).toContain(
        "#### 1000 lost, 1000 broken, 1000 weakened, 1500 of them allowed\n",
      );
      expect(comment).toContain(
        "#### Gate: **stops this plan, by policy `loss`**",
      );
      expect(comment.trimEnd().split("\n").at(-1)).toMatch(/^Plan `/);
      const read = rendered(comment);
      const { rows } = read;
      expect(foreignKinds(read)).toEqual([]);
      expect(rows.every((row) => row.length === 3)).toBe(true);
      expect(lossesIn(comment)).toBe(3_000);
      expect(itemsOf(comment, "Access gained")).toBe(1_500);
      expect(itemsOf(comment, "Gate")).toBe(3_000);
      expect(changesIn(rows)).toBe(15_000);
    },
  );

  test("has every loss as long as there is room, and then those of the least grave rule in one line", () => {
    const weak = Array.from({ length: 300 }, (_, index) =>
      loss({
        rule: "password-weaker",
        gravity: "weakening",
        address: `pool.p${index}`,
      }),
    );
    const fitting = reviewMarkdown(review({ losses: [loss(), ...weak] }));
    expect(fitting.match(/^- \*\*Weakening:/gm)).toHaveLength(300);
    const many = [1, 2, 3].flatMap(() => weak);
    const comment = reviewMarkdown(review({ losses: [loss(), ...many] }));
    expect(comment).toContain(
      "- **Loss:** everyone in `veda` has to sign up again; at `aws_cognito_user_pool.pool`; forced by `schema`; rule `user-pool-replaced`\n- **Weakening, 900 times:** at `pool.p0`, `pool.p1` and `pool.p2`; 897 more; rule `password-weaker`\n\n",
    );
  });

  test("has what is allowed in one line before what is not", () => {
    const allowed = { reason: "nobody uses it", expires: "2027-01-31" };
    const many = Array.from({ length: 500 }, (_, index) =>
      loss({ address: `pool.p${index}`, ...(index < 400 && { allowed }) }),
    );
    const comment = reviewMarkdown(review({ losses: many }));
    expect(comment).toContain("#### 500 lost, 400 of them allowed\n");
    expect(comment).toContain(
      "- **Loss, 400 times:** at `pool.p0`, `pool.p1` and `pool.p2`; 397 more; rule `user-pool-replaced`; 400 of them allowed\n",
    );
    expect(comment.match(/^- \*\*Loss:/gm)).toHaveLength(100);
  });

  test("has every change where there is room", () => {
    const changes = Array.from({ length: 200 }, (_, index) =>
      change({ address: `pool.p${index}` }),
    );
    const comment = reviewMarkdown(review({ changes }));
    expect(rendered(comment).rows).toHaveLength(201);
    expect(comment).not.toContain("more");
  });

  test("tells of a sentence with too many names how many are left out", () => {
    const names = Array.from({ length: 500 }, (_, index) => `group-${index}`);
    const comment = reviewMarkdown(
      review({
        drift: [names.flatMap((name) => [{ name }, ", "])],
        changes: [
          change({
            values: names.map((path) => ({ path, told: ["is new"] })),
          }),
        ],
      }),
    );
    const line = comment
      .split("\n")
      .find((one) => one.startsWith("- `group-0`"));
    const { code } = rendered(line ?? "");
    expect(line).toMatch(new RegExp(`… and ${500 - code.length} more$`));
    expect(comment).toContain("; … and 492 values more |");
  });
});

function lossesIn(comment: string): number {
  const alone = comment.match(
    /^- \*\*(Loss|Break|Weakening)( \(allowed\))?:/gm,
  );
  const grouped = comment.matchAll(/^- \*\*\w+, (\d+) times:/gm);
  return [...grouped].reduce(
    (sum, [, count]) => sum + Number(count),
    alone?.length ?? 0,
  );
}

/** Sentences under a heading, with those that are only counted. */
function itemsOf(comment: string, title: string): number {
  const block =
    comment.split(/^(?:#### |<)/m).find((part) => part.startsWith(title)) ?? "";
  const lines = block.split("\n").filter((line) => line.startsWith("- "));
  return withCount(lines, /^- … and (\d+) more$/);
}

function changesIn(rows: readonly (readonly string[])[]): number {
  return withCount(
    rows.slice(1).map(([first = ""]) => first),
    /^… and (\d+) more$/,
  );
}

function withCount(lines: readonly string[], more: RegExp): number {
  const left = more.exec(lines.at(-1) ?? "")?.[1];
  return left === undefined ? lines.length : lines.length - 1 + Number(left);
}
