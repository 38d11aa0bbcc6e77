import { UserError } from "../../../constructs/errors";

/**
 * What an error of IAM says of a role whose trust policy is read or written; the error itself where that is no more than
 * elsewhere.
 */
export function explainRoleError(error: unknown, role: string): unknown {
  if (!(error instanceof Error)) return error;
  const said = error.message;
  switch (error.name.replace(/Exception$/, "")) {
    case "NoSuchEntity":
      return new UserError(
        `there is no role "${role}" in the account of the credentials`,
        "check --role, and the account of --profile or AWS_PROFILE",
      );
    case "MalformedPolicyDocument":
      return new UserError(
        `IAM does not take the trust policy of role ${role}: ${said}`,
        "a statement may name a user or role that has been deleted since, then an id such as AIDA… or AROA…: mend that first",
      );
    case "LimitExceeded":
      return new UserError(
        `the trust policy of role ${role} is too long: ${said}`,
        "take out what is not needed, or have the quota raised in Service Quotas",
      );
    case "ConcurrentModification":
      return new UserError(
        `role ${role} is being changed by somebody else, so nothing was written`,
        "run the command again, and look at the new difference",
      );
    case "UnmodifiableEntity":
      return new UserError(`role ${role} cannot be changed: ${said}`);
    default:
      return error;
  }
}
