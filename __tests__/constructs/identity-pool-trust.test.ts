import { createIdentityPoolTrustStatement } from "../../constructs/identity-pool-trust";

const POOL_ID = "us-west-2:12345678-1234-1234-1234-123456789012";

describe("createIdentityPoolTrustStatement", () => {
  test("trusts only authenticated identities", () => {
    expect(createIdentityPoolTrustStatement(POOL_ID, "us-west-2")).toEqual({
      Effect: "Allow",
      Principal: { Federated: "cognito-identity.amazonaws.com" },
      Action: "sts:AssumeRoleWithWebIdentity",
      Condition: {
        StringEquals: { "cognito-identity.amazonaws.com:aud": POOL_ID },
        "ForAnyValue:StringLike": {
          "cognito-identity.amazonaws.com:amr": "authenticated",
        },
      },
    });
  });

  test.each([
    ["us-gov-west-1", "cognito-identity-us-gov.amazonaws.com"],
    ["us-gov-east-1", "cognito-identity.us-gov-east-1.amazonaws.com"],
  ])("in GovCloud, uses the principal of %s: %s", (region, principal) => {
    const trust = createIdentityPoolTrustStatement(POOL_ID, region);
    expect(trust).toMatchObject({
      Principal: { Federated: principal },
      Condition: {
        StringEquals: { [`${principal}:aud`]: POOL_ID },
        "ForAnyValue:StringLike": { [`${principal}:amr`]: "authenticated" },
      },
    });
    expect(JSON.stringify(trust)).not.toContain(
      "cognito-identity.amazonaws.com",
    );
  });
});
