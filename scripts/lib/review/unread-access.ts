import { say, type Phrase } from "../access/phrase";
import type { PlanJson } from "../plan/plan-json";
import { actionOf } from "./resource-change";

/** Types that may give somebody access, by how they are named. */
const GIVES_ACCESS =
  /^aws_iam_|_(policy|policies|permissions?|grant|acl|attachment|association)$/;

/** Types whose access is read, or that give none. */
const READ = new Set([
  "aws_cognito_identity_pool_roles_attachment",
  "aws_iam_account_password_policy",
  "aws_iam_openid_connect_provider",
  "aws_iam_policy",
  "aws_iam_role",
  "aws_iam_role_policy",
  "aws_iam_role_policy_attachment",
  "aws_s3_bucket_policy",
  "aws_secretsmanager_secret_policy",
]);

/** Changes that may give access, or take it, in a way that the review does not read. */
export function unreadAccess({
  resource_changes,
}: PlanJson): readonly Phrase[] {
  return resource_changes
    .filter((resource) => {
      const action = actionOf(resource);
      const isChange =
        action !== undefined && !["read", "move", "import"].includes(action);
      const { mode, type } = resource;
      return (
        mode === "managed" &&
        isChange &&
        GIVES_ACCESS.test(type) &&
        !READ.has(type)
      );
    })
    .map(
      ({ address }) =>
        say`who may do what by ${address} is not read by this review: look at its change`,
    );
}
