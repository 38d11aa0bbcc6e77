import { Fn, Token } from "cdktf";
import type { OAuthScope } from "../../constructs/resource-server";
import type { AuthApp } from "../../stacks/app";
import { AuthStack } from "../../stacks/auth-stack";
import type { ProgrammaticClientOptions } from "../../stacks/user-pool-clients";
import type { Environment } from "../../stacks/config/environment";
import {
  createApp,
  createStageConfig,
  getOnlyBlock,
  getSecretVersion,
  listAddresses,
  listProblems,
  removeTemporaryDirectories,
  synthesize,
  type Synthesized,
} from "../support/stage";
import { createUnknownList } from "../support/unknown-collections";

afterAll(removeTemporaryDirectories);

const account = "123456789012";
const managersRole = `arn:aws:iam::${account}:role/veda-data-access`;
const existingPool = `arn:aws:cognito-identity:us-west-2:${account}:identitypool/us-west-2:12345678-1234-1234-1234-123456789012`;
const readers = {
  description: "Readers",
  precedence: 1,
  buckets: { "a-bucket": "read" },
} as const;

function addRegistry(auth: AuthStack) {
  return auth.addResourceServer("registry", {
    "item:read": "Read items",
    "item:write": "Write items",
  });
}

/** Parses the keys and values in a `jsonencode` expression. */
function parseEncoded(expression: unknown): Record<string, string> {
  const fields = String(expression).matchAll(
    /"([a-z_]+)" = ("[^"]*"|[\w.-]+)/g,
  );
  return Object.fromEntries(
    [...fields].map(([, key = "", value = ""]) => [key, value]),
  );
}

describe("a stage", () => {
  test("has a user pool and a domain by default", () => {
    expect(listAddresses(synthesize())).toMatchInlineSnapshot(`
[
  "aws_cognito_user_pool.user-pool_38E431F2",
  "aws_cognito_user_pool_domain.domain_FBFFA2F6",
]
`);
  });

  test("has outputs by default", () => {
    const { output } = synthesize();
    const pool = "${aws_cognito_user_pool.user-pool_38E431F2.id}";
    expect(
      Object.fromEntries(
        Object.entries(output).map(([name, { value }]) => [name, value]),
      ),
    ).toEqual({
      userpool_id: pool,
      userpool_domain_base_url:
        "https://veda-auth-stack-dev.auth.us-west-2.amazoncognito.com",
      issuer: `https://cognito-idp.us-west-2.amazonaws.com/${pool}`,
      jwks_url: `https://cognito-idp.us-west-2.amazonaws.com/${pool}/.well-known/jwks.json`,
    });
  });

  test("has the hosts of GovCloud in GovCloud", () => {
    const { output } = synthesize({ AWS_REGION: "us-gov-west-1" });
    expect(output.userpool_domain_base_url?.value).toBe(
      "https://veda-auth-stack-dev.auth-fips.us-gov-west-1.amazoncognito.com",
    );
  });

  test("has the hosts of the European Sovereign Cloud there", () => {
    const region = "eusc-de-east-1";
    const { output } = synthesize({ AWS_REGION: region });
    expect(output.userpool_domain_base_url?.value).toBe(
      `https://veda-auth-stack-dev.auth.cognito-idp.${region}.on.amazonwebservices.eu`,
    );
    expect(output.issuer?.value).toMatch(
      `https://cognito-idp.${region}.amazonaws.com/`,
    );
  });

  test("uses an existing user pool and creates a domain", () => {
    const configuration = synthesize(
      { USER_POOL_ID: "us-west-2_Abc" },
      (auth) => auth.addProgrammaticClient("scripts"),
    );
    expect(configuration.resource).not.toHaveProperty("aws_cognito_user_pool");
    expect(
      getOnlyBlock(configuration, "aws_cognito_user_pool_domain").user_pool_id,
    ).toBe("us-west-2_Abc");
    expect(
      getOnlyBlock(configuration, "aws_cognito_user_pool_client").user_pool_id,
    ).toBe("us-west-2_Abc");
    expect(configuration.output.userpool_id?.value).toBe("us-west-2_Abc");
  });

  test("uses the domain of an existing user pool", () => {
    const configuration = synthesize(
      { USER_POOL_ID: "us-west-2_Abc", USER_POOL_DOMAIN: "ours" },
      (auth) => auth.addProgrammaticClient("scripts"),
    );
    expect(configuration.resource).not.toHaveProperty(
      "aws_cognito_user_pool_domain",
    );
    expect(configuration.output.userpool_domain_base_url?.value).toBe(
      "https://ours.auth.us-west-2.amazoncognito.com",
    );
  });
});

