import { type TerraformStack, Token } from "cdktf";
import { ResourceServer } from "../../constructs/resource-server";
import {
  FrontendClient,
  type FrontendClientProps,
  ProgrammaticClient,
  type ProgrammaticClientProps,
  ServiceClient,
  type ServiceClientProps,
  UserPoolClient,
} from "../../constructs/user-pool-client";
import {
  collectErrors,
  createUnknownText,
  getOnlyResource,
  resolveValue,
  synthesizeConstructs,
} from "../support/synth";
import { createUserPool } from "../support/user-pools";

type Build = (scope: TerraformStack) => void;
type Settings = ConstructorParameters<typeof UserPoolClient>[2];

const USER_POOL = createUserPool();

function synthesizeClient(build: Build) {
  return getOnlyResource(
    synthesizeConstructs(build),
    "aws_cognito_user_pool_client",
  );
}

function createUrls(count: number): string[] {
  return Array.from(
    { length: count },
    (_, index) => `https://a.example/${index}`,
  );
}

function createScopes(count: number): `${string}/${string}`[] {
  return Array.from({ length: count }, (_, index) => `api/${index}` as const);
}

describe("a client", () => {
  const OAUTH = {
    flow: "code",
    scopes: ["openid"],
    callbackUrls: ["https://a.example"],
    logoutUrls: [],
  } as const;
  const build =
    (settings: Partial<Settings> = {}): Build =>
    (scope) => {
      new UserPoolClient(scope, "client", {
        userPool: USER_POOL,
        clientName: "client",
        generateSecret: false,
        explicitAuthFlows: ["ALLOW_REFRESH_TOKEN_AUTH"],
        oauth: null,
        ...settings,
      });
    };

  test("sets all attributes, and disables OAuth", () => {
    expect(synthesizeClient(build())).toEqual({
      name: "client",
      user_pool_id: "us-west-2_Example",
      generate_secret: false,
      explicit_auth_flows: ["ALLOW_REFRESH_TOKEN_AUTH"],
      supported_identity_providers: ["COGNITO"],
      allowed_oauth_flows_user_pool_client: false,
      allowed_oauth_flows: [],
      allowed_oauth_scopes: [],
      callback_urls: [],
      logout_urls: [],
      access_token_validity: 60,
      id_token_validity: 60,
      refresh_token_validity: 30,
      token_validity_units: [
        { access_token: "minutes", id_token: "minutes", refresh_token: "days" },
      ],
      auth_session_validity: 3,
      enable_token_revocation: true,
      prevent_user_existence_errors: "ENABLED",
    });
    expect(collectErrors(build())).toEqual([]);
  });

  test.each([true, false])("sets generate_secret to %j", (generateSecret) => {
    expect(synthesizeClient(build({ generateSecret })).generate_secret).toBe(
      generateSecret,
    );
  });

  test("sets the flow, the scopes and the URLs of OAuth", () => {
    expect(
      synthesizeClient(
        build({ oauth: { ...OAUTH, logoutUrls: ["https://b.example"] } }),
      ),
    ).toMatchObject({
      allowed_oauth_flows_user_pool_client: true,
      allowed_oauth_flows: ["code"],
      allowed_oauth_scopes: ["openid"],
      callback_urls: ["https://a.example"],
      logout_urls: ["https://b.example"],
    });
  });

  test("sets the validity of tokens", () => {
    expect(
      synthesizeClient(
        build({
          accessTokenMinutes: 5,
          idTokenMinutes: 10,
          refreshTokenDays: 1,
        }),
      ),
    ).toMatchObject({
      access_token_validity: 5,
      id_token_validity: 10,
      refresh_token_validity: 1,
    });
  });

  test.each<Partial<Settings>>([
    { accessTokenMinutes: 5 },
    { accessTokenMinutes: 1440 },
    { idTokenMinutes: 5 },
    { idTokenMinutes: 1440 },
    { refreshTokenDays: 1 },
    { refreshTokenDays: 3650 },
    { refreshTokenDays: 1, accessTokenMinutes: 1440, idTokenMinutes: 1440 },
    { clientName: "a".repeat(128) },
    {
      oauth: {
        ...OAUTH,
        callbackUrls: createUrls(100),
        logoutUrls: createUrls(100),
      },
    },
    { oauth: { ...OAUTH, scopes: createScopes(50) } },
  ])("allows the limits of AWS", (settings) => {
    expect(collectErrors(build(settings))).toEqual([]);
  });

  test("allows values that only Terraform knows", () => {
    expect(
      collectErrors(
        build({
          clientName: createUnknownText(),
          accessTokenMinutes: Token.asNumber(createUnknownText()),
          idTokenMinutes: Token.asNumber(createUnknownText()),
          oauth: {
            ...OAUTH,
            scopes: [createUnknownText()],
            callbackUrls: [createUnknownText()],
          },
        }),
      ),
    ).toEqual([]);
  });

  test.each<[string, Partial<Settings>, RegExp]>([
    [
      "its access tokens are valid too briefly",
      { accessTokenMinutes: 4 },
      /^access token validity must be a whole number from 5 to 1440 minutes, got 4$/,
    ],
    [
      "its access tokens are valid too long",
      { accessTokenMinutes: 1441 },
      /^access token validity must .*got 1441$/,
    ],
    [
      "its id tokens are valid too briefly",
      { idTokenMinutes: 4 },
      /^id token validity must .*got 4$/,
    ],
    [
      "its id tokens are valid too long",
      { idTokenMinutes: 1441 },
      /^id token validity must .*got 1441$/,
    ],
    [
      "its refresh tokens are valid too long",
      { refreshTokenDays: 3651 },
      /^refresh token validity must .*got 3651$/,
    ],
    ["its name is empty", { clientName: "" }, /^client name must .*got ""$/],
    [
      "its name is too long",
      { clientName: "a".repeat(129) },
      /^client name must .*129 characters\)$/,
    ],
    [
      "its name has an invalid character",
      { clientName: "a/b" },
      /^client name must .*got "a\/b"$/,
    ],
    [
      "a scope has a space",
      { oauth: { ...OAUTH, scopes: ["a b"] } },
      /^OAuth scope must .*got "a b"$/,
    ],
    [
      "a scope is repeated",
      { oauth: { ...OAUTH, scopes: ["openid", "openid"] } },
      /^OAuth scope must be unique, got "openid" twice$/,
    ],
    [
      "it has 51 scopes",
      { oauth: { ...OAUTH, scopes: createScopes(51) } },
      /^number of scopes of a client must .*got 51$/,
    ],
    [
      "it has 101 callback URLs",
      { oauth: { ...OAUTH, callbackUrls: createUrls(101) } },
      /^number of callback URLs of a client must .*got 101$/,
    ],
    [
      "it has 101 logout URLs",
      { oauth: { ...OAUTH, logoutUrls: createUrls(101) } },
      /^number of logout URLs of a client must .*got 101$/,
    ],
    [
      "a callback URL is not encrypted",
      { oauth: { ...OAUTH, callbackUrls: ["http://evil.com"] } },
      /^callback URL must .*got "http:\/\/evil\.com"$/,
    ],
    [
      "a callback URL is repeated",
      { oauth: { ...OAUTH, callbackUrls: ["a:/b", "a:/b"] } },
      /^callback URL must be unique, got "a:\/b" twice$/,
    ],
    [
      "a logout URL has a fragment",
      { oauth: { ...OAUTH, logoutUrls: ["https://a.example/#b"] } },
      /^logout URL must .*got "https:\/\/a\.example\/#b"$/,
    ],
    [
      "a logout URL is repeated",
      { oauth: { ...OAUTH, logoutUrls: ["a:/b", "a:/b"] } },
      /^logout URL must be unique, got "a:\/b" twice$/,
    ],
  ])("fails when %s", (_, settings, message) => {
    expect(collectErrors(build(settings))).toEqual([
      expect.stringMatching(message),
    ]);
  });
});

