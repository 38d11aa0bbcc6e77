import {
  type CommandOption,
  defineCommand,
} from "../../../scripts/lib/cli/command";
import { setInvocation } from "../../../scripts/lib/cli/invocation";
import {
  findSimilarCommand,
  parseArguments,
} from "../../../scripts/lib/cli/parse";
import { UsageError } from "../../../scripts/lib/cli/usage-error";
import { restoreEnvironment, setEnvironment } from "../../support/environment";

const FLAG = { type: "flag", description: "" } as const;
const TEXT = { type: "text", description: "" } as const;

const OPTIONS = {
  stage: { ...TEXT, short: "s" },
  format: { ...TEXT, choices: ["json", "env"], default: "json" },
  policy: {
    ...TEXT,
    choices: { off: "none", all: "every finding" },
    earlierValues: { every: "all" },
  },
  out: { type: "path", description: "" },
  create: { type: "list", description: "" },
  refresh: FLAG,
  "no-cache": { ...FLAG, conflicts: ["refresh"] },
  "show-sensitive": FLAG,
  yes: { ...FLAG, requires: ["refresh", "create"] },
  chdir: { type: "path", description: "", requires: ["<plan>"] },
  role: { ...TEXT, conflicts: ["<plan>"] },
  line: { ...TEXT, canBeEmpty: true },
} as const satisfies Record<string, CommandOption>;

const PLAIN = defineCommand({
  options: OPTIONS,
  examples: [],
  run: () => Promise.resolve(0),
});
const WITH_PLAN = {
  ...PLAIN,
  argument: { name: "<plan>", description: "plan" },
};
const WITH_STEP = {
  ...PLAIN,
  argument: {
    name: "<step>",
    description: "step",
    choices: { retain: "", import: "" },
    isRequired: true,
  },
};
const WITH_DIRECTORY = {
  ...PLAIN,
  argument: { name: "<directory>", description: "", isRequired: true },
};

beforeEach(() => {
  setInvocation({ program: "veda-auth", isNpmScript: false });
});

afterEach(restoreEnvironment);

describe("parseArguments", () => {
  test("returns defaults for options that are not set", () => {
    expect(parseArguments(PLAIN, [])).toEqual({
      argument: undefined,
      values: {
        stage: undefined,
        format: "json",
        policy: undefined,
        out: undefined,
        create: [],
        refresh: false,
        "no-cache": false,
        "show-sensitive": false,
        yes: false,
        chdir: undefined,
        role: undefined,
        line: undefined,
      },
    });
  });

  test.each([
    [["-s", "dev"], { stage: "dev" }],
    [["-sdev"], { stage: "dev" }],
    [["--stage=dev", "--format", "env"], { stage: "dev", format: "env" }],
    [["--create", "a", "--create=b"], { create: ["a", "b"] }],
    [
      ["--no-cache", "--show-sensitive"],
      { "no-cache": true, "show-sensitive": true },
    ],
    [["--refresh", "--yes"], { refresh: true, yes: true }],
    [["--policy", "all"], { policy: "all" }],
    [["--policy", "every"], { policy: "all" }],
    [["--line", ""], { line: "" }],
    [["--line=-x"], { line: "-x" }],
    [["--out", "-"], { out: "-" }],
  ])("reads %j", (args, expected) => {
    expect(parseArguments(PLAIN, args).values).toMatchObject(expected);
  });

  test("returns the argument, wherever it is", () => {
    expect(
      parseArguments(WITH_PLAN, ["a.tfplan", "--chdir", "x"]),
    ).toMatchObject({ argument: "a.tfplan", values: { chdir: "x" } });
    expect(parseArguments(WITH_PLAN, ["--refresh", "--", "--a"]).argument).toBe(
      "--a",
    );
  });

  test("resolves paths against the directory of the caller", () => {
    setInvocation({
      program: "veda-auth",
      isNpmScript: true,
      directory: "/somewhere/else",
    });
    const read = (out: string) =>
      parseArguments(PLAIN, ["--out", out]).values.out;
    expect(read("plan")).toBe("/somewhere/else/plan");
    expect(read("/tmp/plan")).toBe("/tmp/plan");
    expect(read(`${process.cwd()}/plan`)).toBe("plan");
  });
});