describe("a service client", () => {
  const build = (auth: AuthStack): void => {
    auth.addServiceClient("workflows-client", {
      scopes: [addRegistry(auth).scope("item:write")],
    });
  };

  test("stores its credentials in a secret with the stack's name", () => {
    const configuration = synthesize({}, build);
    expect(
      getOnlyBlock(configuration, "aws_secretsmanager_secret"),
    ).toMatchObject({
      name: "veda-auth-stack-dev/workflows-client",
      description: "Client secret, created by VEDA Auth CDK.",
      recovery_window_in_days: 7,
    });
    expect(configuration.output.workflows_client_secret_id?.value).toBe(
      "veda-auth-stack-dev/workflows-client",
    );
    expect(configuration.output.workflows_client_secret_arn?.value).toMatch(
      /^\$\{aws_secretsmanager_secret\..*\.arn\}$/,
    );
  });

  test("has exactly the keys in its secret that services read", () => {
    const { secret_string_wo: secret } = getSecretVersion(
      synthesize({}, build),
    );
    expect(parseEncoded(secret)).toEqual({
      flow: '"client_credentials"',
      cognito_domain:
        '"https://veda-auth-stack-dev.auth.us-west-2.amazoncognito.com"',
      client_id: expect.stringMatching(
        /^aws_cognito_user_pool_client\.[\w-]+\.id$/,
      ) as string,
      client_secret: expect.stringMatching(
        /^local\.secrets_workflows-client_live_\w+$/,
      ) as string,
      userpool_id: "aws_cognito_user_pool.user-pool_38E431F2.id",
      scope: '"registry-server/item:write"',
      aws_region: '"us-west-2"',
    });
  });

  test("has a secret whose version depends on every field except the client secret", () => {
    const version = String(
      getSecretVersion(synthesize({}, build)).secret_string_wo_version,
    );
    expect(version).toMatch(
      /^\$\{parseint\(substr\(sha256\(jsonencode\(.*\)\), 0, 7\), 16\)\}$/,
    );
    expect(Object.keys(parseEncoded(version)).sort()).toEqual([
      "aws_region",
      "client_id",
      "cognito_domain",
      "flow",
      "scope",
      "userpool_id",
    ]);
  });

  test.each<[string, OAuthScope]>([
    ["https://api.example.org/v1", "https://api.example.org/v1/read"],
    ["https://api.example.org/", "https://api.example.org//read"],
  ])(
    "has scopes of a resource server whose identifier is %s",
    (identifier, scope) => {
      const stage = synthesize({}, (auth) => {
        auth.addResourceServer("api", { read: "Read" }, { identifier });
        auth.addServiceClient("tiler", { scopes: [scope] });
      });
      const { allowed_oauth_scopes: scopes } = getOnlyBlock(
        stage,
        "aws_cognito_user_pool_client",
      );
      expect(scopes).toEqual([
        expect.stringMatching(
          /^\$\{aws_cognito_resource_server\.[\w-]+\.identifier\}\/read$/,
        ),
      ]);
      const { secret_string_wo: secret } = getSecretVersion(stage);
      expect(parseEncoded(secret).scope).toBe(`"${scope}"`);
    },
  );

  test("can have a scope of a resource server whose identifier only Terraform knows", () => {
    const { secret_string_wo: secret } = getSecretVersion(
      synthesize({}, (auth) => {
        const identifier = Token.asString(Fn.timestamp());
        const scopes = { read: "Read", write: "Write" };
        const api = auth.addResourceServer("api", scopes, { identifier });
        auth.addServiceClient("tiler", {
          scopes: [api.scope("read"), api.scope("write")],
        });
      }),
    );
    expect(secret).toContain(
      '"scope" = join(" ", [join("/", [timestamp(), "read"]), join("/", [timestamp(), "write"])])',
    );
  });

  test("is created after the resource server of its scopes", () => {
    const client = getOnlyBlock(
      synthesize({}, build),
      "aws_cognito_user_pool_client",
    );
    expect(client.allowed_oauth_scopes).toEqual([
      "${aws_cognito_resource_server.resource-servers_registry_4778592D.identifier}/item:write",
    ]);
  });

  test("allows a scope that only Terraform knows", () => {
    const scope = Token.asString(
      Fn.join("/", ["server", "scope"]),
    ) as OAuthScope;
    const configuration = synthesize({}, (auth) =>
      auth.addServiceClient("a", { scopes: [scope] }),
    );
    const client = getOnlyBlock(configuration, "aws_cognito_user_pool_client");
    expect(client.allowed_oauth_scopes).toEqual([
      '${join("/", ["server", "scope"])}',
    ]);
  });

  test("preserves the order of its scopes", () => {
    const configuration = synthesize({}, (auth) => {
      const server = addRegistry(auth);
      auth.addServiceClient("w", {
        scopes: [server.scope("item:write"), "registry-server/item:read"],
      });
    });
    const { secret_string_wo: secret } = getSecretVersion(configuration);
    expect(parseEncoded(secret).scope).toBe(
      '"registry-server/item:write registry-server/item:read"',
    );
  });

  test("lets the roles of SECRET_ROLE_ACCESS read its secret", () => {
    const { policy } = getOnlyBlock(
      synthesize({ SECRET_ROLE_ACCESS: managersRole }, build),
      "aws_secretsmanager_secret_policy",
    );
    expect(JSON.parse(policy as string)).toMatchObject({
      Statement: [{ Effect: "Allow", Principal: { AWS: [managersRole] } }],
    });
    expect(synthesize({}, build).resource).not.toHaveProperty(
      "aws_secretsmanager_secret_policy",
    );
  });

  test("can be removed without changing another", () => {
    const one = synthesize({}, (auth) => {
      auth.addServiceClient("b", {
        scopes: [addRegistry(auth).scope("item:read")],
      });
    });
    const two = synthesize({}, (auth) => {
      const server = addRegistry(auth);
      auth.addServiceClient("a", { scopes: [server.scope("item:read")] });
      auth.addServiceClient("b", { scopes: [server.scope("item:read")] });
    });
    const retained = new Set(listAddresses(one));
    expect(
      listAddresses(two).filter((address) => !retained.has(address)),
    ).toEqual([
      expect.stringMatching(/^aws_cognito_user_pool_client\.clients_a_/),
      expect.stringMatching(/^aws_secretsmanager_secret\.secrets_a_/),
      expect.stringMatching(
        /^aws_secretsmanager_secret_version\.secrets_a_first_/,
      ),
      expect.stringMatching(
        /^aws_secretsmanager_secret_version\.secrets_a_version_/,
      ),
    ]);
    for (const [type, blocks] of Object.entries(one.resource)) {
      for (const [name, block] of Object.entries(blocks))
        expect(two.resource[type]?.[name]).toEqual(block);
    }
  });
});