describe("a service client", () => {
  const MINIMAL_PROPS: ServiceClientProps = {
    userPool: USER_POOL,
    clientName: "workflows Service Access",
    scopes: ["registry-server/stac:register"],
  };
  const build =
    (props: Partial<ServiceClientProps> = {}): Build =>
    (scope) => {
      new ServiceClient(scope, "client", { ...MINIMAL_PROPS, ...props });
    };

  test("has a secret, and the client credentials flow only", () => {
    expect(synthesizeClient(build())).toMatchObject({
      name: "workflows Service Access",
      user_pool_id: "us-west-2_Example",
      generate_secret: true,
      allowed_oauth_flows_user_pool_client: true,
      allowed_oauth_flows: ["client_credentials"],
      callback_urls: [],
      logout_urls: [],
      supported_identity_providers: ["COGNITO"],
    });
    expect(collectErrors(build())).toEqual([]);
  });

  test("does not sign in users", () => {
    expect(synthesizeClient(build()).explicit_auth_flows).toEqual([
      "ALLOW_REFRESH_TOKEN_AUTH",
    ]);
  });

  test("has its scopes in order", () => {
    expect(
      synthesizeClient(build({ scopes: ["server/b", "server/a"] }))
        .allowed_oauth_scopes,
    ).toEqual(["server/b", "server/a"]);
  });

  test("refers to the resource server of its scopes", () => {
    const client = synthesizeClient((scope) => {
      const server = new ResourceServer(scope, "server", {
        userPool: USER_POOL,
        identifier: "registry-server",
        scopes: { read: "Read" },
      });
      build({ scopes: [server.scope("read")] })(scope);
    });
    expect(client.allowed_oauth_scopes).toEqual([
      expect.stringMatching(
        /^\$\{aws_cognito_resource_server\.server_\w+\.identifier\}\/read$/,
      ),
    ]);
  });

  test("exposes its id and secret as references", () => {
    expect(
      resolveValue((scope) => {
        const client = new ServiceClient(scope, "client", MINIMAL_PROPS);
        return [client.clientId, client.clientSecret];
      }),
    ).toEqual([
      expect.stringMatching(/^\$\{aws_cognito_user_pool_client\.\w+\.id\}$/),
      expect.stringMatching(
        /^\$\{aws_cognito_user_pool_client\.\w+\.client_secret\}$/,
      ),
    ]);
  });

  test("fails when it has no scope", () => {
    expect(collectErrors(build({ scopes: [] }))).toEqual([
      "scopes of a service client must have at least one item, got none",
    ]);
  });

  test("fails when its tokens are valid too long", () => {
    expect(collectErrors(build({ accessTokenMinutes: 1441 }))).toEqual([
      expect.stringMatching(/^access token validity must /),
    ]);
  });
});

