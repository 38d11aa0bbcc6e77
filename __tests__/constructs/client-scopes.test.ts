import type { TerraformStack } from "cdktf";
import { OidcIdentityProvider } from "../../constructs/oidc-identity-provider";
import type { SignInScope } from "../../constructs/oauth-scopes";
import { ResourceServer } from "../../constructs/resource-server";
import {
  FrontendClient,
  ProgrammaticClient,
  ServiceClient,
  UserPoolClient,
  WebClient,
} from "../../constructs/user-pool-client";
import {
  collectErrors,
  createUnknownText,
  getOnlyResource,
  synthesizeConstructs,
} from "../support/synth";
import { createUnknownList } from "../support/unknown-collections";
import { createUserPool } from "../support/user-pools";

type Scopes = readonly SignInScope[];
type Add = (scope: TerraformStack, scopes?: Scopes) => UserPoolClient;

const PROPS = {
  userPool: { ...createUserPool(), customAttributes: {} },
  clientName: "client",
  callbackUrls: ["https://a.example/"],
};
const ADMIN = "aws.cognito.signin.user.admin";

const CLIENTS: readonly (readonly [string, Add])[] = [
  [
    "frontend",
    (scope, scopes) =>
      new FrontendClient(scope, "client", {
        ...PROPS,
        ...(scopes && { scopes }),
      }),
  ],
  [
    "web",
    (scope, scopes) =>
      new WebClient(scope, "client", { ...PROPS, ...(scopes && { scopes }) }),
  ],
  [
    "programmatic",
    (scope, scopes) =>
      new ProgrammaticClient(scope, "client", {
        ...PROPS,
        ...(scopes && { scopes }),
      }),
  ],
];

function synthesizeScopes(add: Add, scopes?: Scopes): unknown {
  const resources = synthesizeConstructs((scope) => {
    add(scope, scopes);
  });
  return getOnlyResource(resources, "aws_cognito_user_pool_client")
    .allowed_oauth_scopes;
}

function listErrors(add: Add, scopes: Scopes): string[] {
  return collectErrors((scope) => {
    add(scope, scopes);
  });
}

describe.each(CLIENTS)("scopes of a %s client", (_, add) => {
  test("are those of OpenID Connect by default", () => {
    expect(synthesizeScopes(add)).toEqual(["openid", "email", "profile"]);
  });

  test.each<Scopes>([
    ["openid"],
    ["openid", "email", "phone", "profile", ADMIN],
    ["https://api.example/v1/read"],
    [ADMIN, "api/read"],
  ])("can be %s, %s", (...scopes) => {
    expect(synthesizeScopes(add, scopes)).toEqual(scopes);
    expect(listErrors(add, scopes)).toEqual([]);
  });

  test("can be of a resource server, to which they refer", () => {
    const resources = synthesizeConstructs((scope) => {
      const api = new ResourceServer(scope, "api", {
        userPool: PROPS.userPool,
        identifier: "api",
        scopes: { read: "Read" },
      });
      add(scope, ["openid", api.scope("read")]);
    });
    expect(
      getOnlyResource(resources, "aws_cognito_user_pool_client")
        .allowed_oauth_scopes,
    ).toEqual([
      "openid",
      expect.stringMatching(/^\$\{aws_cognito_resource_server.*\}\/read$/),
    ]);
  });

  test("can be known to Terraform alone", () => {
    expect(
      listErrors(add, [createUnknownText() as SignInScope, "email"]),
    ).toEqual([]);
    expect(listErrors(add, createUnknownList("openid"))).toEqual([]);
  });

  test.each<[Scopes, string[]]>([
    [[], ["scopes of a sign-in client must have at least one item, got none"]],
    [["email"], ["scope email requires scope openid, got none"]],
    [
      ["phone", "api/read", "profile"],
      [
        "scope phone requires scope openid, got none",
        "scope profile requires scope openid, got none",
      ],
    ],
    [
      ["openid", "address" as SignInScope],
      [
        `scope of a sign-in client must be one of openid, email, phone, profile, ${ADMIN}, or a scope of a resource server, <identifier>/<scope>, got "address"`,
      ],
    ],
    [["openid", "openid"], ['OAuth scope must be unique, got "openid" twice']],
  ])("fails when they are %j", (scopes, errors) => {
    expect(listErrors(add, scopes)).toEqual(errors);
  });
});

test("scopes of a programmatic client fail when it has no callback URL", () => {
  expect(
    collectErrors((scope) => {
      new ProgrammaticClient(scope, "client", {
        ...PROPS,
        callbackUrls: [],
        scopes: ["openid"],
      });
    }),
  ).toEqual([
    "scopes of a programmatic client require callback URLs, got none",
  ]);
});

test("a service client fails when a scope is of OpenID Connect", () => {
  expect(
    collectErrors((scope) => {
      new ServiceClient(scope, "client", {
        ...PROPS,
        scopes: ["api/read", "openid" as "api/write"],
      });
    }),
  ).toEqual([
    'scope of a service client must be a scope of a resource server, <identifier>/<scope>, got "openid"',
  ]);
});

describe("the scope with which users change their attributes", () => {
  const addWithProvider = (scopes: Scopes) => (scope: TerraformStack) => {
    const userPool = { ...PROPS.userPool, customAttributes: { groups: {} } };
    const provider = new OidcIdentityProvider(scope, "provider", {
      userPool,
      providerName: "Keycloak",
      issuer: "https://keycloak.example.org/realms/veda",
      clientId: "veda",
      attributes: { email: "email", "custom:groups": "groups" },
    });
    return new WebClient(scope, "client", {
      ...PROPS,
      userPool,
      signIn: [provider],
      scopes,
    });
  };

  test.each<[Scopes, boolean]>([
    [["openid"], false],
    [["openid", ADMIN], true],
    [[createUnknownText() as SignInScope], true],
    [[`${createUnknownText()}/read`], false],
    [createUnknownList(ADMIN), true],
  ])("can be in %j: %j", (scopes, isPossible) => {
    const errors = collectErrors((scope) => {
      addWithProvider(scopes)(scope);
    });
    expect(errors.length > 0).toBe(isPossible);
    if (isPossible)
      expect(errors[0]).toMatch(
        /^sign-in providers of a client whose users can change their attributes must not map "custom:groups".* without the scope aws\.cognito\.signin\.user\.admin$/,
      );
  });
});

test("fromClientId imports a client", () => {
  expect(UserPoolClient.fromClientId("1example23456789")).toEqual({
    clientId: "1example23456789",
  });
});
