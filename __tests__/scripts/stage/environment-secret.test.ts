import {
  lstatSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";
import fc from "fast-check";
import { getEnvironmentSecretName } from "../../../stacks/naming";
import {
  restrictEnvironmentFile,
  formatEnvironmentFile,
  inspectEnvironmentFile,
  writeEnvironmentFile,
} from "../../../scripts/lib/stage/environment-file";
import {
  compareVariables,
  parseSecretVariables,
  parseSecretStage,
} from "../../../scripts/lib/stage/environment-secret";
import { readEnvFile } from "../../../stacks/config/env-file";
import { DOTENV_VALUE } from "../../support/dotenv";
import {
  removeTemporaryDirectories,
  createTemporaryDirectory,
} from "../../support/stage";

afterAll(removeTemporaryDirectories);

const CANARY = "c4nary";
const NO_OBJECT =
  'secret "the/secret" must be a JSON object with variables, got ';

function read(text: string) {
  return parseSecretVariables(text, "the/secret", "dev");
}

describe("the secret of an environment", () => {
  test("has the name of its stage", () => {
    expect(getEnvironmentSecretName("dev-2")).toBe("veda-auth-dev-2-env");
    expect(parseSecretStage("veda-auth-dev-2-env")).toBe("dev-2");
  });

  test.each(["", "veda-auth--env/x", "veda-auth-a/b-env", "my/secret"])(
    "has no stage with the name %j",
    (name) => {
      expect(parseSecretStage(name)).toBeUndefined();
    },
  );

  test("has text as it is, and other values as text", () => {
    const { values, nulls } = read(
      '{"STAGE":"dev","n":1.50,"B":false,"L":["a"],"O":{"a":null},"Z":null,"S":" x\\n"}',
    );
    expect(Object.fromEntries(values)).toEqual({
      STAGE: "dev",
      n: "1.50",
      B: "false",
      L: '["a"]',
      O: '{"a":null}',
      Z: "",
      S: " x\n",
    });
    expect(nulls).toEqual(["Z"]);
  });

  test("can have an empty stage", () => {
    expect(read('{"STAGE":"","A":"b"}').values.size).toBe(2);
  });
});

describe("the secret of an environment without an explicit stage", () => {
  test("selects its own stage", () => {
    const { values } = parseSecretVariables(
      '{"stage":"dev"}',
      "any/name",
      undefined,
    );
    expect(values.get("stage")).toBe("dev");
  });

  test.each([
    ['{"A":"b"}', "none"],
    [`{"STAGE":"${CANARY}_"}`, "another value"],
    ['{"STAGE":""}', "none"],
  ])(
    "fails, without a value in the message, if it has no valid stage: %s",
    (text, received) => {
      const reading = () => parseSecretVariables(text, "any/name", undefined);
      expect(reading).toThrow(
        `STAGE in secret "any/name" must be 1-100 lowercase letters, digits or hyphens, got ${received}`,
      );
      expect(reading).not.toThrow(CANARY);
    },
  );
});

describe("reading a secret fails, without a value in the message, if", () => {
  test.each([
    [CANARY, `${NO_OBJECT}text that is not JSON`],
    [`["${CANARY}"]`, `${NO_OBJECT}a list`],
    [`"${CANARY}"`, `${NO_OBJECT}a string`],
    ["null", `${NO_OBJECT}null`],
    [`{"A":"${CANARY}"`, `${NO_OBJECT}text that is not JSON`],
    ["{}", `${NO_OBJECT}none`],
    [
      `{"A-B":"${CANARY}","1":"","C":"${CANARY}"}`,
      'names in secret "the/secret" must be names of variables (letters, digits or _), got "1", "A-B"',
    ],
    [
      `{"STAGE":"${CANARY}","A":""}`,
      'STAGE in secret "the/secret" must be "dev", got another stage',
    ],
    [
      `{"stage":"${CANARY}"}`,
      'STAGE in secret "the/secret" must be "dev", got another stage',
    ],
    [
      `{"STAGE":"dev","stage":"${CANARY}"}`,
      'STAGE in secret "the/secret" must be "dev", got another stage',
    ],
  ])("it is %s", (text, message) => {
    expect(() => read(text)).toThrow(message);
    expect(() => read(text)).not.toThrow(CANARY);
  });
});

describe("changes of an environment", () => {
  test("are listed by name", () => {
    const after = new Map([
      ["SAME", "1"],
      ["OTHER", "2"],
      ["NEW", "3"],
      ["constructor", ""],
    ]);
    expect(compareVariables({ SAME: "1", OTHER: "1", OLD: "" }, after)).toEqual(
      {
        added: ["NEW", "constructor"],
        changed: ["OTHER"],
        removed: ["OLD"],
        unchanged: ["SAME"],
      },
    );
  });
});

describe("the file of an environment", () => {
  test("is readable by its owner only, and reads back", () => {
    const name = path.join(createTemporaryDirectory(), ".env.dev");
    const file = inspectEnvironmentFile(name);
    expect(file).toMatchObject({ state: "absent", values: {} });
    const text = formatEnvironmentFile(new Map([["A", "b c"]]), "the/secret");
    writeEnvironmentFile(file, text);
    expect(readFileSync(name, "utf8")).toMatch(
      /^# written by sync-env from the secret the\/secret: change it there \([0-9a-f]{16}\)\nA='b c'\n$/,
    );
    expect(statSync(name).mode & 0o777).toBe(0o600);
    expect(inspectEnvironmentFile(name)).toMatchObject({
      state: "readable",
      values: { A: "b c" },
      isReadableByOthers: false,
    });
    expect(readdirSync(path.dirname(name))).toEqual([".env.dev"]);
  });

  test("becomes readable by its owner only", () => {
    const name = path.join(createTemporaryDirectory(), ".env.dev");
    writeFileSync(name, "A=b\n", { mode: 0o644 });
    const file = inspectEnvironmentFile(name);
    expect(file.isReadableByOthers).toBe(true);
    restrictEnvironmentFile(file);
    expect(statSync(name).mode & 0o777).toBe(0o600);
    writeFileSync(path.join(path.dirname(name), "wide"), "", { mode: 0o666 });
    const wide = inspectEnvironmentFile(path.join(path.dirname(name), "wide"));
    writeEnvironmentFile(wide, "A=b\n");
    expect(statSync(wide.path).mode & 0o777).toBe(0o600);
  });

  test("is written to the target of a link", () => {
    const directory = createTemporaryDirectory();
    const [link, real] = [
      path.join(directory, "link"),
      path.join(directory, "real"),
    ];
    writeFileSync(real, "A=b\n");
    symlinkSync("real", link);
    writeEnvironmentFile(inspectEnvironmentFile(link), "A=c\n");
    expect(lstatSync(link).isSymbolicLink()).toBe(true);
    expect(readFileSync(real, "utf8")).toBe("A=c\n");
  });

  test("with other lines is unreadable", () => {
    const name = path.join(createTemporaryDirectory(), ".env.dev");
    writeFileSync(name, `what is ${CANARY}\n`);
    expect(inspectEnvironmentFile(name)).toMatchObject({
      state: "unreadable",
      values: {},
    });
  });

  test("reads back every value as settings of a stage", () => {
    const name = path.join(createTemporaryDirectory(), ".env.dev");
    const names = fc.stringMatching(/^[A-Za-z_][A-Za-z0-9_]{0,8}$/);
    const texts = fc.dictionary(names, DOTENV_VALUE, { minKeys: 1 });
    fc.assert(
      fc.property(texts, (values) => {
        const entries = Object.entries(values);
        writeFileSync(name, formatEnvironmentFile(new Map(entries), "s"));
        const file = readEnvFile(name);
        expect(file).toMatchObject({ references: [], problems: [] });
        expect(Object.entries(file.values)).toEqual(entries);
      }),
      { numRuns: 500 },
    );
  });
});

describe("the file of an environment fails if", () => {
  test("a value does not fit, without the value in the message", () => {
    const values = new Map([
      ["FITS", "x"],
      ["LOST", `${CANARY}\0`],
      ["GONE", `${CANARY}\r\${X}`],
      ["HALF", `${CANARY}\ud800`],
    ]);
    const text = () => formatEnvironmentFile(values, "s");
    expect(text).toThrow(
      "values must fit in a dotenv file, got LOST, GONE, HALF, which no line preserves",
    );
    expect(text).not.toThrow(CANARY);
  });

  test("it is not a file, or its directory does not exist", () => {
    const directory = createTemporaryDirectory();
    mkdirSync(path.join(directory, "directory"));
    symlinkSync("nothing", path.join(directory, "link"));
    const open = (name: string) => () =>
      inspectEnvironmentFile(path.join(directory, name));
    expect(open("directory")).toThrow(/must be a file, got something else$/);
    expect(open("link")).toThrow(/must be a file, got a broken link$/);
    expect(open("none/file")).toThrow(/must be in an existing directory, got/);
    expect(open(".env.example")).toThrow(
      /must not contain secrets, since it is committed to git$/,
    );
    expect(() => inspectEnvironmentFile("/dev/stdout")).toThrow(
      "/dev/stdout must be a file, got something else",
    );
  });
});
