import { renderMarkdown } from "../../../../scripts/lib/review/render/markdown";
import { literal, type RichText } from "../../../../scripts/lib/plan/rich-text";
import {
  change,
  finding,
  redacted,
  review,
  arbitraryReview,
} from "../../../support/plan-reviews";
import { foreignKinds, rendered } from "../../../support/rendered-markdown";

const LIMIT = 65_536;

describe("the comment of a large plan", () => {
  test.each([
    ["short names", "a", {}],
    ["names of 1,000 characters", "a".repeat(1_000), {}],
    ["names of nothing but back-ticks", "`".repeat(1_000), {}],
    ["names of direction marks", "\u202e".repeat(1_000), {}],
    ["names of four bytes a character", "😀".repeat(1_000), {}],
    ["names of three bytes a character", "語".repeat(1_000), {}],
    ["short names and many rules", "a", { rules: 100 }],
    ["long names and many rules", "`".repeat(1_000), { rules: 100 }],
    ["short names and many consequences", "a", { consequences: 50 }],
  ])(
    "with %s fits, with its verdict, its hash and its gate",
    (_, name, more) => {
      const comment = renderMarkdown(
        arbitraryReview(name, {
          findings: 300,
          changes: 1_000,
          sentences: 300,
          ...more,
        }),
      );
      expect(comment.length).toBeLessThan(LIMIT);
      expect(Buffer.byteLength(comment)).toBeLessThan(LIMIT);
      expect(comment.split("\n")[1]).toMatch(
        /: 1000 to change, \*\*300 to destroy\*\*$/,
      );
      expect(comment).toContain(
        "#### 100 data loss, 100 breaking, 100 weakening, 150 of them allowed\n",
      );
      expect(comment).toContain(
        "#### Gate: **blocks this plan (policy data-loss)**",
      );
      expect(comment.split("\n")[3]).toMatch(/^Plan `/);
      expect(comment).toContain("The allow-list that lets this plan pass is");
      const read = rendered(comment);
      const { rows } = read;
      expect(foreignKinds(read)).toEqual([]);
      expect(rows.every((row) => row.length === 3)).toBe(true);
      expect(countFindings(comment)).toBe(300);
      expect(countItems(comment, "Access gained")).toBe(300);
      expect(countItems(comment, "Gate")).toBe(300);
      expect(countItems(comment, "summary>Why the plan is blocked")).toBe(300);
      expect(countChanges(rows)).toBe(1_000);
    },
  );

  test("has every finding if they fit, and otherwise those of the least severe rule in one line", () => {
    const weak = Array.from({ length: 300 }, (_, index) =>
      finding({
        rule: "password-policy-weakened",
        severity: "weakening",
        address: redacted(`pool.p${index}`),
      }),
    );
    const fitting = renderMarkdown(review({ findings: [finding(), ...weak] }));
    expect(fitting.match(/^- \*\*Weakening:/gm)).toHaveLength(300);
    const many = [1, 2, 3].flatMap(() => weak);
    const comment = renderMarkdown(review({ findings: [finding(), ...many] }));
    expect(comment).toContain(
      "  - at `aws_cognito_user_pool.pool`; forced by `schema`; rule `user-pool-replaced`\n\n  </details>\n- **Weakening, 900 times:** at `pool.p0`, `pool.p1` and `pool.p2`; 897 more; rule `password-policy-weakened`\n\n",
    );
  });

  test("groups allowed findings before others", () => {
    const allowed = {
      reason: redacted("no one uses it"),
      expires: redacted("2027-01-31"),
    };
    const many = Array.from({ length: 500 }, (_, index) =>
      finding({
        address: redacted(`pool.p${index}`),
        ...(index < 400 && { allowed }),
      }),
    );
    const comment = renderMarkdown(review({ findings: many }));
    expect(comment).toContain("#### 500 data loss, 400 of them allowed\n");
    expect(comment).toContain(
      "- **Data loss, 400 times:** at `pool.p0`, `pool.p1` and `pool.p2`; 397 more; rule `user-pool-replaced`; 400 of them allowed\n",
    );
    expect(comment.match(/^- \*\*Data loss:/gm)).toHaveLength(100);
  });

  test("has every change if they fit", () => {
    const changes = Array.from({ length: 200 }, (_, index) =>
      change({ address: redacted(`pool.p${index}`) }),
    );
    const comment = renderMarkdown(review({ changes }));
    expect(rendered(comment).rows).toHaveLength(201);
    expect(comment).not.toContain("more");
  });

  test("counts the names that a sentence leaves out", () => {
    const names = Array.from({ length: 500 }, (_, index) =>
      redacted(`group-${index}`),
    );
    const comment = renderMarkdown(
      review({
        drift: [
          names.flatMap((name): RichText => [{ name }, ...literal(", ")]),
        ],
        changes: [
          change({
            values: names.map((path) => ({ path, message: literal("is new") })),
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

function countFindings(comment: string): number {
  const alone = comment.match(
    /^- \*\*(Data loss|Breaking|Weakening)( \(allowed\))?:/gm,
  );
  const grouped = comment.matchAll(/^- \*\*[\w ]+, (\d+) times:/gm);
  return [...grouped].reduce(
    (sum, [, count]) => sum + Number(count),
    alone?.length ?? 0,
  );
}

/** Counts the sentences under a heading, including those that are left out. */
function countItems(comment: string, title: string): number {
  const block =
    comment.split(/^(?:#### |<)/m).find((part) => part.startsWith(title)) ?? "";
  const lines = block.split("\n").filter((line) => line.startsWith("- "));
  return addHiddenCount(lines, /^- … and (\d+) more$/);
}

function countChanges(rows: readonly (readonly string[])[]): number {
  return addHiddenCount(
    rows.slice(1).map(([first = ""]) => first),
    /^… and (\d+) more$/,
  );
}

function addHiddenCount(lines: readonly string[], more: RegExp): number {
  const left = more.exec(lines.at(-1) ?? "")?.[1];
  return left === undefined ? lines.length : lines.length - 1 + Number(left);
}