describe("a programmatic client", () => {
  test("is in the output client_id, and has a secret without a client secret", () => {
    const configuration = synthesize({}, (auth) =>
      auth.addProgrammaticClient("programmatic-client"),
    );
    const { secret_string_wo: secret } = getSecretVersion(configuration);
    expect(Object.keys(parseEncoded(secret)).sort()).toEqual([
      "aws_region",
      "client_id",
      "cognito_domain",
      "flow",
      "userpool_id",
    ]);
    expect(parseEncoded(secret).flow).toBe('"user_password"');
    expect(configuration.output.client_id?.value).toMatch(
      /clients_programmatic-client_/,
    );
    expect(
      getOnlyBlock(configuration, "aws_cognito_user_pool_client").name,
    ).toBe("programmatic-client");
  });

  test("has its id in the descriptions of its outputs", () => {
    const { output } = synthesize({}, (auth) => {
      auth.addProgrammaticClient("notebooks");
      auth.addServiceClient("tiler", {
        scopes: [addRegistry(auth).scope("item:read")],
      });
      auth.addGroup("readers", readers);
    });
    const descriptions = Object.fromEntries(
      Object.entries(output).map(([name, one]) => [name, one.description]),
    );
    expect(descriptions).toMatchObject({
      client_id:
        "Id of the client notebooks, with which users sign in from scripts",
      notebooks_secret_id: "Name of the secret of the client notebooks",
      tiler_secret_arn: "ARN of the secret of the client tiler",
      identity_provider_secret_id:
        "Name of the secret of the identity pool's helper client identity-provider",
    });
  });

  test("is in the output client_id by its fixed id, in every order", () => {
    const build = (...ids: string[]) =>
      synthesize({}, (auth) => {
        for (const id of ids) auth.addProgrammaticClient(id);
        auth.addGroup("readers", readers);
      });
    const [a, b] = [
      build("other", "programmatic-client"),
      build("programmatic-client", "other"),
    ];
    expect(a.output.client_id?.value).toMatch(/clients_programmatic-client_/);
    expect(a).toEqual(b);
  });

  test("can have a name", () => {
    const configuration = synthesize({}, (auth) =>
      auth.addProgrammaticClient("scripts", { name: "Scripts" }),
    );
    expect(
      getOnlyBlock(configuration, "aws_cognito_user_pool_client").name,
    ).toBe("Scripts");
  });
});

describe("a frontend client", () => {
  test("has an output and no secret", () => {
    const configuration = synthesize({}, (auth) =>
      auth.addFrontendClient("veda-dashboard", {
        callbackUrls: ["https://a.example/"],
      }),
    );
    expect(configuration.output.veda_dashboard_client_id?.value).toMatch(
      /clients_veda-dashboard_/,
    );
    expect(configuration.resource).not.toHaveProperty(
      "aws_secretsmanager_secret",
    );
  });
});

