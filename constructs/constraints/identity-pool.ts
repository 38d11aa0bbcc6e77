import { getPartition, hasUserPools, parseArn } from "../aws";
import { ACCOUNT_LIMITS } from "./account";
import { createCognitoNameLimit, createCountLimit } from "./limit";

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
} as const;
