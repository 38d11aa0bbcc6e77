import { compareSyntheses } from "./synthesis";
import {
  formatDifference,
  findDifferences,
  type SynthesizedFiles,
} from "./synth-differences";

const FILE = "default/stacks/a/cdk.tf.json";

function synthesized(stack: object, manifest = "0.21.0"): SynthesizedFiles {
  return {
    [FILE]: JSON.stringify(stack, null, 2),
    "default/manifest.json": JSON.stringify({ version: manifest, stacks: {} }),
  };
}

function stack(version = "0.21.0", provider = ">= 5", name = "a") {
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

function compared(before: SynthesizedFiles, after: SynthesizedFiles) {
  return compareSyntheses(before, after, findDifferences(before, after));
}

describe("two syntheses", () => {
  test("are the same where their bytes are", () => {
    expect(compared(synthesized(stack()), synthesized(stack()))).toEqual({
      ok: true,
      text: "2 files, the same bytes",
      details: [],
    });
  });

  test("are the same but for spaces where their JSON is", () => {
    const spaced = { ...synthesized(stack()), [FILE]: JSON.stringify(stack()) };
    expect(compared(synthesized(stack()), spaced)).toEqual({
      ok: true,
      text: "2 files, the same but for spaces",
      details: [],
    });
  });

  test("may differ in the versions of what wrote them, and of the provider", () => {
    const after = synthesized(stack("0.24.0", ">= 6"), "0.24.0");
    expect(compared(synthesized(stack()), after)).toEqual({
      ok: true,
      text: '2 files, differ in versions alone: `version` "0.21.0" → "0.24.0", `//.metadata.version` "0.21.0" → "0.24.0", `terraform.required_providers.aws.version` ">= 5" → ">= 6"',
      details: [
        'default/manifest.json version: "0.21.0" -> "0.24.0"',
        `${FILE} //.metadata.version: "0.21.0" -> "0.24.0"`,
        `${FILE} terraform.required_providers.aws.version: ">= 5" -> ">= 6"`,
      ],
    });
  });

  test.each<[string, object, string]>([
    [
      "a value is another",
      stack("0.21.0", ">= 5", "b"),
      'resource.aws_thing.one.name: "a" -> "b"',
    ],
    [
      "an item of a list in a list is another",
      {
        ...stack(),
        resource: { aws_thing: { one: { name: "a", list: [1, [3]] } } },
      },
      "resource.aws_thing.one.list.1.0: 2 -> 3",
    ],
    [
      "a block is not there",
      { "//": stack()["//"], terraform: stack().terraform },
      'resource: {"aws_thing":{"one":{"name":"a","list":[1,[2]]}}} -> nothing',
    ],
    [
      "a version is not there",
      { ...stack(), "//": { metadata: { backend: "local" } } },
      '//.metadata.version: "0.21.0" -> nothing',
    ],
    [
      "a version of something else is another",
      { ...stack(), output: { version: "1" } },
      'output: nothing -> {"version":"1"}',
    ],
  ])("differ when %s", (_, after, line) => {
    expect(compared(synthesized(stack()), synthesized(after))).toEqual({
      ok: false,
      text: "differences that are no versions: 1",
      details: [`${FILE} ${line}`],
    });
  });

  test("differ when one has a file that the other has not", () => {
    const { ok, details } = compared(synthesized(stack()), {
      "default/manifest.json":
        synthesized(stack())["default/manifest.json"] ?? "",
    });
    expect(ok).toBe(false);
    expect(details).toEqual([
      expect.stringMatching(/cdk\.tf\.json : \{"\/\/".*… -> nothing$/),
    ]);
  });

  test("differ where a file is no JSON and another text", () => {
    const [one, other] = [{ a: "{" }, { a: "}" }];
    expect(findDifferences(one, other).map(formatDifference)).toEqual([
      'a : "{" -> "}"',
    ]);
  });
});
