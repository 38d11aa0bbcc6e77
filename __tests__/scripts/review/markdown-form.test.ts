import { reviewMarkdown } from "../../../scripts/lib/review/markdown-form";
import {
  FULL,
  review,
  reviewWithoutStage,
  verdict,
} from "../../support/plan-reviews";

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
    [verdict({ add: 0 }), "no resource to add, to change or to destroy"],
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
      "### Stage `dev`: 1 output to change, no resource to add, to change or to destroy",
    );
  });

  test("names no stage where there is none", () => {
    expect(reviewMarkdown(reviewWithoutStage())).toMatch(
      /^<!-- veda-auth-plan-review -->\n### Plan: no changes\n/,
    );
  });
});
