import { readFileSync } from "node:fs";
import { parseDotenv } from "../../../stacks/config/dotenv";
import { readDotenv } from "../../support/dotenv";

/** Texts of any characters, and the variables that python-dotenv 1.2.4 read in a file with each, without `interpolate`. */
const RECORDED = JSON.parse(
  readFileSync("__tests__/fixtures/python-dotenv.json", "utf8"),
) as readonly (readonly [string, Readonly<Record<string, string>>])[];

const NAME = "a name that is not the name of a variable (letters, digits or _)";
const SHELL = "a command of a shell; write NAME=value";
const AFTER_QUOTE =
  "text after a closing quote, other than a blank and a comment";
const QUOTES = "a value in quotes other than ' and \"";
const SEVERAL =
  "several variables; write one in each line, or quotes around the value";

test("a file has one variable in each line", () => {
  expect(parseDotenv("STAGE=dev\nOWNER='a b'\n")).toEqual({
    variables: [
      { name: "STAGE", value: "dev", line: 1, hasReference: false },
      { name: "OWNER", value: "a b", line: 2, hasReference: false },
    ],
    invalidLines: [],
  });
});

describe("a value is", () => {
  test.each([
    ["https://a.example.org/#/cb", "https://a.example.org/#/cb"],
    ["Abc#1", "Abc#1"],
    ["#1", "#1"],
    [" # comment", ""],
    ["", ""],
    ["b\t# comment", "b"],
    ["  b c  ", "b c"],
    ["it's", "it's"],
    ['{"a":"b # c"}', undefined],
    ['{"a": "b"}', '{"a": "b"}'],
    ["b\\nc\\", "b\\nc\\"],
    ["$b$$", "$b$$"],
    ["'b # c' # comment", "b # c"],
    ["''", ""],
    ["'it\\'s \\\\ \\n'", "it's \\ \\n"],
    [
      '"\\a\\b\\f\\n\\r\\t\\v\\\\\\"\\\' \\d\\x41"',
      "\x07\b\f\n\r\t\v\\\"' \\d\\x41",
    ],
    ["'b\nSTAGE=x'", "b\nSTAGE=x"],
    ['"b\r\nc\rd"', "b\nc\nd"],
  ])("%j", (text, value) => {
    const { variables } = parseDotenv(`NAME=${text}\nNEXT=1`);
    expect(variables.find(({ name }) => name === "NAME")?.value).toBe(value);
    expect(variables.at(-1)).toMatchObject({ name: "NEXT", value: "1" });
  });
});

test.each([
  "   ",
  "\t",
  "  # comment",
  "#",
  "# it's A=b",
  "export  NAME=value",
  "export\tNAME=value",
  " \texport \t NAME \t=\t value",
  "NAME=\u00a0value\u00a0",
])("the settings around a line are intact: %j", (line) => {
  for (const lineEnd of ["\n", "\r\n", "\r"]) {
    const lines = ["\ufeffFIRST=1", line, "STAGE=dev", "LAST=x", ""];
    const { NAME = "value", ...others } = readDotenv(lines.join(lineEnd));
    expect(NAME).toBe("value");
    expect(others).toEqual({ FIRST: "1", STAGE: "dev", LAST: "x" });
  }
});

test("python-dotenv reads the same", () => {
  const values = RECORDED.map(([text]) => [text, readDotenv(text)]);
  expect(values).toEqual(RECORDED);
});

test("names of properties of objects are names of variables", () => {
  const text = "__proto__=a\nconstructor=b\nexport=c\nset=d\n";
  expect(Object.entries(readDotenv(text))).toEqual([
    ["__proto__", "a"],
    ["constructor", "b"],
    ["export", "c"],
    ["set", "d"],
  ]);
});

