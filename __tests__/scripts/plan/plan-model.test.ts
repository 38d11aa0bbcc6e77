import {
  hasUnknown,
  readAttribute,
  Unknown,
} from "../../../scripts/lib/plan/attribute";
import {
  getPlannedAction,
  buildPlanModel,
  type PlannedChange,
} from "../../../scripts/lib/plan/plan-model";
import { Untrusted } from "../../../scripts/lib/plan/redactor";
import { buildPlan, type PlanResource } from "../../support/plan-builder";

type Values = Readonly<Record<string, unknown>>;

const CLIENT = "aws_cognito_user_pool_client";
const UNKNOWN = new Unknown(false);
const COMPUTED = new Unknown(true);

function buildChange(resource: PlanResource): PlannedChange {
  const [change] = buildPlanModel(buildPlan([resource])).resources;
  if (change === undefined) throw new Error("the plan has no resource");
  return change;
}

/** Values after a plan that knows some of them later. */
function after(
  known: Values,
  after_unknown: Values,
  expressions: Values = {},
  type = CLIENT,
) {
  return buildChange({
    type,
    after: known,
    expressions,
    changeMembers: { after_unknown },
  }).after;
}

describe("a value that is known only after the apply", () => {
  test.each<[string, Values, Values, Values, Values]>([
    [
      "as a whole list",
      {},
      { callback_urls: true },
      { callback_urls: { references: ["terraform_data.a.output"] } },
      { callback_urls: UNKNOWN },
    ],
    [
      "as a member of a list",
      { callback_urls: ["https://a", null] },
      { callback_urls: [false, true] },
      {},
      { callback_urls: ["https://a", UNKNOWN] },
    ],
    [
      "as a member of a list with listed references",
      { callback_urls: ["https://a", null] },
      { callback_urls: [false, true] },
      { callback_urls: { references: ["terraform_data.a.output"] } },
      { callback_urls: ["https://a", UNKNOWN] },
    ],
    [
      "as a part of a map with listed references",
      { tags: { a: "1" } },
      { tags: { b: true } },
      { tags: { references: ["terraform_data.a.output"] } },
      { tags: { a: "1", b: UNKNOWN } },
    ],
    [
      "as a member that the list omits",
      { callback_urls: ["https://a"] },
      { callback_urls: [false, true] },
      {},
      { callback_urls: ["https://a", UNKNOWN] },
    ],
    [
      "in a block",
      { password_policy: [{ minimum_length: null, require_symbols: true }] },
      { password_policy: [{ minimum_length: true }] },
      { password_policy: [{ minimum_length: { references: ["var.a"] } }] },
      { password_policy: [{ minimum_length: UNKNOWN, require_symbols: true }] },
    ],
    [
      "in a block of a block",
      { a: [{ b: [{ c: null }] }] },
      { a: [{ b: [{ c: true }] }] },
      {},
      { a: [{ b: [{ c: UNKNOWN }] }] },
    ],
    [
      "as a block",
      {},
      { password_policy: [true] },
      {},
      { password_policy: [UNKNOWN] },
    ],
    [
      "in a dynamic block, which has no expression",
      { cognito_identity_providers: [{ client_id: null }] },
      { cognito_identity_providers: [{ client_id: true }] },
      {},
      { cognito_identity_providers: [{ client_id: UNKNOWN }] },
    ],
    [
      "in a map",
      { tags: { a: "1" } },
      { tags: { b: true } },
      {},
      { tags: { a: "1", b: UNKNOWN } },
    ],
    [
      "as a member of a list, next to a reference",
      {},
      { a: true },
      { a: { constant_value: ["${aws_iam_role.main.arn}", "${local.x}"] } },
      { a: [UNKNOWN, UNKNOWN] },
    ],
  ])("is unknown %s", (_, known, unknown, expressions, expected) => {
    const values = after(known, unknown, expressions);
    expect(values).toEqual(expected);
    expect(hasUnknown(values)).toBe(true);
  });

  test("is computed if the code does not set an attribute that AWS sets", () => {
    const values = after({}, { id: true, client_secret: true, arn: true });
    expect(values).toEqual({
      id: COMPUTED,
      client_secret: COMPUTED,
      arn: UNKNOWN,
    });
  });

  test("is not computed if the code sets it", () => {
    expect(
      after(
        {},
        { access_token_validity: true },
        { access_token_validity: { references: ["var.a"] } },
      ),
    ).toEqual({ access_token_validity: UNKNOWN });
    expect(after({}, { access_token_validity: true })).toEqual({
      access_token_validity: COMPUTED,
    });
  });

  test("is not computed for a resource without configuration, or of another type", () => {
    const plan = buildPlan(
      [
        {
          type: CLIENT,
          after: {},
          changeMembers: { after_unknown: { id: true } },
        },
      ],
      { configuration: {} },
    );
    expect(buildPlanModel(plan).resources[0]?.after).toEqual({ id: UNKNOWN });
    expect(after({}, { id: true }, {}, "toString")).toEqual({ id: UNKNOWN });
  });

  test("is the reference that determines it", () => {
    const plan = buildPlan([
      {
        type: "aws_iam_role",
        after: { name: "r" },
        changeMembers: { after_unknown: { arn: true } },
      },
      {
        type: "aws_cognito_user_group",
        after: { name: "g" },
        changeMembers: { after_unknown: { role_arn: true } },
        expressions: {
          role_arn: { constant_value: "${aws_iam_role.main.arn}" },
        },
      },
    ]);
    expect(buildPlanModel(plan).resources[1]?.after).toEqual({
      name: "g",
      role_arn: "${aws_iam_role.main.arn}",
    });
  });

  test("is the reference of each part of a list or map", () => {
    const reference = "${aws_iam_role.main.arn}";
    const references = ["aws_iam_role.main.arn", "aws_iam_role.main"];
    const plan = buildPlan([
      { type: "aws_iam_role", after: { name: "r" } },
      {
        type: "t",
        after: { list: ["a", null], map: { known: "b" } },
        changeMembers: {
          after_unknown: {
            list: [false, true],
            map: { later: true },
            whole: true,
          },
        },
        expressions: {
          list: { constant_value: ["a", reference], references },
          map: {
            constant_value: { known: "b", later: reference },
            references,
          },
          whole: { constant_value: ["a", reference], references },
        },
      },
    ]);
    expect(buildPlanModel(plan).resources[1]?.after).toEqual({
      list: ["a", reference],
      map: { known: "b", later: reference },
      whole: ["a", reference],
    });
  });

  test("is not a reference that an expression only lists", () => {
    const plan = buildPlan([
      { type: "aws_iam_role", after: { name: "r" } },
      {
        type: "aws_cognito_user_group",
        after: { name: "g" },
        changeMembers: { after_unknown: { role_arn: true } },
        expressions: {
          role_arn: {
            references: ["aws_iam_role.main.arn", "aws_iam_role.main"],
          },
        },
      },
    ]);
    expect(
      readAttribute(buildPlanModel(plan).resources[1]?.after, "role_arn").kind,
    ).toBe("unknown");
  });
});

