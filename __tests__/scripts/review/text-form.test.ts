import { stripVTControlCharacters } from "node:util";
import fc from "fast-check";
import { say } from "../../../scripts/lib/access/phrase";
import { reviewText } from "../../../scripts/lib/review/text-form";
import {
  ANY_NAME,
  FULL,
  loss,
  review,
  reviewOf,
  reviewWithoutStage,
  verdict,
} from "../../support/plan-reviews";

const ESCAPE = "\u001b";

test("a terminal is told what a plan would do in the order of how grave it is", () => {
  expect(reviewText(FULL)).toMatchInlineSnapshot(`
"Stage dev: 2 to add, 1 to change, 1 TO DESTROY, 1 TO REPLACE, 3 to import, 4 to move, 5 to forget

1 lost, 1 broken, 1 weakened, 1 of them allowed
  LOSS everyone in veda has to sign up again; at aws_cognito_user_pool.pool; forced by schema; rule user-pool-replaced
  BREAK (allowed) nobody can sign in by web; at aws_cognito_user_pool_client.client["web"]; rule client-deleted; allowed until 2027-01-31: nobody uses it
  WEAKENING a password of 8 characters is enough; at aws_cognito_user_pool.pool; rule password-weaker

Access gained (1)
  group readers may now write data-store

Access lost (1)
  group writers may no longer read data-store

Cannot be told before it is applied (2)
  group new gets a role that is not known yet
  the policy of veda-role

In AWS as the state does not have it (1)
  tag owner is set on veda

Gate: stops this plan, by policy break
  aws_cognito_user_pool.pool would be replaced
  notice: the entry for x has expired

Changes (2)
  update aws_cognito_user_pool.pool (user pool veda)
    password_policy.minimum_length from 12 to 8
  move aws_iam_role.new (role new), before aws_iam_role.old

Outputs (1)
  pool_id is not known before it is applied

Plan sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef, by Terraform 1.9.8
"
`);
});

test("a plan without changes is told in three lines", () => {
  expect(reviewText(review())).toMatchInlineSnapshot(`
"Stage dev: no changes

Gate: passes, by policy loss

Plan sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef, by Terraform 1.9.8
"
`);
  expect(reviewText(reviewWithoutStage())).toMatch(/^Plan: no changes\n/);
});

test("a plan that loses nothing is said to lose nothing", () => {
  expect(reviewText(review({ verdict: verdict({ add: 1 }) }))).toContain(
    "\nNothing is lost, breaks or is weakened.\n",
  );
});

test("colours come only when they are asked for, and change no word", () => {
  const plain = reviewText(FULL);
  const coloured = reviewText(FULL, { colors: true });
  expect(plain).not.toContain(ESCAPE);
  expect(coloured).toContain(`${ESCAPE}[31m1 TO DESTROY`);
  expect(stripVTControlCharacters(coloured)).toBe(plain);
});

test("a sentence stays in one line, however long it is", () => {
  const name = "a".repeat(5_000);
  const text = reviewText(
    review({ losses: [loss({ told: say`${name} goes` })] }),
  );
  expect(text).toContain(`  LOSS ${name} goes; at `);
});

test("a name moves no cursor, ends no line and turns none, whatever it is", () => {
  fc.assert(
    fc.property(ANY_NAME, (name) => {
      const text = reviewText(reviewOf(name));
      expect(text.replaceAll("\n", "")).not.toMatch(
        /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u,
      );
      expect(text.split("\n")).toHaveLength(
        reviewText(reviewOf("a")).split("\n").length,
      );
    }),
  );
});
