import fc from "fast-check";
import { reviewMarkdown } from "../../../scripts/lib/review/markdown-form";
import { say } from "../../../scripts/lib/access/phrase";
import { inOneLine } from "../../../scripts/lib/plan/shown-values";
import {
  ANY_NAME,
  change,
  FULL,
  loss,
  review,
  reviewOf,
  reviewWithoutStage,
  verdict,
} from "../../support/plan-reviews";
import { rendered } from "../../support/rendered-markdown";

const LIMIT = 65_536;
const KINDS = new Set([
  "document",
  "heading",
  "paragraph",
  "list",
  "item",
  "text",
  "softbreak",
  "strong",
  "code",
  "html_block",
]);

function headingOf(markdown: string): string {
  return markdown.split("\n")[1] ?? "";
}

test("a comment says what a plan would do in the order of how grave it is", () => {
  expect(reviewMarkdown(FULL)).toMatchInlineSnapshot(`
"<!-- veda-auth-plan-review:dev -->
### Stage \`dev\`: 2 to add, 1 to change, **1 to destroy**, **1 to replace**, 3 to import, 4 to move, 5 to forget

#### 1 lost, 1 broken, 1 weakened, 1 of them allowed

- **Loss:** everyone in \`veda\` has to sign up again; at \`aws_cognito_user_pool.pool\`; forced by \`schema\`; rule \`user-pool-replaced\`
- **Break (allowed):** nobody can sign in by \`web\`; at \`aws_cognito_user_pool_client.client["web"]\`; rule \`client-deleted\`; allowed until \`2027-01-31\`: \`nobody uses it\`
- **Weakening:** a password of \`8\` characters is enough; at \`aws_cognito_user_pool.pool\`; rule \`password-weaker\`

#### Access gained (1)

- group \`readers\` may now write \`data-store\`

#### Access lost (1)

- group \`writers\` may no longer read \`data-store\`

#### Cannot be told before it is applied (2)

- group \`new\` gets a role that is not known yet
- the policy of \`veda-role\`

#### In AWS as the state does not have it (1)

- tag \`owner\` is set on \`veda\`

#### Gate: **stops this plan, by policy \`break\`**

- \`aws_cognito_user_pool.pool\` would be replaced
- notice: the entry for \`x\` has expired

<details>
<summary>Every change (2)</summary>

| Address | Action | What changes |
| --- | --- | --- |
| \`aws_cognito_user_pool.pool\` | update | user pool \`veda\`; \`password_policy.minimum_length\` from \`12\` to \`8\` |
| \`aws_iam_role.new\`, before \`aws_iam_role.old\` | move | role \`new\` |

</details>

<details>
<summary>Outputs (1)</summary>

- \`pool_id\` is not known before it is applied

</details>

Plan \`sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef\`, by Terraform \`1.9.8\`
"
`);
});

test("a plan without changes is said to have none", () => {
  expect(reviewMarkdown(review())).toMatchInlineSnapshot(`
"<!-- veda-auth-plan-review:dev -->
### Stage \`dev\`: no changes

#### Gate: passes, by policy \`loss\`

Plan \`sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef\`, by Terraform \`1.9.8\`
"
`);
});

describe("the heading", () => {
  test.each([
    [verdict({ add: 2, destroy: 1 }), "2 to add, **1 to destroy**"],
    [verdict({ replace: 3 }), "**3 to replace**"],
    [
      verdict({ import: 1, move: 2, forget: 3 }),
      "1 to import, 2 to move, 3 to forget",
    ],
    [verdict({ add: 0 }), "nothing to add, to change or to destroy"],
  ])("of %j is %s", (counts, told) => {
    expect(headingOf(reviewMarkdown(review({ verdict: counts })))).toBe(
      `### Stage \`dev\`: ${told}`,
    );
  });

  test("tells of outputs where nothing else changes", () => {
    const told = reviewMarkdown(
      review({
        verdict: verdict({ add: 0 }),
        outputs: [{ path: "x", told: ["is new"] }],
      }),
    );
    expect(headingOf(told)).toBe(
      "### Stage `dev`: 1 output to change, no resource",
    );
  });

  test("names no stage where there is none", () => {
    expect(reviewMarkdown(reviewWithoutStage())).toMatch(
      /^<!-- veda-auth-plan-review -->\n### Plan: no changes\n/,
    );
  });
});

