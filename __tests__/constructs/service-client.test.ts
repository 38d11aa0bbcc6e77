import { ResourceServer } from "../../constructs/resource-server";
import {
  ServiceClient,
  type ServiceClientProps,
} from "../../constructs/user-pool-client";
import {
  getOnlyResource,
  collectProblems,
  resolveValue,
  synthesizeConstructs,
} from "../support/synth";

const USER_POOL = { userPoolId: "us-west-2_Example" };
const SMALLEST: ServiceClientProps = {
  userPool: USER_POOL,
  clientName: "workflows Service Access",
  scopes: ["registry-server/stac:register"],
};

function client(props: Partial<ServiceClientProps> = {}) {
  return getOnlyResource(
    synthesizeConstructs((scope) => {
      new ServiceClient(scope, "client", { ...SMALLEST, ...props });
    }),
    "aws_cognito_user_pool_client",
  );
}

function problems(props: Partial<ServiceClientProps>): string[] {
  return collectProblems((scope) => {
    new ServiceClient(scope, "client", { ...SMALLEST, ...props });
  });
}

function scopes(count: number): `${string}/${string}`[] {
  return Array.from(
    { length: count },
    (_, index) => `registry-server/${index}` as const,
  );
}

describe("a service client", () => {
  test("has a secret, and gets tokens by it alone", () => {
    expect(client()).toMatchObject({
      name: "workflows Service Access",
      user_pool_id: "us-west-2_Example",
      generate_secret: true,
      allowed_oauth_flows_user_pool_client: true,
      allowed_oauth_flows: ["client_credentials"],
      callback_urls: [],
      logout_urls: [],
      supported_identity_providers: ["COGNITO"],
    });
    expect(problems({})).toEqual([]);
  });

  test("signs no user in", () => {
    expect(client().explicit_auth_flows).toEqual(["ALLOW_REFRESH_TOKEN_AUTH"]);
  });

  test("gets only the scopes it names, in their order", () => {
    expect(
      client({ scopes: ["registry-server/b", "registry-server/a"] })
        .allowed_oauth_scopes,
    ).toEqual(["registry-server/b", "registry-server/a"]);
  });

  test("refers to the resource server of its scopes", () => {
    const configuration = synthesizeConstructs((scope) => {
      const server = new ResourceServer(scope, "server", {
        userPool: USER_POOL,
        identifier: "registry-server",
        scopes: { read: "Read" },
      });
      new ServiceClient(scope, "client", {
        ...SMALLEST,
        scopes: [server.scope("read")],
      });
    });
    expect(
      getOnlyResource(configuration, "aws_cognito_user_pool_client")
        .allowed_oauth_scopes,
    ).toEqual([
      expect.stringMatching(
        /^\$\{aws_cognito_resource_server\.server_\w+\.identifier\}\/read$/,
      ),
    ]);
  });

  test("offers its id and secret by reference", () => {
    expect(
      resolveValue((scope) => {
        const client = new ServiceClient(scope, "client", SMALLEST);
        return [client.clientId, client.clientSecret];
      }),
    ).toEqual([
      expect.stringMatching(/^\$\{aws_cognito_user_pool_client\.\w+\.id\}$/),
      expect.stringMatching(
        /^\$\{aws_cognito_user_pool_client\.\w+\.client_secret\}$/,
      ),
    ]);
  });

  test("may have 50 scopes", () => {
    expect(problems({ scopes: scopes(50) })).toEqual([]);
  });
});

describe("a service client fails when", () => {
  test.each<[string, Partial<ServiceClientProps>, RegExp]>([
    [
      "it names no scope",
      { scopes: [] },
      /^scopes of a service client must have at least one item, got none$/,
    ],
    [
      "it names more than 50 scopes",
      { scopes: scopes(51) },
      /^number of scopes of a client must be at most 50, got 51$/,
    ],
    [
      "it names a scope twice",
      { scopes: ["a/b", "a/b"] },
      /^OAuth scope must be unique, got "a\/b" twice$/,
    ],
    [
      "it names a scope with a space",
      { scopes: ["a/b c"] },
      /^OAuth scope must be .*got "a\/b c"$/,
    ],
    [
      "its name is too long",
      { clientName: "a".repeat(129) },
      /^client name must be 1-128 /,
    ],
    [
      "its tokens live too long",
      { accessTokenMinutes: 1441 },
      /^access token validity must be .*got 1441$/,
    ],
  ])("%s", (_, props, message) => {
    expect(problems(props)).toEqual([expect.stringMatching(message)]);
  });
});
