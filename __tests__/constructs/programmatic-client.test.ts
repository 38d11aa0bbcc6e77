import {
  ProgrammaticClient,
  type ProgrammaticClientProps,
} from "../../constructs/user-pool-client";
import {
  getOnlyResource,
  collectProblems,
  resolveValue,
  synthesizeConstructs,
} from "../support/synth";

const SMALLEST: ProgrammaticClientProps = {
  userPool: { userPoolId: "us-west-2_Example" },
  clientName: "programmatic-client",
};

function client(props: Partial<ProgrammaticClientProps> = {}) {
  return getOnlyResource(
    synthesizeConstructs((scope) => {
      new ProgrammaticClient(scope, "client", { ...SMALLEST, ...props });
    }),
    "aws_cognito_user_pool_client",
  );
}

function problems(props: Partial<ProgrammaticClientProps>): string[] {
  return collectProblems((scope) => {
    new ProgrammaticClient(scope, "client", { ...SMALLEST, ...props });
  });
}

describe("a programmatic client", () => {
  test("has no secret, and signs users in by password, SRP or an administrator", () => {
    expect(client()).toMatchObject({
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
    expect(problems({})).toEqual([]);
  });

  test.each([{}, { callbackUrls: [] }])(
    "has OAuth switched off aloud, given %j",
    (props) => {
      expect(client(props)).toMatchObject({
        allowed_oauth_flows_user_pool_client: false,
        allowed_oauth_flows: [],
        allowed_oauth_scopes: [],
        callback_urls: [],
        logout_urls: [],
      });
    },
  );

  test("has the code flow, on the callback URLs given alone", () => {
    expect(
      client({ callbackUrls: ["https://a.example/callback"] }),
    ).toMatchObject({
      generate_secret: false,
      allowed_oauth_flows_user_pool_client: true,
      allowed_oauth_flows: ["code"],
      allowed_oauth_scopes: ["openid", "email", "profile"],
      callback_urls: ["https://a.example/callback"],
      logout_urls: [],
    });
  });

  test("gives tokens that live as long as was said", () => {
    expect(client({ accessTokenMinutes: 30 })).toMatchObject({
      access_token_validity: 30,
      id_token_validity: 60,
      refresh_token_validity: 30,
    });
  });

  test("offers its id by reference", () => {
    expect(
      resolveValue(
        (scope) => new ProgrammaticClient(scope, "client", SMALLEST).clientId,
      ),
    ).toMatch(/^\$\{aws_cognito_user_pool_client\.client_\w+\.id\}$/);
  });
});

describe("a programmatic client fails when", () => {
  test.each<[string, Partial<ProgrammaticClientProps>, RegExp]>([
    ["its name is empty", { clientName: "" }, /^client name must be .*got ""$/],
    [
      "a callback URL is not encrypted",
      { callbackUrls: ["http://evil.com"] },
      /^callback URL must be/,
    ],
    [
      "its tokens live too long",
      { idTokenMinutes: 1441 },
      /^id token validity must be .*got 1441$/,
    ],
  ])("%s", (_, props, message) => {
    expect(problems(props)).toEqual([expect.stringMatching(message)]);
  });
});
