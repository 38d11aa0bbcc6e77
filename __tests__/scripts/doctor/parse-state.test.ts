import { parseState } from "../../../scripts/lib/doctor/parse-state";

const LOCATION = "s3://bucket/key";

function parse(values: object) {
  return parseState(JSON.stringify({ version: 4, ...values }), LOCATION);
}

test("a state has the managed resources, and the text outputs that are not sensitive", () => {
  const state = parse({
    terraform_version: "1.11.4",
    serial: 3,
    outputs: {
      one: { value: "a", type: "string" },
      two: { value: "b", type: "string", sensitive: true },
      three: { value: ["c"], type: ["list", "string"] },
    },
    resources: [
      { mode: "data", type: "aws_region", name: "a", instances: [{}] },
      {
        mode: "managed",
        type: "aws_iam_role",
        name: "a",
        instances: [{ attributes: { name: "x" } }],
      },
    ],
  });
  expect(state).toEqual({
    terraformVersion: "1.11.4",
    serial: 3,
    outputs: { one: "a" },
    resources: [
      {
        address: "aws_iam_role.a",
        type: "aws_iam_role",
        attributes: { name: "x" },
      },
    ],
    tainted: [],
    deposed: [],
  });
});

test("addresses have modules and keys, as Terraform writes them", () => {
  const resource = { mode: "managed", type: "aws_iam_role", name: "a" };
  const { resources } = parse({
    resources: [
      { ...resource, module: "module.m", instances: [{ index_key: 0 }] },
      { ...resource, instances: [{ index_key: 'k"ey' }] },
    ],
  });
  expect(resources.map(({ address }) => address)).toEqual([
    "module.m.aws_iam_role.a[0]",
    'aws_iam_role.a["k\\"ey"]',
  ]);
});

test("a deposed instance is no resource", () => {
  const { resources, tainted, deposed } = parse({
    resources: [
      {
        mode: "managed",
        type: "aws_iam_role",
        name: "a",
        instances: [
          { status: "tainted" },
          { status: "tainted", deposed: "1a2b" },
        ],
      },
    ],
  });
  expect(resources).toHaveLength(1);
  expect(tainted).toEqual(["aws_iam_role.a"]);
  expect(deposed).toEqual(["aws_iam_role.a"]);
});

test.each([
  ["", "got an empty file"],
  ["secret", "got text that is not a JSON object"],
  ["[]", "got text that is not a JSON object"],
  ['{"version":3,"modules":[]}', "must have format version 4, got 3"],
  ['{"version":4}', "must have a list of resources"],
  ['{"version":"secret","resources":[]}', "got another"],
  ['{"encrypted_data":"secret"}', "is encrypted by OpenTofu"],
])("fails for %j, without its content", (text, message) => {
  expect(() => parseState(text, LOCATION)).toThrow(message);
  expect(() => parseState(text, LOCATION)).not.toThrow("secret");
});

test.each([
  { resources: [null, 1, "a", {}] },
  { resources: [{ mode: "managed", type: "a", name: "b", instances: [null] }] },
  { resources: [], outputs: [1] },
  { resources: null },
])("reads an unusual state %j", (values) => {
  expect(parse(values).tainted).toEqual([]);
});
