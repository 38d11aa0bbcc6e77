import { execFileSync } from "node:child_process";
import fc from "fast-check";
import { formatDotenvLine } from "../../../scripts/lib/stage/dotenv-line";
import { parseDotenv } from "../../../stacks/config/dotenv";
import { DOTENV_VALUE } from "../../support/dotenv";

/** Values that every reader, also a shell, reads back, and their lines. */
const COMMON: readonly (readonly [string, string])[] = [
  ["us-west-2_Ab/c:d@e,f", "NAME=us-west-2_Ab/c:d@e,f"],
  ["=https://a.b/?c=d==", "NAME==https://a.b/?c=d=="],
  ["", "NAME="],
  ["a b", "NAME='a b'"],
  ["a#b", "NAME='a#b'"],
  ["$HOME ${HOME} `x`", "NAME='$HOME ${HOME} `x`'"],
  ["it's", 'NAME="it\'s"'],
  ["'\"", 'NAME="\'\\""'],
  ["a\nb", "NAME='a\nb'"],
  ["a\\nb", "NAME='a\\nb'"],
  ["a\\", 'NAME="a\\\\"'],
  ["\\\\server", 'NAME="\\\\\\\\server"'],
  ["it's \\n", 'NAME="it\'s \\\\n"'],
];

const ROWS: typeof COMMON = [
  ...COMMON,
  ["it's $x", "NAME='it\\'s $x'"],
  ["`\\'", "NAME='`\\\\\\''"],
  ["a\r\nb$c", 'NAME="a\\r\nb$c"'],
];

describe("a line of a dotenv file", () => {
  test.each(ROWS)("has the simplest quotes: %j", (value, line) => {
    expect(formatDotenvLine("NAME", value)).toBe(line);
    expect(parseDotenv(line).variables).toMatchObject([{ value }]);
  });

  test("is read by a shell, if no value has other quotes than a shell", () => {
    const lines = COMMON.map(([value], index) =>
      formatDotenvLine(`N${index}`, value),
    );
    const script = `set -a\n${lines.join("\n")}\nexec "$1" -e 'console.log(JSON.stringify(process.env))'`;
    const text = execFileSync("sh", ["-c", script, "sh", process.execPath], {
      encoding: "utf8",
      env: {},
    });
    expect(JSON.parse(text)).toMatchObject(
      Object.fromEntries(COMMON.map(([value], index) => [`N${index}`, value])),
    );
  });

  test.each(["a\0b", "a\ud800", "\udc00\ud800", "a\r${b}", "$(a)\r"])(
    "is undefined for %j",
    (value) => {
      expect(formatDotenvLine("NAME", value)).toBeUndefined();
    },
  );

  test("reads back among others, with every line end", () => {
    fc.assert(
      fc.property(
        fc.array(DOTENV_VALUE),
        fc.constantFrom("\n", "\r\n", "\r"),
        (values, lineEnd) => {
          const lines = values.map((value, index) =>
            formatDotenvLine(`N${index}`, value),
          );
          const text = lines.join("\n").replaceAll("\n", lineEnd);
          const { variables, invalidLines } = parseDotenv(text);
          expect(invalidLines).toEqual([]);
          expect(variables).toMatchObject(
            values.map((value, index) => ({
              name: `N${index}`,
              value,
              hasReference: false,
            })),
          );
        },
      ),
      { numRuns: 1000 },
    );
  });
});