describe("redaction of a plan", () => {
  test("includes addresses, types, values, outputs and replacement paths", () => {
    const secret = "c4nary-s3cret-0123";
    const plan = buildPlan(
      [
        {
          type: "t",
          address: `t.a["${secret}"]`,
          before: { marked: secret, other: "x" },
          after: { marked: secret, other: `y ${secret}` },
          changeMembers: {
            before_sensitive: { marked: true },
            after_sensitive: { marked: true },
            replace_paths: [[secret]],
          },
        },
      ],
      {
        output_changes: {
          o: { actions: ["update"], before: "x", after: `y ${secret}` },
        },
      },
    );
    const { resources, outputs, before, after: later } = buildPlanModel(plan);
    const shown = JSON.stringify([
      resources,
      outputs,
      before.resources,
      later.resources,
    ]);
    expect(shown).not.toContain(secret);
    expect(shown).toContain("(redacted)");
  });

  test("distinguishes a secret that changes from one that is unchanged", () => {
    const { before, after: later } = buildChange({
      type: CLIENT,
      before: { client_secret: "a", other_secret: "c" },
      after: { client_secret: "b", other_secret: "c" },
    });
    expect(before).toMatchObject({ client_secret: "(redacted)" });
    expect(later).toEqual({
      client_secret: "(redacted, changed)",
      other_secret: "(redacted)",
    });
  });

  test("shows a resource that is sensitive as a whole", () => {
    const { after: later } = buildChange({
      type: CLIENT,
      after: { name: "a", isOn: true, nothing: null },
      changeMembers: { after_sensitive: true },
    });
    expect(later).toEqual({
      name: "(redacted)",
      isOn: "(redacted)",
      nothing: null,
    });
  });

  test("includes texts like keys in outputs with any name", () => {
    const plan = buildPlan([], {
      output_changes: {
        note: {
          actions: ["create"],
          before: null,
          after: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
        },
        id: {
          actions: ["create"],
          before: null,
          after: "1example23456789abcdefghij",
        },
        db_pass: { actions: ["create"], before: null, after: "hunter2" },
        later: {
          actions: ["update"],
          before: "a",
          after_unknown: { x: [true] },
        },
        gone: { actions: ["delete"], before: "a", after: null },
      },
    });
    expect(
      buildPlanModel(plan).outputs.map(
        ({ name, after: value, isUnknown, isRemoved }) => ({
          name,
          value,
          isUnknown,
          isRemoved,
        }),
      ),
    ).toEqual([
      {
        name: "db_pass",
        value: "(redacted)",
        isUnknown: false,
        isRemoved: false,
      },
      { name: "gone", value: null, isUnknown: false, isRemoved: true },
      {
        name: "id",
        value: "1example23456789abcdefghij",
        isUnknown: false,
        isRemoved: false,
      },
      { name: "later", value: null, isUnknown: true, isRemoved: false },
      { name: "note", value: "(redacted)", isUnknown: false, isRemoved: false },
    ]);
  });
});

