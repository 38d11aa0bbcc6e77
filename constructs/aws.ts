/** Partitions, host names and ARNs of AWS. Pure, so that scripts can use them without loading the provider. */

/**
 * Regions of the partitions `aws` and `aws-us-gov`. A test fails if the AWS SDK has one more.
 *
 * @see https://docs.aws.amazon.com/global-infrastructure/latest/regions/aws-regions.html
 */
export const REGIONS: readonly string[] = `
  af-south-1 ap-east-1 ap-east-2 ap-northeast-1 ap-northeast-2 ap-northeast-3 ap-south-1 ap-south-2
  ap-southeast-1 ap-southeast-2 ap-southeast-3 ap-southeast-4 ap-southeast-5 ap-southeast-6 ap-southeast-7
  ca-central-1 ca-west-1 eu-central-1 eu-central-2 eu-north-1 eu-south-1 eu-south-2 eu-west-1 eu-west-2 eu-west-3
  il-central-1 me-central-1 me-south-1 me-west-1 mx-central-1 sa-east-1 sa-west-1
  us-east-1 us-east-2 us-west-1 us-west-2 us-gov-east-1 us-gov-west-1`
  .trim()
  .split(/\s+/);

/** Returns the partition of a Region, which is the second field of its ARNs. */
export function getPartition(region: string): "aws" | "aws-us-gov" {
  return region.startsWith("us-gov-") ? "aws-us-gov" : "aws";
}

/**
 * Returns the base URL of a user pool's prefix domain, without a trailing slash.
 *
 * @see https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pools-assign-domain.html
 */
export function getDomainBaseUrl(prefix: string, region: string): string {
  const auth = getPartition(region) === "aws-us-gov" ? "auth-fips" : "auth";
  return `https://${prefix}.${auth}.${region}.amazoncognito.com`;
}

/** Returns the name by which an identity pool refers to a user pool: the issuer without its scheme. */
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
 * Returns the federated principal of identity pools, which is also the prefix of their condition keys.
 *
 * @see https://docs.aws.amazon.com/govcloud-us/latest/UserGuide/govcloud-cog.html
 */
export function getIdentityPoolPrincipal(region: string): string {
  return getPartition(region) === "aws-us-gov"
    ? "cognito-identity-us-gov.amazonaws.com"
    : "cognito-identity.amazonaws.com";
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
