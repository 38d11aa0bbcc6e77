import { stripVTControlCharacters } from "node:util";
import fc from "fast-check";
import { renderText } from "../../../../scripts/lib/review/render/text";
import {
  access,
  ANY_NAME,
  finding,
  FULL,
  review,
  arbitraryReview,
  reviewWithoutStage,
  sentence,
  verdict,
} from "../../../support/plan-reviews";

const ESCAPE = "\u001b";

test("a terminal shows the verdict and the gate, then findings by severity, then changes", () => {
  expect(renderText(FULL)).toMatchInlineSnapshot(`
"Stage dev: 2 to add, 1 to change, 1 TO DESTROY, 1 TO REPLACE, 3 to import, 4 to move, 5 TO FORGET
Plan sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef, created 2026-11-30 02:00 UTC with Terraform 1.11.4
Gate: blocks this plan (policy breaking)
  aws_cognito_user_pool.pool would be replaced
  notice: the entry for x has expired

1 data loss, 1 breaking, 1 weakening, 1 not reviewed, 1 of them allowed
  DATA LOSS all users of veda are lost
    at aws_cognito_user_pool.pool; forced by schema; rule user-pool-replaced
    - client web is destroyed (aws_cognito_user_pool_client.web)
  BREAKING (allowed) client web loses a callback URL
    at aws_cognito_user_pool_client.client["web"]; rule callback-url-removed; allowed until 2027-01-31: no one uses it
  WEAKENING user pool veda allows passwords of 8 characters
    at aws_cognito_user_pool.pool; rule password-policy-weakened
  NOT REVIEWED changes outside it are not part of this plan
    at plan; rule plan-partial

Access gained (1)
  group readers can now write data-store

Access lost (1)
  group writers can no longer read data-store

Access unknown (1)
  the role of group new

Policies rewritten with the same access (1)
  the policy of role writers is rewritten

Drift: changed outside Terraform (1)
  tag owner is set on veda

Changes (2)
  update aws_cognito_user_pool.pool (user pool veda)
    password_policy.minimum_length from 12 to 8
  move aws_iam_role.new (role new), moved from aws_iam_role.old

Outputs (1)
  pool_id is known only after apply
"
`);
});

test("a plan without changes is shown in three lines", () => {
  expect(renderText(review())).toMatchInlineSnapshot(`
"Stage dev: no changes
Plan sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef, created 2026-11-30 02:00 UTC with Terraform 1.11.4
Gate: passes (policy data-loss)
"
`);
  expect(renderText(reviewWithoutStage())).toMatch(
    /^Plan: no changes\nPlan sha256:[0-9a-f]{64}, created with Terraform 1\.11\.4\n/,
  );
});

describe("the headline", () => {
  const some = [sentence`group ${"readers"}`];
  const NOTHING =
    "\nNothing is lost, broken or weakened, and no one gains access.\n";

  test("states that nothing is lost without findings and access changes", () => {
    expect(renderText(review({ verdict: verdict({ add: 1 }) }))).toContain(
      NOTHING,
    );
  });

  test.each([
    ["gained", "No findings; access is gained (1)."],
    ["lost", "No findings; access is lost (1)."],
    ["unknown", "No findings; access is unknown (1)."],
  ])("does not state so if access is %s", (key, headline) => {
    const text = renderText(
      review({
        verdict: verdict({ change: 1 }),
        access: access({ [key]: some }),
      }),
    );
    expect(text).toContain(`\n${headline}\n`);
    expect(text).not.toContain("Nothing");
  });

  test("does not state so if a part is not reviewed, and counts it separately", () => {
    const text = renderText(
      review({
        findings: ["type-not-reviewed", "plan-partial", "value-unknown"].map(
          (rule) =>
            finding({
              rule: rule as "plan-partial",
              severity: "weakening",
              message: sentence`${rule}`,
            }),
        ),
      }),
    );
    expect(text).toContain("\n1 weakening, 2 not reviewed\n");
    expect(text).toContain("  NOT REVIEWED type-not-reviewed\n");
    expect(text).toContain("  NOT REVIEWED plan-partial\n");
    expect(text).toContain("  WEAKENING value-unknown\n");
    expect(text).not.toContain("Nothing");
  });
});

test("colors are optional, and change no word", () => {
  const plain = renderText(FULL);
  const colored = renderText(FULL, { colors: true });
  expect(plain).not.toContain(ESCAPE);
  expect(colored).toContain(`${ESCAPE}[31m1 TO DESTROY`);
  expect(stripVTControlCharacters(colored)).toBe(plain);
});

test("a sentence stays in one line, however long it is", () => {
  const name = "a".repeat(5_000);
  const text = renderText(
    review({ findings: [finding({ message: sentence`${name} is lost` })] }),
  );
  expect(text).toContain(`  DATA LOSS ${name} is lost\n    at `);
});

test("no name moves the cursor, or ends or turns a line", () => {
  fc.assert(
    fc.property(ANY_NAME, (name) => {
      const text = renderText(arbitraryReview(name));
      expect(text.replaceAll("\n", "")).not.toMatch(
        /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u,
      );
      expect(text.split("\n")).toHaveLength(
        renderText(arbitraryReview("a")).split("\n").length,
      );
    }),
  );
});
