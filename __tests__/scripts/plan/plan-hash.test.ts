import fc from "fast-check";
import { hashPlan } from "../../../scripts/lib/plan/plan-hash";
import {
  parsePlanJson,
  type PlanJson,
} from "../../../scripts/lib/plan/plan-json";

const CHANGE = { actions: ["update"], before: { n: 1 }, after: { n: 2 } };
const ROLE = {
  address: 'module.a["x"].aws_iam_role.r["k"]',
  module_address: 'module.a["x"]',
  provider_name: "registry.terraform.io/hashicorp/aws",
  mode: "managed",
  type: "aws_iam_role",
  name: "r",
  change: CHANGE,
};
const RESOURCE = {
  address: "aws_iam_role.r",
  mode: "managed",
  type: "aws_iam_role",
  name: "r",
  provider_config_key: "aws",
  expressions: { policy: { references: ["aws_s3_bucket.a.arn"] } },
};
const CALL = { source: "./a", module: { resources: [RESOURCE] } };
const AWS = { name: "aws", full_name: "registry.terraform.io/hashicorp/aws" };
const WHOLE = {
  format_version: "1.2",
  terraform_version: "1.11.4",
  planned_values: {},
  resource_changes: [ROLE],
  configuration: {
    provider_config: { aws: AWS },
    root_module: { module_calls: { a: CALL } },
  },
};

type Parts = Readonly<Record<string, unknown>>;

function plan(parts: Parts = {}): PlanJson {
  return parsePlanJson(JSON.stringify({ ...WHOLE, ...parts }));
}

function withConfiguration(provider: Parts, call: Parts = {}): Parts {
  return {
    configuration: {
      provider_config: { aws: { ...AWS, ...provider } },
      root_module: { module_calls: { a: { ...CALL, ...call } } },
    },
  };
}

function withResource(parts: Parts): Parts {
  return withConfiguration(
    {},
    { module: { resources: [{ ...RESOURCE, ...parts }] } },
  );
}

function resource(change: Parts = {}, more: Parts = {}): Parts {
  return {
    address: "aws_iam_role.a",
    mode: "managed",
    type: "aws_iam_role",
    name: "a",
    change: {
      actions: ["update"],
      before: { name: "a", secret: "one" },
      after: { name: "b", secret: "one" },
      after_unknown: {},
      before_sensitive: { secret: true },
      after_sensitive: { secret: true },
      ...change,
    },
    ...more,
  };
}

function createPlan(...resource_changes: readonly Parts[]): PlanJson {
  return plan({ resource_changes });
}

