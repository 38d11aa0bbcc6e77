import {
  parseDependencyLock,
  formatAwsProviderLock,
} from "../../../scripts/lib/terraform/dependency-lock";
import { hasPlanChanges } from "../../../scripts/lib/plan/plan-summary";
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

function configured(provider: Parts, call: Parts = {}): Parts {
  return {
    configuration: {
      provider_config: { aws: { ...AWS, ...provider } },
      root_module: { module_calls: { a: { ...CALL, ...call } } },
    },
  };
}

function withResource(parts: Parts): Parts {
  return configured({}, { module: { resources: [{ ...RESOURCE, ...parts }] } });
}

describe("a plan's hash", () => {
  const own = hashPlan(plan());

  test.each<[string, Parts]>([
    ["Terraform's version", { terraform_version: "1.12.0" }],
    ["a provider's source", configured({ full_name: "example.com/x/aws" })],
    ["a provider's constraint", configured({ version_constraint: "6.0.0" })],
    ["a provider's alias", configured({ alias: "b" })],
    [
      "a provider's role",
      configured({
        expressions: { assume_role: [{ role_arn: { constant_value: "r" } }] },
      }),
    ],
    ["a module's source", configured({}, { source: "./b" })],
    ["a module's version", configured({}, { version_constraint: "2.0.0" })],
    [
      "a module's input",
      configured({}, { expressions: { v: { constant_value: 1 } } }),
    ],
    [
      "the provider of a resource",
      withResource({ provider_config_key: "aws.b" }),
    ],
    [
      "an expression whose value is not known",
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
  ])("is another when %s differs", (_, parts) => {
    expect(hashPlan(plan(parts))).not.toBe(own);
  });

  test("is another for another backend, or build of a provider", () => {
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
    expect(new Set([own, ...hashes]).size).toBe(5);
  });

  test.each<[string, Parts]>([
    ["a timestamp", { timestamp: "2030-01-01T00:00:00Z" }],
    ["a check's result", { checks: [{ status: "pass" }] }],
    ["an order of keys", Object.fromEntries(Object.entries(WHOLE).reverse())],
    [
      "a resource that stays",
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
  ])("is the same whatever %s is", (_, parts) => {
    expect(hashPlan(plan(parts))).toBe(own);
  });

  test("is the same in any order of actions", () => {
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
  ])("tells %s from %s", (one, other) => {
    const [first, second] = [one, other].map((number) => {
      const text = JSON.stringify(plan()).replace('"n":2', `"n":${number}`);
      expect(text).toContain(number);
      return parsePlanJson(text.replace(/,"exact":.*/, "}"));
    });
    if (first === undefined || second === undefined)
      throw new Error("no plans");
    expect(hashPlan(first)).not.toBe(hashPlan(second));
    expect(hashPlan(first)).not.toBe(own);
    // what the rules read is numbers all the same
    expect(first.resource_changes[0]?.change.after).toEqual({
      n: Number(one),
    });
  });

  test("takes no string of digits for a number, nor a long number that is exact", () => {
    for (const value of ['"9007199254740993"', "1000000000000000"]) {
      const text = JSON.stringify(plan()).replace('"n":2', `"n":${value}`);
      expect(parsePlanJson(text).exact).toBeUndefined();
    }
  });
});

describe("a plan has changes", () => {
  const still = { ...ROLE, change: { ...CHANGE, actions: ["no-op"] } };
  const none = { resource_changes: [still] };
  const doing = (change: Parts): Parts => ({
    resource_changes: [{ ...still, change: { ...still.change, ...change } }],
  });

  test.each<[string, Parts]>([
    ["a resource changes", {}],
    ["one is imported", doing({ importing: { id: "a" } })],
    [
      "one is moved",
      { resource_changes: [{ ...still, previous_address: "a" }] },
    ],
    ["one is forgotten", doing({ actions: ["forget"] })],
    [
      "a leftover is deleted",
      {
        resource_changes: [
          { ...ROLE, deposed: "1", change: { ...CHANGE, actions: ["delete"] } },
        ],
      },
    ],
    [
      "an output changes",
      {
        ...none,
        output_changes: { a: { actions: ["create"], before: null, after: 1 } },
      },
    ],
    ["an action runs", { ...none, action_invocations: [{ address: "a" }] }],
    [
      "an action runs later",
      { ...none, deferred_action_invocations: [{ address: "a" }] },
    ],
    ["a change is deferred", { ...none, deferred_changes: [{ reason: "a" }] }],
    [
      "drift alone would be written",
      { resource_changes: [], resource_drift: [ROLE] },
    ],
  ])("when %s", (_, parts) => {
    expect(hasPlanChanges(plan(parts))).toBe(true);
  });

  test.each<[string, Parts]>([
    ["nothing does", none],
    ["data is read", doing({ actions: ["read"] })],
    ["a counter has drifted", { ...none, resource_drift: [ROLE] }],
    ["lists are empty", { ...none, action_invocations: [], checks: [] }],
  ])("not when %s", (_, parts) => {
    expect(hasPlanChanges(plan(parts))).toBe(false);
  });
});

test("a dependency lock names builds by what every platform agrees on", () => {
  const block = (checksums: readonly string[]) =>
    `# comment\n\nprovider "registry.terraform.io/hashicorp/aws" {\n  version     = "6.25.0"\n  constraints = ">= 5.100.0, < 7.0.0"\n  hashes = [\n${checksums.map((one) => `    "${one}",\n`).join("")}  ]\n}\n`;
  const signed = block(["h1:mine", "zh:b", "zh:a"]);
  expect(parseDependencyLock(signed)).toEqual([
    {
      address: "registry.terraform.io/hashicorp/aws",
      version: "6.25.0",
      checksums: ["zh:a", "zh:b"],
    },
  ]);
  expect(parseDependencyLock(block(["h1:mine"]))[0]?.checksums).toEqual([
    "h1:mine",
  ]);
  expect(parseDependencyLock("")).toEqual([]);
  expect(
    parseDependencyLock(formatAwsProviderLock("6.1.0")).map(
      ({ version }) => version,
    ),
  ).toEqual(["6.1.0", "6.1.0"]);
});
