import { TerraformResource, Token } from "cdktf";
import {
  type IamProvider,
  IdentityPool,
  type IdentityPoolProps,
} from "../../constructs/identity-pool";
import type { RoleRules } from "../../constructs/role-rules";
import {
  collectErrors,
  createUnknownText,
  getOnlyResource,
  parsePolicy,
  resolveValue,
  synthesizeConstructs,
} from "../support/synth";
import { createUserPool } from "../support/user-pools";

const MINIMAL_PROPS: IdentityPoolProps = {
  userPool: createUserPool(),
  identityPoolName: "auth-dev IdentityPool",
  authenticatedRoleName: "auth-dev-authenticated",
  trustedClientIds: () => ["one", "two"],
};
const PROVIDER = "cognito-idp.us-west-2.amazonaws.com/us-west-2_Example";

const RULES: RoleRules = {
  rules: [
    {
      claim: "custom:department",
      matchType: "Equals",
      value: "science",
      roleArn: "arn:aws:iam::123456789012:role/science",
    },
  ],
  ambiguousRoleResolution: "Deny",
};

function synthesizePool(
  props: Partial<IdentityPoolProps> = {},
  region?: string,
) {
  return synthesizeConstructs((scope) => {
    new IdentityPool(scope, "pool", { ...MINIMAL_PROPS, ...props });
  }, region);
}

function validateProps(props: Partial<IdentityPoolProps>): string[] {
  return collectErrors((scope) => {
    new IdentityPool(scope, "pool", { ...MINIMAL_PROPS, ...props });
  });
}

