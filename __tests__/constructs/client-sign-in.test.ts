import { CognitoIdentityProvider } from "@cdktf/provider-aws/lib/cognito-identity-provider";
import { Fn, TerraformStack, Token } from "cdktf";
import type {
  IIdentityProvider,
  SignInProvider,
} from "../../constructs/identity-provider";
import {
  FrontendClient,
  type FrontendClientProps,
  ProgrammaticClient,
  type ProgrammaticClientProps,
  ServiceClient,
  UserPoolClient,
  WebClient,
  type WebClientProps,
} from "../../constructs/user-pool-client";
import {
  collectErrors,
  createUnknownText,
  getOnlyResource,
  synthesizeConstructs,
} from "../support/synth";
import { createUnknownList } from "../support/unknown-collections";
import { createUserPool } from "../support/user-pools";

const USER_POOL = createUserPool();
const GROUPS_POOL = {
  ...USER_POOL,
  customAttributes: { groups: {}, team: { writableByUsers: true } },
};
const CALLBACK_URLS = ["https://a.example/callback"];
const STANDARD = [
  "address",
  "birthdate",
  "email",
  "family_name",
  "gender",
  "given_name",
  "locale",
  "middle_name",
  "name",
  "nickname",
  "phone_number",
  "picture",
  "preferred_username",
  "profile",
  "updated_at",
  "website",
  "zoneinfo",
];
const VERIFICATION = ["email_verified", "phone_number_verified"];
const REFRESH = "ALLOW_REFRESH_TOKEN_AUTH";

function createProvider(
  providerName: string,
  ...mappedAttributes: string[]
): IIdentityProvider {
  return { providerName, mappedAttributes, dependencies: [] };
}

const KEYCLOAK = createProvider(
  "Keycloak",
  "email",
  "email_verified",
  "username",
);
const GROUPS_PROVIDER = createProvider("Groups", "email", "custom:groups");
const TEAM_PROVIDER = createProvider("Team", "email", "custom:team");

type Build = (scope: TerraformStack) => void;

const frontend =
  (props: Partial<FrontendClientProps> = {}): Build =>
  (scope) => {
    new FrontendClient(scope, "client", {
      userPool: USER_POOL,
      clientName: "client",
      callbackUrls: CALLBACK_URLS,
      ...props,
    });
  };
const web =
  (props: Partial<WebClientProps> = {}): Build =>
  (scope) => {
    new WebClient(scope, "client", {
      userPool: USER_POOL,
      clientName: "client",
      callbackUrls: CALLBACK_URLS,
      ...props,
    });
  };
const programmatic =
  (props: Partial<ProgrammaticClientProps> = {}): Build =>
  (scope) => {
    new ProgrammaticClient(scope, "client", {
      userPool: USER_POOL,
      clientName: "client",
      callbackUrls: CALLBACK_URLS,
      ...props,
    });
  };

function synthesizeClient(build: Build) {
  return getOnlyResource(
    synthesizeConstructs(build),
    "aws_cognito_user_pool_client",
  );
}

describe("a web client", () => {
  test("requires a callback URL, and has the code flow with a secret", () => {
    expect(synthesizeClient(web())).toEqual({
      ...synthesizeClient(frontend()),
      generate_secret: true,
      explicit_auth_flows: [REFRESH],
    });
    expect(collectErrors(web())).toEqual([]);
  });

  test("has logout URLs", () => {
    const logoutUrls = ["https://a.example/"];
    expect(synthesizeClient(web({ logoutUrls })).logout_urls).toEqual(
      logoutUrls,
    );
  });

  test("fails when it has no callback URL", () => {
    expect(collectErrors(web({ callbackUrls: [] }))).toEqual([
      "callback URLs of a web client must have at least one item, got none",
    ]);
  });
});

