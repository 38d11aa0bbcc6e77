import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { EQUIVALENT_MUTANTS, findMutants } from "./mutants";
import { applyMutant, parseSource } from "./mutant";

const PROJECT = path.resolve(__dirname, "../../..");

/** Lines that are different with each mutant, as they are then. */
function edits(text: string, file = "constructs/a.ts"): string[] {
  const before = text.split("\n");
  return findMutants(file, text).map((mutant) =>
    applyMutant(text, mutant)
      .split("\n")
      .filter((line, index) => line !== before[index])
      .join("\n")
      .trim(),
  );
}

const MAKER =
  "function text(subject: string, min: number, max: number, pattern: RegExp) { return {} }\n";

describe("the rules that are taken out of a file", () => {
  test("are none where nothing is checked", () => {
    expect(edits('export const name = "a";')).toEqual([]);
  });

  test("are a limit, and each of its bounds and its pattern", () => {
    expect(edits(`${MAKER}const a = text("name", 2, 64, /^\\w+$/);`)).toEqual([
      'const a = ({ ...text("name", 2, 64, /^\\w+$/), allows: () => true });',
      'const a = text("name", 2 - 1, 64, /^\\w+$/);',
      'const a = text("name", 2, 64 + 1, /^\\w+$/);',
      'const a = text("name", 2, 64, /(?:)/);',
    ]);
  });

  test.each([
    ["the pattern refuses what is shorter", "1, 64, /^\\w+$/"],
    ["nothing is shorter", "0, 64, /^\\w*$/"],
  ])("are not a least length where %s", (_, rest) => {
    const text = `${MAKER}const a = text("name", ${rest});`;
    expect(edits(text).join("\n")).not.toMatch(/(0|1) - 1/);
  });

  test("are each condition of a value, and its numbers", () => {
    expect(
      edits(
        "const a = {\nallows: (value: string) =>\nvalue.length <= 9 &&\n!/b/.test(value) &&\n/^[a-z]{1,3}$/.test(value),\n};",
      ),
    ).toEqual([
      "allows: () => true,\n};",
      "true &&",
      "value.length <= 10 &&",
      "true &&",
      "true,",
      "/^[a-z]{0,3}$/.test(value),",
      "/^[a-z]{1,4}$/.test(value),",
    ]);
  });

  test("are each condition that refuses a value, and each refused word", () => {
    expect(
      edits(
        'const NO_WORDS = ["a", "b"];\nfunction isFit(value: string) {\nif (value.length > 9 || value === "") return false;\nreturn !NO_WORDS.includes(value);\n}',
      ),
    ).toEqual([
      'const NO_WORDS = ["\\u0000none", "b"];',
      'const NO_WORDS = ["a", "\\u0000none"];',
      'if (false || value === "") return false;',
      'if (value.length > 10 || value === "") return false;',
      "if (value.length > 9 || false) return false;",
      "return true;",
    ]);
  });

  test("are what is reported, each by itself", () => {
    expect(
      edits(
        'reportProblems(\nthis,\ncheck(LIMITS.a, props.a),\n...checkEach(LIMITS.b, props.b),\n...statementProblems(props.c),\nprops.d === 0\n? "d must be one, got none"\n: undefined,\nown,\n);',
      ),
    ).toEqual(["undefined,", "...[],", "...[],", "? undefined", "undefined,"]);
  });

  test("are what is thrown, pushed, listed or mapped", () => {
    expect(
      edits(
        'if (a) throw new UserError("a must be b");\nproblems.push("a must be b");\nconst c = a ? [] : ["a must be b"];\nconst d = a.map((b) => `${b} must be c`);',
      ),
    ).toEqual([
      "if (a) ;",
      "void 0;",
      "const c = a ? [] : [];",
      "const d = [];",
    ]);
  });

  test("are the calls of what tells a problem, and the rows of what problems are told of", () => {
    expect(
      edits(
        'const needs = (a: string) => {\nproblems.push(`${a} must come with b`);\n};\nneeds("a");\nconst rows = [\n["a", 1],\n["b", 2],\n];',
      ),
    ).toEqual(["void 0;", "void 0;", "...[],", "...[],"]);
  });

  test("are a setting's limit, its most, and each rejection", () => {
    expect(
      edits(
        "const a = { A: setting(limited(LIMITS.a)), B: setting(list(LIMITS.b, 9)) };\nfunction parse(text: string) {\nreturn text === x ? text : new Rejected(y);\n}",
        "stacks/config/settings.ts",
      ),
    ).toEqual([
      expect.stringMatching(/A: setting\(limited\(\{.*allows: \(\) => true/),
      expect.stringMatching(/B: setting\(list\(\{.*allows: \(\) => true.*, 9/),
      expect.stringContaining("list(LIMITS.b, Infinity)"),
      "return text;",
    ]);
  });

  test("are each number of a quota", () => {
    expect(edits("const DEFAULT_QUOTAS = { a: 25, b: 10_000 };")).toEqual([
      "const DEFAULT_QUOTAS = { a: 25 + 1, b: 10_000 };",
      "const DEFAULT_QUOTAS = { a: 25, b: 10_000 + 1 };",
    ]);
  });
});

describe("the rules of this project", () => {
  const files = ["constructs", "stacks"].flatMap((folder) =>
    readdirSync(path.join(PROJECT, folder)).map((name) => `${folder}/${name}`),
  );
  const found = files.map((file) => {
    const text = readFileSync(path.join(PROJECT, file), "utf8");
    return { text, mutants: findMutants(file, text) };
  });

  test("are code that can be run without them", () => {
    const syntax = found.flatMap(({ text, mutants }) =>
      mutants.flatMap((mutant) => {
        const { root } = parseSource(mutant.file, applyMutant(text, mutant));
        const { parseDiagnostics } = root as unknown as {
          readonly parseDiagnostics: readonly unknown[];
        };
        return parseDiagnostics.length === 0 ? [] : [mutant.description];
      }),
    );
    expect(syntax).toEqual([]);
  });

  test("have all those that no test can tell among them", () => {
    const names = found.flatMap(({ mutants }) =>
      mutants.map(({ file, description: what }) => `${file} ${what}`),
    );
    expect(names).toEqual(
      expect.arrayContaining(Object.keys(EQUIVALENT_MUTANTS)),
    );
    expect(names.length).toBeGreaterThan(400);
  });
});