describe("an identity pool", () => {
  test("has no unauthenticated identities and no classic flow, and checks tokens with the user pool", () => {
    expect(
      getOnlyResource(synthesizePool(), "aws_cognito_identity_pool"),
    ).toEqual({
      identity_pool_name: "auth-dev IdentityPool",
      allow_unauthenticated_identities: false,
      allow_classic_flow: false,
      cognito_identity_providers: [
        {
          client_id: "one",
          provider_name: PROVIDER,
          server_side_token_check: true,
        },
        {
          client_id: "two",
          provider_name: PROVIDER,
          server_side_token_check: true,
        },
      ],
    });
    expect(validateProps({})).toEqual([]);
  });

  test("overrides attributes only if Terraform alone knows its clients", () => {
    const listOverrides = (props: Partial<IdentityPoolProps>) => {
      const resources: TerraformResource[] = [];
      synthesizeConstructs((scope) => {
        const pool = new IdentityPool(scope, "pool", {
          ...MINIMAL_PROPS,
          ...props,
        });
        resources.push(
          ...pool.node
            .findAll()
            .filter((one) => TerraformResource.isTerraformResource(one)),
        );
      });
      return resources.flatMap((one) => {
        const { overrides } = one.toMetadata() as { overrides?: unknown };
        return overrides ?? [];
      });
    };
    expect(listOverrides({})).toEqual([]);
    expect(
      listOverrides({
        trustedClientIds: () => Token.asList("${var.clients}"),
      }),
    ).toEqual([
      { aws_cognito_identity_pool: ["dynamic"] },
      { aws_cognito_identity_pool_roles_attachment: ["dynamic"] },
    ]);
  });

  test("maps users to the role of their group, and denies ambiguous roles", () => {
    const roles = getOnlyResource(
      synthesizePool(),
      "aws_cognito_identity_pool_roles_attachment",
    );
    expect(roles.identity_pool_id).toMatch(
      /^\$\{aws_cognito_identity_pool\.pool_\w+\.id\}$/,
    );
    expect(roles.role_mapping).toEqual(
      ["one", "two"].map((client) => ({
        identity_provider: `${PROVIDER}:${client}`,
        type: "Token",
        ambiguous_role_resolution: "Deny",
      })),
    );
  });

  test("has a role for authenticated identities and none for unauthenticated ones", () => {
    expect(
      getOnlyResource(
        synthesizePool(),
        "aws_cognito_identity_pool_roles_attachment",
      ).roles,
    ).toEqual({
      authenticated: expect.stringMatching(
        /^\$\{aws_iam_role\.pool_authenticated-role_\w+\.arn\}$/,
      ) as string,
    });
  });

  test("has an authenticated role without permissions", () => {
    const configuration = synthesizePool();
    const role = getOnlyResource(configuration, "aws_iam_role");
    expect(role.name).toBe("auth-dev-authenticated");
    expect(configuration.resource).not.toHaveProperty("aws_iam_role_policy");
    expect(configuration.resource).not.toHaveProperty(
      "aws_iam_role_policy_attachment",
    );
    expect(parsePolicy(role, "assume_role_policy")).toMatchObject({
      Statement: [
        {
          Condition: {
            StringEquals: {
              "cognito-identity.amazonaws.com:aud": expect.stringMatching(
                /^\$\{aws_cognito_identity_pool\.pool_\w+\.id\}$/,
              ) as string,
            },
          },
        },
      ],
    });
  });

  test("trusts clients that are added later", () => {
    const clients = ["one"];
    const configuration = synthesizeConstructs((scope) => {
      new IdentityPool(scope, "pool", {
        ...MINIMAL_PROPS,
        trustedClientIds: () => clients,
      });
      clients.push("later");
    });
    expect(
      getOnlyResource(configuration, "aws_cognito_identity_pool"),
    ).toMatchObject({
      cognito_identity_providers: [
        { client_id: "one" },
        { client_id: "later" },
      ],
    });
    expect(
      getOnlyResource(
        configuration,
        "aws_cognito_identity_pool_roles_attachment",
      ).role_mapping,
    ).toHaveLength(2);
  });

  const OIDC =
    "arn:aws:iam::123456789012:oidc-provider/id.example.org/realms/veda";
  const SAML = "arn:aws:iam::123456789012:saml-provider/University";

  test("maps users of a client by rules", () => {
    const props = { clientRules: () => new Map([["two", RULES]]) };
    expect(validateProps(props)).toEqual([]);
    const { role_mapping: mappings } = getOnlyResource(
      synthesizePool(props),
      "aws_cognito_identity_pool_roles_attachment",
    );
    expect(mappings).toEqual([
      expect.objectContaining({
        identity_provider: `${PROVIDER}:one`,
        type: "Token",
      }),
      expect.objectContaining({
        identity_provider: `${PROVIDER}:two`,
        type: "Rules",
        mapping_rule: [expect.objectContaining({ value: "science" })],
      }),
    ]);
  });

  test.each<[string, IdentityPoolProps["trustedClientIds"], number]>([
    ["known", () => ["one", "two"], 4],
    ["unknown", () => Token.asList("${var.clients}"), 2],
  ])("trusts providers of IAM and %s clients", (_, trustedClientIds, count) => {
    const iamProviders = (): IamProvider[] => [
      { type: "SAML", providerArn: SAML, rules: RULES },
      { type: "OIDC", providerArn: OIDC, rules: RULES },
    ];
    const props = { trustedClientIds, iamProviders };
    expect(validateProps(props)).toEqual([]);
    const configuration = synthesizePool(props);
    expect(
      getOnlyResource(configuration, "aws_cognito_identity_pool"),
    ).toMatchObject({
      openid_connect_provider_arns: [OIDC],
      saml_provider_arns: [SAML],
    });
    const { role_mapping: mappings } = getOnlyResource(
      configuration,
      "aws_cognito_identity_pool_roles_attachment",
    );
    expect(mappings).toHaveLength(count);
    expect((mappings as unknown[]).slice(-2)).toEqual(
      [SAML, OIDC].map(
        (arn) =>
          expect.objectContaining({
            identity_provider: arn,
            type: "Rules",
          }) as unknown,
      ),
    );
  });

  test("allows a user pool and a client that only Terraform knows", () => {
    const configuration = synthesizePool({
      userPool: createUserPool(createUnknownText()),
      trustedClientIds: () => [createUnknownText()],
    });
    expect(
      getOnlyResource(
        configuration,
        "aws_cognito_identity_pool_roles_attachment",
      ),
    ).toMatchObject({
      role_mapping: [
        {
          identity_provider:
            "cognito-idp.us-west-2.amazonaws.com/${timestamp()}:${timestamp()}",
        },
      ],
    });
  });

  test("uses the principal of GovCloud", () => {
    expect(
      parsePolicy(
        getOnlyResource(synthesizePool({}, "us-gov-west-1"), "aws_iam_role"),
        "assume_role_policy",
      ),
    ).toMatchObject({
      Statement: [
        { Principal: { Federated: "cognito-identity-us-gov.amazonaws.com" } },
      ],
    });
  });

  test("exposes its id and ARN as references", () => {
    expect(
      resolveValue((scope) => {
        const made = new IdentityPool(scope, "pool", MINIMAL_PROPS);
        return [made.identityPoolId, made.identityPoolArn];
      }),
    ).toEqual([
      expect.stringMatching(/^\$\{aws_cognito_identity_pool\.\w+\.id\}$/),
      expect.stringMatching(/^\$\{aws_cognito_identity_pool\.\w+\.arn\}$/),
    ]);
  });

  test("is imported by its ARN, in every partition", () => {
    const id = "us-gov-west-1:12345678-1234-1234-1234-123456789012";
    const arn = `arn:aws-us-gov:cognito-identity:us-gov-west-1:123456789012:identitypool/${id}`;
    expect(IdentityPool.fromIdentityPoolArn(arn)).toEqual({
      identityPoolArn: arn,
      identityPoolId: id,
    });
  });
});