describe("parseArguments fails when", () => {
  test.each<[string, typeof PLAIN, readonly string[], string]>([
    ["an option is unknown", PLAIN, ["--xyzzy"], "option --xyzzy is unknown"],
    ["a short option is unknown", PLAIN, ["-x"], "option -x is unknown"],
    ["a value lacks", PLAIN, ["--stage"], "--stage requires a value"],
    [
      "the next option is in the position of a value",
      PLAIN,
      ["--out", "--refresh"],
      "--out requires a value",
    ],
    ["so it is after a short name", PLAIN, ["-s", "-x"], "-s requires a value"],
    [
      "a flag has a value",
      PLAIN,
      ["--refresh=true"],
      "--refresh must have no value, got one",
    ],
    [
      "a value is empty",
      PLAIN,
      ["--stage="],
      '--stage must have a value, got ""',
    ],
    [
      "a path is empty",
      PLAIN,
      ["--out", " "],
      '--out must have a value, got ""',
    ],
    [
      "a value is no choice",
      PLAIN,
      ["--format", "JSON"],
      '--format must be one of json, env, got "JSON"',
    ],
    [
      "a value is a property of every object",
      PLAIN,
      ["--policy", "toString"],
      '--policy must be one of off, all, got "toString"',
    ],
    [
      "options conflict",
      PLAIN,
      ["--refresh", "--no-cache"],
      "--no-cache must not be used together with --refresh",
    ],
    [
      "an option conflicts with the argument",
      WITH_PLAN,
      ["a", "--role", "b"],
      "--role must not be used together with <plan>",
    ],
    [
      "an option lacks another",
      PLAIN,
      ["--yes"],
      "--yes requires --refresh or --create",
    ],
    [
      "an option lacks the argument",
      WITH_PLAN,
      ["--chdir=x"],
      "--chdir requires <plan>",
    ],
    [
      "there is an argument",
      PLAIN,
      ["dev"],
      "the command must have options only, got 1 argument",
    ],
    [
      "there are two arguments",
      WITH_PLAN,
      ["a", "b"],
      "<plan> must be one argument, got 2",
    ],
    ["the argument lacks", WITH_STEP, [], "<step> is required: retain, import"],
    ["the argument is empty", WITH_DIRECTORY, [""], "<directory> is required"],
    [
      "the argument is no choice",
      WITH_STEP,
      ["impor"],
      '<step> must be one of retain, import, got "impor"',
    ],
  ])("%s", (_, command, args, message) => {
    expect(() => parseArguments(command, args)).toThrow(
      new UsageError(message),
    );
  });

  test.each([
    ["--stagee", "did you mean --stage?"],
    ["--no-cahce", "did you mean --no-cache?"],
    ["--formt=json", "did you mean --format?"],
  ])("%s is misspelled, with a suggestion", (option, hint) => {
    expect(getError(() => parseArguments(PLAIN, [option])).hint).toBe(hint);
  });

  test.each([
    ["hunter2"],
    ["--password=hunter2"],
    ["--pass", "hunter2"],
    ["-phunter2"],
  ])("%j contain a secret, without repeating it", (...args) => {
    const { message, hint } = getError(() => parseArguments(PLAIN, args));
    expect(message).not.toContain("hunter2");
    expect(hint).not.toContain("hunter2");
  });
});

describe("a forgotten --", () => {
  const current = { name: "outputs", form: "npm run -s outputs --" };

  beforeEach(() => {
    setInvocation({ program: "npx veda-auth", current, isNpmScript: true });
  });

  test.each([
    // npm run -s outputs --stage dev
    [{ npm_config_stage: "true" }, ["dev"], "--stage", "--stage <stage>"],
    // npm run -s outputs --stage=dev
    [{ npm_config_stage: "dev" }, [], "--stage", "--stage dev"],
    [
      { npm_config_show_sensitive: "true", npm_config_out: "f" },
      [],
      "--out, --show-sensitive",
      "--out f --show-sensitive",
    ],
  ])("is explained for %j", (variables, args, names, options) => {
    setEnvironment(variables);
    const { message, hint } = getError(() => parseArguments(PLAIN, args));
    expect(message).toBe(
      `the options must follow "--", got ${names} without it`,
    );
    expect(hint).toBe(`run npm run -s outputs -- ${options}`);
  });

  test("is suspected for an argument that npm left", () => {
    setEnvironment({});
    const { hint } = getError(() => parseArguments(PLAIN, ["dev"]));
    expect(hint).toMatch(/^put "--" before the options/);
  });

  test("is not suspected for the configuration of npm, or without npm", () => {
    setEnvironment({ npm_config_yes: "true", npm_config_cache: "x" });
    expect(() => parseArguments(PLAIN, [])).not.toThrow();
    setInvocation({ program: "veda-auth", isNpmScript: false });
    setEnvironment({ npm_config_stage: "true" });
    expect(() => parseArguments(PLAIN, [])).not.toThrow();
  });
});

test("an unknown option has the help and the hint of the command, unless it resembles another", () => {
  const command = { ...PLAIN, unknownOptionHint: "read the page" };
  const getHint = (...args: readonly string[]) =>
    getError(() => parseArguments(command, args)).hint;
  expect(getHint("--xyzzy")).toMatch(/^run .* --help; read the page$/);
  expect(getHint("--stge", "dev")).toBe("did you mean --stage?");
});

test("a misspelled command has a suggestion, and another word has none", () => {
  const known = ["token", "outputs", "trust-policy", "get-service-token"];
  expect(findSimilarCommand("tokn", known)).toBe("token");
  expect(findSimilarCommand("trust-polcy", known)).toBe("trust-policy");
  expect(findSimilarCommand("xyzzy", known)).toBeUndefined();
});

function getError(run: () => unknown): UsageError {
  try {
    run();
  } catch (error) {
    if (error instanceof UsageError) return error;
  }
  throw new Error("the call must throw a UsageError");
}
