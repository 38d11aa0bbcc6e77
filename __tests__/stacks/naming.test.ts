import * as fc from "fast-check";
import {
  getDomainBaseUrl,
  IDENTITY_PROVIDER_CLIENT,
  getIdentityPoolName,
  getIdentityPoolPrincipal,
  getOutputName,
  getPartition,
  PROGRAMMATIC_CLIENT,
  getResourceServerIdentifier,
  getRoleName,
  getSecretName,
  getServiceClientName,
  getStackName,
  getUserPoolIssuer,
  getUserPoolJwksUrl,
  getUserPoolProviderName,
} from "../../stacks/naming";

const STACK = "veda-auth-stack-dev";

describe("names", () => {
  test.each([
    ["a stack", getStackName("veda-auth-stack", "dev"), STACK],
    [
      "a secret",
      getSecretName(STACK, "workflows-client"),
      "veda-auth-stack-dev/workflows-client",
    ],
    [
      "a resource server",
      getResourceServerIdentifier("veda-stac-ingestion-registry"),
      "veda-stac-ingestion-registry-server",
    ],
    [
      "a service's client",
      getServiceClientName("workflows-client"),
      "workflows-client Service Access",
    ],
    ["a role", getRoleName(STACK, "veda-readers"), `${STACK}-veda-readers`],
    ["an identity pool", getIdentityPoolName(STACK), `${STACK} IdentityPool`],
    [
      "an output of a secret's name",
      getOutputName("workflows-client", "secret_id"),
      "workflows_client_secret_id",
    ],
    [
      "an output of a secret's ARN",
      getOutputName("a-b-c", "secret_arn"),
      "a_b_c_secret_arn",
    ],
    ["the exported client", PROGRAMMATIC_CLIENT, "programmatic-client"],
    [
      "the identity pool's client",
      IDENTITY_PROVIDER_CLIENT,
      "identity-provider",
    ],
  ])("of %s", (_, name, expected) => {
    expect(name).toBe(expected);
  });

  test("of outputs hold no hyphens", () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[a-z-]*$/), (id) => {
        expect(getOutputName(id, "client_id")).toMatch(/^[a-z_]+$/);
      }),
    );
  });
});

describe("addresses in a Region", () => {
  test.each([
    ["us-west-2", "https://auth.auth.us-west-2.amazoncognito.com"],
    ["eu-central-1", "https://auth.auth.eu-central-1.amazoncognito.com"],
    ["us-gov-west-1", "https://auth.auth-fips.us-gov-west-1.amazoncognito.com"],
  ])("have in %s the hosted domain %s", (region, url) => {
    expect(getDomainBaseUrl("auth", region)).toBe(url);
  });

  test("have the issuer and the keys of a user pool's tokens", () => {
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
    "have in %s the partition %s and the principal %s",
    (region, partition, principal) => {
      expect(getPartition(region)).toBe(partition);
      expect(getIdentityPoolPrincipal(region)).toBe(principal);
    },
  );
});
