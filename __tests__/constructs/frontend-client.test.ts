import {
  FrontendClient,
  type FrontendClientProps,
} from "../../constructs/user-pool-client";
import {
  getOnlyResource,
  collectProblems,
  resolveValue,
  synthesizeConstructs,
} from "../support/synth";

const SMALLEST: FrontendClientProps = {
  userPool: { userPoolId: "us-west-2_Example" },
  clientName: "dashboard",
  callbackUrls: ["https://dashboard.example/callback"],
};

function client(props: Partial<FrontendClientProps> = {}) {
  return getOnlyResource(
    synthesizeConstructs((scope) => {
      new FrontendClient(scope, "client", { ...SMALLEST, ...props });
    }),
    "aws_cognito_user_pool_client",
  );
}

function problems(props: Partial<FrontendClientProps>): string[] {
  return collectProblems((scope) => {
    new FrontendClient(scope, "client", { ...SMALLEST, ...props });
  });
}

function urls(count: number): string[] {
  return Array.from(
    { length: count },
    (_, index) => `https://dashboard.example/${index}`,
  );
}

describe("a frontend client", () => {
  test("needs a callback URL, and has the code flow without a secret", () => {
    expect(client()).toMatchObject({
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
    expect(problems({})).toEqual([]);
  });

  test("takes no password in clear", () => {
    expect(client().explicit_auth_flows).toEqual([
      "ALLOW_REFRESH_TOKEN_AUTH",
      "ALLOW_USER_SRP_AUTH",
    ]);
  });

  test("sends people to the logout URLs given", () => {
    expect(
      client({ logoutUrls: ["https://dashboard.example/"] }).logout_urls,
    ).toEqual(["https://dashboard.example/"]);
  });

  test("gives tokens that live as long as was said", () => {
    expect(
      client({
        accessTokenMinutes: 5,
        idTokenMinutes: 10,
        refreshTokenDays: 1,
      }),
    ).toMatchObject({
      access_token_validity: 5,
      id_token_validity: 10,
      refresh_token_validity: 1,
    });
  });

  test("offers its id by reference", () => {
    expect(
      resolveValue(
        (scope) => new FrontendClient(scope, "client", SMALLEST).clientId,
      ),
    ).toMatch(/^\$\{aws_cognito_user_pool_client\.client_\w+\.id\}$/);
  });

  test("may have 100 URLs of a kind", () => {
    expect(
      problems({ callbackUrls: urls(100), logoutUrls: urls(100) }),
    ).toEqual([]);
  });
});

describe("a frontend client fails when", () => {
  test.each<[string, Partial<FrontendClientProps>, RegExp]>([
    [
      "it has no callback URL",
      { callbackUrls: [] },
      /^callback URLs of a frontend client must have at least one item, got none$/,
    ],
    [
      "a callback URL is not encrypted",
      { callbackUrls: ["http://evil.com"] },
      /^callback URL must be .*got "http:\/\/evil\.com"$/,
    ],
    [
      "a callback URL has a fragment",
      { callbackUrls: ["https://a.example/#x"] },
      /^callback URL must be .*without a fragment, got/,
    ],
    [
      "a callback URL comes twice",
      { callbackUrls: ["https://a.example", "https://a.example"] },
      /^callback URL must be unique/,
    ],
    [
      "a logout URL is not encrypted",
      { logoutUrls: ["http://evil.com"] },
      /^logout URL must be .*got "http:\/\/evil\.com"$/,
    ],
    [
      "a logout URL comes twice",
      { logoutUrls: ["https://a.example", "https://a.example"] },
      /^logout URL must be unique/,
    ],
    [
      "it has more than 100 callback URLs",
      { callbackUrls: urls(101) },
      /^number of callback URLs of a client must be at most 100, got 101$/,
    ],
    [
      "it has more than 100 logout URLs",
      { logoutUrls: urls(101) },
      /^number of logout URLs of a client must be at most 100, got 101$/,
    ],
    [
      "its name has a character that AWS refuses",
      { clientName: "a/b" },
      /^client name must be .*got "a\/b"$/,
    ],
    [
      "its tokens live too shortly",
      { accessTokenMinutes: 4 },
      /^access token validity must be .*got 4$/,
    ],
  ])("%s", (_, props, message) => {
    expect(problems(props)).toEqual([expect.stringMatching(message)]);
  });
});
