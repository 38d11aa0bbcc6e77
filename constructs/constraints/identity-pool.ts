import { getPartition, hasUserPools, parseArn } from "../aws";
import { ACCOUNT_LIMITS } from "./account";
import {
  createCognitoNameLimit,
  createCountLimit,
  createTextLimit,
  createWordLimit,
} from "./limit";

/** @see https://docs.aws.amazon.com/cognito/latest/developerguide/quotas.html */
export const IDENTITY_POOL_LIMITS = {
  identityPoolName: createCognitoNameLimit("identity pool name", 128),
  identityPoolArn: {
    subject: "identity pool ARN",
    expected:
      "the ARN of an identity pool, arn:<partition>:cognito-identity:<region>:<account>:identitypool/<region>:<uuid>",
    allows: (value: string) => {
      const arn = parseArn(value);
      return (
        arn?.service === "cognito-identity" &&
        hasUserPools(arn.partition) &&
        /^\d{12}$/.test(arn.account) &&
        ACCOUNT_LIMITS.region.allows(arn.region) &&
        arn.resource.startsWith(`identitypool/${arn.region}:`) &&
        /^[^:]+:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(arn.resource)
      );
    },
  },
  identityPoolRegion: {
    subject: "Region of an identity pool",
    expected:
      "outside the partition aws-eusc, for which AWS documents no principal of identity pools",
    allows: (value: string) => getPartition(value) !== "aws-eusc",
  },
  roleMappingsPerIdentityPool: createCountLimit(
    "number of clients an identity pool trusts",
    10,
  ),
  rulesPerRoleMapping: createCountLimit(
    "number of rules of a role mapping",
    25,
  ),
  ruleClaim: createTextLimit(
    "claim of a rule",
    [1, 64],
    /^[\p{L}\p{M}\p{S}\p{N}\p{P}]+$/u,
    "characters without spaces",
  ),
  ruleValue: createTextLimit("value of a rule", [1, 128], /^/, "characters"),
  ruleMatchType: createWordLimit("match type of a rule", [
    "Equals",
    "NotEqual",
    "StartsWith",
    "Contains",
  ]),
  ambiguousRoleResolution: createWordLimit("ambiguous role resolution", [
    "Deny",
    "AuthenticatedRole",
  ]),
  iamProviderArn: {
    subject: "ARN of an IAM provider",
    expected:
      "the ARN of an OIDC or SAML provider of IAM, arn:<partition>:iam::<account>:oidc-provider/<issuer> or …:saml-provider/<name>",
    allows: (value: string) => {
      const arn = parseArn(value);
      return (
        arn?.service === "iam" &&
        hasUserPools(arn.partition) &&
        arn.region === "" &&
        /^\d{12}$/.test(arn.account) &&
        /^(?:oidc-provider\/[^\s*?]+|saml-provider\/[\w.-]+)$/.test(
          arn.resource,
        ) &&
        value.length <= 128
      );
    },
  },
} as const;
