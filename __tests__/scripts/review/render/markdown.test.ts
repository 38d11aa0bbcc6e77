import { literal } from "../../../../scripts/lib/plan/rich-text";
import { renderMarkdown } from "../../../../scripts/lib/review/render/markdown";
import {
  access,
  consequence,
  finding,
  FULL,
  redacted,
  review,
  reviewWithoutStage,
  sentence,
  verdict,
} from "../../../support/plan-reviews";
import { rendered, tree } from "../../../support/rendered-markdown";

function getHeading(markdown: string): string {
  return markdown.split("\n")[1] ?? "";
}

test("a comment shows the verdict, the plan and the gate, then findings by severity, then changes", () => {
  expect(renderMarkdown(FULL)).toMatchInlineSnapshot(`
"<!-- veda-auth-plan-review:dev -->
### Stage \`dev\`: 2 to add, 1 to change, **1 to destroy**, **1 to replace**, 3 to import, 4 to move, **5 to forget**

Plan \`sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef\`, created \`2026-11-30 02:00 UTC\` with Terraform \`1.11.4\`

#### Gate: **blocks this plan (policy breaking)**

- notice: the entry for \`x\` has expired

<details>
<summary>Why the plan is blocked (1)</summary>

- \`aws_cognito_user_pool.pool\` would be replaced

</details>

#### 1 data loss, 1 breaking, 1 weakening, 1 not reviewed, 1 of them allowed

- **Data loss:** all users of \`veda\` are lost
  - client \`web\` is destroyed
  <details><summary>Address and rule</summary>

  - at \`aws_cognito_user_pool.pool\`; forced by \`schema\`; rule \`user-pool-replaced\`
  - at \`aws_cognito_user_pool_client.web\`; rule \`client-destroyed\`

  </details>
- **Breaking (allowed):** client \`web\` loses a callback URL
  <details><summary>Address and rule</summary>

  - at \`aws_cognito_user_pool_client.client["web"]\`; rule \`callback-url-removed\`; allowed until \`2027-01-31\`: \`no one uses it\`

  </details>
- **Weakening:** user pool \`veda\` allows passwords of \`8\` characters
  <details><summary>Address and rule</summary>

  - at \`aws_cognito_user_pool.pool\`; rule \`password-policy-weakened\`

  </details>
- **Not reviewed:** changes outside it are not part of this plan
  <details><summary>Address and rule</summary>

  - at \`plan\`; rule \`plan-partial\`

  </details>

#### Access gained (1)

- group \`readers\` can now write \`data-store\`

#### Access lost (1)

- group \`writers\` can no longer read \`data-store\`

#### Access unknown (1)

- the role of group \`new\`

#### Policies rewritten with the same access (1)

- the policy of role \`writers\` is rewritten

#### Drift: changed outside Terraform (1)

- tag \`owner\` is set on \`veda\`

<details>
<summary>Allow-list that lets this plan pass</summary>

Replace the content of \`.plan-allowances.json\` with this, and write a reason for each new entry:

\`\`\`json
[
  {
    "address": "aws_cognito_user_pool.pool",
    "rule": "user-pool-replaced",
    "reason": "the pool is empty",
    "expires": "2027-01-31"
  }
]
\`\`\`

</details>

<details>
<summary>All changes (2)</summary>

| Address | Action | Details |
| --- | --- | --- |
| \`aws_cognito_user_pool.pool\` | update | user pool \`veda\`; \`password_policy.minimum_length\` from \`12\` to \`8\` |
| \`aws_iam_role.new\`, moved from \`aws_iam_role.old\` | move | role \`new\` |

</details>

<details>
<summary>Outputs (1)</summary>

- \`pool_id\` is known only after apply

</details>

"
`);
});

test("a plan without changes has three lines", () => {
  expect(renderMarkdown(review())).toMatchInlineSnapshot(`
"<!-- veda-auth-plan-review:dev -->
### Stage \`dev\`: no changes

Plan \`sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef\`, created \`2026-11-30 02:00 UTC\` with Terraform \`1.11.4\`

#### Gate: passes (policy data-loss)

"
`);
});

describe("the heading", () => {
  test.each([
    [verdict({ add: 2, destroy: 1 }), "2 to add, **1 to destroy**"],
    [verdict({ replace: 3 }), "**3 to replace**"],
    [
      verdict({ import: 1, move: 2, forget: 3 }),
      "1 to import, 2 to move, **3 to forget**",
    ],
    [verdict({ add: 0 }), "no resource to add, change or destroy"],
  ])("of %j is %s", (counts, words) => {
    expect(getHeading(renderMarkdown(review({ verdict: counts })))).toBe(
      `### Stage \`dev\`: ${words}`,
    );
  });

  test("counts outputs and drift if nothing else changes", () => {
    const comment = renderMarkdown(
      review({
        verdict: verdict({ add: 0 }),
        outputs: [{ path: redacted("x"), message: literal("is new") }],
        drift: [sentence`a`, sentence`b`],
      }),
    );
    expect(getHeading(comment)).toBe(
      "### Stage `dev`: 1 output to change, 2 values changed outside Terraform, no resource to add, change or destroy",
    );
  });

  test("names no stage and no date if there is none", () => {
    expect(renderMarkdown(reviewWithoutStage())).toMatch(
      /^<!-- veda-auth-plan-review -->\n### Plan: no changes\n\nPlan `sha256:[0-9a-f]{64}`, created with Terraform `1\.11\.4`\n/,
    );
  });
});

