import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";

/** Words that this project does not use, and what to write instead. */
const BANNED_WORDS: Readonly<Record<string, string>> = {
  "told|tell|tells|telling": "report, print, message",
  "say|says|said|saying": "report, state, text",
  "somebody|nobody|everybody|anybody|whoever": "a user, no one, anyone",
  "lie|lies|lain|lying": "is stored, is in",
  anew: "again",
  "give|gives|gave|given|giving": "return, grant, provide",
  "taken|takes? on|takes? over|took over": "in use, assume, adopt",
  "keep|keeps|kept|keeping": "retain, cache, preserve",
  "beside|besides": "in addition to, next to",
  "mend|mends|mended|mending|mendable": "fix, retryable",
  "folder|folders": "directory",
  "guest|guests": "unauthenticated identities",
  "hand made|handmade|by hand": "manual, outside Terraform",
  "left behind|created over": "stack-only, overwritten",
  "in clear": "in plaintext",
  "made fit": "sanitized",
  "defect|defects": "internal error",
  fine: "name what holds",
  "draft|drafts": "temporary file",
  "settle|settles|settled": "dispose, resolve",
  "witness|witnesses": "samples",
  "spelled|spelt|spelling": "written, canonical",
  lacking: "missing",
  "gravity|party|parties|phrase|phrases|journey|survey|surveys":
    "severity, entity, rich text, state, assessment",
  "fact|facts": "baseline, values",
  "judge|judges|judged|judging": "check",
  surroundings: "environment, dependencies",
  "accepts|violated|rejected": "expected, violation, invalid",
  "place|places": "target, location",
  "must come with|got it alone|got nothing|must be given":
    "requires, is required",
  "token life|token lives|live longer": "token validity",
  "behaviour|authorise[sd]?|organisations?|colours?|coloured|recognise[sd]?|initialise[sd]?":
    "US spelling",
};

/** Technical meanings of banned words, statement ids of deployed policies, and the option `--keep` of the demo. */
const ALLOWED =
  /keep-?alive|--keep\b|keep: \{ type|values\.keep|cachedDataRejected|mockRejectedValue(Once)?|relying_party|json-schema\.org\/draft|in place\b|in-place\b|allSettled|(Read|Write)GivenUserPool|Keep(StageTag|Boundaries|BoundaryPolicy|StateVersions)/gi;

const TOP = [
  "main.ts",
  "README.md",
  "cdktf.json",
  "package.json",
  ".env.example",
  "eslint.config.mjs",
  "jest.config.js",
];
const DIRECTORIES = [
  "constructs",
  "stacks",
  "scripts",
  "__tests__",
  "docs",
  ".github",
  ".ci",
];
const TEXT =
  /\.(ts|mjs|cjs|js|json|md|ya?ml|sh|svg)$|\.ci\/run$|\.env\.example$/;

describe("the language of the project", () => {
  const lines = [...TOP, ...DIRECTORIES.flatMap(listFiles)]
    .filter((file) => TEXT.test(file) && path.resolve(file) !== __filename)
    .flatMap((file) =>
      readFileSync(file, "utf8")
        .split("\n")
        .map((line, index) => ({
          words: splitNames(line),
          source: `${file}:${index + 1}: ${line.trim()}`,
        })),
    );

  test("is read from all sources and documents", () => {
    expect(lines.length).toBeGreaterThan(50_000);
  });

  test.each(Object.entries(BANNED_WORDS))("has no %s; write: %s", (words) => {
    const pattern = new RegExp(`\\b(${words})\\b`, "i");
    const hits = lines.filter((line) => pattern.test(line.words));
    expect(hits.map(({ source }) => source)).toEqual([]);
  });
});

/** Separates the words of identifiers, such as `keptFiles` and `KEPT_FILES`. */
function splitNames(line: string): string {
  return line
    .replace(ALLOWED, "")
    .replace(/([a-z0-9])([A-Z])/g, "$1 $2")
    .replace(/[_-]/g, " ");
}

function listFiles(directory: string): string[] {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name));
}
