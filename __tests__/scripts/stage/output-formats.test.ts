import { execFileSync } from "node:child_process";
import fc from "fast-check";
import { ANY_CHARACTER } from "../../support/any-character";
import {
  formatMaskCommands,
  redactSensitive,
  OUTPUT_FORMATS,
  findOutput,
} from "../../../scripts/lib/stage/output-formats";
import type { StageOutput } from "../../../scripts/lib/stage/stage-outputs";
import { readDotenv } from "../../support/dotenv";
import { readGithubFile } from "../../support/github-file";

const VALUES = {
  userpool_id: "us-west-2_AbCdEf123",
  spaced: "two  words # and no comment",
  lines: "first\nsecond 'quoted' $HOME `x` \\\n",
  empty: "",
  equals: "a=b<<c",
};

function outputs(
  values: Readonly<Record<string, unknown>>,
  isSensitive = false,
): readonly StageOutput[] {
  return Object.entries(values).map(([name, value]) => ({
    name,
    value,
    isSensitive,
  }));
}

function upper(values: Readonly<Record<string, string>>) {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name.toUpperCase(), value]),
  );
}

describe("outputs", () => {
  test("are one JSON object, with values of other types as they are", () => {
    const values = { ...VALUES, list: ["a", 1], number: 3, none: null };
    expect(JSON.parse(OUTPUT_FORMATS.json(outputs(values)))).toEqual(values);
  });

  test("are exported to a shell with names in uppercase", () => {
    const script = `${OUTPUT_FORMATS.env(outputs(VALUES))}\nexec "$1" -e 'console.log(JSON.stringify(process.env))'`;
    const env = JSON.parse(
      execFileSync("sh", ["-c", script, "sh", process.execPath], {
        encoding: "utf8",
        env: {},
      }),
    ) as Record<string, string>;
    expect(env).toMatchObject(upper(VALUES));
  });

  test("are a dotenv file with names in uppercase", () => {
    expect(readDotenv(OUTPUT_FORMATS.dotenv(outputs(VALUES)))).toEqual(
      upper(VALUES),
    );
  });

  test("are GitHub's pairs, with names in uppercase for its environment", () => {
    expect(
      readGithubFile(`${OUTPUT_FORMATS["github-env"](outputs(VALUES))}\n`),
    ).toEqual(upper(VALUES));
    expect(
      readGithubFile(`${OUTPUT_FORMATS["github-output"](outputs(VALUES))}\n`),
    ).toEqual(VALUES);
  });

  test("are GitHub's pairs for any values, each with another delimiter", () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: ANY_CHARACTER })), (texts) => {
        const values = Object.fromEntries(
          texts.map((text, index) => [`o${index}`, text]),
        );
        const text = OUTPUT_FORMATS["github-output"](outputs(values));
        expect(readGithubFile(`${text}\n`)).toEqual(values);
        const delimiters = text.match(/^o\d+<<.*$/gm) ?? [];
        expect(
          new Set(delimiters.map((line) => line.split("<<")[1])).size,
        ).toBeGreaterThanOrEqual(texts.length);
      }),
    );
  });

  test("of other types are JSON in text formats", () => {
    const text = OUTPUT_FORMATS.env(
      outputs({ list: ["a b"], "with-hyphen": 3 }),
    );
    expect(text).toBe(`export LIST='["a b"]'\nexport WITH_HYPHEN=3`);
  });

  test("are found by their name, and by the name of their variable", () => {
    const all = outputs(VALUES);
    expect(findOutput(all, "spaced").value).toBe(VALUES.spaced);
    expect(findOutput(all, "SPACED").value).toBe(VALUES.spaced);
    expect(() => findOutput(all, "none")).toThrow(
      '--name must be one of userpool_id, spaced, lines, empty, equals, got "none"',
    );
  });
});

describe("sensitive outputs", () => {
  const secret = outputs({ hush: "first 100%\r\nsecond\n\nfirst 100%" }, true);

  test("are redacted, and other outputs are not", () => {
    const shown = redactSensitive([...secret, ...outputs({ id: "x" })]);
    expect(JSON.parse(OUTPUT_FORMATS.json(shown))).toEqual({
      hush: "(redacted)",
      id: "x",
    });
  });

  test("are masked line by line in the log of GitHub's runner", () => {
    expect(formatMaskCommands(secret)).toEqual([
      "::add-mask::first 100%25",
      "::add-mask::second",
      "::add-mask::first 100%25\\r\\nsecond\\n\\nfirst 100%25",
    ]);
  });
});

describe("outputs fail if", () => {
  test("two outputs have the same variable", () => {
    expect(() => OUTPUT_FORMATS.env(outputs({ a_b: "1", "a-b": "2" }))).toThrow(
      'outputs must have different variables, got A_B for "a-b" and another output',
    );
  });

  test("a value does not fit in a dotenv file, without the value in the message", () => {
    const dotenv = () => OUTPUT_FORMATS.dotenv(outputs({ odd: "c4nary \0" }));
    expect(dotenv).toThrow(/^cannot write ODD to a dotenv file/);
    expect(dotenv).not.toThrow(/c4nary/);
  });
});
