/** Partitions, host names and ARNs of AWS. Pure, so that scripts can use them without loading the provider. */

import { PARTITIONS } from "./regions";

/** A partition of AWS, such as `aws` or `aws-us-gov`. */
export type Partition = keyof typeof PARTITIONS;

/** Partitions with user pools. China has identity pools only, and the others have no Amazon Cognito. */
const USER_POOL_PARTITIONS = [
  "aws",
  "aws-us-gov",
  "aws-eusc",
] as const satisfies readonly Partition[];

/**
 * Regions that have user pools.
 *
 * @see https://docs.aws.amazon.com/general/latest/gr/cognito_identity.html
 */
export const REGIONS: readonly string[] = USER_POOL_PARTITIONS.flatMap(
  (partition) => PARTITIONS[partition].regions,
);

/** First words of the Regions of a partition, if it is not `aws`. */
const PARTITION_PREFIXES: readonly (readonly [prefix: string, Partition])[] = [
  ["us-gov-", "aws-us-gov"],
  ["eusc-", "aws-eusc"],
  ["cn-", "aws-cn"],
  ["us-iso-", "aws-iso"],
  ["us-isob-", "aws-iso-b"],
  ["eu-isoe-", "aws-iso-e"],
  ["us-isof-", "aws-iso-f"],
];

/** Returns the partition of a Region, which is the second field of its ARNs. The Region can be one that AWS adds later. */
export function getPartition(region: string): Partition {
  const [, partition = "aws"] =
    PARTITION_PREFIXES.find(([prefix]) => region.startsWith(prefix)) ?? [];
  return partition;
}

/** Whether a partition has user pools. */
export function hasUserPools(partition: string): boolean {
  return USER_POOL_PARTITIONS.some((name) => name === partition);
}

/** Returns the end of the host names of a Region's API endpoints. */
export function getDnsSuffix(region: string): string {
  return PARTITIONS[getPartition(region)].dnsSuffix;
}

/**
 * Returns the base URL of a user pool's prefix domain, without a trailing slash.
 *
 * @see https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pools-assign-domain.html
 * @see https://publicsuffix.org/list/, to which AWS adds the parents of prefix domains
 */
export function getDomainBaseUrl(prefix: string, region: string): string {
  switch (getPartition(region)) {
    case "aws-us-gov":
      return `https://${prefix}.auth-fips.${region}.amazoncognito.com`;
    case "aws-eusc":
      return `https://${prefix}.auth.cognito-idp.${region}.on.amazonwebservices.eu`;
    default:
      return `https://${prefix}.auth.${region}.amazoncognito.com`;
  }
}

/**
 * Returns the Region of the certificates of custom domains, or `undefined` if no user pool in the partition can have a custom
 * domain. AWS names no other Region for the partition `aws-eusc`, which has only one.
 *
 * @see https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pools-add-custom-domain.html
 * @see https://docs.aws.amazon.com/govcloud-us/latest/UserGuide/govcloud-cog.html
 */
export function getCertificateRegion(region: string): string | undefined {
  switch (getPartition(region)) {
    case "aws":
      return "us-east-1";
    case "aws-eusc":
      return region;
    default:
      return undefined;
  }
}

/**
 * Returns the name by which an identity pool refers to a user pool: the issuer without its scheme. It ends like this in every
 * partition, unlike the host of the API.
 *
 * @see https://github.com/awslabs/aws-jwt-verify
 */
export function getUserPoolProviderName(
  region: string,
  userPoolId: string,
): string {
  return `cognito-idp.${region}.amazonaws.com/${userPoolId}`;
}

/** Returns the issuer of a user pool's tokens, as in their `iss` claim. */
export function getUserPoolIssuer(region: string, userPoolId: string): string {
  return `https://${getUserPoolProviderName(region, userPoolId)}`;
}

/** Returns the URL of the public keys that verify a user pool's tokens. */
export function getUserPoolJwksUrl(region: string, userPoolId: string): string {
  return `${getUserPoolIssuer(region, userPoolId)}/.well-known/jwks.json`;
}

/**
 * Returns the federated principal of identity pools, which is also the prefix of their condition keys. AWS documents none
 * for the partition `aws-eusc`, so no role can trust an identity pool there.
 *
 * @see https://docs.aws.amazon.com/govcloud-us/latest/UserGuide/govcloud-cog.html
 */
export function getIdentityPoolPrincipal(region: string): string {
  if (getPartition(region) !== "aws-us-gov")
    return "cognito-identity.amazonaws.com";
  return region === "us-gov-west-1"
    ? "cognito-identity-us-gov.amazonaws.com"
    : `cognito-identity.${region}.amazonaws.com`;
}

/** The fields of an Amazon Resource Name. */
export interface Arn {
  readonly partition: string;
  readonly service: string;
  readonly region: string;
  readonly account: string;
  readonly resource: string;
}

/** Splits an ARN into its fields. Returns `undefined` if the text is not an ARN. */
export function parseArn(text: string): Arn | undefined {
  const [scheme, partition, service, region, account, ...resource] =
    text.split(":");
  if (
    scheme !== "arn" ||
    !partition ||
    !service ||
    region === undefined ||
    account === undefined
  )
    return undefined;
  return resource.length === 0
    ? undefined
    : { partition, service, region, account, resource: resource.join(":") };
}

/**
 * Checks that an ARN is in the Region's partition and in the account.
 *
 * @param accountId `undefined` allows every account
 * @returns the errors
 */
export function validateArnLocation(
  subject: string,
  text: string,
  region: string,
  accountId: string | undefined,
): string[] {
  const arn = parseArn(text);
  if (arn === undefined) return [];
  const partition = getPartition(region);
  const isForeign =
    accountId !== undefined &&
    arn.account !== accountId &&
    arn.account !== "aws";
  return [
    ...(arn.partition === partition
      ? []
      : [
          `${subject} must be in partition "${partition}" of Region "${region}", got "${text}"`,
        ]),
    ...(isForeign
      ? [`${subject} must be in account "${accountId}", got "${text}"`]
      : []),
  ];
}

/**
 * Checks that the certificate of a custom domain is in the only Region that Amazon CloudFront reads certificates from.
 *
 * @param region Region of the user pool
 * @param accountId `undefined` allows every account
 * @returns the errors
 */
export function validateCertificateLocation(
  subject: string,
  text: string,
  region: string,
  accountId?: string,
): string[] {
  const arn = parseArn(text);
  const required = getCertificateRegion(region);
  if (arn?.service !== "acm" || required === undefined) return [];
  const errors = validateArnLocation(subject, text, region, accountId);
  return errors.length > 0 || arn.region === required
    ? errors
    : [
        `${subject} must be in Region "${required}", from which Amazon CloudFront reads certificates, got "${text}"`,
      ];
}

/** Returns an error if no user pool in a Region can have a custom domain. */
export function validateCustomDomainRegion(
  subject: string,
  region: string,
): string[] {
  return getCertificateRegion(region) === undefined
    ? [
        `${subject} requires a Region with custom domains, which AWS GovCloud (US) does not have, got "${region}"`,
      ]
    : [];
}

/** Returns the error of an ARN that is in another Region, or `undefined`. */
export function validateArnRegion(
  subject: string,
  text: string,
  region: string,
): string | undefined {
  const arn = parseArn(text);
  return arn === undefined || arn.region === region
    ? undefined
    : `${subject} must be in Region "${region}" of the user pool, got "${text}"`;
}