describe("an identity pool fails when", () => {
  test.each<[string, Partial<IdentityPoolProps>, RegExp]>([
    [
      "its name is too long",
      { identityPoolName: "a".repeat(129) },
      /^identity pool name must be 1-128 /,
    ],
    [
      "its name has a character that AWS refuses",
      { identityPoolName: "a/b" },
      /^identity pool name must be .*got "a\/b"$/,
    ],
    [
      "it trusts eleven clients",
      { trustedClientIds: () => Array.from({ length: 11 }, () => "a") },
      /^number of clients an identity pool trusts must be at most 10, got 11$/,
    ],
    [
      "it trusts ten clients and a provider",
      {
        trustedClientIds: () => Array.from({ length: 10 }, () => "a"),
        iamProviders: () => [
          {
            type: "SAML",
            providerArn: "arn:aws:iam::123456789012:saml-provider/University",
            rules: RULES,
          },
        ],
      },
      /^number of clients and providers an identity pool trusts must be at most 10, got 11$/,
    ],
    [
      "the ARN of a provider is of a role",
      {
        iamProviders: () => [
          {
            type: "SAML",
            providerArn: "arn:aws:iam::123456789012:role/University",
            rules: RULES,
          },
        ],
      },
      /^ARN of an IAM provider must be /,
    ],
    [
      "a client has no rules",
      { clientRules: () => new Map([["one", { ...RULES, rules: [] }]]) },
      /^rules of a role mapping must have at least one item, got none$/,
    ],
    [
      "a provider has no rules",
      {
        iamProviders: () => [
          {
            type: "SAML",
            providerArn: "arn:aws:iam::123456789012:saml-provider/University",
            rules: { ...RULES, rules: [] },
          },
        ],
      },
      /^rules of a role mapping must have at least one item, got none$/,
    ],
    [
      "the name of its role is too long",
      { authenticatedRoleName: "a".repeat(65) },
      /^role name must be 1-64 /,
    ],
  ])("%s", (_, props, message) => {
    expect(validateProps(props)).toEqual([expect.stringMatching(message)]);
  });
});