describe("a finding", () => {
  const client = consequence({
    rule: "client-destroyed",
    address: redacted("aws_cognito_user_pool_client.web"),
    message: sentence`client ${"web"} is destroyed`,
    forcedBy: [],
  });

  test("is an item with its consequences; its addresses and rules are collapsed", () => {
    const comment = renderMarkdown(
      review({
        findings: [finding({ consequences: [client] }), finding()],
        verdict: verdict({ destroy: 1 }),
      }),
    );
    const part = comment.slice(comment.indexOf("- **Data loss"));
    expect(tree(part)).toEqual([
      "list",
      "  item",
      "    paragraph Data loss: all users of veda are lost",
      "    list",
      "      item",
      "        paragraph client web is destroyed",
      "    html_block <details><summary>Address and rule</summary>",
      "    list",
      "      item",
      "        paragraph at aws_cognito_user_pool.pool; forced by schema; rule user-pool-replaced",
      "      item",
      "        paragraph at aws_cognito_user_pool_client.web; rule client-destroyed",
      "    html_block </details>",
      "  item",
      "    paragraph Data loss: all users of veda are lost",
      "    html_block <details><summary>Address and rule</summary>",
      "    list",
      "      item",
      "        paragraph at aws_cognito_user_pool.pool; forced by schema; rule user-pool-replaced",
      "    html_block </details>",
    ]);
  });

  test("with many consequences counts those that are left out", () => {
    const comment = renderMarkdown(
      review({
        findings: [finding({ consequences: Array(30).fill(client) as [] })],
        verdict: verdict({ destroy: 1 }),
      }),
    );
    expect(comment.match(/^ {2}- client `web` is destroyed$/gm)).toHaveLength(
      12,
    );
    expect(comment.match(/^ {2}- … and 18 more$/gm)).toHaveLength(2);
  });

  test("names its address and rule only in the collapsed part", () => {
    const { text, code } = rendered(
      renderMarkdown(
        review({ findings: [finding()], verdict: verdict({ replace: 1 }) }),
      ).replace(/<details><summary>[\s\S]*?<\/details>/g, ""),
    );
    expect(`${text} ${code.join(" ")}`).not.toMatch(/aws_|user-pool-replaced/);
  });

  test("of a part that is not reviewed has this label, and is counted separately", () => {
    const comment = renderMarkdown(
      review({
        findings: [
          finding({
            rule: "type-not-reviewed",
            severity: "weakening",
            message: sentence`create of a resource`,
          }),
        ],
      }),
    );
    expect(comment).toContain("#### 1 not reviewed\n");
    expect(comment).toContain("- **Not reviewed:** create of a resource\n");
    expect(comment).not.toContain("Nothing is lost");
  });
});

test.each(["gained", "lost", "unknown"])(
  "the headline does not state that nothing is lost if access is %s",
  (key) => {
    const comment = renderMarkdown(
      review({
        verdict: verdict({ change: 1 }),
        access: access({ [key]: [sentence`group ${"readers"}`] }),
      }),
    );
    expect(comment).toContain(`#### No findings; access is ${key} (1)\n`);
    expect(comment).not.toContain("Nothing");
  },
);

describe("the allow-list", () => {
  function commentWith(address: string, count = 1): string {
    return renderMarkdown(
      review({
        gate: {
          policy: "data-loss",
          passes: false,
          stoppedBy: [],
          notices: [],
          allowList: redacted(
            JSON.stringify(
              Array.from({ length: count }, () => ({ address })),
              undefined,
              2,
            ),
          ),
        },
      }),
    );
  }

  test.each([
    "a",
    "```\n</details>\n<script>",
    '~~~ "`````" ~~~',
    "</details>",
    "a|b\n| - |",
  ])("is complete JSON in a code block with the address %j", (address) => {
    const { blocks, html } = rendered(commentWith(address));
    expect(blocks.map((block) => JSON.parse(block) as unknown)).toEqual([
      [{ address }],
    ]);
    expect(html.slice(1)).toEqual([
      "<details>\n<summary>Allow-list that lets this plan pass</summary>",
      "</details>",
    ]);
  });

  test("is complete if it fits, and otherwise replaced by a note", () => {
    const fits = rendered(commentWith("a".repeat(100), 400));
    expect(JSON.parse(fits.blocks[0] ?? "")).toHaveLength(400);
    const { blocks, text } = rendered(commentWith("a".repeat(100), 600));
    expect(blocks).toEqual([]);
    expect(text).toContain("is too long for a comment");
  });
});