describe("the hash of a plan", () => {
  const original = hashPlan(plan());

  test.each<[string, Parts]>([
    ["Terraform's version", { terraform_version: "1.12.0" }],
    [
      "a provider's source",
      withConfiguration({ full_name: "example.com/x/aws" }),
    ],
    [
      "a provider's constraint",
      withConfiguration({ version_constraint: "6.0.0" }),
    ],
    ["a provider's alias", withConfiguration({ alias: "b" })],
    [
      "a provider's role",
      withConfiguration({
        expressions: { assume_role: [{ role_arn: { constant_value: "r" } }] },
      }),
    ],
    ["a module's source", withConfiguration({}, { source: "./b" })],
    [
      "a module's version",
      withConfiguration({}, { version_constraint: "2.0.0" }),
    ],
    [
      "a module's input",
      withConfiguration({}, { expressions: { v: { constant_value: 1 } } }),
    ],
    [
      "the provider of a resource",
      withResource({ provider_config_key: "aws.b" }),
    ],
    [
      "an expression with an unknown value",
      withResource({
        expressions: { policy: { references: ["aws_s3_bucket.b.arn"] } },
      }),
    ],
    [
      "a provisioner in a module",
      withResource({
        provisioners: [
          {
            type: "local-exec",
            expressions: { command: { constant_value: "true" } },
          },
        ],
      }),
    ],
    [
      "a module's address",
      {
        resource_changes: [
          { ...ROLE, address: 'module.a["y"].aws_iam_role.r["k"]' },
        ],
      },
    ],
    [
      "the name of a provider",
      { resource_changes: [{ ...ROLE, provider_name: "example.com/x/aws" }] },
    ],
    ["a variable", { variables: { a: { value: "b" } } }],
    ["an action", { action_invocations: [{ address: "action.a.b" }] }],
    [
      "a deferred action",
      { deferred_action_invocations: [{ reason: "unknown" }] },
    ],
    ["a deferred change", { deferred_changes: [{ reason: "unknown" }] }],
  ])("depends on %s", (_, parts) => {
    expect(hashPlan(plan(parts))).not.toBe(original);
  });

  test("depends on the backend and the builds of providers", () => {
    const providers = [{ address: "a", version: "1", checksums: ["h1:a"] }];
    const hashes = [
      { backend: { s3: { key: "a" } }, providers },
      { backend: { s3: { key: "b" } }, providers },
      {
        backend: { s3: { key: "a" } },
        providers: [{ address: "a", version: "2", checksums: ["h1:a"] }],
      },
      {
        backend: { s3: { key: "a" } },
        providers: [{ address: "a", version: "1", checksums: ["h1:b"] }],
      },
    ].map((provenance) => hashPlan({ ...plan(), provenance }));
    expect(new Set([original, ...hashes]).size).toBe(5);
  });

  test.each<[string, Parts]>([
    ["a timestamp", { timestamp: "2030-01-01T00:00:00Z" }],
    ["the result of a check", { checks: [{ status: "pass" }] }],
    ["the order of keys", Object.fromEntries(Object.entries(WHOLE).reverse())],
    [
      "the configuration of an unchanged resource",
      {
        configuration: {
          ...WHOLE.configuration,
          root_module: {
            ...WHOLE.configuration.root_module,
            resources: [{ ...RESOURCE, address: "aws_iam_role.stays" }],
          },
        },
      },
    ],
    ["drift", { resource_drift: [ROLE] }],
    ["an empty list", { action_invocations: [], deferred_changes: [] }],
  ])("ignores %s", (_, parts) => {
    expect(hashPlan(plan(parts))).toBe(original);
  });

  test("ignores the order of actions", () => {
    const [one, two] = [{ address: "a" }, { address: "b" }];
    expect(hashPlan(plan({ action_invocations: [one, two] }))).toBe(
      hashPlan(plan({ action_invocations: [two, one] })),
    );
  });

  test.each([
    ["9007199254740992", "9007199254740993"],
    ["-9007199254740992", "-9007199254740993"],
    ["123456789012345678901234567890", "123456789012345678901234567891"],
    ["0.12345678901234567890", "0.12345678901234567891"],
  ])("differs for %s and %s", (one, other) => {
    const [first, second] = [one, other].map((number) => {
      const text = JSON.stringify(plan()).replace('"n":2', `"n":${number}`);
      expect(text).toContain(number);
      return parsePlanJson(text.replace(/,"exact":.*/, "}"));
    });
    if (first === undefined || second === undefined)
      throw new Error("no plans");
    expect(hashPlan(first)).not.toBe(hashPlan(second));
    expect(hashPlan(first)).not.toBe(original);
    // the rules read numbers
    expect(first.resource_changes[0]?.change.after).toEqual({
      n: Number(one),
    });
  });

  test("does not quote strings of digits, nor long numbers that are exact", () => {
    for (const value of ['"9007199254740993"', "1000000000000000"]) {
      const text = JSON.stringify(plan()).replace('"n":2', `"n":${value}`);
      expect(parsePlanJson(text).exact).toBeUndefined();
    }
  });
});

