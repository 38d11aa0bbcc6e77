import { ResourceServer } from "../../constructs";
import {
  getOnlyBlock,
  getSecretVersion,
  listProblems,
  removeTemporaryDirectories,
  synthesize,
} from "../support/stage";

afterAll(removeTemporaryDirectories);

const callbackUrls = ["https://a.example/"];
const EXISTING = {
  USER_POOL_ID: "us-west-2_Example",
  USER_POOL_DOMAIN: "our-auth",
};

describe("scopes of a client with which users sign in", () => {
  test("are in its secret by name, and refer to resource servers", () => {
    const stage = synthesize({}, (auth) => {
      const api = auth.addResourceServer("api", { read: "Read" });
      auth.addWebClient("app", {
        callbackUrls,
        scopes: ["openid", api.scope("read"), "aws.cognito.signin.user.admin"],
      });
    });
    expect(
      getOnlyBlock(stage, "aws_cognito_user_pool_client").allowed_oauth_scopes,
    ).toEqual([
      "openid",
      expect.stringMatching(/^\$\{aws_cognito_resource_server\..*\}\/read$/),
      "aws.cognito.signin.user.admin",
    ]);
    expect(getSecretVersion(stage).secret_string_wo).toContain(
      '"scope" = "openid api-server/read aws.cognito.signin.user.admin"',
    );
  });

  test("can name a resource server by its identifier", () => {
    const stage = synthesize({}, (auth) => {
      auth.addResourceServer("api", { read: "Read" });
      auth.addFrontendClient("app", {
        callbackUrls,
        scopes: ["api-server/read"],
      });
    });
    expect(
      getOnlyBlock(stage, "aws_cognito_user_pool_client").allowed_oauth_scopes,
    ).toEqual([expect.stringMatching(/^\$\{aws_cognito_resource_server\./)]);
  });

  test("fails when no resource server of the stage has one", () => {
    expect(
      listProblems((auth) => {
        auth.addResourceServer("api", { read: "Read" });
        auth.addProgrammaticClient("scripts", {
          browserSignIn: true,
          scopes: ["openid", "api-server/write"],
        });
      }),
    ).toEqual([
      'scopes of "scripts" must be among api-server/read, got "api-server/write" (veda-auth-stack-dev/clients)',
    ]);
  });

  test("fails when a sign-in through the browser cannot request openid", () => {
    const add = (...scopes: ("profile" | "openid" | "api-server/read")[]) =>
      listProblems((auth) => {
        auth.addResourceServer("api", { read: "Read" });
        auth.addProgrammaticClient("scripts", { browserSignIn: true, scopes });
      });
    expect(add("api-server/read")).toEqual([
      'scopes of a client with browserSignIn must contain "openid", got api-server/read (veda-auth-stack-dev, client scripts)',
    ]);
    expect(add("openid", "api-server/read")).toEqual([]);
  });
});

describe("scopes of an API that another stack manages", () => {
  const api = ResourceServer.fromIdentifier("https://api.example", ["read"]);

  test("are allowed in an existing user pool", () => {
    const stage = synthesize(EXISTING, (auth) => {
      auth.addServiceClient("robot", { scopes: [api.scope("read")] });
    });
    expect(
      getOnlyBlock(stage, "aws_cognito_user_pool_client").allowed_oauth_scopes,
    ).toEqual(["https://api.example/read"]);
    expect(getSecretVersion(stage).secret_string_wo).toContain(
      '"scope" = "https://api.example/read"',
    );
  });

  test("fails when the stage creates the user pool, or the resource server", () => {
    expect(
      listProblems((auth) => {
        auth.addServiceClient("robot", { scopes: [api.scope("read")] });
      }),
    ).toEqual([expect.stringContaining('got "https://api.example/read"')]);
    expect(
      listProblems((auth) => {
        auth.addResourceServer("own", { read: "Read" });
        auth.addServiceClient("robot", { scopes: ["own-server/write"] });
      }, EXISTING),
    ).toEqual([expect.stringContaining('got "own-server/write"')]);
  });
});
