import { writeFileSync } from "node:fs";
import path from "node:path";
import {
  readTreeHash,
  requireCleanCheckout,
} from "../../../scripts/lib/ci/checkout";
import { runProcess } from "../../../scripts/lib/system/processes";
import {
  removeTemporaryDirectories,
  createTemporaryDirectory,
} from "../../support/stage";

afterAll(removeTemporaryDirectories);

async function git(folder: string, ...args: readonly string[]): Promise<void> {
  const own = ["-c", "user.name=Somebody", "-c", "user.email=a@example.com"];
  const { code, stderr } = await runProcess("git", [...own, ...args], {
    directory: folder,
    environment: process.env,
    timeoutSeconds: 30,
  });
  expect([code, stderr]).toEqual([0, ""]);
}

async function checkout(): Promise<string> {
  const folder = createTemporaryDirectory();
  writeFileSync(path.join(folder, "main.ts"), "one\n");
  await git(folder, "init", "--quiet", "--initial-branch=dev");
  await git(folder, "add", "main.ts");
  await git(folder, "commit", "--quiet", "-m", "one");
  return folder;
}

describe("a checkout", () => {
  test("has one tree for two commits of the same files", async () => {
    const folder = await checkout();
    const tree = await readTreeHash(folder);
    expect(tree).toMatch(/^[0-9a-f]{40}$/);
    await git(folder, "commit", "--quiet", "--allow-empty", "-m", "two");
    expect(await readTreeHash(folder)).toBe(tree);
  });

  test("is clean whatever lies beside its files, and fails to be when one differs", async () => {
    const folder = await checkout();
    writeFileSync(path.join(folder, ".env.dev"), "STAGE=dev\n");
    await requireCleanCheckout(folder);
    writeFileSync(path.join(folder, "main.ts"), "two\n");
    await expect(requireCleanCheckout(folder)).rejects.toThrow(
      "the checkout must be as its commit has it, got changes to main.ts",
    );
  });

  test("fails where there is none", async () => {
    await expect(readTreeHash(createTemporaryDirectory())).rejects.toThrow(
      /^git rev-parse ended with 128: fatal: not a git repository/,
    );
  });
});
