import { readFileSync } from "node:fs";
import * as fc from "fast-check";
import {
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
  test("is known if the AWS SDK knows it", () => {
    const file = require
      .resolve("@aws-sdk/core/client")
      .replace(/dist-.*/, "dist-cjs/submodules/client/index.js");
    const text = readFileSync(file, "utf8");
    const known = [...text.matchAll(/"([a-z]{2}(?:-gov)?-[a-z]+-\d)": ?\{/g)]
      .map(([, region = ""]) => region)
      .filter((region) => !region.startsWith("cn-"));
    expect(known.length).toBeGreaterThan(30);
    expect(known.filter((region) => !REGIONS.includes(region))).toEqual([]);
    expect(REGIONS.filter((region) => !LIMITS.region.allows(region))).toEqual(
      [],
    );
  });

  test.each([
    ["us-west-2", "https://auth.auth.us-west-2.amazoncognito.com"],
    ["eu-central-1", "https://auth.auth.eu-central-1.amazoncognito.com"],
    ["us-gov-west-1", "https://auth.auth-fips.us-gov-west-1.amazoncognito.com"],
  ])("%s determines the base URL %s of a domain", (region, url) => {
    expect(getDomainBaseUrl("auth", region)).toBe(url);
  });

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
    ["us-gov-east-1", "aws-us-gov", "cognito-identity-us-gov.amazonaws.com"],
  ])(
    "%s determines the partition %s and the principal %s",
    (region, partition, principal) => {
      expect(getPartition(region)).toBe(partition);
      expect(getIdentityPoolPrincipal(region)).toBe(principal);
    },
  );
});
