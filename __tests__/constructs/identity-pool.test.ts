import { TerraformResource, TerraformStack, Token } from "cdktf";
import { RootConstruct } from "constructs";
import {
  type IamProvider,
  IdentityPool,
  type IdentityPoolProps,
} from "../../constructs/identity-pool";
import type { RoleRules } from "../../constructs/role-rules";
import {
  FrontendClient,
  ServiceClient,
  UserPoolClient,
} from "../../constructs/user-pool-client";
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
  test("trusts a user pool of another Region", () => {
    const issuer = "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_A";
    const { cognito_identity_providers: providers } = getOnlyResource(
      synthesizePool({
        userPool: { ...createUserPool("eu-west-1_A"), issuer },
      }),
      "aws_cognito_identity_pool",
    );
    expect(providers).toContainEqual(
      expect.objectContaining({
        provider_name: "cognito-idp.eu-west-1.amazonaws.com/eu-west-1_A",
      }),
    );
  });

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

  test.each<[string, () => readonly string[], number]>([
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
    expect(() => IdentityPool.fromIdentityPoolArn(id)).toThrow(
      /^identity pool ARN must be the ARN of an identity pool, .*, got "us-gov-west-1:/,
    );
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
      {
        trustedClientIds: () =>
          Array.from({ length: 11 }, (_, index) => `client${index}`),
      },
      /^number of clients an identity pool trusts must be at most 10, got 11$/,
    ],
    [
      "it trusts ten clients and a provider",
      {
        trustedClientIds: () =>
          Array.from({ length: 10 }, (_, index) => `client${index}`),
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

describe("clients of an identity pool", () => {
  const addPool = (scope: TerraformStack, props = {}) =>
    new IdentityPool(scope, "pool", {
      userPool: MINIMAL_PROPS.userPool,
      identityPoolName: "pool",
      authenticatedRoleName: "authenticated",
      ...props,
    });
  const addClient = (scope: TerraformStack, id = "page") =>
    new FrontendClient(scope, id, {
      userPool: MINIMAL_PROPS.userPool,
      clientName: id,
      callbackUrls: ["https://a.example/"],
    });
  const readMappings = (build: (scope: TerraformStack) => void) => {
    const resources = synthesizeConstructs(build);
    const attachment = "aws_cognito_identity_pool_roles_attachment";
    return {
      providers: getOnlyResource(resources, "aws_cognito_identity_pool"),
      roles: getOnlyResource(resources, attachment),
    };
  };

  test("are none by default", () => {
    const { providers, roles } = readMappings(addPool);
    expect(providers.cognito_identity_providers).toEqual([]);
    expect(roles.role_mapping).toEqual([]);
  });

  test("can be added after the pool, with rules", () => {
    const { providers, roles } = readMappings((scope) => {
      const pool = addPool(scope, { trustedClientIds: () => ["one"] });
      pool.addClient(addClient(scope));
      pool.addClient(UserPoolClient.fromClientId("imported"), RULES);
    });
    expect(providers.cognito_identity_providers).toEqual([
      expect.objectContaining({ client_id: "one" }),
      expect.objectContaining({
        client_id: expect.stringMatching(
          /^\$\{aws_cognito_user_pool_client\.page_\w+\.id\}$/,
        ) as string,
      }),
      expect.objectContaining({ client_id: "imported" }),
    ]);
    expect(roles.role_mapping).toMatchObject([
      { type: "Token" },
      { type: "Token" },
      { type: "Rules", identity_provider: `${PROVIDER}:imported` },
    ]);
  });

  test("can be added to those that only Terraform knows", () => {
    const { providers, roles } = readMappings((scope) => {
      const trustedClientIds = () => Token.asList("${var.clients}");
      const pool = addPool(scope, { trustedClientIds });
      pool.addClient(UserPoolClient.fromClientId("imported"), RULES);
    });
    expect(providers).toMatchObject({
      cognito_identity_providers: [{ client_id: "imported" }],
      dynamic: { cognito_identity_providers: { for_each: "${var.clients}" } },
    });
    expect(roles).toMatchObject({
      role_mapping: [{ type: "Rules" }],
      dynamic: { role_mapping: { for_each: "${var.clients}" } },
    });
  });

  test("that are trusted twice are added once", () => {
    const { providers } = readMappings((scope) => {
      const pool = addPool(scope, { trustedClientIds: () => ["one", "two"] });
      pool.addClient(UserPoolClient.fromClientId("two"));
    });
    expect(providers.cognito_identity_providers).toHaveLength(2);
  });

  test("get the role that the pool exposes", () => {
    expect(
      resolveValue((scope) => addPool(scope).authenticatedRoleArn),
    ).toMatch(/^\$\{aws_iam_role\.pool_authenticated-role_\w+\.arn\}$/);
    const arn =
      "arn:aws:cognito-identity:us-west-2:123456789012:identitypool/us-west-2:12345678-1234-1234-1234-123456789012";
    const roleArn = "arn:aws:iam::123456789012:role/authenticated";
    expect(IdentityPool.fromIdentityPoolArn(arn, roleArn)).toMatchObject({
      authenticatedRoleArn: roleArn,
    });
    expect(() =>
      IdentityPool.fromIdentityPoolArn(arn, "authenticated"),
    ).toThrow(/^role ARN must be /);
  });

  test.each<
    [string, (pool: IdentityPool, scope: TerraformStack) => void, string]
  >([
    [
      "one is a service client",
      (pool, scope) => {
        pool.addClient(
          new ServiceClient(scope, "robot", {
            userPool: MINIMAL_PROPS.userPool,
            clientName: "robot",
            scopes: ["api/read"],
          }),
        );
      },
      'client of an identity pool must sign in users, got the service client "robot"',
    ],
    [
      "one is added twice",
      (pool, scope) => {
        const client = addClient(scope);
        pool.addClient(client);
        pool.addClient(client);
      },
      'client of an identity pool must be unique, got "page" twice',
    ],
    [
      "one is of another stack",
      (pool) => {
        const other = new TerraformStack(new RootConstruct(), "other");
        pool.addClient(addClient(other, "page"));
      },
      'client of an identity pool must be of the same stack, got "page" of another stack',
    ],
    [
      "users can change the claim of a rule",
      (pool, scope) => {
        pool.addClient(addClient(scope), {
          rules: [
            {
              claim: "nickname",
              matchType: "Equals",
              value: "a",
              roleArn: "arn:aws:iam::123456789012:role/a",
            },
          ],
          ambiguousRoleResolution: "Deny",
        });
      },
      'claim of a rule must not be an attribute that users can change, got "nickname", which users of page can change',
    ],
    [
      "an imported one has an invalid id",
      (pool) => {
        pool.addClient(UserPoolClient.fromClientId("a-b"));
      },
      'id of a user pool client must be 1-128 letters, digits, underscores or +, as Amazon Cognito assigns them, got "a-b"',
    ],
  ])("fails when %s", (_, build, error) => {
    expect(
      collectErrors((scope) => {
        build(addPool(scope), scope);
      }),
    ).toEqual([error]);
  });

  test("fails when there are more than 10", () => {
    expect(
      collectErrors((scope) => {
        const pool = addPool(scope, { trustedClientIds: () => ["one"] });
        for (let index = 0; index < 10; index += 1)
          pool.addClient(UserPoolClient.fromClientId(`client${index}`));
      }),
    ).toEqual([
      "number of clients an identity pool trusts must be at most 10, got 11",
    ]);
  });
});
