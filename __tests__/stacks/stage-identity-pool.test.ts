import { Fn, Token } from "cdktf";
import type { RoleRule, RoleRules } from "../../constructs";
import { AuthStack } from "../../stacks/auth-stack";
import type { Environment } from "../../stacks/config/environment";
import {
  createApp,
  createStageConfig,
  getOnlyBlock,
  listProblems,
  removeTemporaryDirectories,
  synthesize,
} from "../support/stage";

afterAll(removeTemporaryDirectories);

const ROLE = "arn:aws:iam::123456789012:role/science";
const SAML = "arn:aws:iam::123456789012:saml-provider/University";
const EXISTING_POOL =
  "arn:aws:cognito-identity:us-west-2:123456789012:identitypool/us-west-2:12345678-1234-1234-1234-123456789012";
const callbackUrls = ["https://a.example/"];
const KEYCLOAK = {
  providerName: "Keycloak",
  mappedAttributes: ["email", "custom:department"],
  dependencies: [],
};

function createRules(...rules: Partial<RoleRule>[]): RoleRules {
  return {
    rules: rules.map((rule) => ({
      claim: "cognito:username",
      matchType: "Equals",
      value: "science",
      roleArn: ROLE,
      ...rule,
    })),
    ambiguousRoleResolution: "Deny",
  };
}

interface Mapping {
  readonly identity_provider: string;
  readonly type: string;
}

function listMappings(build: (auth: AuthStack) => void): string[] {
  const { role_mapping: mappings } = getOnlyBlock(
    synthesize({}, build),
    "aws_cognito_identity_pool_roles_attachment",
  );
  return (mappings as Mapping[]).map(
    ({ identity_provider: provider, type }) =>
      `${/clients_([\w-]+)_\w+\.id/.exec(provider)?.[1] ?? provider} ${type}`,
  );
}

describe("the identity pool of a stage", () => {
  test("trusts other clients too, each with one mapping", () => {
    expect(
      listMappings((auth) => {
        const page = auth.addFrontendClient("page", { callbackUrls });
        const app = auth.addWebClient("app", { callbackUrls });
        auth.trustClient(page);
        auth.trustClient(app, createRules({}));
        auth.addProgrammaticClient("programmatic-client");
      }),
    ).toEqual([
      "identity-provider Token",
      "programmatic-client Token",
      "page Token",
      "app Rules",
    ]);
  });

  test.each([
    ["Token" as const, "Token"],
    [createRules({}), "Rules"],
  ])("maps the exported client once with %j", (mapping, type) => {
    expect(
      listMappings((auth) => {
        const client = auth.addProgrammaticClient("programmatic-client");
        auth.trustClient(client, mapping);
      }),
    ).toEqual(["identity-provider Token", `programmatic-client ${type}`]);
  });

  test("trusts a provider of IAM", () => {
    expect(
      listMappings((auth) => {
        auth.trustProvider(SAML, createRules({}));
      }),
    ).toEqual(["identity-provider Token", `${SAML} Rules`]);
  });

  test("trusts the OIDC provider of the stage", () => {
    const configuration = synthesize({}, (auth) => {
      const provider = auth.addOidcProvider({
        issuer: "id.example.org",
        origin: "created",
      });
      auth.trustProvider(provider, createRules({}));
    });
    expect(
      getOnlyBlock(configuration, "aws_cognito_identity_pool")
        .openid_connect_provider_arns,
    ).toEqual([
      expect.stringMatching(
        /^\$\{aws_iam_openid_connect_provider\.[\w-]+\.arn\}$/,
      ),
    ]);
  });

  test("maps users to the role of a group by rules", () => {
    const configuration = synthesize({}, (auth) => {
      const app = auth.addWebClient("app", { callbackUrls });
      const { roleArn } = auth.addGroup("readers", {
        description: "Readers",
        precedence: 1,
        buckets: { "a-bucket": "read" },
      });
      auth.trustClient(app, createRules({ roleArn }));
    });
    expect(
      getOnlyBlock(configuration, "aws_cognito_identity_pool_roles_attachment")
        .role_mapping,
    ).toContainEqual(
      expect.objectContaining({
        type: "Rules",
        mapping_rule: [
          expect.objectContaining({
            role_arn: expect.stringMatching(
              /^\$\{aws_iam_role\.group-roles_readers_\w+\.arn\}$/,
            ) as string,
          }),
        ],
      }),
    );
  });
});

