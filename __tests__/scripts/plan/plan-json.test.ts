import { parsePlanJson } from "../../../scripts/lib/plan/plan-json";

const WHOLE = {
  format_version: "1.2",
  terraform_version: "1.11.4",
  planned_values: {},
};

describe("the JSON of a plan", () => {
  test("may omit empty members", () => {
    const empty = parsePlanJson(JSON.stringify(WHOLE));
    expect(empty).toMatchObject({ resource_changes: [], resource_drift: [] });
    expect(empty.output_changes).toEqual({});
  });

  test("may be of a refresh-only plan without drift", () => {
    const output = { sensitive: false, type: "string", value: "a" };
    const change = { actions: ["no-op"], before: "a", after: "a" };
    const refreshOnly = {
      ...WHOLE,
      applyable: true,
      planned_values: { outputs: { a: output } },
      output_changes: { a: change },
    };
    expect(parsePlanJson(JSON.stringify(refreshOnly)).resource_drift).toEqual(
      [],
    );
  });

  test.each<[string, string, RegExp]>([
    [
      "it is incomplete",
      JSON.stringify(WHOLE).slice(0, -5),
      /^plan must be complete JSON/,
    ],
    [
      "a change has no actions",
      JSON.stringify({
        ...WHOLE,
        resource_changes: [{ address: "a", type: "t", change: {} }],
      }),
      /^plan must be the output of terraform show -json, got changes in another format/,
    ],
    [
      "changes are not a list",
      JSON.stringify({ ...WHOLE, resource_changes: {} }),
      /^plan must be the output of terraform show -json/,
    ],
    [
      "it has resources and no changes",
      JSON.stringify({
        ...WHOLE,
        planned_values: { root_module: { resources: [] } },
      }),
      /^plan must be complete, got one/,
    ],
    [
      "it can be applied and has no changes",
      JSON.stringify({ ...WHOLE, applyable: true }),
      /^plan must be complete, got one/,
    ],
    [
      "changes are null",
      JSON.stringify({ ...WHOLE, resource_changes: null }),
      /^plan must be the output of terraform show -json/,
    ],
    ["it is empty", "", /^plan must be complete JSON/],
    ["it is a list", "[]", /^plan must be a JSON object/],
    [
      "it is a state",
      '{"version":4,"terraform_version":"1.11.4"}',
      /^plan must be the output of terraform show/,
    ],
    [
      "it has no planned values",
      JSON.stringify({ ...WHOLE, planned_values: undefined }),
      /^plan must be the output of terraform show/,
    ],
    [
      "it has a newer format",
      JSON.stringify({ ...WHOLE, format_version: "2.0" }),
      /^plan must be in format 1.*got format "2.0"/,
    ],
    [
      "its run failed",
      JSON.stringify({ ...WHOLE, errored: true }),
      /^plan must be from a run that succeeded/,
    ],
  ])("fails if %s", (_, text, message) => {
    expect(() => parsePlanJson(text)).toThrow(message);
  });
});

test("the message about another format does not repeat a text", () => {
  const plan = JSON.stringify({ ...WHOLE, format_version: "2.hunter2pw" });
  expect(() => parsePlanJson(plan)).toThrow(
    /^plan must be in format 1 of Terraform 1, got format "\(redacted\)"$/,
  );
});
