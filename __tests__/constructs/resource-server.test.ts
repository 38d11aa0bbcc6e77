import * as fc from "fast-check";
import { LIMITS } from "../../constructs/constraints";
import {
  ResourceServer,
  type ResourceServerProps,
} from "../../constructs/resource-server";
import {
  collectErrors,
  createUnknownText,
  getOnlyResource,
  resolveValue,
  synthesizeConstructs,
} from "../support/synth";
import { createUserPool } from "../support/user-pools";

const USER_POOL = createUserPool();

function synthesizeServer(
  scopes: Readonly<Record<string, string>>,
  identifier = "registry-server",
  options: Pick<ResourceServerProps<string>, "name"> = {},
) {
  return synthesizeConstructs((scope) => {
    new ResourceServer(scope, "server", {
      ...options,
      userPool: USER_POOL,
      identifier,
      scopes,
    });
  });
}

function validateServer(
  scopes: Readonly<Record<string, string>>,
  identifier = "registry-server",
  options: Pick<ResourceServerProps<string>, "name"> = {},
): string[] {
  return collectErrors((scope) => {
    new ResourceServer(scope, "server", {
      ...options,
      userPool: USER_POOL,
      identifier,
      scopes,
    });
  });
}

function getServerName(
  identifier: string,
  options: Pick<ResourceServerProps<string>, "name"> = {},
): unknown {
  const synthesized = synthesizeServer({}, identifier, options);
  return getOnlyResource(synthesized, "aws_cognito_resource_server").name;
}

function createScopes(count: number): Record<string, string> {
  return Object.fromEntries(
    Array.from({ length: count }, (_, index) => [`scope-${index}`, "A scope"]),
  );
}

describe("a resource server", () => {
  test("has its identifier as name, and scopes with descriptions", () => {
    const scopes = {
      "stac:register": "Create STAC ingestions",
      "stac:cancel": "Cancel a STAC ingestion",
    };
    expect(
      getOnlyResource(synthesizeServer(scopes), "aws_cognito_resource_server"),
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
    expect(validateServer(scopes)).toEqual([]);
  });

  test.each([
    ["https://api.example.org/v1", "https-api.example.org-v1"],
    ["https://api.example.org/", "https-api.example.org-"],
    ["urn:veda:catalog", "urn-veda-catalog"],
    ["/", "-"],
    ["A_1+=,.@-", "A_1+=,.@-"],
  ])("whose identifier is %s is named %s", (identifier, name) => {
    expect(validateServer({ read: "Read" }, identifier)).toEqual([]);
    expect(getServerName(identifier)).toBe(name);
  });

  test("has a valid name, which is its identifier if that is one", () => {
    const identifier = fc.stringMatching(
      /^[\x21\x23-\x5B\x5D-\x7B\x7D\x7E]{1,256}$/,
    );
    fc.assert(
      fc.property(
        identifier.filter((text) => !/[$%]\{/.test(text)),
        (text) => {
          const name = String(getServerName(text));
          expect(LIMITS.resourceServerName.allows(name)).toBe(true);
          if (LIMITS.resourceServerName.allows(text)) expect(name).toBe(text);
        },
      ),
      { numRuns: 50 },
    );
  });

  test("has its own name", () => {
    const options = { name: "Catalog API" };
    const url = "https://api.example.org/v1";
    expect(validateServer({}, url, options)).toEqual([]);
    expect(getServerName(url, options)).toBe("Catalog API");
  });

  test("has a name that Terraform computes from an identifier that only Terraform knows", () => {
    const unknown = createUnknownText();
    expect(validateServer({ read: "Read" }, unknown)).toEqual([]);
    expect(getServerName(unknown)).toMatch(
      /^\$\{replace\(.*, "\/\[\^0-9A-Za-z_\+=,\.@-\]\+\/", "-"\)\}$/,
    );
  });

  test("returns scopes as references, so that it is created before its clients", () => {
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
    "returns a scope that it has, or one that only Terraform knows",
    (name) => {
      expect(
        collectErrors((scope) => {
          new ResourceServer<string>(scope, "server", {
            userPool: USER_POOL,
            identifier: "registry-server",
            scopes: { "stac:list": "List STAC ingestions" },
          }).scope(name);
        }),
      ).toEqual([]);
    },
  );

  test("allows 100 scopes", () => {
    expect(validateServer(createScopes(100))).toEqual([]);
  });

  test("allows a scope of 256 characters including its identifier", () => {
    expect(
      validateServer({ ["s".repeat(247)]: "A scope" }, "resource"),
    ).toEqual([]);
  });

  test("allows a description that only Terraform knows", () => {
    expect(validateServer({ read: createUnknownText() })).toEqual([]);
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
      createScopes(101),
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
      "its identifier has a space",
      {},
      "a b",
      /^resource server identifier must be .*got "a b"$/,
    ],
  ])("%s", (_, scopes, identifier, message) => {
    expect(validateServer(scopes, identifier)).toEqual([
      expect.stringMatching(message),
    ]);
  });

  test("a scope has a space", () => {
    expect(validateServer({ "a b": "A scope" })).toEqual([
      expect.stringMatching(/^scope name must be .*got "a b"$/),
      expect.stringMatching(
        /^OAuth scope must be .*got "registry-server\/a b"$/,
      ),
    ]);
  });

  test("its identifier is empty", () => {
    expect(validateServer({}, "")).toEqual([
      expect.stringMatching(/^resource server identifier must be .*got ""$/),
    ]);
  });

  test.each(["https://api.example", "", "a".repeat(257)])(
    "its name is %j",
    (name) => {
      expect(validateServer({}, "api", { name })).toEqual([
        expect.stringMatching(/^resource server name must be /),
      ]);
    },
  );

  test.each(["stac:delete", "toString", ""])("it has no scope %j", (name) => {
    expect(
      collectErrors((scope) => {
        new ResourceServer<string>(scope, "server", {
          userPool: USER_POOL,
          identifier: "registry-server",
          scopes: { "stac:list": "List", "stac:cancel": "Cancel" },
        }).scope(name);
      }),
    ).toEqual([
      `scope must be one of "stac:list", "stac:cancel", got "${name}"`,
    ]);
  });
});
