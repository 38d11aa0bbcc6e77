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
const LATER = new Unknown(false);
const BY_AWS = new Unknown(true);

function modelOf(resource: PlanResource): PlannedChange {
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
  return modelOf({
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
      { callback_urls: LATER },
    ],
    [
      "as a member of a list",
      { callback_urls: ["https://a", null] },
      { callback_urls: [false, true] },
      {},
      { callback_urls: ["https://a", LATER] },
    ],
    [
      "as a member of a list whose references the code lists",
      { callback_urls: ["https://a", null] },
      { callback_urls: [false, true] },
      { callback_urls: { references: ["terraform_data.a.output"] } },
      { callback_urls: ["https://a", LATER] },
    ],
    [
      "as a part of a map whose references the code lists",
      { tags: { a: "1" } },
      { tags: { b: true } },
      { tags: { references: ["terraform_data.a.output"] } },
      { tags: { a: "1", b: LATER } },
    ],
    [
      "as a member that the list does not show",
      { callback_urls: ["https://a"] },
      { callback_urls: [false, true] },
      {},
      { callback_urls: ["https://a", LATER] },
    ],
    [
      "in a block",
      { password_policy: [{ minimum_length: null, require_symbols: true }] },
      { password_policy: [{ minimum_length: true }] },
      { password_policy: [{ minimum_length: { references: ["var.a"] } }] },
      { password_policy: [{ minimum_length: LATER, require_symbols: true }] },
    ],
    [
      "in a block of a block",
      { a: [{ b: [{ c: null }] }] },
      { a: [{ b: [{ c: true }] }] },
      {},
      { a: [{ b: [{ c: LATER }] }] },
    ],
    [
      "as a block",
      {},
      { password_policy: [true] },
      {},
      { password_policy: [LATER] },
    ],
    [
      "in a dynamic block, which has no expression",
      { cognito_identity_providers: [{ client_id: null }] },
      { cognito_identity_providers: [{ client_id: true }] },
      {},
      { cognito_identity_providers: [{ client_id: LATER }] },
    ],
    [
      "in a map",
      { tags: { a: "1" } },
      { tags: { b: true } },
      {},
      { tags: { a: "1", b: LATER } },
    ],
    [
      "as a member of a list of the code, next to one that the plan names",
      {},
      { a: true },
      { a: { constant_value: ["${aws_iam_role.main.arn}", "${local.x}"] } },
      { a: [LATER, LATER] },
    ],
  ])("is unknown %s", (_, known, unknown, expressions, expected) => {
    const values = after(known, unknown, expressions);
    expect(values).toEqual(expected);
    expect(hasUnknown(values)).toBe(true);
  });

  test("is decided by AWS if the code does not set what AWS decides", () => {
    const values = after({}, { id: true, client_secret: true, arn: true });
    expect(values).toEqual({
      id: BY_AWS,
      client_secret: BY_AWS,
      arn: LATER,
    });
  });

  test("is decided by the code if the code sets it", () => {
    expect(
      after(
        {},
        { access_token_validity: true },
        { access_token_validity: { references: ["var.a"] } },
      ),
    ).toEqual({ access_token_validity: LATER });
    expect(after({}, { access_token_validity: true })).toEqual({
      access_token_validity: BY_AWS,
    });
  });

  test("is not decided by AWS for a resource without code, or of another type", () => {
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
    expect(buildPlanModel(plan).resources[0]?.after).toEqual({ id: LATER });
    expect(after({}, { id: true }, {}, "toString")).toEqual({ id: LATER });
  });

  test("is the reference that it will come from", () => {
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

  test("is the reference of each part, next to references that are listed", () => {
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

  test("is not the reference that an expression only mentions", () => {
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
  test("reaches addresses, types, values, outputs and reasons", () => {
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
    const { before, after: later } = modelOf({
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
    const { after: later } = modelOf({
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

  test("covers key-like texts in outputs, whatever their names", () => {
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
])("the actions %j with %j are: %s", (actions, more, expected) => {
  const change = { actions, before: null, after: null, ...more };
  expect(getPlannedAction({ change })).toBe(expected);
});

test("an address that differs from the one before is a move", () => {
  expect(
    getPlannedAction({
      change: { actions: ["no-op"], before: {}, after: {} },
      previous_address: "a.b" as Untrusted,
    }),
  ).toBe("move");
});

test("snapshots have what is managed, and what is forgotten stays", () => {
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

test("data sources and what a replacement left are no resources of a snapshot", () => {
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

test("a value that has become unknown is not read from what it was", () => {
  const { before, after: later } = modelOf({
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
  const LATER_TEMPLATE = "${terraform_data.later.output}";

  test("never has the value of a known member, whatever the order", () => {
    expect(
      after(
        { callback_urls: ["https://a", null] },
        { callback_urls: [false, true] },
        {
          callback_urls: { constant_value: [LATER_TEMPLATE, "https://a"] },
        },
      ),
    ).toEqual({ callback_urls: ["https://a", LATER] });
  });

  test("has the expressions of the block whose known parts it has", () => {
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
