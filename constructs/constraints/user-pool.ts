import { hasUserPools, parseArn } from "../aws";
import {
  createCognitoNameLimit,
  createIntegerLimit,
  createTextLimit,
} from "./limit";

const RESERVED_DOMAIN_WORDS = ["aws", "amazon", "cognito"];

/** @see https://docs.aws.amazon.com/cognito/latest/developerguide/quotas.html */
export const USER_POOL_LIMITS = {
  userPoolName: createCognitoNameLimit("user pool name", 128),
  userPoolId: createTextLimit(
    "user pool id",
    [1, 55],
    /^[\w-]+_[0-9a-zA-Z]+$/,
    "characters of the form <region>_<id>",
  ),
  userPoolArn: {
    subject: "user pool ARN",
    expected:
      "the ARN of a user pool, arn:<partition>:cognito-idp:<region>:<account>:userpool/<region>_<id>",
    allows: (value: string) => {
      const arn = parseArn(value);
      return (
        arn?.service === "cognito-idp" &&
        hasUserPools(arn.partition) &&
        /^\d{12}$/.test(arn.account) &&
        arn.resource.startsWith(`userpool/${arn.region}_`) &&
        /^userpool\/[\w-]{1,45}_[0-9a-zA-Z]+$/.test(arn.resource)
      );
    },
  },
  domainPrefix: {
    subject: "domain prefix",
    expected: `1-63 lowercase letters, digits or hyphens, without a hyphen at the start or end, and without ${RESERVED_DOMAIN_WORDS.join(", ")}`,
    allows: (value: string) =>
      /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/.test(value) &&
      !RESERVED_DOMAIN_WORDS.some((word) => value.includes(word)),
  },
  groupName: createTextLimit(
    "group name",
    [1, 128],
    /^[\p{L}\p{M}\p{S}\p{N}\p{P}]+$/u,
    "characters without spaces",
  ),
  groupDescription: createTextLimit(
    "group description",
    [0, 2048],
    /^/,
    "characters",
  ),
  precedence: createIntegerLimit("group precedence", 1, 2 ** 31 - 1),
} as const;

/** Quotas of one user pool. An account can have higher ones than {@link DEFAULT_QUOTAS}. */
export interface UserPoolQuotas {
  readonly resourceServers: number;
  readonly clients: number;
  readonly groups: number;
  /** @default 300 */
  readonly identityProviders?: number;
}

/**
 * Quotas of a user pool that AWS can increase, with their default values.
 *
 * @see https://docs.aws.amazon.com/cognito/latest/developerguide/quotas.html
 */
export const DEFAULT_QUOTAS: UserPoolQuotas = {
  resourceServers: 25,
  clients: 1000,
  groups: 10_000,
  identityProviders: 300,
};
