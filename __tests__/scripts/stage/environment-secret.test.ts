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
import {
  removeTemporaryDirectories,
  createTemporaryDirectory,
} from "../../support/stage";

afterAll(removeTemporaryDirectories);

const CANARY = "c4nary";
const NO_OBJECT = 'secret "the/secret" must be a JSON object with variables';

function read(text: string) {
  return parseSecretVariables(text, "the/secret", "dev");
}

describe("the secret of an environment", () => {
  test("is named after its stage, and the stage is read from its name", () => {
    expect(getEnvironmentSecretName("dev-2")).toBe("veda-auth-dev-2-env");
    expect(parseSecretStage("veda-auth-dev-2-env")).toBe("dev-2");
  });

  test.each(["", "veda-auth--env/x", "veda-auth-a/b-env", "my/secret"])(
    "names no stage as %j",
    (name) => {
      expect(parseSecretStage(name)).toBeUndefined();
    },
  );

  test("holds texts as they are, and all else as text", () => {
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

  test("may leave its stage empty", () => {
    expect(read('{"STAGE":"","A":"b"}').values.size).toBe(2);
  });
});

describe("the secret of an environment that nobody names", () => {
  test("says its own stage", () => {
    const { values } = parseSecretVariables(
      '{"stage":"dev"}',
      "any/name",
      undefined,
    );
    expect(values.get("stage")).toBe("dev");
  });

  test.each(['{"A":"b"}', `{"STAGE":"${CANARY}_"}`, '{"STAGE":""}'])(
    "fails, telling no value, when it says none, as %s",
    (text) => {
      const reading = () => parseSecretVariables(text, "any/name", undefined);
      expect(reading).toThrow('STAGE in secret "any/name" must be ');
      expect(reading).not.toThrow(CANARY);
    },
  );
});

describe("reading a secret fails, telling no value, when", () => {
  test.each([
    [CANARY, NO_OBJECT],
    [`["${CANARY}"]`, NO_OBJECT],
    [`"${CANARY}"`, NO_OBJECT],
    ["null", NO_OBJECT],
    [`{"A":"${CANARY}"`, NO_OBJECT],
    ["{}", NO_OBJECT],
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
  ])("it is %s", (text, message) => {
    expect(() => read(text)).toThrow(message);
    expect(() => read(text)).not.toThrow(CANARY);
  });
});

describe("changes of an environment", () => {
  test("are told by name", () => {
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
  test("is written for its owner alone, and read back", () => {
    const name = path.join(createTemporaryDirectory(), ".env.dev");
    const file = inspectEnvironmentFile(name);
    expect(file).toMatchObject({ state: "absent", values: {} });
    const text = formatEnvironmentFile(new Map([["A", "b c"]]), "the/secret");
    writeEnvironmentFile(file, text);
    expect(readFileSync(name, "utf8")).toBe(
      "# written by sync-env from the secret the/secret: change it there\nA='b c'\n",
    );
    expect(statSync(name).mode & 0o777).toBe(0o600);
    expect(inspectEnvironmentFile(name)).toMatchObject({
      state: "readable",
      values: { A: "b c" },
      isReadableByOthers: false,
    });
    expect(readdirSync(path.dirname(name))).toEqual([".env.dev"]);
  });

  test("is its owner's alone afterwards when it was not", () => {
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

  test("stays where a link leads", () => {
    const folder = createTemporaryDirectory();
    const [link, real] = [path.join(folder, "link"), path.join(folder, "real")];
    writeFileSync(real, "A=b\n");
    symlinkSync("real", link);
    writeEnvironmentFile(inspectEnvironmentFile(link), "A=c\n");
    expect(lstatSync(link).isSymbolicLink()).toBe(true);
    expect(readFileSync(real, "utf8")).toBe("A=c\n");
  });

  test("that has other lines is known as unreadable", () => {
    const name = path.join(createTemporaryDirectory(), ".env.dev");
    writeFileSync(name, `what is ${CANARY}\n`);
    expect(inspectEnvironmentFile(name)).toMatchObject({
      state: "unreadable",
      values: {},
    });
  });

  test("is read as a stage's settings are, whatever the values", () => {
    const name = path.join(createTemporaryDirectory(), ".env.dev");
    const piece = fc.stringMatching(/^['"`\n\\#= $ab\0\r]$|^\nX=1\n$|^='$/);
    fc.assert(
      fc.property(fc.array(fc.array(piece), { minLength: 1 }), (texts) => {
        const values = new Map(
          texts.map((pieces, index) => [`N${index}`, pieces.join("")]),
        );
        let text: string;
        try {
          text = formatEnvironmentFile(values, "s");
        } catch {
          return;
        }
        writeFileSync(name, text);
        expect(readEnvFile(name)).toEqual({
          values: Object.fromEntries(values),
          problems: [],
        });
      }),
      { numRuns: 500 },
    );
  });
});

describe("the file of an environment fails when", () => {
  test("a value does not fit, which is not told", () => {
    const values = new Map([
      ["FITS", "x"],
      ["LOST", `${CANARY}\r`],
      ["GONE", `${CANARY}'"\``],
    ]);
    const text = () => formatEnvironmentFile(values, "s");
    expect(text).toThrow(
      "values must fit in a dotenv file, got LOST, GONE, which no quotes preserve",
    );
    expect(text).not.toThrow(CANARY);
  });

  test("it is something else than a file, or in no folder", () => {
    const folder = createTemporaryDirectory();
    mkdirSync(path.join(folder, "folder"));
    symlinkSync("nothing", path.join(folder, "link"));
    const open = (name: string) => () =>
      inspectEnvironmentFile(path.join(folder, name));
    expect(open("folder")).toThrow(/must be a file, got something else$/);
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
