import {
  findOrphans,
  formatOrphans,
  type StageResource,
} from "../../../scripts/lib/orphans/orphans";
import { buildPlan, type PlanResource } from "../../support/plan-builder";

type Values = Readonly<Record<string, unknown>>;

function createResource(
  type: string,
  name: string,
  importId: string,
): StageResource {
  return { type, name, importId, deletion: `aws delete ${name}` };
}

function orphans(
  resources: readonly StageResource[],
  {
    state = [],
    planned = [],
  }: {
    readonly state?: readonly (readonly [string, Values])[];
    readonly planned?: readonly PlanResource[];
  } = {},
) {
  const managed = state.map(([type, values]) => ({
    address: `${type}.known`,
    mode: "managed",
    type,
    values,
  }));
  return findOrphans(
    resources,
    buildPlan(planned, {
      prior_state: { values: { root_module: { resources: managed } } },
    }),
  );
}

test.each<[string, string, Values]>([
  ["aws_cognito_user_pool", "p", { id: "p" }],
  ["aws_cognito_user_pool_client", "p/c", { user_pool_id: "p", id: "c" }],
  ["aws_cognito_user_group", "p/g", { user_pool_id: "p", name: "g" }],
  [
    "aws_cognito_resource_server",
    "p|s",
    { user_pool_id: "p", identifier: "s" },
  ],
  [
    "aws_cognito_identity_provider",
    "p:k",
    { user_pool_id: "p", provider_name: "k" },
  ],
  ["aws_cognito_user_pool_domain", "d", { domain: "d" }],
  ["aws_cognito_identity_pool", "i", { id: "i" }],
  ["aws_iam_role", "r", { name: "r" }],
  ["aws_secretsmanager_secret", "arn:s", { arn: "arn:s" }],
  ["aws_iam_openid_connect_provider", "arn:o", { arn: "arn:o" }],
])(
  "%s in the state is no orphan, and another one with its name is",
  (type, id, values) => {
    const [own, other] = [
      createResource(type, "x", id),
      createResource(type, "x", `${id}2`),
    ];
    expect(orphans([own, other], { state: [[type, values]] })).toEqual([other]);
  },
);

test("a resource of a module or with a sensitive name in the state is no orphan", () => {
  const role = (address: string, name: string): object => ({
    address,
    mode: "managed",
    type: "aws_iam_role",
    values: { name },
    sensitive_values: { name: true },
  });
  const root_module = {
    resources: [role("aws_iam_role.own", "own")],
    child_modules: [
      {
        address: "module.auth",
        resources: [role("module.auth.aws_iam_role.in", "in")],
        child_modules: [
          {
            resources: [role('module.auth.module.x["a"].aws_iam_role.r', "r")],
          },
        ],
      },
    ],
  };
  const found = findOrphans(
    ["own", "in", "r", "other"].map((name) =>
      createResource("aws_iam_role", name, name),
    ),
    buildPlan([], { prior_state: { values: { root_module } } }),
  );
  expect(found.map(({ name }) => name)).toEqual(["other"]);
});

test.each<[string, Values]>([
  ["aws_cognito_user_pool", { name: "x" }],
  ["aws_cognito_resource_server", { identifier: "x" }],
  ["aws_cognito_identity_pool", { identity_pool_name: "x" }],
  ["aws_cognito_user_pool_domain", { domain: "x" }],
  ["aws_iam_openid_connect_provider", { url: "x" }],
])(
  "an orphan of type %s has the address at which a plan creates a duplicate",
  (type, after) => {
    const planned = [
      { type, after },
      { type, address: `${type}.other`, after: {} },
    ];
    expect(
      orphans([createResource(type, "x", "id")], { planned }),
    ).toMatchObject([{ address: `${type}.main` }]);
  },
);

test("an orphan does not have the address of an update", () => {
  const type = "aws_iam_role";
  const planned = [{ type, before: { name: "x" }, after: { name: "x", a: 1 } }];
  expect(
    orphans([createResource(type, "x", "id")], { planned })[0],
  ).not.toHaveProperty("address");
});

test("of two user pools with one name, the one with more users has the address", () => {
  const pool = "aws_cognito_user_pool";
  const group = "aws_cognito_user_group";
  const found = orphans(
    [
      { ...createResource(pool, "x", "p1"), users: 0 },
      { ...createResource(group, "g", "p1/g"), partOf: "p1" },
      { ...createResource(pool, "x", "p2"), users: 3 },
      { ...createResource(group, "g", "p2/g"), partOf: "p2" },
    ],
    {
      planned: [
        { type: pool, after: { name: "x" } },
        { type: group, after: { name: "h" } },
      ],
    },
  );
  expect(
    found.map(({ importId, address }) => [importId, address]),
  ).toStrictEqual([
    ["p2", `${pool}.main`],
    ["p1", undefined],
    ["p2/g", undefined],
  ]);
});

test("no orphans are one line", () => {
  expect(formatOrphans([], "dev")).toBe(
    "Stage dev: all AWS resources with its name are in its state",
  );
});

test("orphans are listed with import blocks and commands", () => {
  const report = formatOrphans(
    [
      {
        ...createResource("aws_iam_role", 'a"b', 'a"b'),
        address: "aws_iam_role.main",
        created: new Date(0),
      },
      {
        ...createResource("aws_cognito_user_pool", "old\u001b[31m", "p"),
        users: 2,
      },
    ],
    "dev",
  );
  expect(report).toContain("Stage dev: 2 AWS resources not in its state");
  expect(report).toContain('- role a"b, created 1970-01-01T00:00:00.000Z');
  expect(report).toContain(
    'import {\n  to = aws_iam_role.main\n  id = "a\\"b"\n}',
  );
  expect(report).toContain("- user pool old\\u001b[31m, about 2 users");
  expect(report).toMatch(/^ {2}aws delete a"b$/m);
});
