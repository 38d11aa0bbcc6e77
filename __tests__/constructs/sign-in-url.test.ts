import type { TerraformStack } from "cdktf";
import { Construct } from "constructs";
import { CustomDomain } from "../../constructs/custom-domain";
import type { SignInScope } from "../../constructs/oauth-scopes";
import type { SignInUrlOptions } from "../../constructs/sign-in-url";
import {
  FrontendClient,
  ServiceClient,
  UserPoolClient,
} from "../../constructs/user-pool-client";
import {
  type IUserPoolDomain,
  UserPoolDomain,
} from "../../constructs/user-pool-domain";
import {
  collectErrors,
  createUnknownText,
  resolveValue,
} from "../support/synth";
import { createUnknownList } from "../support/unknown-collections";
import { createUserPool } from "../support/user-pools";

const userPool = createUserPool();
const REDIRECT = "https://a.example/callback?x=1&y=2";
const ENCODED = "https%3A%2F%2Fa.example%2Fcallback%3Fx%3D1%26y%3D2";
const IMPORTED = UserPoolClient.fromClientId("1example");

type AddDomain = (scope: TerraformStack) => IUserPoolDomain;

const addPrefix: AddDomain = (scope) =>
  new UserPoolDomain(scope, "domain", { userPool, prefix: "veda" });
const DOMAINS: readonly (readonly [string, string, AddDomain])[] = [
  ["prefix", "https://veda.auth.us-west-2.amazoncognito.com", addPrefix],
  [
    "imported prefix",
    "https://veda.auth.us-west-2.amazoncognito.com",
    (scope) => UserPoolDomain.fromPrefix(new Construct(scope, "app"), "veda"),
  ],
  [
    "custom",
    "https://auth.example.org",
    (scope) =>
      new CustomDomain(scope, "domain", {
        userPool,
        domain: "auth.example.org",
        certificateArn: "arn:aws:acm:us-east-1:123456789012:certificate/a",
      }),
  ],
];

function addClient(scope: TerraformStack): FrontendClient {
  return new FrontendClient(scope, "client", {
    userPool,
    clientName: "page",
    callbackUrls: [REDIRECT],
  });
}

function listErrors(
  options: Partial<SignInUrlOptions>,
  createClient: (scope: TerraformStack) => UserPoolClient = addClient,
  addDomain = addPrefix,
): string[] {
  return collectErrors((scope) => {
    addDomain(scope).signInUrl(createClient(scope), {
      redirectUri: REDIRECT,
      ...options,
    });
  });
}

describe.each(DOMAINS)(
  "a sign-in URL of a %s domain",
  (_, baseUrl, addDomain) => {
    test("has the client and the redirect URI", () => {
      expect(
        resolveValue((scope) =>
          addDomain(scope).signInUrl(IMPORTED, { redirectUri: REDIRECT }),
        ),
      ).toBe(
        `${baseUrl}/oauth2/authorize?response_type=code&client_id=1example&redirect_uri=${ENCODED}`,
      );
    });

    test("fails when the redirect URI is not of the client", () => {
      expect(
        listErrors({ redirectUri: "https://b.example/" }, addClient, addDomain),
      ).toEqual([
        `redirect URI must be a callback URL of the client, got "https://b.example/" for a client with ${REDIRECT}`,
      ]);
    });
  },
);

describe("a sign-in URL", () => {
  test("refers to a client of the stack", () => {
    expect(
      resolveValue((scope) =>
        addPrefix(scope).signInUrl(addClient(scope), { redirectUri: REDIRECT }),
      ),
    ).toMatch(
      /client_id=\$\{urlencode\(aws_cognito_user_pool_client\.client_\w+\.id\)\}&redirect_uri=https%3A/,
    );
  });

  test("can request scopes, and the users of one provider", () => {
    expect(
      resolveValue((scope) =>
        addPrefix(scope).signInUrl(IMPORTED, {
          redirectUri: "myapp://callback",
          scopes: ["openid", "https://api.example/read"],
          identityProvider: {
            providerName: "Our University",
            mappedAttributes: [],
            dependencies: [],
          },
        }),
      ),
    ).toMatch(
      /&redirect_uri=myapp%3A%2F%2Fcallback&scope=openid\+https%3A%2F%2Fapi\.example%2Fread&identity_provider=Our\+University$/,
    );
    expect(
      resolveValue((scope) =>
        addPrefix(scope).signInUrl(IMPORTED, {
          redirectUri: REDIRECT,
          identityProvider: "COGNITO",
        }),
      ),
    ).toMatch(/&identity_provider=COGNITO$/);
  });

  test("can request a scope of which only Terraform knows a part", () => {
    expect(
      resolveValue((scope) =>
        addPrefix(scope).signInUrl(IMPORTED, {
          redirectUri: REDIRECT,
          scopes: ["openid", `${createUnknownText()}/read`],
        }),
      ),
    ).toMatch(
      /&scope=\$\{urlencode\(join\(" ", \["openid", join\("", \[timestamp\(\), "\/read"\]\)\]\)\)\}$/,
    );
  });

  test("is encoded by Terraform where only Terraform knows it", () => {
    expect(
      resolveValue((scope) =>
        addPrefix(scope).signInUrl(
          UserPoolClient.fromClientId(createUnknownText()),
          {
            redirectUri: `https://${createUnknownText()}/callback`,
            scopes: ["openid", createUnknownText() as SignInScope],
          },
        ),
      ),
    ).toMatch(
      /client_id=\$\{urlencode\(.*\)\}&redirect_uri=\$\{urlencode\(join\("", \["https:\/\/", .*, "\/callback"\]\)\)\}&scope=\$\{urlencode\(join\(" ", \["openid", /,
    );
    expect(
      resolveValue((scope) =>
        addPrefix(scope).signInUrl(IMPORTED, {
          redirectUri: REDIRECT,
          scopes: createUnknownList("openid", "email"),
        }),
      ),
    ).toMatch(/&scope=\$\{urlencode\(join\(" ", split\(/);
  });

  test.each<Partial<SignInUrlOptions>>([
    {},
    { redirectUri: createUnknownText() },
    { scopes: createUnknownList("email") },
  ])("has no error with %j", (options) => {
    expect(listErrors(options)).toEqual([]);
  });

  test.each<[Partial<SignInUrlOptions>, RegExp]>([
    [{ redirectUri: "http://a.example/" }, /^redirect URI must be an absolute/],
    [{ scopes: ["email"] }, /^scope email requires scope openid, got none$/],
    [{ scopes: [] }, /^scopes of a sign-in client must have at least one item/],
  ])("fails with %j", (options, message) => {
    expect(listErrors(options)[0]).toMatch(message);
  });

  test("fails for a client at which no user signs in on the pages, and for an invalid id", () => {
    const addService = (scope: TerraformStack) =>
      new ServiceClient(scope, "client", {
        userPool,
        clientName: "service",
        scopes: ["api/read"],
      });
    expect(listErrors({}, addService)).toEqual([
      expect.stringMatching(/^redirect URI must be a .* client with none$/),
    ]);
    expect(
      collectErrors((scope) => {
        addPrefix(scope).signInUrl(UserPoolClient.fromClientId("a&b=c"), {
          redirectUri: REDIRECT,
        });
      }),
    ).toEqual([expect.stringMatching(/^id of a user pool client must be /)]);
  });
});
