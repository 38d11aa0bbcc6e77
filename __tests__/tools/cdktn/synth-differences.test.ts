import {
  findDifferences,
  formatDifference,
  type SynthesizedFiles,
} from "./synth-differences";

const FILE = "default/stacks/a/cdk.tf.json";

function createFiles(stack: object, version = "0.21.0"): SynthesizedFiles {
  return {
    [FILE]: JSON.stringify(stack, null, 2),
    "default/manifest.json": JSON.stringify({ version, stacks: {} }),
  };
}

function createStack(version = "0.21.0", provider = ">= 5", name = "a") {
  return {
    "//": { metadata: { backend: "local", version } },
    resource: { aws_thing: { one: { name, list: [1, [2]] } } },
    terraform: {
      required_providers: {
        aws: { source: "hashicorp/aws", version: provider },
      },
    },
  };
}

const before = createFiles(createStack());

test("equal files have no differences", () => {
  expect(findDifferences(before, before)).toEqual([]);
});

test("white space of JSON is no difference", () => {
  const spaced = { ...before, [FILE]: JSON.stringify(createStack()) };
  expect(findDifferences(before, spaced)).toEqual([]);
});

test("versions of the libraries and of the provider are marked as such", () => {
  const after = createFiles(createStack("0.24.0", ">= 6"), "0.24.0");
  const differences = findDifferences(before, after);
  expect(differences.map(({ isVersionOnly }) => isVersionOnly)).toEqual([
    true,
    true,
    true,
  ]);
  expect(differences.map(formatDifference)).toEqual([
    'default/manifest.json version: "0.21.0" -> "0.24.0"',
    `${FILE} //.metadata.version: "0.21.0" -> "0.24.0"`,
    `${FILE} terraform.required_providers.aws.version: ">= 5" -> ">= 6"`,
  ]);
});

test.each<[string, object, string]>([
  [
    "a changed value",
    createStack("0.21.0", ">= 5", "b"),
    'resource.aws_thing.one.name: "a" -> "b"',
  ],
  [
    "a changed item of a list in a list",
    {
      ...createStack(),
      resource: { aws_thing: { one: { name: "a", list: [1, [3]] } } },
    },
    "resource.aws_thing.one.list.1.0: 2 -> 3",
  ],
  [
    "a missing block",
    { "//": createStack()["//"], terraform: createStack().terraform },
    'resource: {"aws_thing":{"one":{"name":"a","list":[1,[2]]}}} -> nothing',
  ],
  [
    "a missing version",
    { ...createStack(), "//": { metadata: { backend: "local" } } },
    '//.metadata.version: "0.21.0" -> nothing',
  ],
  [
    "a version of something else",
    { ...createStack(), output: { version: "1" } },
    'output: nothing -> {"version":"1"}',
  ],
])("%s is a difference", (_, after, line) => {
  const differences = findDifferences(before, createFiles(after));
  expect(differences).toMatchObject([{ isVersionOnly: false }]);
  expect(differences.map(formatDifference)).toEqual([`${FILE} ${line}`]);
});

test("a missing file is a difference", () => {
  const differences = findDifferences(before, {
    "default/manifest.json": before["default/manifest.json"] ?? "",
  });
  expect(differences).toMatchObject([
    { file: FILE, path: "", after: undefined, isVersionOnly: false },
  ]);
});
