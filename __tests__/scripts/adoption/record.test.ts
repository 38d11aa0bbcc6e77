import { mkdirSync, readdirSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { AdoptionRecord } from "../../../scripts/lib/adoption/record";
import {
  removeTemporaryDirectories,
  createTemporaryDirectory,
} from "../../support/stage";

const JOURNEY = {
  stage: "dev",
  stackId: "arn",
  kept: ["Pool"],
  state: "s3://bucket/key in us-west-2",
  leaves: [],
  mayCreate: [],
  isApplied: false,
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
  test("is nothing where none has begun", () => {
    const record = new AdoptionRecord("app-dev");
    record.work();
    expect(record.journey()).toBeUndefined();
    record.clean();
    AdoptionRecord.removeEmpty();
    expect(readdirSync(".")).toEqual([]);
  });

  test("is readable by its owner alone", () => {
    const record = new AdoptionRecord("app-dev");
    record.write(JOURNEY);
    record.keepState("{}");
    expect(statSync(record.folder).mode & 0o777).toBe(0o700);
    for (const name of readdirSync(record.folder))
      expect(statSync(path.join(record.folder, name)).mode & 0o777).toBe(0o600);
    expect(new AdoptionRecord("app-dev").journey()).toMatchObject(JOURNEY);
  });

  test("keeps the state that was there first", () => {
    const record = new AdoptionRecord("app-dev");
    record.keepState("");
    record.keepState("{}");
    expect(record.state).toBe("");
  });

  test.each(["", ".", "..", "../x"])(
    "fails when the stack's name may lead to another folder: %j",
    (name) => {
      expect(() => new AdoptionRecord(name)).toThrow(/^--stack-name must be/);
    },
  );

  test("loses what one run needs, and no more, when that ends", () => {
    const record = new AdoptionRecord("app-dev");
    record.write(JOURNEY);
    writeFileSync(path.join(record.work(), "plan"), "");
    record.clean();
    expect(readdirSync(record.folder)).toEqual(["journey.json"]);
  });

  test("fails when it is of another version", () => {
    const record = new AdoptionRecord("app-dev");
    mkdirSync(record.folder, { recursive: true });
    writeFileSync(path.join(record.folder, "journey.json"), '{"version":0}');
    expect(() => record.journey()).toThrow(/must be of this version/);
  });
});