describe("a web client", () => {
  const build = (auth: AuthStack): void => {
    auth.addWebClient("grafana", { callbackUrls: ["https://a.example/"] });
  };

  test("has outputs of its id and its secret", () => {
    const { output } = synthesize({}, build);
    expect(output.grafana_client_id).toMatchObject({
      value: expect.stringMatching(/clients_grafana_/) as string,
      description: "Id of the client grafana",
    });
    expect(output.grafana_secret_id?.value).toBe("veda-auth-stack-dev/grafana");
    expect(output.grafana_secret_arn?.value).toMatch(
      /^\$\{aws_secretsmanager_secret\..*\.arn\}$/,
    );
    expect(output).not.toHaveProperty("client_id");
  });

  test("has exactly the keys in its secret that applications read", () => {
    const { secret_string_wo: secret, secret_string_wo_version: version } =
      getSecretVersion(synthesize({}, build));
    const reference = (attribute: string) =>
      expect.stringMatching(
        new RegExp(
          `^aws_cognito_user_pool_client\\.clients_grafana_\\w+\\.${attribute}$`,
        ),
      ) as string;
    expect(parseEncoded(secret)).toEqual({
      flow: '"authorization_code"',
      cognito_domain:
        '"https://veda-auth-stack-dev.auth.us-west-2.amazoncognito.com"',
      client_id: reference("id"),
      client_secret: expect.stringMatching(
        /^local\.secrets_grafana_live_\w+$/,
      ) as string,
      userpool_id: "aws_cognito_user_pool.user-pool_38E431F2.id",
      scope: '"openid email profile"',
      aws_region: '"us-west-2"',
    });
    expect(Object.keys(parseEncoded(version)).sort()).toEqual([
      "aws_region",
      "client_id",
      "cognito_domain",
      "flow",
      "scope",
      "userpool_id",
    ]);
  });

  test("lets the roles of SECRET_ROLE_ACCESS read its secret", () => {
    const { policy } = getOnlyBlock(
      synthesize({ SECRET_ROLE_ACCESS: managersRole }, build),
      "aws_secretsmanager_secret_policy",
    );
    expect(policy).toContain(managersRole);
  });
});

describe("browser sign-in of a programmatic client", () => {
  const browserUrls = [18_631, 18_632, 18_633].map(
    (port) => `http://127.0.0.1:${port}/callback`,
  );
  const listUrls = (options: ProgrammaticClientOptions) =>
    getOnlyBlock(
      synthesize({}, (auth) => auth.addProgrammaticClient("scripts", options)),
      "aws_cognito_user_pool_client",
    ).callback_urls;

  test("adds callback URLs", () => {
    expect(listUrls({})).toEqual([]);
    expect(listUrls({ browserSignIn: false })).toEqual([]);
    expect(listUrls({ browserSignIn: true })).toEqual(browserUrls);
  });

  test("preserves other callback URLs", () => {
    const callbackUrls = ["https://a.example/", String(browserUrls[1])];
    expect(listUrls({ browserSignIn: true, callbackUrls })).toEqual([
      ...callbackUrls,
      browserUrls[0],
      browserUrls[2],
    ]);
  });

  test("adds them to a list that only Terraform knows", () => {
    expect(
      listUrls({
        browserSignIn: true,
        callbackUrls: createUnknownList("https://a.example/"),
      }),
    ).toMatch(
      /^\$\{distinct\(concat\(split\(",", "https:\/\/a.example\/"\), \["http:\/\/127.0.0.1:18631\/callback", .*\]\)\)\}$/,
    );
  });
});