test.each<[readonly string[], object, string | undefined]>([
  [["no-op"], {}, undefined],
  [["create"], {}, "create"],
  [["update"], {}, "update"],
  [["delete"], {}, "delete"],
  [["delete", "create"], {}, "replace"],
  [["create", "delete"], {}, "replace"],
  [["forget"], {}, "forget"],
  [["create", "forget"], {}, "create"],
  [["read"], {}, "read"],
  [["no-op"], { importing: { id: "x" } }, "import"],
  [["update"], { importing: { id: "x" } }, "update"],
])("the actions %j with %j are the action %s", (actions, more, expected) => {
  const change = { actions, before: null, after: null, ...more };
  expect(getPlannedAction({ change })).toBe(expected);
});

test("a changed address is a move", () => {
  expect(
    getPlannedAction({
      change: { actions: ["no-op"], before: {}, after: {} },
      previous_address: "a.b" as Untrusted,
    }),
  ).toBe("move");
});

test("snapshots contain managed and forgotten resources", () => {
  const plan = buildPlan([
    { type: "t", address: "t.created", after: { a: 1 } },
    { type: "t", address: "t.deleted", before: { a: 1 } },
    {
      type: "t",
      address: "t.forgotten",
      before: { a: 1 },
      actions: ["forget"],
    },
    { type: "t", address: "t.same", before: { a: 1 }, after: { a: 1 } },
  ]);
  const { before, after: later } = buildPlanModel(plan);
  expect(before.resources.map(({ address }) => address)).toEqual([
    "t.deleted",
    "t.forgotten",
    "t.same",
  ]);
  expect(later.resources.map(({ address }) => address)).toEqual([
    "t.created",
    "t.forgotten",
    "t.same",
  ]);
});

test("snapshots contain neither data sources nor deposed objects", () => {
  const plan = buildPlan([
    { type: "t", address: "t.a", before: { a: 1 }, after: { a: 1 } },
    { type: "t", address: "t.b", before: { a: 1 } },
    { type: "t", address: "t.c", after: { a: 1 } },
  ]);
  const [first, second, third] = plan.resource_changes;
  if (!first || !second || !third) throw new Error("the plan has no resources");
  const model = buildPlanModel({
    ...plan,
    resource_changes: [
      first,
      { ...second, deposed: "00000001" as Untrusted },
      { ...third, mode: "data" },
    ],
  });
  expect(model.resources).toHaveLength(3);
  expect(model.before.resources.map(({ address }) => address)).toEqual(["t.a"]);
  expect(model.after.resources.map(({ address }) => address)).toEqual(["t.a"]);
});

test("an unknown value is not read from the previous value", () => {
  const { before, after: later } = buildChange({
    type: CLIENT,
    before: { access_token_validity: 5 },
    after: {},
    changeMembers: { after_unknown: { access_token_validity: true } },
    expressions: { access_token_validity: { references: ["var.a"] } },
  });
  expect(readAttribute(before, "access_token_validity")).toEqual({
    kind: "known",
    value: 5,
  });
  expect(readAttribute(later, "access_token_validity").kind).toBe("unknown");
});

describe("a member of a set that is known only after the apply", () => {
  const UNKNOWN_TEMPLATE = "${terraform_data.later.output}";

  test("never has the value of a known member, in any order", () => {
    expect(
      after(
        { callback_urls: ["https://a", null] },
        { callback_urls: [false, true] },
        {
          callback_urls: { constant_value: [UNKNOWN_TEMPLATE, "https://a"] },
        },
      ),
    ).toEqual({ callback_urls: ["https://a", UNKNOWN] });
  });

  test("has the expressions of the block with the same known parts", () => {
    const ids = ["a", "b"].map((name) => `\${${CLIENT}.${name}.id}`);
    const block = (index: number, provider: string) => ({
      client_id: { constant_value: ids[index] },
      provider_name: { constant_value: provider },
    });
    const plan = buildPlanModel(
      buildPlan([
        ...["a", "b"].map((name) => ({
          address: `${CLIENT}.${name}`,
          type: CLIENT,
          after: { name },
        })),
        {
          type: "aws_cognito_identity_pool",
          after: {
            cognito_identity_providers: [
              { provider_name: "one", client_id: null },
              { provider_name: "two", client_id: null },
            ],
          },
          changeMembers: {
            after_unknown: {
              cognito_identity_providers: [
                { client_id: true },
                { client_id: true },
              ],
            },
          },
          expressions: {
            cognito_identity_providers: [block(0, "two"), block(1, "one")],
          },
        },
      ]),
    );
    expect(
      plan.after.listByType("aws_cognito_identity_pool")[0]?.values,
    ).toEqual({
      cognito_identity_providers: [
        { provider_name: "one", client_id: ids[1] },
        { provider_name: "two", client_id: ids[0] },
      ],
    });
  });
});
