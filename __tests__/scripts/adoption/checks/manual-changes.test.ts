import { checkResource } from "../../../../scripts/lib/adoption/checks/manual-changes";
import type { MatchedResource } from "../../../../scripts/lib/adoption/read/matching";

function check(
  type: string,
  attributes: object,
  values: object = {},
): readonly string[] {
  const pair = {
    configured: { address: `${type}.it`, type, values },
    live: { key: "it", attributes },
  };
  const client = { live: { attributes: { ClientId: "known" } } };
  const matching = { adopted: [client] };
  return checkResource(
    pair as unknown as MatchedResource,
    matching as unknown as Parameters<typeof checkResource>[1],
  );
}

const POOL = "aws_cognito_user_pool";

describe("user pool settings that the provider does not support", () => {
  test("are accepted with the values of every pool", () => {
    expect(
      check(POOL, {
        // an update without these settings does not change them
        AcrConfiguration: { Level1: "a" },
        DcrConfiguration: { EnableStatus: "Enabled" },
        IssuerConfiguration: { Type: "ORIGINAL" },
        KeyConfiguration: { KeyType: "AWS_OWNED_KEY" },
        LambdaConfig: { PreSignUp: "arn" },
        WebAuthnConfiguration: { FactorConfiguration: "SINGLE_FACTOR" },
        UserPoolAddOns: { AdvancedSecurityMode: "AUDIT" },
      }),
    ).toEqual([]);
  });

  test.each<[string, object]>([
    ["IssuerConfiguration", { IssuerConfiguration: { Type: "UPDATED" } }],
    [
      "KeyConfiguration",
      { KeyConfiguration: { KeyType: "CUSTOMER_MANAGED_KEY" } },
    ],
    [
      "WebAuthnConfiguration",
      {
        WebAuthnConfiguration: {
          RelyingPartyId: "auth.example.org",
          FactorConfiguration: "MULTI_FACTOR_WITH_USER_VERIFICATION",
        },
      },
    ],
    [
      "LambdaConfig.InboundFederation",
      { LambdaConfig: { InboundFederation: { LambdaArn: "arn" } } },
    ],
    [
      "UserPoolAddOns.AdvancedSecurityAdditionalFlows",
      {
        UserPoolAddOns: {
          AdvancedSecurityAdditionalFlows: { CustomAuthMode: "AUDIT" },
        },
      },
    ],
  ])("are reported with any other value: %s", (path, attributes) => {
    expect(check(POOL, attributes)).toEqual([
      expect.stringMatching(new RegExp(`^${path} must not be set: `)),
    ]);
  });
});

describe("role mappings of an identity pool", () => {
  const checkMapping = (key: string, mapping: object) =>
    check("aws_cognito_identity_pool_roles_attachment", {
      RoleMappings: { [key]: { Type: "Token", ...mapping } },
    });

  test.each(["userpool", "cognito-idp.us-west-2.amazonaws.com/pool:known"])(
    "are accepted for tokens of an adopted client: %s",
    (key) => {
      expect(checkMapping(key, { AmbiguousRoleResolution: "Deny" })).toEqual(
        [],
      );
    },
  );

  test.each<[string, string, object]>([
    ["rules", "userpool", { Type: "Rules" }],
    [
      "a default role",
      "userpool",
      { AmbiguousRoleResolution: "AuthenticatedRole" },
    ],
    ["another client", "cognito-idp.us-west-2.amazonaws.com/pool:other", {}],
  ])("are reported with %s", (_, key, mapping) => {
    expect(checkMapping(key, mapping)).toEqual([
      expect.stringMatching(/^role mapping .* must be a token mapping /),
    ]);
  });
});

describe("the secret of a client", () => {
  const CLIENT = "aws_cognito_user_pool_client";

  test.each([true, false])("is accepted if configured: %s", (hasSecret) => {
    const live = hasSecret ? { ClientSecret: "s3cr3t" } : {};
    expect(check(CLIENT, live, { generate_secret: hasSecret })).toEqual([]);
  });

  test.each([true, false])("is reported otherwise: %s", (hasSecret) => {
    const live = hasSecret ? { ClientSecret: "s3cr3t" } : {};
    const messages = check(CLIENT, live, { generate_secret: !hasSecret });
    expect(messages).toEqual([
      expect.stringMatching(
        new RegExp(
          `^generate_secret must be ${hasSecret}, .*got ${!hasSecret}, `,
        ),
      ),
    ]);
    expect(messages.join()).not.toContain("s3cr3t");
  });
});