describe("a name", () => {
  test.each([
    ["`", "`` ` ``"],
    ["a``b`", "``` a``b` ```"],
    ["", '`""`'],
    [" ", "` `"],
    [" a", "`  a `"],
    ["a\nb\u202ec", "`a\\u000ab\\u202ec`"],
    ["\ud800", "`\\ud800`"],
    ["@somebody", "`@somebody`"],
    ["a|b", "`a|b`"],
  ])("%j is the code %s", (name, code) => {
    expect(
      reviewMarkdown(review({ drift: [say`tag ${name} is new`] })),
    ).toContain(`- tag ${code} is new\n`);
  });

  test("of more than two hundred characters is shown without its middle", () => {
    const name = `${"a".repeat(300)}\u200b${"😀".repeat(100)}`;
    const { code } = rendered(
      reviewMarkdown(review({ drift: [say`${name}`] })),
    );
    expect(code).toContain(`${"a".repeat(120)}…${"😀".repeat(39)}`);
  });

  test("with pipes stays in its cell", () => {
    const name = "a|b\\|c`|";
    const { rows, code } = rendered(
      reviewMarkdown(review({ changes: [change({ address: name })] })),
    );
    expect(rows.map((row) => row.length)).toEqual([3, 3]);
    expect(code).toContain(name);
  });

  test("beside another is a name of its own", () => {
    const { code } = rendered(
      reviewMarkdown(review({ drift: [say`${"a"}${"b"}`] })),
    );
    expect(code).toEqual(expect.arrayContaining(["a", "b"]));
  });

  test("is never more than code, whatever it is", () => {
    fc.assert(
      fc.property(ANY_NAME, (name) => {
        const comment = reviewMarkdown(reviewOf(name));
        const { kinds, code, text, html, rows } = rendered(comment);
        expect([...kinds].filter((kind) => !KINDS.has(kind))).toEqual([]);
        expect(text).not.toMatch(/@|:\/\/|www\.|#\d|[`<>]/);
        expect(html.join("\n").replace(/^<!--[^<>]*-->\n?/, "")).toBe(
          "<details>\n<summary>Every change (1)</summary>\n</details>\n<details>\n<summary>Outputs (1)</summary>\n</details>",
        );
        expect(rows.every((row) => row.length === 3)).toBe(true);
        const shown = name === "" ? '""' : inOneLine(name);
        if (shown.length <= 200)
          expect(new Set(code)).toEqual(new Set([shown, "loss"]));
      }),
      { numRuns: 200 },
    );
  });
});

describe("the comment of a large plan", () => {
  test.each([
    ["short names", "a", {}],
    ["names of 5,000 characters", "a".repeat(5_000), {}],
    ["names of nothing but back-ticks", "`".repeat(5_000), {}],
    ["names that turn", "\u202e".repeat(5_000), {}],
    ["names of four bytes a character", "😀".repeat(5_000), {}],
    ["names of three bytes a character", "語".repeat(5_000), {}],
    ["short names and many rules", "a", { rules: 5_000 }],
    ["long names and many rules", "`".repeat(5_000), { rules: 300 }],
  ])(
    "with %s fits, with its verdict, its gate and its hash",
    (_, name, more) => {
      const comment = reviewMarkdown(
        reviewOf(name, {
          losses: 10_000,
          changes: 50_000,
          sentences: 5_000,
          ...more,
        }),
      );
      expect(comment.length).toBeLessThan(LIMIT);
      expect(Buffer.byteLength(comment)).toBeLessThan(LIMIT);
      expect(headingOf(comment)).toMatch(
        /: 50000 to change, \*\*10000 to destroy\*\*$/,
      );
      expect(comment).toContain(
        "#### 3334 lost, 3333 broken, 3333 weakened, 5000 of them allowed\n",
      );
      expect(comment).toContain(
        "#### Gate: **stops this plan, by policy `loss`**",
      );
      expect(comment.trimEnd().split("\n").at(-1)).toMatch(/^Plan `/);
      const { kinds, rows } = rendered(comment);
      expect([...kinds].filter((kind) => !KINDS.has(kind))).toEqual([]);
      expect(rows.every((row) => row.length === 3)).toBe(true);
      expect(lossesIn(comment)).toBe(10_000);
      expect(itemsOf(comment, "Access gained")).toBe(5_000);
      expect(itemsOf(comment, "Gate")).toBe(10_000);
      expect(changesIn(rows)).toBe(50_000);
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
