import { mkdirSync, readdirSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { AdoptionRecord } from "../../../scripts/lib/adoption/record";
import {
  createTemporaryDirectory,
  removeTemporaryDirectories,
} from "../../support/stage";

const STATE = {
  stage: "dev",
  stackId: "arn",
  retainedIds: ["Pool"],
  stateLocation: "s3://bucket/key in us-west-2",
  unmanagedIds: [],
  createAddresses: [],
  isApplyStarted: false,
};

let before: string;

beforeEach(() => {
  before = process.cwd();
  process.chdir(createTemporaryDirectory());
});

afterEach(() => {
  process.chdir(before);
  removeTemporaryDirectories();
});

describe("the record of an adoption", () => {
  test("is removed if no adoption has started", () => {
    const record = new AdoptionRecord("app-dev");
    record.createWorkDirectory();
    record.save("template", "{}");
    expect(record.readState()).toBeUndefined();
    record.removeWorkFiles();
    AdoptionRecord.removeEmptyParent();
    expect(readdirSync(".")).toEqual([]);
  });

  test("is readable by its owner only", () => {
    const record = new AdoptionRecord("app-dev");
    record.writeState(STATE);
    record.save("terraformState", "{}");
    expect(statSync(record.directory).mode & 0o777).toBe(0o700);
    for (const name of readdirSync(record.directory))
      expect(statSync(path.join(record.directory, name)).mode & 0o777).toBe(
        0o600,
      );
    expect(new AdoptionRecord("app-dev").readState()).toMatchObject(STATE);
  });

  test("loses its work files only, when a run ends", () => {
    const record = new AdoptionRecord("app-dev");
    record.writeState(STATE);
    writeFileSync(path.join(record.createWorkDirectory(), "plan"), "");
    record.removeWorkFiles();
    expect(readdirSync(record.directory)).toEqual(["adoption.json"]);
  });

  test.each([
    ["adoption.json", '{"version":0}'],
    ["old-name.json", '{"version":2}'],
  ])("fails when another version wrote %s", (name, text) => {
    const record = new AdoptionRecord("app-dev");
    mkdirSync(record.directory, { recursive: true });
    writeFileSync(path.join(record.directory, name), text);
    expect(() => record.readState()).toThrow(
      /must be a record of this version of the command/,
    );
    record.removeWorkFiles();
    expect(readdirSync(record.directory)).toEqual([name]);
  });

  test("allows the name of a stack or its ARN", () => {
    const arn =
      "arn:aws-us-gov:cloudformation:us-gov-west-1:000000000000:stack/Auth/0a-1";
    expect(new AdoptionRecord("app-dev").stackName).toBe("app-dev");
    expect(new AdoptionRecord(arn).stackName).toBe("Auth");
  });

  test.each(["", ".", "../x", "a/b", "-a", "a_b", "arn:aws:s3:::stack/a/1"])(
    "fails when the name of the stack is %j",
    (name) => {
      expect(() => new AdoptionRecord(name)).toThrow(/^--stack-name must be /);
    },
  );
});
