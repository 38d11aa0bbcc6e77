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

async function git(
  directory: string,
  ...args: readonly string[]
): Promise<void> {
  const own = ["-c", "user.name=Example", "-c", "user.email=a@example.com"];
  const { code, stderr } = await runProcess("git", [...own, ...args], {
    directory,
    environment: process.env,
    timeoutSeconds: 30,
  });
  expect([code, stderr]).toEqual([0, ""]);
}

async function createCheckout(): Promise<string> {
  const directory = createTemporaryDirectory();
  writeFileSync(path.join(directory, "main.ts"), "one\n");
  await git(directory, "init", "--quiet", "--initial-branch=dev");
  await git(directory, "add", "main.ts");
  await git(directory, "commit", "--quiet", "-m", "one");
  return directory;
}

describe("a checkout", () => {
  test("has the same tree hash for two commits with the same files", async () => {
    const directory = await createCheckout();
    const tree = await readTreeHash(directory);
    expect(tree).toMatch(/^[0-9a-f]{40}$/);
    await git(directory, "commit", "--quiet", "--allow-empty", "-m", "two");
    expect(await readTreeHash(directory)).toBe(tree);
  });

  test("is clean with untracked files, and not with a changed one", async () => {
    const directory = await createCheckout();
    writeFileSync(path.join(directory, ".env.dev"), "STAGE=dev\n");
    await requireCleanCheckout(directory);
    writeFileSync(path.join(directory, "main.ts"), "two\n");
    await expect(requireCleanCheckout(directory)).rejects.toThrow(
      "the checkout must have no uncommitted changes, got changes to main.ts",
    );
  });

  test("fails outside of a checkout", async () => {
    await expect(readTreeHash(createTemporaryDirectory())).rejects.toThrow(
      /^git rev-parse failed with exit code 128: fatal: not a git repository/,
    );
  });
});