describe("a programmatic client", () => {
  const MINIMAL_PROPS: ProgrammaticClientProps = {
    userPool: USER_POOL,
    clientName: "programmatic-client",
  };
  const build =
    (props: Partial<ProgrammaticClientProps> = {}): Build =>
    (scope) => {
      new ProgrammaticClient(scope, "client", { ...MINIMAL_PROPS, ...props });
    };

  test("has no secret, and signs in users by password, SRP or an administrator", () => {
    expect(synthesizeClient(build())).toMatchObject({
      name: "programmatic-client",
      user_pool_id: "us-west-2_Example",
      generate_secret: false,
      supported_identity_providers: ["COGNITO"],
      explicit_auth_flows: [
        "ALLOW_ADMIN_USER_PASSWORD_AUTH",
        "ALLOW_REFRESH_TOKEN_AUTH",
        "ALLOW_USER_PASSWORD_AUTH",
        "ALLOW_USER_SRP_AUTH",
      ],
    });
    expect(collectErrors(build())).toEqual([]);
  });

  test.each([{}, { callbackUrls: [] }])("disables OAuth with %j", (props) => {
    expect(synthesizeClient(build(props))).toMatchObject({
      allowed_oauth_flows_user_pool_client: false,
      allowed_oauth_flows: [],
      allowed_oauth_scopes: [],
      callback_urls: [],
      logout_urls: [],
    });
  });

  test("has the code flow with callback URLs", () => {
    expect(
      synthesizeClient(build({ callbackUrls: ["https://a.example/callback"] })),
    ).toMatchObject({
      generate_secret: false,
      allowed_oauth_flows_user_pool_client: true,
      allowed_oauth_flows: ["code"],
      allowed_oauth_scopes: ["openid", "email", "profile"],
      callback_urls: ["https://a.example/callback"],
      logout_urls: [],
    });
  });

  test("has a token validity", () => {
    expect(synthesizeClient(build({ accessTokenMinutes: 30 }))).toMatchObject({
      access_token_validity: 30,
      id_token_validity: 60,
      refresh_token_validity: 30,
    });
  });

  test("exposes its id as a reference", () => {
    expect(
      resolveValue(
        (scope) =>
          new ProgrammaticClient(scope, "client", MINIMAL_PROPS).clientId,
      ),
    ).toMatch(/^\$\{aws_cognito_user_pool_client\.client_\w+\.id\}$/);
  });

  test.each<[string, Partial<ProgrammaticClientProps>, RegExp]>([
    [
      "a callback URL is not encrypted",
      { callbackUrls: ["http://evil.com"] },
      /^callback URL must /,
    ],
    [
      "its tokens are valid too long",
      { idTokenMinutes: 1441 },
      /^id token validity must /,
    ],
  ])("fails when %s", (_, props, message) => {
    expect(collectErrors(build(props))).toEqual([
      expect.stringMatching(message),
    ]);
  });
});