describe("sign-in providers of a client", () => {
  test.each<[string, (signIn: SignInProvider[]) => Build]>([
    ["frontend", (signIn) => frontend({ signIn })],
    ["web", (signIn) => web({ signIn })],
    ["programmatic", (signIn) => programmatic({ signIn })],
  ])("are those of a %s client, in order", (_, build) => {
    const signIn: SignInProvider[] = [TEAM_PROVIDER, "COGNITO", KEYCLOAK];
    const withoutTeam = signIn.slice(1);
    expect(
      synthesizeClient(build(withoutTeam)).supported_identity_providers,
    ).toEqual(["COGNITO", "Keycloak"]);
    expect(collectErrors(build(withoutTeam))).toEqual([]);
    expect(
      synthesizeClient(build(["COGNITO"])).supported_identity_providers,
    ).toEqual(["COGNITO"]);
  });

  test.each<[string, Build, string[]]>([
    [
      "a frontend client without them has SRP",
      frontend({ signIn: ["COGNITO"] }),
      [REFRESH, "ALLOW_USER_SRP_AUTH"],
    ],
    [
      "a frontend client with them has the code flow alone",
      frontend({ signIn: ["COGNITO", KEYCLOAK] }),
      [REFRESH],
    ],
    [
      "a web client has the code flow alone",
      web({ signIn: ["COGNITO"] }),
      [REFRESH],
    ],
    [
      "a programmatic client with local users has passwords",
      programmatic({ signIn: ["COGNITO", KEYCLOAK] }),
      [
        "ALLOW_ADMIN_USER_PASSWORD_AUTH",
        REFRESH,
        "ALLOW_USER_PASSWORD_AUTH",
        "ALLOW_USER_SRP_AUTH",
      ],
    ],
    [
      "a programmatic client without local users has the code flow alone",
      programmatic({ signIn: [KEYCLOAK] }),
      [REFRESH],
    ],
  ])("determine its flows: %s", (_, build, flows) => {
    expect(synthesizeClient(build).explicit_auth_flows).toEqual(flows);
    expect(collectErrors(build)).toEqual([]);
  });

  const choicePool = { ...USER_POOL, hasFactorChoice: true };
  test.each<[string, Build, boolean]>([
    ["frontend", frontend({ userPool: choicePool }), true],
    ["web", web({ userPool: choicePool }), true],
    ["programmatic", programmatic({ userPool: choicePool }), true],
    [
      "federated frontend",
      frontend({ userPool: choicePool, signIn: ["COGNITO", KEYCLOAK] }),
      true,
    ],
    ["web", web({ userPool: choicePool, signIn: [KEYCLOAK] }), false],
    [
      "programmatic",
      programmatic({ userPool: choicePool, signIn: [KEYCLOAK] }),
      false,
    ],
    ["web", web(), false],
  ])(
    "let local users of a %s client choose a factor: %j",
    (_, build, expected) => {
      const { explicit_auth_flows: flows } = synthesizeClient(build);
      expect((flows as string[]).includes("ALLOW_USER_AUTH")).toBe(expected);
    },
  );

  test("exist before it", () => {
    const build: Build = (scope) => {
      const resource = new CognitoIdentityProvider(scope, "idp", {
        userPoolId: USER_POOL.userPoolId,
        providerName: "Keycloak",
        providerType: "OIDC",
        providerDetails: {},
      });
      const provider = { ...KEYCLOAK, dependencies: [resource, resource] };
      frontend({ signIn: ["COGNITO", provider] })(scope);
    };
    expect(synthesizeClient(build).depends_on).toEqual([
      "aws_cognito_identity_provider.idp",
    ]);
    expect(synthesizeClient(frontend()).depends_on).toBeUndefined();
  });

  test("can have a name that only Terraform knows", () => {
    const signIn = [
      createProvider(createUnknownText()),
      createProvider(createUnknownText()),
    ];
    expect(collectErrors(web({ signIn }))).toEqual([]);
    expect(
      synthesizeClient(web({ signIn })).supported_identity_providers,
    ).toEqual(["${timestamp()}", "${timestamp()}"]);
  });

  test.each<[string, Build, string]>([
    [
      "there is none",
      frontend({ signIn: [] }),
      "sign-in providers of a client must have at least one item, got none",
    ],
    [
      "one is repeated",
      web({ signIn: [KEYCLOAK, "COGNITO", { ...KEYCLOAK }] }),
      'sign-in provider must be unique, got "Keycloak" twice',
    ],
    [
      "COGNITO is repeated",
      web({ signIn: ["COGNITO", "COGNITO"] }),
      'sign-in provider must be unique, got "COGNITO" twice',
    ],
    [
      "one is a name",
      web({ signIn: ["COGNITO", "Keycloak" as "COGNITO"] }),
      'sign-in provider must be "COGNITO" or an identity provider, got "Keycloak"',
    ],
    [
      "only Terraform knows them",
      web({ signIn: createUnknownList("COGNITO") }),
      "sign-in providers of a client must be known at synth, got a list that only Terraform knows",
    ],
    [
      "a function returns them",
      programmatic({
        signIn: Fn.concat([["COGNITO"], ["a"]]) as unknown as SignInProvider[],
      }),
      "sign-in providers of a client must be known at synth, got a list that only Terraform knows",
    ],
    [
      "a programmatic client has no callback URL",
      programmatic({ signIn: ["COGNITO", KEYCLOAK], callbackUrls: [] }),
      "callback URLs of a client with identity providers must have at least one item, got none",
    ],
    [
      "one is of another stack",
      (scope) => {
        const other = new TerraformStack(scope.node.root, "other");
        const dependencies = [
          new CognitoIdentityProvider(other, "idp", {
            userPoolId: USER_POOL.userPoolId,
            providerName: "Keycloak",
            providerType: "OIDC",
            providerDetails: {},
          }),
        ];
        web({ signIn: [{ ...KEYCLOAK, dependencies }] })(scope);
      },
      'sign-in provider must be of the same stack as the client, got "Keycloak" of another stack',
    ],
  ])("fail when %s", (_, build, message) => {
    expect(collectErrors(build)).toEqual([message]);
  });
});