describe("a group", () => {
  const build = (auth: AuthStack): void => {
    auth.addGroup("readers", readers);
    auth.addProgrammaticClient("programmatic-client");
  };

  test("creates the identity pool, which trusts the exported client", () => {
    const configuration = synthesize({}, build);
    expect(listAddresses(configuration)).toMatchInlineSnapshot(`
[
  "aws_cognito_identity_pool.identity-pool_D7A93A4E",
  "aws_cognito_identity_pool_roles_attachment.identity-pool_roles_3C957620",
  "aws_cognito_user_group.groups_readers_8D3ACAC8",
  "aws_cognito_user_pool.user-pool_38E431F2",
  "aws_cognito_user_pool_client.clients_identity-provider_120691E7",
  "aws_cognito_user_pool_client.clients_programmatic-client_314BB617",
  "aws_cognito_user_pool_domain.domain_FBFFA2F6",
  "aws_iam_role.group-roles_readers_DCEB8FAA",
  "aws_iam_role.identity-pool_authenticated-role_FD01108B",
  "aws_iam_role_policy.group-roles_readers_policy_75D68CFC",
  "aws_secretsmanager_secret.secrets_identity-provider_2FD31255",
  "aws_secretsmanager_secret.secrets_programmatic-client_343F6AFB",
  "aws_secretsmanager_secret_version.secrets_identity-provider_version_C6E2B3A5",
  "aws_secretsmanager_secret_version.secrets_programmatic-client_version_C655E7FE",
]
`);
    const { cognito_identity_providers: providers } = getOnlyBlock(
      configuration,
      "aws_cognito_identity_pool",
    );
    expect(providers).toEqual([
      expect.objectContaining({
        client_id: expect.stringMatching(
          /clients_identity-provider_/,
        ) as string,
      }),
      expect.objectContaining({
        client_id: expect.stringMatching(
          /clients_programmatic-client_/,
        ) as string,
      }),
    ]);
    expect(Object.keys(configuration.output)).toEqual(
      expect.arrayContaining([
        "identitypool_id",
        "identitypool_arn",
        "identity_provider_secret_id",
      ]),
    );
  });

  test("has a role that trusts only authenticated identities of the identity pool", () => {
    for (const role of Object.values(
      synthesize({}, build).resource.aws_iam_role ?? {},
    )) {
      expect(JSON.parse(role.assume_role_policy as string)).toEqual({
        Version: "2012-10-17",
        Statement: [
          {
            Effect: "Allow",
            Principal: { Federated: "cognito-identity.amazonaws.com" },
            Action: "sts:AssumeRoleWithWebIdentity",
            Condition: {
              StringEquals: {
                "cognito-identity.amazonaws.com:aud":
                  "${aws_cognito_identity_pool.identity-pool_D7A93A4E.id}",
              },
              "ForAnyValue:StringLike": {
                "cognito-identity.amazonaws.com:amr": "authenticated",
              },
            },
          },
        ],
      });
    }
  });

  test("uses the principal and the partition of GovCloud in GovCloud", () => {
    const configuration = synthesize({ AWS_REGION: "us-gov-west-1" }, build);
    for (const role of Object.values(
      configuration.resource.aws_iam_role ?? {},
    )) {
      expect(role.assume_role_policy).toContain(
        '"cognito-identity-us-gov.amazonaws.com:aud"',
      );
    }
    expect(getOnlyBlock(configuration, "aws_iam_role_policy").policy).toContain(
      "arn:aws-us-gov:s3:::a-bucket",
    );
  });

  test("has a role with the stack's name, whose changes are ignored", () => {
    const configuration = synthesize({}, build);
    const roles = Object.values(configuration.resource.aws_iam_role ?? {});
    expect(roles.map((role) => role.name).sort()).toEqual([
      "veda-auth-stack-dev-authenticated",
      "veda-auth-stack-dev-readers",
    ]);
    for (const block of roles) {
      expect(block.lifecycle).toEqual({ ignore_changes: ["name", "path"] });
    }
    expect(
      getOnlyBlock(configuration, "aws_iam_role_policy").lifecycle,
    ).toEqual({
      ignore_changes: ["name"],
    });
  });

  test("does not change an existing identity pool", () => {
    const configuration = synthesize(
      { IDENTITY_POOL_ARN: existingPool },
      build,
    );
    expect(configuration.resource).not.toHaveProperty(
      "aws_cognito_identity_pool",
    );
    expect(configuration.resource).not.toHaveProperty(
      "aws_cognito_identity_pool_roles_attachment",
    );
    expect(JSON.stringify(configuration)).not.toContain("identity-provider");
    expect(configuration.output.identitypool_arn?.value).toBe(existingPool);
    expect(configuration.output.identitypool_id?.value).toBe(
      "us-west-2:12345678-1234-1234-1234-123456789012",
    );
    expect(
      getOnlyBlock(configuration, "aws_iam_role").assume_role_policy,
    ).toContain("us-west-2:12345678-1234-1234-1234-123456789012");
  });

  test("can share an existing role with another group", () => {
    const configuration = synthesize({}, (auth) => {
      auth.addGroupWithRole("a", {
        description: "A",
        precedence: 1,
        roleArn: managersRole,
      });
      auth.addGroupWithRole("b", {
        description: "B",
        precedence: 2,
        roleArn: managersRole,
      });
    });
    const groups = Object.values(
      configuration.resource.aws_cognito_user_group ?? {},
    );
    expect(groups.map((group) => group.role_arn)).toEqual([
      managersRole,
      managersRole,
    ]);
    expect(getOnlyBlock(configuration, "aws_iam_role").name).toBe(
      "veda-auth-stack-dev-authenticated",
    );
  });
});

