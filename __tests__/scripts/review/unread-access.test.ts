import { plain } from "../../../scripts/lib/access/phrase";
import { unreadAccess } from "../../../scripts/lib/review/unread-access";
import { planOf } from "../../support/plans";

test.each([
  ["aws_iam_user_policy", true],
  ["aws_iam_policy_attachment", true],
  ["aws_lambda_permission", true],
  ["aws_kms_grant", true],
  ["aws_sqs_queue_policy", true],
  ["aws_iam_role_policy", false],
  ["aws_s3_bucket_policy", false],
  ["aws_cognito_user_pool", false],
])("a change of %s is said to be unread: %s", (type, isUnread) => {
  const plan = planOf([{ type, before: { a: "1" }, after: { a: "2" } }]);
  expect(unreadAccess(plan).map(plain)).toEqual(
    isUnread
      ? [
          `who may do what by ${type}.main is not read by this review: look at its change`,
        ]
      : [],
  );
});

test("what does not change is not said to be unread", () => {
  const values = { a: "1" };
  const plan = planOf([
    { type: "aws_iam_user_policy", before: values, after: values },
  ]);
  expect(unreadAccess(plan)).toEqual([]);
});
