import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { spawnScript, waitUntil } from "../../support/script-process";
import {
  createTemporaryDirectory,
  removeTemporaryDirectories,
} from "../../support/stage";

jest.setTimeout(60_000);

afterAll(removeTemporaryDirectories);

test.each([
  ["logs that nothing was applied", "", "nothing was applied\n"],
  ["logs nothing after changes have started", "startChanges();", ""],
])("an interruption %s", async (_, code, logged) => {
  const directory = createTemporaryDirectory();
  const file = path.join(directory, "log");
  const script = spawnScript(
    directory,
    `
      import { appendFileSync } from "node:fs";
      import { logInterruption } from "./lib/deploy/interruption";
      const log = (line) => appendFileSync("log", line + "\\n");
      void logInterruption("nothing was applied", log, async (startChanges) => {
        ${code}
        appendFileSync("log", "");
        await new Promise((resolve) => setTimeout(resolve, 30_000));
      });
    `,
  );
  await waitUntil(() => existsSync(file));
  script.kill("SIGINT");
  expect(await script.exit).toBe("SIGINT");
  expect(readFileSync(file, "utf8")).toBe(logged);
});