describe("the identity pool of a stage fails when", () => {
  const trust =
    (...rules: Partial<RoleRule>[]) =>
    (auth: AuthStack) => {
      const app = auth.addWebClient("app", { callbackUrls });
      auth.trustClient(app, createRules(...rules));
    };

  test.each<[string, (auth: AuthStack) => void, RegExp, Environment?]>([
    [
      "a client is repeated",
      (auth) => {
        const page = auth.addFrontendClient("page", { callbackUrls });
        auth.trustClient(page);
        auth.trustClient(page);
      },
      /^client of an identity pool must be unique, got "page" twice/,
    ],
    [
      "a provider is repeated",
      (auth) => {
        auth.trustProvider(SAML, createRules({}));
        auth.trustProvider(SAML, createRules({}));
      },
      /^IAM provider of an identity pool must be unique, got ".*University" twice/,
    ],
    [
      "only Terraform knows the ARN of a provider",
      (auth) => {
        auth.trustProvider(Token.asString(Fn.timestamp()), createRules({}));
      },
      /^ARN of an IAM provider must be known at synth, got a text that only Terraform knows: pass the provider of addOidcProvider/,
    ],
    [
      "no user signs in at a client",
      (auth) => {
        auth.addResourceServer("api", { read: "Read" });
        const service = auth.addServiceClient("service", {
          scopes: ["api-server/read"],
        });
        auth.trustClient(service);
      },
      /^client of an identity pool must sign in users, got the service client "service"/,
    ],
    [
      "another stack manages it, with a client",
      (auth) => {
        auth.trustClient(auth.addFrontendClient("page", { callbackUrls }));
      },
      /^client "page" must be trusted by an identity pool of this stack, got IDENTITY_POOL_ARN/,
      { IDENTITY_POOL_ARN: EXISTING_POOL },
    ],
    [
      "another stack manages it, with a provider",
      (auth) => {
        auth.trustProvider(SAML, createRules({}));
      },
      /^provider ".*University" must be trusted by an identity pool of this stack/,
      { IDENTITY_POOL_ARN: EXISTING_POOL },
    ],
    [
      "a provider is of another account",
      (auth) => {
        const roleArn = ROLE.replace("123456789012", "210987654321");
        auth.trustProvider(SAML, createRules({ roleArn }));
      },
      /^ARN of an IAM provider must be in account "210987654321"/,
      { AWS_ACCOUNT_ID: "210987654321" },
    ],
    [
      "a role is of another account",
      trust({}),
      /^role ARN must be in account "210987654321"/,
      { AWS_ACCOUNT_ID: "210987654321" },
    ],
    [
      "users can change a claim",
      (auth) => {
        trust({ claim: "email" })(auth);
        auth.addProgrammaticClient("programmatic-client");
      },
      /^claim of a rule must not be an attribute that users can change, got "email", which users of identity-provider, programmatic-client can change/,
    ],
    [
      "a claim is no attribute of the user pool",
      trust({ claim: "custom:department" }),
      /^claim of a rule must be an attribute of the user pool, got "custom:department"/,
    ],
    [
      "a claim of an existing user pool is not in tokens",
      trust({ claim: "custom:department" }),
      /^claim of a rule must be among the read attributes of the client, got "custom:department" for app/,
      { USER_POOL_ID: "us-west-2_Abc" },
    ],
    [
      "the client does not read a claim",
      (auth) => {
        const app = auth.addWebClient("app", {
          callbackUrls,
          readAttributes: ["email"],
        });
        auth.trustClient(app, createRules({ claim: "email_verified" }));
      },
      /^claim of a rule must be among the read attributes of the client, got "email_verified" for app/,
    ],
  ])("%s", (_, build, message, environment = {}) => {
    expect(listProblems(build, environment)).toEqual([
      expect.stringMatching(message),
    ]);
  });

  test("a client is of another stack", () => {
    const config = createStageConfig({ STAGE: "other" });
    const page = new AuthStack(createApp(), config).addFrontendClient("page", {
      callbackUrls,
    });
    expect(
      listProblems((auth) => {
        auth.trustClient(page);
      }),
    ).toContainEqual(
      expect.stringMatching(
        /^client of an identity pool must be of the same stack, got "page" of another stack/,
      ),
    );
  });
});

describe("a rule on an attribute that a provider maps", () => {
  test("is possible with clients whose users cannot change it", () => {
    const { resource } = synthesize(
      { USER_POOL_ID: "us-west-2_Abc" },
      (auth) => {
        const app = auth.addWebClient("app", {
          callbackUrls,
          signIn: [KEYCLOAK],
        });
        auth.trustClient(app, createRules({ claim: "custom:department" }));
        auth.addProgrammaticClient("programmatic-client");
      },
    );
    expect(resource).toHaveProperty(
      "aws_cognito_identity_pool_roles_attachment",
    );
  });

  test("can have a role that only Terraform knows", () => {
    const roleArn = Token.asString(Fn.timestamp());
    expect(
      listMappings((auth) => {
        const app = auth.addWebClient("app", { callbackUrls });
        auth.trustClient(app, createRules({ roleArn }));
      }),
    ).toEqual(["identity-provider Token", "app Rules"]);
  });
});