describe("the hash of changes", () => {
  const hash = hashPlan(createPlan(resource()));

  test("is a SHA-256", () => {
    expect(hash).toMatch(/^sha256:[0-9a-f]{64}$/);
  });

  test("ignores times, states, unchanged resources and the order of keys", () => {
    const later = JSON.stringify({
      timestamp: "2027-01-01T00:00:00Z",
      ...WHOLE,
      prior_state: { serial: 2 },
      resource_changes: [
        resource({ actions: ["no-op"] }, { address: "aws_iam_role.z" }),
        resource({
          // in another order of keys
          after: { secret: "one", name: "b" },
          before: { secret: "one", name: "a" },
        }),
      ],
    });
    expect(hashPlan(parsePlanJson(later))).toBe(hash);
  });

  test("ignores the order of resources", () => {
    const names = fc.uniqueArray(fc.string({ minLength: 1 }), { minLength: 2 });
    fc.assert(
      fc.property(names, (addresses) => {
        const changes = addresses.map((address) => resource({}, { address }));
        expect(hashPlan(createPlan(...changes))).toBe(
          hashPlan(createPlan(...[...changes].reverse())),
        );
      }),
      { numRuns: 50 },
    );
  });

  test("ignores the client secret, which a rotation empties", () => {
    const client = (secret: string, name = "a") => {
      const values = { name, client_secret: secret };
      return hashPlan(
        createPlan(
          resource(
            { before: values, after: { ...values, scopes: ["b"] } },
            { type: "aws_cognito_user_pool_client" },
          ),
        ),
      );
    };
    expect(client("")).toBe(client("s3cret"));
    expect(client("", "b")).not.toBe(client(""));
  });

  test("ignores the labels of a destroyed version of a secret, which a rotation moves", () => {
    const version = (actions: string[], from: string, to = "AWSCURRENT") =>
      hashPlan(
        createPlan(
          resource(
            {
              actions,
              before: { version_stages: [from] },
              after: { version_stages: [to] },
            },
            { type: "aws_secretsmanager_secret_version" },
          ),
        ),
      );
    const replace = ["delete", "create"];
    const hash = version(replace, "AWSCURRENT");
    expect(version(replace, "AWSPREVIOUS")).toBe(hash);
    expect(version(replace, "AWSCURRENT", "FIRST")).not.toBe(hash);
    expect(version(["delete"], "AWSPREVIOUS")).toBe(
      version(["delete"], "FIRST"),
    );
    expect(version(["update"], "AWSPREVIOUS")).not.toBe(
      version(["update"], "FIRST"),
    );
  });

  test("ignores the number of users of a pool", () => {
    const pool = (users: number, name = "a") => {
      const values = { name, estimated_number_of_users: users };
      return hashPlan(
        createPlan(
          resource(
            { before: values, after: { ...values, mfa: "ON" } },
            { type: "aws_cognito_user_pool" },
          ),
        ),
      );
    };
    expect(pool(2)).toBe(pool(1));
    expect(pool(1, "b")).not.toBe(pool(1));
  });

  test.each<[string, Parts]>([
    ["a value", resource({ after: { name: "c", secret: "one" } })],
    ["a secret", resource({ after: { name: "b", secret: "two" } })],
    [
      "a value before the change",
      resource({ before: { name: "z", secret: "one" } }),
    ],
    ["an unknown value", resource({ after_unknown: { id: true } })],
    ["an action", resource({ actions: ["delete", "create"] })],
    ["a replacement path", resource({ replace_paths: [["name"]] })],
    ["an import", resource({ importing: { id: "a" } })],
    ["an address", resource({}, { address: "aws_iam_role.b" })],
    ["a move", resource({}, { previous_address: "aws_iam_role.b" })],
    ["a deposed object", resource({}, { deposed: "1234" })],
  ])("depends on %s", (_, changed) => {
    expect(hashPlan(createPlan(changed))).not.toBe(hash);
  });

  test("depends on imports and moves that change nothing else", () => {
    const nothing = hashPlan(createPlan());
    const still = { actions: ["no-op"] };
    expect(hashPlan(createPlan(resource(still)))).toBe(nothing);
    expect(
      hashPlan(createPlan(resource({ ...still, importing: { id: "a" } }))),
    ).not.toBe(nothing);
    expect(
      hashPlan(createPlan(resource(still, { previous_address: "b" }))),
    ).not.toBe(nothing);
  });

  test("depends on outputs", () => {
    const change = { actions: ["update"], before: "a", after: "b" };
    const outputs = (output_changes: object) =>
      hashPlan(parsePlanJson(JSON.stringify({ ...WHOLE, output_changes })));
    expect(outputs({ a: change })).not.toBe(outputs({}));
    expect(outputs({ a: change })).not.toBe(outputs({ b: change }));
    expect(outputs({ a: { ...change, actions: ["no-op"] } })).toBe(outputs({}));
  });
});