test.each([
  ["${A}", true],
  ["a${A:-b}c", true],
  ['"${A}"', true],
  ["'${A}'", false],
  ["$(whoami)", true],
  ["$A${", false],
])("a reference is found outside single quotes: %j", (text, hasReference) => {
  expect(parseDotenv(`NAME=${text}`).variables).toMatchObject([
    { name: "NAME", hasReference },
  ]);
});

describe("a line is invalid if it is", () => {
  test.each([
    ["set STAGE=dev", SHELL],
    ['SET "STAGE=dev"', SHELL],
    ["setx STAGE dev", SHELL],
    ['$env:STAGE="dev"', SHELL],
    ['$Env:STAGE = "dev"', SHELL],
    ['${env:STAGE} = "dev"', SHELL],
    ["$STAGE=dev", SHELL],
    ["setenv STAGE dev", SHELL],
    ["set -x STAGE dev", SHELL],
    ["declare -x STAGE=dev", SHELL],
    ["typeset -x STAGE=dev", SHELL],
    ["readonly STAGE=dev", SHELL],
    ["export -n STAGE", SHELL],
    ["export -- STAGE=dev", SHELL],
    ["export STAGE", SHELL],
    ["export =dev", SHELL],
    ["export A-B=dev", SHELL],
    ["export STAGE=dev OWNER=me", SEVERAL],
    ["export STAGE=dev; export OWNER=me # comment", SEVERAL],
    ["export STAGE=dev && OWNER=me", SEVERAL],
    ["STAGE: dev", "a line without ="],
    ["STAGE: https://a.example.org/?b=c", NAME],
    ['"STAGE": "dev",', "a line without ="],
    ["[section]", "a line without ="],
    ["; a comment", "a line without ="],
    ["STAGE", "a line without ="],
    ["STAGE :=dev", NAME],
    ["STAGE+=dev", NAME],
    ["ENV STAGE=dev", NAME],
    ["my-name=x", NAME],
    ["my.name=x", NAME],
    ["1A=x", NAME],
    ["é=x", NAME],
    ["\ufeffA=x", NAME],
    ["'STAGE'=dev", NAME],
    ['"STAGE"=dev', NAME],
    ["A#B=x", NAME],
    ["=x", "a line without a name"],
    [" = x", "a line without a name"],
    ["A=`x`", QUOTES],
    ["A= `x", QUOTES],
    ["A=\u201cx\u201d", QUOTES],
    ["A=\u2018x\u2019", QUOTES],
    ["A=$'x'", QUOTES],
    ['A="https://a","https://b"', AFTER_QUOTE],
    ["A='a' 'b'", AFTER_QUOTE],
    ["A='a'b", AFTER_QUOTE],
    ["A='a'#b", AFTER_QUOTE],
    ["A='it's'", AFTER_QUOTE],
    ["A='a'\\''b'", AFTER_QUOTE],
    ["A='a';", AFTER_QUOTE],
    ["A='a\nB='b'", AFTER_QUOTE],
    ["A='a", "a value without a closing quote"],
    ['A="a\\"', "a value without a closing quote"],
    ["A='", "a value without a closing quote"],
    [
      'A=--title="a # b"',
      "a # between quotes; write quotes around the whole value",
    ],
    ["A\0=x", "a zero byte"],
    ["A='\n\0'", "a zero byte"],
  ])("%j", (text, form) => {
    const { variables, invalidLines } = parseDotenv(`FIRST=1\n\n${text}\n`);
    expect(invalidLines).toEqual([{ line: 3, form }]);
    expect(variables).toMatchObject([{ name: "FIRST" }]);
  });

  test("one of several, which all are found", () => {
    const text = "A='b\r\nc'\r\n\r\nno\r\nB='x\ny' z\nC=1\nset D=1\n";
    const { variables, invalidLines } = parseDotenv(text);
    expect(variables).toMatchObject([
      { name: "A", line: 1 },
      { name: "C", line: 7 },
    ]);
    expect(invalidLines.map(({ line }) => line)).toEqual([4, 5, 8]);
  });
});
