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
  "taken|(take|takes|took|taking) (on|over)": "in use, assume, adopt",
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
  "token life|life of|lives|live longer": "token validity, is valid for",
  "another for each|has \\w+ do": "unique, makes … do",
  "behaviour|authorise[sd]?|organisations?|colours?|coloured|recognise[sd]?|initialise[sd]?":
    "US spelling",
};

/** Former names of types, functions and constants. */
const BANNED_NAMES = [
  "ApiScopes|AwsPlace|Ending|GroupRole|Loss|Matched|OidcReaderRole|Reach|RunMark|StageChoice|StageStack|Stop|UserGroup",
  "acceptFindings|arnsOf|beforeEnding|chooseStage|fitStage|isFit|lookUp|needIdentityPool|ofStage|problemWith",
  "replaceFile|reportProblems|requireFit|writesOf|HIDDEN|MASK|WAYS",
];

/** Technical meanings of banned words, names of attributes and of options of packages, statement ids of deployed policies, and the options `--keep` of the demo and `--keep-old`. */
const ALLOWED =
  /keep-?alive|--keep\b|keep: \{|values\.keep|"?keep-old\b|keepOld(Ms)?|cachedDataRejected|mockRejectedValue(Once)?|relying[ _-]?part(y|ies)|match the given constraints|given_name|json-schema\.org\/draft|keepachangelog|(updated|changed) in place\b|in-place\b|allSettled|(project|report|reportTemp)Folder|(Read|Write)GivenUserPool|Keep(StageTag|Boundaries|BoundaryPolicy|StateVersions)/gi;

/** Directories whose files are read, with the least number of their lines. */
const DIRECTORIES: Readonly<Record<string, number>> = {
  constructs: 2_500,
  stacks: 3_000,
  scripts: 30_000,
  __tests__: 50_000,
  docs: 800,
  ".github": 400,
  ".ci": 5,
};
const TEXT =
  /\.([cm]?[jt]sx?|json|md|ya?ml|sh|svg|html|txt)$|(^|\/)(\.ci\/run|\.env\.example|\.npmrc|\.gitignore|\.prettierignore|CODEOWNERS)$/;
const EXCLUDED = ["package-lock.json", path.relative(".", __filename)];

/** A line of a file, with its words and those of the next line, on which a phrase can end. */
interface Line {
  readonly source: string;
  readonly text: string;
  readonly words: string;
  readonly nextWords: string;
}

describe("the language of the project", () => {
  const files = [
    ...readdirSync(".", { withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ name }) => name),
    ...Object.keys(DIRECTORIES).flatMap(listFiles),
  ].filter((file) => TEXT.test(file) && !EXCLUDED.includes(file));
  const lines = files.flatMap(readLines);

  test.each(Object.entries(DIRECTORIES))(
    "is read from all files of %s",
    (directory, count) => {
      const own = lines.filter(({ source }) =>
        source.startsWith(`${directory}/`),
      );
      expect(own.length).toBeGreaterThan(count);
    },
  );

  test.each(Object.entries(BANNED_WORDS))("has no %s; write: %s", (words) => {
    const pattern = new RegExp(`\\b(${words})\\b`, "i");
    const hits = lines.filter(
      ({ words: own, nextWords }) =>
        pattern.test(own) ||
        (pattern.test(`${own} ${nextWords}`) && !pattern.test(nextWords)),
    );
    expect(hits.map(({ source }) => source)).toEqual([]);
  });

  test.each(BANNED_NAMES)("has no %s", (names) => {
    const pattern = new RegExp(`\\b(${names})\\b`);
    const hits = lines.filter(({ text }) => pattern.test(text));
    expect(hits.map(({ source }) => source)).toEqual([]);
  });

  test("has sentences as comments, and no questions without a verb", () => {
    const hits = lines.filter(({ text }) =>
      /^\s*(\/\*\*|\/\/|\*|#) What\b(?!.*\?)/.test(text),
    );
    expect(hits.map(({ source }) => source)).toEqual([]);
  });
});

/** Reads the path and the lines of a file. */
function readLines(file: string): Line[] {
  const texts = [file, ...readFileSync(file, "utf8").split("\n")];
  const words = texts.map(listWords);
  return texts.map((text, index) => ({
    source: `${file}:${index}: ${text.trim()}`,
    text,
    words: words[index] ?? "",
    nextWords: words[index + 1] ?? "",
  }));
}

/** Separates the words of names, such as `AWSFolder2` and `KEPT_FILES`, without the marks of comments and emphasis. */
function listWords(line: string): string {
  return line
    .replace(ALLOWED, "")
    .replace(
      /([a-z])([A-Z0-9])|([A-Z]+)(?=[A-Z][a-z])|(\d)(?=[A-Za-z])/g,
      "$1$3$4 $2",
    )
    .replace(/[_\-*/#>`"+\s]+/g, " ")
    .trim();
}

function listFiles(directory: string): string[] {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name));
}
