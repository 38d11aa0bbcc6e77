import {
  comparePlanned,
  formatPolicy,
  planUnchanged,
  type Values,
} from "../../support/access-comparisons";
import { type PlanResource } from "../../support/plan-builder";

const CLIENT = "aws_cognito_user_pool_client";
const APPLICATION = {
  name: "dashboard",
  allowed_oauth_flows_user_pool_client: true,
  allowed_oauth_flows: ["code"],
  allowed_oauth_scopes: ["openid"],
};

describe("each provider of an identity pool is a principal", () => {
  const pool = (values: Values): PlanResource => ({
    type: "aws_cognito_identity_pool",
    before: { identity_pool_name: "p", cognito_identity_providers: [] },
    after: { identity_pool_name: "p", ...values },
  });
  const OWN = [
    planUnchanged("aws_cognito_user_pool", {
      id: "us-west-2_own",
      name: "own",
    }),
    planUnchanged(CLIENT, {
      ...APPLICATION,
      id: "c",
      user_pool_id: "us-west-2_own",
      callback_urls: [],
    }),
  ];
  const issuer = (id: string): string =>
    `cognito-idp.us-west-2.amazonaws.com/${id}`;

  test.each<[string, Values, string]>([
    [
      "a client of the same stack",
      {
        cognito_identity_providers: [
          { client_id: "c", provider_name: issuer("us-west-2_own") },
        ],
      },
      "client dashboard",
    ],
    [
      "the same client id of another user pool",
      {
        cognito_identity_providers: [
          { client_id: "c", provider_name: issuer("us-west-2_other") },
        ],
      },
      `client c of ${issuer("us-west-2_other")}`,
    ],
    [
      "the same user pool on another host",
      {
        cognito_identity_providers: [
          { client_id: "c", provider_name: "evil.example/us-west-2_own" },
        ],
      },
      "client c of evil.example/us-west-2_own",
    ],
    [
      "an OIDC provider",
      {
        openid_connect_provider_arns: [
          "arn:aws:iam::1:oidc-provider/idp.example",
        ],
      },
      "OIDC provider arn:aws:iam::1:oidc-provider/idp.example",
    ],
    [
      "a SAML provider",
      { saml_provider_arns: ["arn:aws:iam::1:saml-provider/idp"] },
      "SAML provider arn:aws:iam::1:saml-provider/idp",
    ],
    [
      "a login provider",
      { supported_login_providers: { "graph.facebook.com": "123" } },
      "login provider graph.facebook.com (123)",
    ],
    [
      "a developer provider",
      { developer_provider_name: "login.example" },
      "developer provider login.example",
    ],
  ])("%s", (_, values, users) => {
    expect(comparePlanned(...OWN, pool(values)).gained).toEqual([
      `users of ${users} can now get AWS credentials from identity pool p`,
    ]);
  });
});

describe("the role mapping of an identity pool", () => {
  const POOL_ID = "us-west-2:00000000-0000-0000-0000-000000000000";
  const trust = formatPolicy({
    Effect: "Allow",
    Action: "sts:AssumeRoleWithWebIdentity",
    Principal: { Federated: "cognito-identity.amazonaws.com" },
    Condition: {
      StringEquals: { "cognito-identity.amazonaws.com:aud": POOL_ID },
      "ForAnyValue:StringLike": {
        "cognito-identity.amazonaws.com:amr": "authenticated",
      },
    },
  });
  const MAPPING = {
    identity_provider: "i",
    type: "Token",
    ambiguous_role_resolution: "Deny",
  };
  const withRole = (pool: Values, role_mapping: readonly Values[]) =>
    comparePlanned(
      planUnchanged("aws_cognito_identity_pool", {
        id: POOL_ID,
        identity_pool_name: "p",
        allow_classic_flow: false,
        cognito_identity_providers: [{ client_id: "c", provider_name: "i" }],
        ...pool,
      }),
      planUnchanged("aws_cognito_identity_pool_roles_attachment", {
        identity_pool_id: POOL_ID,
        role_mapping,
      }),
      {
        type: "aws_iam_role",
        after: { name: "writers", assume_role_policy: trust },
      },
      {
        type: "aws_cognito_user_group",
        after: { name: "writers", role_arn: "${aws_iam_role.main.arn}" },
      },
    ).gained;

  test("replaces the trust policy for all signed-in users", () => {
    expect(withRole({}, [MAPPING])).toEqual([
      "group writers can now assume role writers",
    ]);
  });

  test.each<[string, Values, readonly Values[]]>([
    ["without providers", {}, []],
    ["with rules", {}, [{ ...MAPPING, type: "Rules" }]],
    [
      "that falls back to the default role",
      {},
      [{ ...MAPPING, ambiguous_role_resolution: "AuthenticatedRole" }],
    ],
    ["with the classic flow", { allow_classic_flow: true }, [MAPPING]],
    [
      "of fewer providers than the pool has",
      {
        cognito_identity_providers: [
          { client_id: "c", provider_name: "i" },
          { client_id: "d", provider_name: "i" },
        ],
      },
      [MAPPING],
    ],
  ])("%s does not replace the trust policy", (_, pool, mapping) => {
    expect(withRole(pool, mapping)).toEqual([
      "group writers can now assume role writers",
      "signed-in users of identity pool p can now assume writers",
    ]);
  });
});
