import { Token } from "cdktf";
import { Construct } from "constructs";
import { createUserPoolClient } from "../../constructs/user-pool-client";
import {
  getOnlyResource,
  collectProblems,
  synthesizeConstructs,
  createUnknownText,
} from "../support/synth";

type Settings = Parameters<typeof createUserPoolClient>[1];

const SMALLEST: Settings = {
  userPool: { userPoolId: "us-west-2_Example" },
  clientName: "client",
  generateSecret: false,
  explicitAuthFlows: ["ALLOW_REFRESH_TOKEN_AUTH"],
  oauth: null,
};
const OAUTH = {
  flow: "code",
  scopes: ["openid"],
  callbackUrls: ["https://a.example"],
  logoutUrls: [],
} as const;

function client(settings: Partial<Settings> = {}) {
  return getOnlyResource(
    synthesizeConstructs((scope) => {
      createUserPoolClient(scope, { ...SMALLEST, ...settings });
    }),
    "aws_cognito_user_pool_client",
  );
}

function problems(settings: Partial<Settings>): string[] {
  return collectProblems((scope) => {
    createUserPoolClient(new Construct(scope, "client"), {
      ...SMALLEST,
      ...settings,
    });
  });
}

function urls(count: number): string[] {
  return Array.from(
    { length: count },
    (_, index) => `https://a.example/${index}`,
  );
}

describe("an app client's resource", () => {
  test("has every setting written out, and OAuth off", () => {
    expect(client()).toEqual({
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
    expect(problems({})).toEqual([]);
  });

  test.each([true, false])(
    "says whether it has a secret: %j",
    (generateSecret) => {
      expect(client({ generateSecret }).generate_secret).toBe(generateSecret);
    },
  );

  test("has the one flow, the scopes and the URLs of its OAuth settings", () => {
    expect(
      client({
        oauth: { ...OAUTH, logoutUrls: ["https://b.example"] },
      }),
    ).toMatchObject({
      allowed_oauth_flows_user_pool_client: true,
      allowed_oauth_flows: ["code"],
      allowed_oauth_scopes: ["openid"],
      callback_urls: ["https://a.example"],
      logout_urls: ["https://b.example"],
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
    { oauth: { ...OAUTH, callbackUrls: urls(100), logoutUrls: urls(100) } },
    {
      oauth: {
        ...OAUTH,
        scopes: Array.from({ length: 50 }, (_, index) => `a/${index}`),
      },
    },
  ])("may have the most and the least that AWS takes", (settings) => {
    expect(problems(settings)).toEqual([]);
  });

  test("may have what Terraform alone will know", () => {
    expect(
      problems({
        clientName: createUnknownText(),
        accessTokenMinutes: Token.asNumber(createUnknownText()),
        idTokenMinutes: Token.asNumber(createUnknownText()),
        oauth: {
          ...OAUTH,
          scopes: [createUnknownText()],
          callbackUrls: [createUnknownText()],
        },
      }),
    ).toEqual([]);
  });
});

describe("an app client's resource fails when", () => {
  test.each<[string, Partial<Settings>, RegExp]>([
    [
      "its access token lives too shortly",
      { accessTokenMinutes: 4 },
      /^access token validity must be a whole number from 5 to 1440 minutes, got 4$/,
    ],
    [
      "its access token lives too long",
      { accessTokenMinutes: 1441 },
      /^access token validity must be .*got 1441$/,
    ],
    [
      "its id token lives too shortly",
      { idTokenMinutes: 4 },
      /^id token validity must be .*got 4$/,
    ],
    [
      "its id token lives too long",
      { idTokenMinutes: 1441 },
      /^id token validity must be .*got 1441$/,
    ],
    [
      "its refresh token lives too long",
      { refreshTokenDays: 3651 },
      /^refresh token validity must be a whole number from 1 to 3650 days, got 3651$/,
    ],
    ["its name is empty", { clientName: "" }, /^client name must be .*got ""$/],
    [
      "a scope has a space",
      { oauth: { ...OAUTH, scopes: ["a b"] } },
      /^OAuth scope must be .*got "a b"$/,
    ],
    [
      "a scope comes twice",
      { oauth: { ...OAUTH, scopes: ["openid", "openid"] } },
      /^OAuth scope must be unique, got "openid" twice$/,
    ],
    [
      "it has 51 scopes",
      {
        oauth: {
          ...OAUTH,
          scopes: Array.from({ length: 51 }, (_, index) => `a/${index}`),
        },
      },
      /^number of scopes of a client must be at most 50, got 51$/,
    ],
    [
      "it has 101 callback URLs",
      { oauth: { ...OAUTH, callbackUrls: urls(101) } },
      /^number of callback URLs of a client must be at most 100, got 101$/,
    ],
    [
      "it has 101 logout URLs",
      { oauth: { ...OAUTH, logoutUrls: urls(101) } },
      /^number of logout URLs of a client must be at most 100, got 101$/,
    ],
    [
      "a callback URL is not encrypted",
      { oauth: { ...OAUTH, callbackUrls: ["http://evil.com"] } },
      /^callback URL must be .*got "http:\/\/evil\.com"$/,
    ],
    [
      "a logout URL has a fragment",
      { oauth: { ...OAUTH, logoutUrls: ["https://a.example/#b"] } },
      /^logout URL must be .*got "https:\/\/a\.example\/#b"$/,
    ],
  ])("%s", (_, settings, message) => {
    expect(problems(settings)).toEqual([expect.stringMatching(message)]);
  });
});
