import type { Matching } from "../../../../scripts/lib/adoption/read/matching";
import { findUnmodelledBlockers } from "../../../../scripts/lib/adoption/checks/manual-changes";

function told(facts: object): readonly string[] {
  const pair = {
    code: {
      address: "aws_cognito_user_pool.it",
      type: "aws_cognito_user_pool",
    },
    live: { facts },
  };
  const matching = { adopted: [pair] } as unknown as Matching;
  return findUnmodelledBlockers(matching).map((stop) => stop.told);
}

describe("settings of a user pool that the provider does not know", () => {
  test("stop nothing where they are what every pool has", () => {
    expect(
      told({
        // what every pool has, and what an update that leaves it out keeps
        AcrConfiguration: { Level1: "a" },
        DcrConfiguration: { EnableStatus: "Enabled" },
        IssuerConfiguration: { Type: "ORIGINAL" },
        KeyConfiguration: { KeyType: "AWS_OWNED_KEY" },
        LambdaConfig: { PreSignUp: "arn" },
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
  ])("stop where somebody has set them: %s", (path, facts) => {
    expect(told(facts)).toEqual([
      expect.stringMatching(new RegExp(`^${path} is set`)),
    ]);
  });
});
