import {
  findOrphans,
  formatOrphans,
  type StageResource,
} from "../../../scripts/lib/orphans/orphans";
import { buildPlan, type PlanResource } from "../../support/plan-builder";

type Values = Readonly<Record<string, unknown>>;

function thing(type: string, name: string, importId: string): StageResource {
  return { type, name, importId, deletion: `aws delete ${name}` };
}

function orphans(
  things: readonly StageResource[],
  {
    state = [],
    planned = [],
  }: {
    readonly state?: readonly (readonly [string, Values])[];
    readonly planned?: readonly PlanResource[];
  } = {},
) {
  const resources = state.map(([type, values]) => ({
    address: `${type}.known`,
    mode: "managed",
    type,
    values,
  }));
  return findOrphans(
    things,
    buildPlan(planned, {
      prior_state: { values: { root_module: { resources } } },
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
  ["aws_cognito_user_pool_domain", "d", { domain: "d" }],
  ["aws_cognito_identity_pool", "i", { id: "i" }],
  ["aws_iam_role", "r", { name: "r" }],
  ["aws_secretsmanager_secret", "arn:s", { arn: "arn:s" }],
  ["aws_iam_openid_connect_provider", "arn:o", { arn: "arn:o" }],
])(
  "%s in the state is no orphan, another of its name is",
  (type, id, values) => {
    const [own, other] = [thing(type, "x", id), thing(type, "x", `${id}2`)];
    expect(orphans([own, other], { state: [[type, values]] })).toEqual([other]);
  },
);

test("what the state has in a module, or with a name that is marked as a secret, is no orphan", () => {
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
      thing("aws_iam_role", name, name),
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
])("%s that a plan would make has the address of that", (type, after) => {
  const planned = [
    { type, after },
    { type, address: `${type}.other`, after: {} },
  ];
  expect(orphans([thing(type, "x", "id")], { planned })).toMatchObject([
    { address: `${type}.main` },
  ]);
});

test("what a plan would only change is no address for an orphan", () => {
  const type = "aws_iam_role";
  const planned = [{ type, before: { name: "x" }, after: { name: "x", a: 1 } }];
  expect(orphans([thing(type, "x", "id")], { planned })[0]).not.toHaveProperty(
    "address",
  );
});

test("of two user pools of one name the one with users is to be taken in, and the other deleted with all that is in it", () => {
  const pool = "aws_cognito_user_pool";
  const group = "aws_cognito_user_group";
  const found = orphans(
    [
      { ...thing(pool, "x", "p1"), users: 0 },
      { ...thing(group, "g", "p1/g"), partOf: "p1" },
      { ...thing(pool, "x", "p2"), users: 3 },
      { ...thing(group, "g", "p2/g"), partOf: "p2" },
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

test("the report of none is one line", () => {
  expect(formatOrphans([], "dev")).toBe(
    "Stage dev: everything in AWS that has its name is in its state",
  );
});

test("the report has the block of what is wanted, and each command", () => {
  const report = formatOrphans(
    [
      {
        ...thing("aws_iam_role", 'a"b', 'a"b'),
        address: "aws_iam_role.main",
        created: new Date(0),
      },
      { ...thing("aws_cognito_user_pool", "old\u001b[31m", "p"), users: 2 },
    ],
    "dev",
  );
  expect(report).toContain("Stage dev: 2 things in AWS");
  expect(report).toContain('- role a"b, made 1970-01-01T00:00:00.000Z');
  expect(report).toContain(
    'import {\n  to = aws_iam_role.main\n  id = "a\\"b"\n}',
  );
  expect(report).toContain("- user pool old\\u001b[31m, about 2 users");
  expect(report).toMatch(/^ {2}aws delete a"b$/m);
});