describe("an OIDC provider", () => {
  const issuer = "token.actions.githubusercontent.com";

  test("is created, and the roles trust it", () => {
    const configuration = synthesize({}, (auth) => {
      auth.addOidcProvider({ issuer, origin: "created" });
      auth.addOidcRole("deploy", {
        subjects: [{ owner: "o", repo: "r", environment: "prod" }],
      });
    });
    const role = getOnlyBlock(configuration, "aws_iam_role");
    expect(role.name).toBe("veda-auth-stack-dev-deploy");
    expect(JSON.parse(role.assume_role_policy as string)).toMatchObject({
      Statement: [
        {
          Principal: {
            Federated: configuration.output.oidc_provider_arn?.value,
          },
          Condition: {
            StringEquals: {
              [`${issuer}:aud`]: "sts.amazonaws.com",
              [`${issuer}:sub`]: "repo:o/r:environment:prod",
            },
          },
        },
      ],
    });
  });

  test("is looked up if it exists", () => {
    const configuration = synthesize({}, (auth) =>
      auth.addOidcProvider({ issuer, origin: "existing" }),
    );
    expect(configuration.resource).not.toHaveProperty(
      "aws_iam_openid_connect_provider",
    );
    expect(configuration.output.oidc_provider_arn?.value).toMatch(
      /^\$\{data\.aws_iam_openid_connect_provider\./,
    );
  });
});

describe("a stage fails when", () => {
  test.each<[string, (auth: AuthStack) => void, RegExp]>([
    [
      "a client has an unknown scope",
      (auth) => {
        addRegistry(auth);
        auth.addServiceClient("a", { scopes: ["registry-server/item:erase"] });
      },
      /^scopes of "a" must be among registry-server\/item:read, .* got "registry-server\/item:erase"/,
    ],
    [
      "a client repeats a scope",
      (auth) => {
        const scope = addRegistry(auth).scope("item:read");
        auth.addServiceClient("a", {
          scopes: [scope, "registry-server/item:read"],
        });
      },
      /^scopes of "a" must be unique, got "registry-server\/item:read" twice/,
    ],
    [
      "two resource servers have the same identifier",
      (auth) => {
        auth.addResourceServer("a", { read: "Read" });
        auth.addResourceServer(
          "b",
          { read: "Read" },
          { identifier: "a-server" },
        );
      },
      /^resource server identifier must be unique, got "a-server" twice/,
    ],
    [
      "a client has no scopes",
      (auth) => auth.addServiceClient("a", { scopes: [] }),
      /^scopes of a service client must have at least one item/,
    ],
    [
      "two groups have the same precedence",
      (auth) => {
        auth.addGroup("a", readers);
        auth.addGroup("b", readers);
      },
      /^group precedence must be unique, got 1 for "a" and "b" \(veda-auth-stack-dev, group b\)$/,
    ],
    [
      "the names of two roles differ only in case",
      (auth) => {
        auth.addGroup("a", readers);
        auth.addGroup("A", { ...readers, precedence: 2 });
      },
      /^role name must be unique in an account, got "veda-auth-stack-dev-A" also in /,
    ],
    [
      "the name of a bucket is invalid",
      (auth) => auth.addGroup("a", { ...readers, buckets: { Bucket: "read" } }),
      /^bucket name must be .* got "Bucket"/,
    ],
    [
      "none of several programmatic clients has the fixed id",
      (auth) => {
        auth.addProgrammaticClient("a");
        auth.addProgrammaticClient("b");
      },
      /^one of several programmatic clients must be "programmatic-client", got a, b/,
    ],
    [
      "two clients have the same output",
      (auth) => {
        auth.addFrontendClient("a-b", { callbackUrls: ["https://a.example/"] });
        auth.addFrontendClient("a_b", { callbackUrls: ["https://a.example/"] });
      },
      /^output name must be unique in upper case, got "a_b_client_id" twice/,
    ],
    [
      "the role of a group is in another partition",
      (auth) =>
        auth.addGroupWithRole("a", {
          description: "",
          precedence: 1,
          roleArn: "arn:aws-us-gov:iam::123456789012:role/x",
        }),
      /^role ARN must be in partition "aws" .*\(veda-auth-stack-dev, group a\)$/,
    ],
    [
      "two outputs differ only in case",
      (auth) => {
        auth.addFrontendClient("ab", { callbackUrls: ["https://a.example/"] });
        auth.addFrontendClient("AB", { callbackUrls: ["https://a.example/"] });
      },
      /^output name must be unique in upper case, got "AB_client_id" twice/,
    ],
    [
      "a second OIDC provider is added",
      (auth) => {
        auth.addOidcProvider({ issuer: "a.example", origin: "existing" });
        auth.addOidcProvider({ issuer: "b.example", origin: "existing" });
      },
      /^OIDC provider must be unique, got "a.example" and "b.example"/,
    ],
    [
      "the policy of a role has no action",
      (auth) => {
        auth.addOidcProvider({ issuer: "a.example", origin: "existing" });
        auth.addOidcRole("r", {
          subjects: ["x"],
          statements: [{ Effect: "Allow", Action: [], Resource: "*" }],
        });
      },
      /^policy statement must have an action and a resource/,
    ],
    [
      "the policy of a role has an invalid action",
      (auth) => {
        auth.addOidcProvider({ issuer: "a.example", origin: "existing" });
        auth.addOidcRole("r", {
          subjects: ["x"],
          statements: [{ Effect: "Allow", Action: "nonsense", Resource: "*" }],
        });
      },
      /^policy action must be service:Action, got "nonsense"/,
    ],
    [
      "a managed policy is in another partition",
      (auth) => {
        auth.addOidcProvider({ issuer: "a.example", origin: "existing" });
        auth.addOidcRole("r", {
          subjects: ["x"],
          managedPolicyArns: ["arn:aws-us-gov:iam::aws:policy/ReadOnlyAccess"],
        });
      },
      /^managed policy ARN must be in partition "aws"/,
    ],
    [
      "a client has no id",
      (auth) => auth.addProgrammaticClient("", { name: "x" }),
      /^client id must be .* got ""/,
    ],
  ])("%s", (_, build, message) => {
    expect(listProblems(build)).toContainEqual(expect.stringMatching(message));
  });

  test("it has a group in the European Sovereign Cloud", () => {
    const settings = { AWS_REGION: "eusc-de-east-1" };
    const problems = listProblems((auth) => {
      auth.addGroup("a", readers);
    }, settings);
    expect(problems).toContainEqual(
      expect.stringMatching(
        /^Region of an identity pool must be outside the partition aws-eusc, .*, got "eusc-de-east-1"/,
      ),
    );
  });

  test("an OIDC role is added before the OIDC provider", () => {
    expect(() =>
      synthesize({}, (auth) =>
        auth.addOidcRole("r", {
          subjects: [{ owner: "o", repo: "r", branch: "main" }],
        }),
      ),
    ).toThrow('OIDC role "r" of stage "dev" requires an OIDC provider');
  });

  test.each<[string, (auth: AuthStack) => void]>([
    [
      "resource server",
      (auth) => {
        addRegistry(auth);
        addRegistry(auth);
      },
    ],
    [
      "service client",
      (auth) => {
        const scopes = [addRegistry(auth).scope("item:read")];
        auth.addServiceClient("registry", { scopes });
        auth.addServiceClient("registry", { scopes });
      },
    ],
    [
      "client of another kind",
      (auth) => {
        auth.addProgrammaticClient("registry");
        auth.addFrontendClient("registry", {
          callbackUrls: ["https://a.example/"],
        });
      },
    ],
    [
      "group",
      (auth) => {
        auth.addGroup("registry", readers);
        auth.addGroup("registry", { ...readers, precedence: 2 });
      },
    ],
    [
      "group, in the same call",
      (auth) => {
        auth.addGroup("registry", readers);
        auth.addGroup("registry", readers);
      },
    ],
    [
      "group with a role",
      (auth) => {
        auth.addGroupWithRole("registry", {
          ...readers,
          roleArn: "arn:aws:iam::123456789012:role/a",
        });
        auth.addGroup("registry", readers);
      },
    ],
    [
      "programmatic client, three times",
      (auth) => {
        for (let count = 0; count < 3; count += 1)
          auth.addProgrammaticClient("registry");
      },
    ],
    [
      "frontend client",
      (auth) => {
        const options = { callbackUrls: ["https://a.example/"] };
        auth.addFrontendClient("registry", options);
        auth.addFrontendClient("registry", options);
      },
    ],
    [
      "OIDC role",
      (auth) => {
        auth.addOidcProvider({ origin: "created", issuer: "a.example" });
        auth.addOidcRole("registry", { subjects: ["a"] });
        auth.addOidcRole("registry", { subjects: ["a"] });
      },
    ],
  ])("the id of a %s is repeated, as one problem", (_, build) => {
    expect(listProblems(build)).toEqual([
      expect.stringMatching(/^id must be unique, got "registry" twice/),
    ]);
  });

  test("the outputs of two clients have one name, as one problem", () => {
    const problems = listProblems((auth) => {
      auth.addProgrammaticClient("programmatic-client");
      auth.addProgrammaticClient("my-client");
      auth.addProgrammaticClient("My_Client");
    });
    expect(problems).toEqual([
      expect.stringMatching(/^output name must be unique in upper case/),
    ]);
  });

  test.each([
    [
      "2026",
      'bucket prefix for "a-bucket" must end with /, got "2026", which is also the beginning of "2026-2/": write "2026/"',
    ],
    [
      "team/2026",
      /must end with \/, got "team\/2026", .*: write "team\/2026\/"/,
    ],
    [
      "home/${cognito-identity.amazonaws.com:sub}",
      /: write "home\/\$\{cognito-identity.amazonaws.com:sub\}\/"/,
    ],
    ["", /^bucket prefix must be 2-1024 .* ending with \/, got ""/],
    ["/team", /^bucket prefix must be .* not starting with \/.*, got "\/team"/],
  ])("the prefix of a bucket is %j", (prefix, message) => {
    const buckets = { "a-bucket": { permission: "read", prefix } } as const;
    const problems = listProblems((auth) =>
      auth.addGroup("a", { ...readers, buckets }),
    );
    expect(problems).toHaveLength(1);
    expect(problems.join()).toEqual(
      typeof message === "string"
        ? expect.stringContaining(message)
        : expect.stringMatching(message),
    );
  });

  test("it exceeds a quota", () => {
    const build = (count: number): AuthApp => {
      const app = createApp();
      const auth = new AuthStack(
        app,
        createStageConfig({ IDENTITY_POOL_ARN: existingPool }),
        {
          quotas: {
            resourceServers: 1,
            clients: 1,
            groups: 1,
            identityProviders: 1,
          },
        },
      );
      for (let index = 1; index <= count; index += 1) {
        auth.addResourceServer(`server-${index}`, { b: "c" });
        auth.addFrontendClient(`client-${index}`, {
          callbackUrls: ["https://a.example/"],
        });
        auth.addGroup(`group-${index}`, { ...readers, precedence: index });
        auth.addSamlIdentityProvider(`idp-${index}`, {
          metadataUrl: "https://idp.example.edu/metadata",
          attributes: { email: "mail" },
        });
      }
      return app;
    };
    expect(() => {
      build(1).synth();
    }).not.toThrow();
    const most = (noun: string) =>
      `number of ${noun} of a user pool must be at most 1, got 2`;
    expect(() => {
      build(2).synth();
    }).toThrow(
      new RegExp(
        [
          most("resource servers"),
          most("clients"),
          most("groups"),
          most("identity providers"),
        ].join("[^]*"),
      ),
    );
  });

  test("it has several errors, and reports all of them", () => {
    const found = listProblems((auth) => {
      auth.addFrontendClient("a", { callbackUrls: ["http://evil.example"] });
      auth.addGroup("b c", { ...readers, precedence: 0 });
    });
    expect(found.map((problem) => problem.split(" must ")[0])).toEqual([
      "callback URL",
      "group name",
      "group precedence",
      "role name",
    ]);
  });
});

describe("every combination of settings", () => {
  const choices: readonly (readonly Environment[])[] = [
    [
      {},
      { USER_POOL_ID: "us-west-2_Abc" },
      { USER_POOL_ID: "us-west-2_Abc", USER_POOL_DOMAIN: "ours" },
    ],
    [{}, { IDENTITY_POOL_ARN: existingPool }],
    [{}, { COGNITO_GROUPS: "true" }],
    [{}, { DATA_MANAGERS_ROLE_ARN: managersRole }],
    [
      {},
      { OIDC_PROVIDER_URL: "issuer.example" },
      { OIDC_PROVIDER_URL: "issuer.example", OIDC_PROVIDER_EXISTS: "true" },
    ],
    [
      {},
      { PERMISSIONS_BOUNDARY_POLICY_NAME: "boundary" },
      { PERMISSIONS_BOUNDARY_POLICY_NAME: "boundary", AWS_ACCOUNT_ID: account },
    ],
  ];
  const combinations = choices.reduce<Environment[]>(
    (all, options) =>
      all.flatMap((chosen) =>
        options.map((option) => ({ ...chosen, ...option })),
      ),
    [{}],
  );

  /** Adds to the stage as main.ts does. */
  function build(auth: AuthStack): void {
    const { config: stage } = auth;
    auth.addServiceClient("workflows-client", {
      scopes: [addRegistry(auth).scope("item:read")],
    });
    auth.addProgrammaticClient("programmatic-client", stage.programmaticClient);
    const { callbackUrls, logoutUrls } = stage.dashboard;
    if (callbackUrls)
      auth.addFrontendClient("veda-dashboard", { callbackUrls, logoutUrls });
    if (stage.groups.hasBucketGroups) auth.addGroup("readers", readers);
    const { dataManagersRoleArn: roleArn } = stage.groups;
    if (roleArn !== undefined) {
      auth.addGroupWithRole("managers", {
        description: "",
        precedence: 10,
        roleArn,
      });
    }
    if (stage.oidcProvider) auth.addOidcProvider(stage.oidcProvider);
  }

  test("is synthesized, with the permissions boundary on every role", () => {
    expect(combinations).toHaveLength(216);
    for (const settings of combinations) {
      const configuration: Synthesized = synthesize(settings, build);
      const needsPool =
        settings.COGNITO_GROUPS !== undefined ||
        settings.DATA_MANAGERS_ROLE_ARN !== undefined;
      const makesPool = needsPool && settings.IDENTITY_POOL_ARN === undefined;
      expect("aws_cognito_identity_pool" in configuration.resource).toBe(
        makesPool,
      );
      expect("identitypool_id" in configuration.output).toBe(
        makesPool || settings.IDENTITY_POOL_ARN !== undefined,
      );
      for (const role of Object.values(
        configuration.resource.aws_iam_role ?? {},
      )) {
        expect("permissions_boundary" in role).toBe(
          "PERMISSIONS_BOUNDARY_POLICY_NAME" in settings,
        );
      }
    }
  });
});
