import { ResourceServer } from "../../constructs/resource-server";
import {
  getOnlyResource,
  collectProblems,
  resolveValue,
  synthesizeConstructs,
  createUnknownText,
} from "../support/synth";

const USER_POOL = { userPoolId: "us-west-2_Example" };

function server(
  scopes: Readonly<Record<string, string>>,
  identifier = "registry-server",
) {
  return synthesizeConstructs((scope) => {
    new ResourceServer(scope, "server", {
      userPool: USER_POOL,
      identifier,
      scopes,
    });
  });
}

function problems(
  scopes: Readonly<Record<string, string>>,
  identifier = "registry-server",
): string[] {
  return collectProblems((scope) => {
    new ResourceServer(scope, "server", {
      userPool: USER_POOL,
      identifier,
      scopes,
    });
  });
}

function manyScopes(count: number): Record<string, string> {
  return Object.fromEntries(
    Array.from({ length: count }, (_, index) => [`scope-${index}`, "A scope"]),
  );
}

describe("a resource server", () => {
  test("has its identifier as its name, and the scopes with their descriptions", () => {
    const scopes = {
      "stac:register": "Create STAC ingestions",
      "stac:cancel": "Cancel a STAC ingestion",
    };
    expect(
      getOnlyResource(server(scopes), "aws_cognito_resource_server"),
    ).toEqual({
      identifier: "registry-server",
      name: "registry-server",
      user_pool_id: "us-west-2_Example",
      scope: [
        {
          scope_name: "stac:cancel",
          scope_description: "Cancel a STAC ingestion",
        },
        {
          scope_name: "stac:register",
          scope_description: "Create STAC ingestions",
        },
      ],
    });
    expect(problems(scopes)).toEqual([]);
  });

  test("gives its scopes by reference, so that it is made before its clients", () => {
    expect(
      resolveValue((scope) =>
        new ResourceServer(scope, "server", {
          userPool: USER_POOL,
          identifier: "registry-server",
          scopes: { "stac:list": "List STAC ingestions" },
        }).scope("stac:list"),
      ),
    ).toMatch(
      /^\$\{aws_cognito_resource_server\.server_\w+\.identifier\}\/stac:list$/,
    );
  });

  test.each(["stac:list", createUnknownText()])(
    "may be asked for a scope that it has, or one that Terraform alone will know",
    (name) => {
      expect(
        collectProblems((scope) => {
          new ResourceServer<string>(scope, "server", {
            userPool: USER_POOL,
            identifier: "registry-server",
            scopes: { "stac:list": "List STAC ingestions" },
          }).scope(name);
        }),
      ).toEqual([]);
    },
  );

  test("may have 100 scopes", () => {
    expect(problems(manyScopes(100))).toEqual([]);
  });

  test("may have a scope of 256 characters with its identifier", () => {
    expect(problems({ ["s".repeat(247)]: "A scope" }, "resource")).toEqual([]);
  });

  test("may have a description that Terraform alone will know", () => {
    expect(problems({ read: createUnknownText() })).toEqual([]);
  });
});

describe("a resource server fails when", () => {
  test.each<[string, Record<string, string>, string | undefined, RegExp]>([
    [
      "a scope has a slash",
      { "a/b": "A scope" },
      undefined,
      /^scope name must be .*got "a\/b"$/,
    ],
    [
      "a description is empty",
      { read: "" },
      undefined,
      /^description of scope "read" must be 1-256 characters, got ""$/,
    ],
    [
      "a description is too long",
      { read: "d".repeat(257) },
      undefined,
      /^description of scope "read" must be 1-256 characters, got .*\(257 characters\)$/,
    ],
    [
      "it has more than 100 scopes",
      manyScopes(101),
      undefined,
      /^number of scopes of a resource server must be at most 100, got 101$/,
    ],
    [
      "a scope is too long with its identifier",
      { ["s".repeat(248)]: "A scope" },
      "resource",
      /^OAuth scope must be 1-256 .*\(257 characters\)$/,
    ],
    [
      "its identifier is no name",
      {},
      "https://api.example",
      /^resource server name must be .*got "https:\/\/api\.example"$/,
    ],
    [
      "its identifier has a space",
      {},
      "a b",
      /^resource server identifier must be .*got "a b"$/,
    ],
  ])("%s", (_, scopes, identifier, message) => {
    expect(problems(scopes, identifier)).toEqual([
      expect.stringMatching(message),
    ]);
  });

  test("a scope has a space", () => {
    expect(problems({ "a b": "A scope" })).toEqual([
      expect.stringMatching(/^scope name must be .*got "a b"$/),
      expect.stringMatching(
        /^OAuth scope must be .*got "registry-server\/a b"$/,
      ),
    ]);
  });

  test("its identifier is empty", () => {
    expect(problems({}, "")).toEqual([
      expect.stringMatching(/^resource server identifier must be .*got ""$/),
      expect.stringMatching(/^resource server name must be .*got ""$/),
    ]);
  });

  test.each(["stac:delete", "toString", ""])(
    "it is asked for the scope %j",
    (name) => {
      expect(
        collectProblems((scope) => {
          new ResourceServer<string>(scope, "server", {
            userPool: USER_POOL,
            identifier: "registry-server",
            scopes: { "stac:list": "List", "stac:cancel": "Cancel" },
          }).scope(name);
        }),
      ).toEqual([
        `scope must be one of "stac:list", "stac:cancel", got "${name}"`,
      ]);
    },
  );
});