describe("attributes of a client", () => {
  test.each<[string, Build]>([
    ["frontend", frontend()],
    ["web", web()],
    ["programmatic", programmatic()],
  ])("are AWS's default for a %s client without providers", (_, build) => {
    const client = synthesizeClient(build);
    expect(client).not.toHaveProperty("read_attributes");
    expect(client).not.toHaveProperty("write_attributes");
  });

  test.each<[string, Build, { read: string[]; write: string[] }]>([
    ["a provider", frontend({ signIn: [KEYCLOAK] }), { read: [], write: [] }],
    [
      "a provider and local users",
      programmatic({ signIn: ["COGNITO", KEYCLOAK] }),
      { read: [], write: [] },
    ],
    [
      "custom attributes",
      programmatic({ userPool: GROUPS_POOL }),
      { read: ["custom:groups", "custom:team"], write: ["custom:team"] },
    ],
    [
      "a provider that maps a custom attribute",
      web({ userPool: GROUPS_POOL, signIn: [GROUPS_PROVIDER] }),
      {
        read: ["custom:groups", "custom:team"],
        write: ["custom:team", "custom:groups"],
      },
    ],
    [
      "a provider of an imported user pool",
      web({ signIn: ["COGNITO", GROUPS_PROVIDER] }),
      { read: ["custom:groups"], write: ["custom:groups"] },
    ],
    [
      "a provider that maps an attribute which users may change",
      programmatic({
        userPool: GROUPS_POOL,
        signIn: ["COGNITO", TEAM_PROVIDER],
      }),
      { read: ["custom:groups", "custom:team"], write: ["custom:team"] },
    ],
  ])("are explicit with %s", (_, build, { read, write }) => {
    expect(collectErrors(build)).toEqual([]);
    expect(synthesizeClient(build)).toMatchObject({
      read_attributes: [...[...STANDARD, ...VERIFICATION].sort(), ...read],
      write_attributes: [...STANDARD, ...write],
    });
  });

  test.each<[string, Build]>([
    [
      "chosen factors, without local users",
      web({
        userPool: { ...GROUPS_POOL, hasFactorChoice: true },
        signIn: [GROUPS_PROVIDER],
      }),
    ],
    [
      "custom challenges, without rotation",
      web({
        userPool: { ...GROUPS_POOL, hasCustomChallenges: true },
        signIn: ["COGNITO", GROUPS_PROVIDER],
      }),
    ],
    [
      "rotation, without custom challenges",
      web({
        userPool: GROUPS_POOL,
        signIn: ["COGNITO", GROUPS_PROVIDER],
        refreshTokenRotation: { gracePeriodSeconds: 0 },
      }),
    ],
  ])("can be mapped with %s", (_, build) => {
    expect(collectErrors(build)).toEqual([]);
  });

  test("are explicit for a service client with custom attributes", () => {
    const client = synthesizeClient((scope) => {
      new ServiceClient(scope, "client", {
        userPool: GROUPS_POOL,
        clientName: "client",
        scopes: ["api/read"],
      });
    });
    expect(client.write_attributes).toEqual([...STANDARD, "custom:team"]);
  });

  test("are read from an imported user pool, whose custom attributes are unknown", () => {
    const build = web({ readAttributes: ["email", "custom:groups"] });
    expect(collectErrors(build)).toEqual([]);
    expect(synthesizeClient(build)).toMatchObject({
      read_attributes: ["email", "custom:groups"],
    });
  });

  test("can be chosen", () => {
    const build = web({
      userPool: GROUPS_POOL,
      signIn: [GROUPS_PROVIDER],
      readAttributes: ["email", "email_verified"],
      writeAttributes: ["email", "custom:groups"],
    });
    expect(collectErrors(build)).toEqual([]);
    expect(synthesizeClient(build)).toMatchObject({
      read_attributes: ["email", "email_verified"],
      write_attributes: ["email", "custom:groups"],
    });
  });

  const TRAP =
    /^sign-in providers of a client whose users can change their attributes must not map "custom:groups", got "Groups": omit /;
  test.each<[string, Build, RegExp[]]>([
    [
      "local users of a programmatic client could change a mapped attribute",
      programmatic({
        userPool: GROUPS_POOL,
        signIn: ["COGNITO", GROUPS_PROVIDER, KEYCLOAK],
      }),
      [TRAP],
    ],
    [
      "local users of an imported user pool could change a mapped attribute",
      programmatic({ signIn: ["COGNITO", GROUPS_PROVIDER] }),
      [TRAP],
    ],
    [
      "tokens of a client have the scope for changing attributes",
      (scope) => {
        new UserPoolClient(scope, "client", {
          userPool: GROUPS_POOL,
          clientName: "client",
          generateSecret: false,
          explicitAuthFlows: [REFRESH],
          signIn: [GROUPS_PROVIDER],
          oauth: {
            flow: "code",
            scopes: ["openid", "aws.cognito.signin.user.admin"],
            callbackUrls: CALLBACK_URLS,
          },
        });
      },
      [TRAP],
    ],
    [
      "users could sign in with a chosen factor",
      web({
        userPool: { ...GROUPS_POOL, hasFactorChoice: true },
        signIn: ["COGNITO", GROUPS_PROVIDER],
      }),
      [TRAP],
    ],
    [
      "users could sign in with custom challenges",
      web({
        userPool: { ...GROUPS_POOL, hasCustomChallenges: true },
        signIn: [GROUPS_PROVIDER],
        refreshTokenRotation: { gracePeriodSeconds: 0 },
      }),
      [TRAP],
    ],
    [
      "local users could change a chosen attribute",
      programmatic({
        userPool: GROUPS_POOL,
        writeAttributes: ["email", "custom:groups"],
      }),
      [/^write attribute of a client must be one of .*, got "custom:groups"$/],
    ],
    [
      "a web client writes an attribute that no provider maps",
      web({
        userPool: GROUPS_POOL,
        writeAttributes: ["email", "custom:groups"],
      }),
      [/^write attribute of a client must be one of .*, got "custom:groups"$/],
    ],
    [
      "a mapped attribute is not written",
      web({
        signIn: [GROUPS_PROVIDER],
        writeAttributes: ["name", "custom:groups"],
      }),
      [
        /^write attributes of a client must contain "email", which its sign-in providers map$/,
      ],
    ],
    ...["sub", "email_verified", "phone_number_verified", "groups"].map(
      (name): [string, Build, RegExp[]] => [
        `${name} is written`,
        web({ writeAttributes: [name] }),
        [/^write attribute of a client must be one of address, /],
      ],
    ),
    [
      "an unknown attribute is read",
      web({ userPool: GROUPS_POOL, readAttributes: ["custom:other"] }),
      [/^read attribute of a client must be .*, got "custom:other"$/],
    ],
    [
      "a standard attribute of an imported user pool is unknown",
      web({ readAttributes: ["groups"] }),
      [/^read attribute of a client must be .*, got "groups"$/],
    ],
    [
      "an attribute of an imported user pool is written",
      web({ writeAttributes: ["email", "custom:groups"] }),
      [/^write attribute of a client must be .*, got "custom:groups"$/],
    ],
    [
      "an attribute is repeated",
      web({ readAttributes: ["email", "email"] }),
      [/^read attribute of a client must be unique, got "email" twice$/],
    ],
    [
      "no attribute is written",
      web({ writeAttributes: [] }),
      [/^write attributes of a client must have at least one item, got none$/],
    ],
    [
      "no attribute is read",
      web({ readAttributes: [] }),
      [/^read attributes of a client must have at least one item, got none$/],
    ],
  ])("fail when %s", (_, build, messages) => {
    expect(collectErrors(build)).toEqual(
      messages.map((message) => expect.stringMatching(message) as unknown),
    );
  });

  test("that only Terraform knows are checked at plan", () => {
    const build = programmatic({
      userPool: GROUPS_POOL,
      signIn: ["COGNITO", KEYCLOAK],
      writeAttributes: ["email", createUnknownText()],
    });
    expect(collectErrors(build)).toEqual([]);
    const { lifecycle } = synthesizeClient(build);
    expect(lifecycle).toEqual({
      precondition: [
        {
          condition: expect.stringMatching(
            /^\$\{alltrue\(.*contains\(\["address", .*, "custom:team"\], /,
          ) as string,
          error_message: expect.stringMatching(
            /^Attributes that a client can write must be among: address, .*, custom:team\.$/,
          ) as string,
        },
      ],
    });
  });
});

describe("refresh token rotation", () => {
  test.each<[string, Build, string[]]>([
    [
      "frontend",
      frontend({ refreshTokenRotation: { gracePeriodSeconds: 0 } }),
      ["ALLOW_USER_SRP_AUTH"],
    ],
    [
      "programmatic",
      programmatic({ refreshTokenRotation: { gracePeriodSeconds: 0 } }),
      [
        "ALLOW_ADMIN_USER_PASSWORD_AUTH",
        "ALLOW_USER_PASSWORD_AUTH",
        "ALLOW_USER_SRP_AUTH",
      ],
    ],
    // AWS replaces an empty list by flows with which users sign in
    [
      "web",
      web({ refreshTokenRotation: { gracePeriodSeconds: 0 } }),
      ["ALLOW_CUSTOM_AUTH"],
    ],
  ])(
    "of a %s client disables the flow REFRESH_TOKEN_AUTH",
    (_, build, flows) => {
      const client = synthesizeClient(build);
      expect(client.refresh_token_rotation).toEqual([
        { feature: "ENABLED", retry_grace_period_seconds: 0 },
      ]);
      expect(client.explicit_auth_flows).toEqual(flows);
      expect(collectErrors(build)).toEqual([]);
    },
  );

  test("is not set by default", () => {
    expect(synthesizeClient(web())).not.toHaveProperty(
      "refresh_token_rotation",
    );
  });

  test.each([0, 60])("has a grace period of %d seconds", (seconds) => {
    const refreshTokenRotation = { gracePeriodSeconds: seconds };
    expect(collectErrors(web({ refreshTokenRotation }))).toEqual([]);
  });

  test.each([-1, 61, 1.5])("fails when its grace period is %d", (seconds) => {
    const refreshTokenRotation = { gracePeriodSeconds: seconds };
    expect(collectErrors(web({ refreshTokenRotation }))).toEqual([
      `grace period of refresh token rotation must be a whole number from 0 to 60 seconds, got ${seconds}`,
    ]);
  });

  test("can have a grace period that only Terraform knows", () => {
    const gracePeriodSeconds = Token.asNumber(createUnknownText());
    const refreshTokenRotation = { gracePeriodSeconds };
    expect(collectErrors(web({ refreshTokenRotation }))).toEqual([]);
  });
});
