import {
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";
import { readSecret } from "../../../scripts/lib/stage/secrets";
import { syncEnvironment } from "../../../scripts/lib/stage/sync-environment";
import { findStageSources } from "../../../stacks/config/stage-sources";
import { readDotenv } from "../../support/dotenv";
import {
  createTemporaryDirectory,
  removeTemporaryDirectories,
} from "../../support/stage";

jest.mock("../../../scripts/lib/stage/secrets");

const CANARY = "c4nary";
const BACKUP = /^\.env\.dev\.backup-\d{8}T\d{6}Z(-\d+)?$/;

let directory: string;
let file: string;
let lines: string[];

beforeEach(() => {
  directory = createTemporaryDirectory();
  file = path.join(directory, ".env.dev");
  lines = [];
  setSecret({ STAGE: "dev", OWNER: CANARY });
});

afterAll(removeTemporaryDirectories);

function setSecret(values: object): void {
  jest
    .mocked(readSecret)
    .mockResolvedValue({ text: JSON.stringify(values), region: "us-west-2" });
}

function sync(
  options: Partial<Parameters<typeof syncEnvironment>[0]> = {},
): Promise<boolean> {
  return syncEnvironment({
    stage: "dev",
    secret: "the/secret",
    file,
    target: { region: "us-west-2" },
    isCheckOnly: false,
    confirm: () => Promise.reject(new Error("asked")),
    log: (line) => lines.push(line),
    ...options,
  });
}

function listBackups(): string[] {
  return readdirSync(directory).filter((name) => name !== ".env.dev");
}

test("its own file is replaced without a question and a copy", async () => {
  await sync();
  setSecret({ STAGE: "dev", OWNER: "other" });
  await sync();
  expect(readDotenv(readFileSync(file, "utf8"))).toMatchObject({
    OWNER: "other",
  });
  expect(listBackups()).toEqual([]);
});

test.each(["", "\n"])(
  "a file without variables is replaced: %j",
  async (text) => {
    writeFileSync(file, text);
    await sync();
    expect(listBackups()).toEqual([]);
  },
);

test("a file with the variables of the secret is left as it is", async () => {
  const text = `# mine\nOWNER=${CANARY}\nSTAGE=dev\n`;
  writeFileSync(file, text);
  expect(await sync()).toBe(true);
  expect(readFileSync(file, "utf8")).toBe(text);
});

const EARLIER_HEADER =
  "# written by sync-env from the secret the/secret: change it there\n";

test.each(["A=b\n", `STAGE=dev\nOWNER='${CANARY} two'\n`, ""])(
  "the file of an earlier version is replaced without a question, and copied: %j",
  async (variables) => {
    const text = `${EARLIER_HEADER}${variables}`;
    writeFileSync(file, text);
    expect(await sync()).toBe(false);
    const [backup = "", ...others] = listBackups();
    expect(others).toEqual([]);
    expect(readFileSync(path.join(directory, backup), "utf8")).toBe(text);
    expect(readDotenv(readFileSync(file, "utf8"))).toHaveProperty(
      "STAGE",
      "dev",
    );
  },
);

const HAND_WRITTEN: readonly (readonly [string, () => Promise<string>])[] = [
  ["other variables", () => Promise.resolve(`# mine\nOWNER=me${CANARY}\n`)],
  ["lines that are no variables", () => Promise.resolve(`note ${CANARY}\n`)],
  ["other bytes", () => Promise.resolve(`A=\xff${CANARY}\n`)],
  [
    "a comment below the first line of an earlier version",
    () => Promise.resolve(`${EARLIER_HEADER}A=b\n# mine ${CANARY}\n`),
  ],
  [
    "a line that is no variable below the first line of an earlier version",
    () => Promise.resolve(`${EARLIER_HEADER}A=b\nnote ${CANARY}\n`),
  ],
  [
    "a line added to the file of sync-env",
    async () => {
      await sync();
      setSecret({ STAGE: "dev", OWNER: "other" });
      return `${readFileSync(file, "utf8")}MINE=${CANARY}\n`;
    },
  ],
];

describe.each(HAND_WRITTEN)("a file with %s", (_, createText) => {
  let text: Buffer;

  beforeEach(async () => {
    text = Buffer.from(await createText(), "latin1");
    writeFileSync(file, text, { mode: 0o644 });
    lines = [];
  });

  test("is replaced after a question with names only, and copied", async () => {
    const questions: string[] = [];
    await sync({
      confirm: (question) => {
        questions.push(question);
        return Promise.resolve(true);
      },
    });
    expect(questions).toEqual([`Copy ${file}, and replace it?`]);
    expect([...questions, ...lines].join("\n")).not.toContain(CANARY);
    const [backup = "", ...others] = listBackups();
    expect([backup, others]).toEqual([expect.stringMatching(BACKUP), []]);
    const copy = path.join(directory, backup);
    expect(readFileSync(copy).equals(text)).toBe(true);
    expect(statSync(copy).mode & 0o777).toBe(0o600);
    expect(lines).toContain(`${file} copied to ${backup}`);
    expect(readDotenv(readFileSync(file, "utf8"))).toHaveProperty(
      "STAGE",
      "dev",
    );
  });

  test("is left as it is if the answer is no", async () => {
    await expect(
      sync({ confirm: () => Promise.resolve(false) }),
    ).rejects.toThrow(`${file} is unchanged`);
    expect(readFileSync(file).equals(text)).toBe(true);
    expect(listBackups()).toEqual([]);
  });

  test("is replaced without a question on request, and copied each time", async () => {
    await sync({ overwrites: true });
    writeFileSync(file, text);
    await sync({ overwrites: true });
    expect(listBackups()).toHaveLength(2);
  });

  test("is only compared for a check", async () => {
    expect(await sync({ isCheckOnly: true })).toBe(false);
    expect(readFileSync(file).equals(text)).toBe(true);
    expect(listBackups()).toEqual([]);
  });
});

describe("names in the secret that resemble settings", () => {
  const warning = (name: string, setting: string): string =>
    `warning: ${name} is not a setting, did you mean ${setting}? Other commands refuse it in the file: rename it in the secret, or remove it from there`;

  test("are named with a warning, by a check and after a change too, and written", async () => {
    setSecret({ STAGE: "dev", OIDC_PROVDER_URL: CANARY, USER_POOL: CANARY });
    const expected = [
      warning("OIDC_PROVDER_URL", "OIDC_PROVIDER_URL"),
      warning("USER_POOL", "USER_POOL_ID"),
    ];
    for (const isCheckOnly of [true, false, false]) {
      lines = [];
      await sync({ isCheckOnly });
      expect(lines.filter((line) => line.startsWith("warning"))).toEqual(
        expected,
      );
      expect(lines.join("\n")).not.toContain(CANARY);
    }
    expect(readDotenv(readFileSync(file, "utf8"))).toHaveProperty("USER_POOL");
    const [source] = findStageSources({ STAGE: "dev" }, directory, {
      userName: "user",
      isCi: false,
    });
    expect(source?.misspellings).toHaveLength(expected.length);
  });

  test("have no warning if the secret has the setting too", async () => {
    setSecret({ STAGE: "dev", USER_POOL: "name", USER_POOL_ID: "us-west-2_a" });
    await sync();
    expect(lines.join("\n")).not.toContain("warning");
  });
});

test("the target of a link is copied", async () => {
  const target = path.join(createTemporaryDirectory(), "real");
  writeFileSync(target, "A=b\n");
  symlinkSync(target, file);
  await sync({ overwrites: true });
  expect(readdirSync(path.dirname(target)).sort()).toEqual([
    "real",
    expect.stringMatching(/^real\.backup-/),
  ]);
});

test("a copy is not the settings of a stage", async () => {
  for (const name of [".env.dev", ".env"]) {
    writeFileSync(path.join(directory, name), "A=b\n");
    for (const [index] of ["first", "second"].entries()) {
      writeFileSync(path.join(directory, name), `A=${index}\n`);
      await sync({ overwrites: true, file: path.join(directory, name) });
    }
  }
  writeFileSync(path.join(directory, ".env"), "");
  const sources = findStageSources({}, directory, {
    userName: "user",
    isCi: false,
  });
  expect(sources.map(({ label }) => label)).toEqual([".env.dev"]);
  const ignored = readFileSync(".gitignore", "utf8").split("\n");
  expect(ignored).toContain(".env.*");
});