describe("a frontend client", () => {
  const MINIMAL_PROPS: FrontendClientProps = {
    userPool: USER_POOL,
    clientName: "dashboard",
    callbackUrls: ["https://dashboard.example/callback"],
  };
  const build =
    (props: Partial<FrontendClientProps> = {}): Build =>
    (scope) => {
      new FrontendClient(scope, "client", { ...MINIMAL_PROPS, ...props });
    };

  test("requires a callback URL, and has the code flow without a secret", () => {
    expect(synthesizeClient(build())).toMatchObject({
      name: "dashboard",
      user_pool_id: "us-west-2_Example",
      generate_secret: false,
      allowed_oauth_flows_user_pool_client: true,
      allowed_oauth_flows: ["code"],
      allowed_oauth_scopes: ["openid", "email", "profile"],
      callback_urls: ["https://dashboard.example/callback"],
      logout_urls: [],
      supported_identity_providers: ["COGNITO"],
    });
    expect(collectErrors(build())).toEqual([]);
  });

  test("allows no plaintext password", () => {
    expect(synthesizeClient(build()).explicit_auth_flows).toEqual([
      "ALLOW_REFRESH_TOKEN_AUTH",
      "ALLOW_USER_SRP_AUTH",
    ]);
  });

  test("has logout URLs", () => {
    const logoutUrls = ["https://dashboard.example/"];
    expect(synthesizeClient(build({ logoutUrls })).logout_urls).toEqual(
      logoutUrls,
    );
  });

  test("exposes its id as a reference", () => {
    expect(
      resolveValue(
        (scope) => new FrontendClient(scope, "client", MINIMAL_PROPS).clientId,
      ),
    ).toMatch(/^\$\{aws_cognito_user_pool_client\.client_\w+\.id\}$/);
  });

  test.each<[string, Partial<FrontendClientProps>, RegExp]>([
    [
      "it has no callback URL",
      { callbackUrls: [] },
      /^callback URLs of a frontend client must have at least one item, got none$/,
    ],
    [
      "a callback URL is not encrypted",
      { callbackUrls: ["http://evil.com"] },
      /^callback URL must /,
    ],
    [
      "a logout URL is not encrypted",
      { logoutUrls: ["http://evil.com"] },
      /^logout URL must /,
    ],
    [
      "its tokens are valid too briefly",
      { accessTokenMinutes: 4 },
      /^access token validity must /,
    ],
  ])("fails when %s", (_, props, message) => {
    expect(collectErrors(build(props))).toEqual([
      expect.stringMatching(message),
    ]);
  });
});
