import {
  mkdirSync,
  readFileSync,
  readdirSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";
import {
  validatePlanFile,
  savePlan,
} from "../../../scripts/lib/plan/stage-workspace";
import {
  removeTemporaryDirectories,
  createTemporaryDirectory,
} from "../../support/stage";

afterAll(removeTemporaryDirectories);

describe("a plan that is saved", () => {
  test("is a file that its owner alone can read, also in the place of another", () => {
    const folder = createTemporaryDirectory();
    const from = path.join(folder, "made");
    const bytes = Buffer.from([0x50, 0x4b, 3, 4, 0xff, 0]);
    writeFileSync(from, bytes);
    const to = path.join(folder, "saved");
    writeFileSync(to, "old", { mode: 0o666 });
    savePlan(from, to);
    expect(readFileSync(to)).toEqual(bytes);
    expect(statSync(to).mode & 0o777).toBe(0o600);
    expect(readdirSync(folder).sort()).toEqual(["made", "saved"]);
  });

  test("fails to be saved as a directory, a link, a device or nothing", () => {
    const folder = createTemporaryDirectory();
    const file = path.join(folder, "file");
    writeFileSync(file, "a");
    symlinkSync(file, path.join(folder, "link"));
    symlinkSync("nowhere", path.join(folder, "dangling"));
    mkdirSync(path.join(folder, "directory"));
    for (const name of ["link", "dangling", "directory", "new/"])
      expect(() => {
        validatePlanFile(`${folder}/${name}`);
      }).toThrow("the file of a plan must be a regular file or a new one");
    for (const name of ["", "/dev/null", "."])
      expect(() => {
        validatePlanFile(name);
      }).toThrow("must be a regular file");
    expect(readFileSync(file, "utf8")).toBe("a");
  });
});
