import { type Arn, hasUserPools, parseArn } from "../aws";
import { createCountLimit, createTextLimit } from "./limit";

/** @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html */
export const ROLE_LIMITS = {
  roleName: createTextLimit(
    "role name",
    [1, 64],
    /^[\w+=,.@-]+$/,
    "letters, digits or any of _ + = , . @ -",
  ),
  roleDescription: createTextLimit(
    "role description",
    [0, 1000],
    /^[\t\n\r\x20-\x7E\xA1-\xFF]*$/,
    "Latin-1 characters",
  ),
  rolePath: createTextLimit(
    "role path",
    [1, 512],
    /^\/([!-~]+\/)?$/,
    "characters that start and end with /",
  ),
  roleArn: {
    subject: "role ARN",
    expected:
      "the ARN of an IAM role, arn:<partition>:iam::<account>:role/<name>",
    allows: (value: string) => {
      const arn = parseArn(value);
      return (
        isIamArn(arn) &&
        /^\d{12}$/.test(arn.account) &&
        /^role\/(?:(?:(?![*?/])[!-~])+\/)*[\w+=,.@-]{1,64}$/.test(
          arn.resource,
        ) &&
        arn.resource.lastIndexOf("/") - "role".length < 512
      );
    },
  },
  policyName: createTextLimit(
    "policy name",
    [1, 128],
    /^[\w+=,.@-]+$/,
    "letters, digits or any of _ + = , . @ - (a name, not an ARN)",
  ),
  managedPolicyArn: {
    subject: "managed policy ARN",
    expected:
      "the ARN of an IAM policy, arn:<partition>:iam::<account or aws>:policy/<name>",
    allows: (value: string) => {
      const arn = parseArn(value);
      return (
        isIamArn(arn) &&
        /^(aws|\d{12})$/.test(arn.account) &&
        /^policy\/(?:[!-~]{0,510}\/)?[\w+=,.@-]{1,128}$/.test(arn.resource)
      );
    },
  },
  managedPoliciesPerRole: createCountLimit(
    "number of managed policies of a role",
    10,
  ),
  trustPolicyCharacters: createCountLimit(
    "number of characters of a trust policy",
    2048,
  ),
  inlinePolicyCharacters: createCountLimit(
    "number of characters of a role's inline policies",
    10_240,
  ),
  managedPolicyCharacters: createCountLimit(
    "number of characters of a managed policy",
    6144,
  ),
} as const;

function isIamArn(arn: Arn | undefined): arn is Arn {
  return (
    arn?.service === "iam" && arn.region === "" && hasUserPools(arn.partition)
  );
}
