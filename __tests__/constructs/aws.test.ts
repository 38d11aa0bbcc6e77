import { readFileSync } from "node:fs";
import * as fc from "fast-check";
import { CognitoJwtVerifier } from "aws-jwt-verify";
import {
  getDnsSuffix,
  getDomainBaseUrl,
  getIdentityPoolPrincipal,
  getPartition,
  getUserPoolIssuer,
  getUserPoolJwksUrl,
  getUserPoolProviderName,
  parseArn,
  REGIONS,
  validateArnLocation,
} from "../../constructs/aws";
import { LIMITS } from "../../constructs/constraints";
import { PARTITIONS } from "../../constructs/regions";
import { formatRegionsFile, REGIONS_FILE } from "../support/regions-file";

describe("parseArn", () => {
  test("returns the fields of an ARN", () => {
    expect(parseArn("arn:aws:iam::123456789012:role/reader")).toEqual({
      partition: "aws",
      service: "iam",
      region: "",
      account: "123456789012",
      resource: "role/reader",
    });
  });

  test("preserves colons in the resource", () => {
    expect(
      parseArn("arn:aws:secretsmanager:us-west-2:123456789012:secret:a:b")
        ?.resource,
    ).toBe("secret:a:b");
  });

  test.each([
    "",
    "reader",
    "role/reader",
    "arn",
    "arn:aws",
    "arn:aws:iam",
    "arn:aws:iam:",
    "arn:aws:iam::123456789012",
    "arn::iam::123456789012:role/reader",
    "arn:aws:::123456789012:role/reader",
    "urn:aws:iam::123456789012:role/reader",
    " arn:aws:iam::123456789012:role/reader",
  ])("returns undefined for %j", (text) => {
    expect(parseArn(text)).toBeUndefined();
  });

  test("returns the fields that an ARN was composed of", () => {
    const field = fc.stringMatching(/^[a-z0-9-]+$/);
    const optional = fc.stringMatching(/^[a-z0-9-]*$/);
    fc.assert(
      fc.property(
        field,
        field,
        optional,
        optional,
        fc.string(),
        (partition, service, region, account, resource) => {
          expect(
            parseArn(
              `arn:${partition}:${service}:${region}:${account}:${resource}`,
            ),
          ).toEqual({ partition, service, region, account, resource });
        },
      ),
    );
  });
});

describe("validateArnLocation", () => {
  const arn = "arn:aws:iam::123456789012:role/reader";

  test.each([
    ["us-west-2", undefined],
    ["us-west-2", "123456789012"],
  ])("allows an ARN of the partition and the account", (region, account) => {
    expect(validateArnLocation("role ARN", arn, region, account)).toEqual([]);
  });

  test("allows an AWS managed policy in every account", () => {
    const managed = "arn:aws:iam::aws:policy/ReadOnlyAccess";
    expect(
      validateArnLocation("ARN", managed, "us-west-2", "123456789012"),
    ).toEqual([]);
  });

  test("reports another partition and another account", () => {
    expect(
      validateArnLocation("role ARN", arn, "us-gov-west-1", "210987654321"),
    ).toEqual([
      `role ARN must be in partition "aws-us-gov" of Region "us-gov-west-1", got "${arn}"`,
      `role ARN must be in account "210987654321", got "${arn}"`,
    ]);
  });
});

describe("a Region", () => {
  test("is known if AWS's package of Regions has it: run npm run record-plans -- regions", () => {
    expect(readFileSync(REGIONS_FILE, "utf8")).toBe(formatRegionsFile());
  });

  test("has the partition of AWS's package", () => {
    for (const [partition, { regions, dnsSuffix }] of Object.entries(
      PARTITIONS,
    )) {
      for (const region of regions) {
        expect(getPartition(region)).toBe(partition);
        expect(getDnsSuffix(region)).toBe(dnsSuffix);
      }
    }
  });

  test("is allowed if its partition has user pools", () => {
    const all = Object.values(PARTITIONS).flatMap(({ regions }) => [
      ...regions,
    ]);
    expect(all.filter((region) => LIMITS.region.allows(region)).sort()).toEqual(
      [...REGIONS].sort(),
    );
    expect(all.filter((region) => !REGIONS.includes(region))).toEqual([
      "cn-north-1",
      "cn-northwest-1",
      "us-iso-east-1",
      "us-iso-west-1",
      "us-isob-east-1",
      "us-isob-west-1",
      "eu-isoe-west-1",
      "us-isof-east-1",
      "us-isof-south-1",
    ]);
  });

  test.each([
    ["nz-south-1", "aws"],
    ["us-gov-south-1", "aws-us-gov"],
    ["eusc-fr-west-1", "aws-eusc"],
    ["cn-south-1", "aws-cn"],
    ["us-iso-north-1", "aws-iso"],
  ])("%s, which AWS does not have, would be in %s", (region, partition) => {
    expect(getPartition(region)).toBe(partition);
  });

  test.each([
    ["us-west-2", "https://auth.auth.us-west-2.amazoncognito.com"],
    ["eu-central-1", "https://auth.auth.eu-central-1.amazoncognito.com"],
    ["us-gov-west-1", "https://auth.auth-fips.us-gov-west-1.amazoncognito.com"],
    [
      "eusc-de-east-1",
      "https://auth.auth.cognito-idp.eusc-de-east-1.on.amazonwebservices.eu",
    ],
  ])("%s determines the base URL %s of a domain", (region, url) => {
    expect(getDomainBaseUrl("auth", region)).toBe(url);
  });

  test.each(["us-west-2", "us-gov-west-1", "eusc-de-east-1"])(
    "%s determines the issuer that AWS's library requires",
    (region) => {
      const id = `${region}_Ab`;
      const { issuer, jwksUri } = CognitoJwtVerifier.parseUserPoolId(id);
      expect(getUserPoolIssuer(region, id)).toBe(issuer);
      expect(getUserPoolJwksUrl(region, id)).toBe(jwksUri);
    },
  );

  test("determines the issuer of a user pool's tokens and the URL of its keys", () => {
    expect(getUserPoolProviderName("us-west-2", "us-west-2_Ab")).toBe(
      "cognito-idp.us-west-2.amazonaws.com/us-west-2_Ab",
    );
    expect(getUserPoolIssuer("us-west-2", "us-west-2_Ab")).toBe(
      "https://cognito-idp.us-west-2.amazonaws.com/us-west-2_Ab",
    );
    expect(getUserPoolJwksUrl("us-west-2", "us-west-2_Ab")).toBe(
      "https://cognito-idp.us-west-2.amazonaws.com/us-west-2_Ab/.well-known/jwks.json",
    );
  });

  test.each([
    ["us-west-2", "aws", "cognito-identity.amazonaws.com"],
    ["us-east-1", "aws", "cognito-identity.amazonaws.com"],
    ["ap-southeast-2", "aws", "cognito-identity.amazonaws.com"],
    ["us-gov-west-1", "aws-us-gov", "cognito-identity-us-gov.amazonaws.com"],
    [
      "us-gov-east-1",
      "aws-us-gov",
      "cognito-identity.us-gov-east-1.amazonaws.com",
    ],
  ])(
    "%s determines the partition %s and the principal %s",
    (region, partition, principal) => {
      expect(getPartition(region)).toBe(partition);
      expect(getIdentityPoolPrincipal(region)).toBe(principal);
    },
  );
});
