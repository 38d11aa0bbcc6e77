import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { listRegistryFiles } from "./review-rules";

/** Writes the files that repeat the registry of rules: `npm run record-plans -- review-rules`. */
test("the documentation and the schema have every rule", () => {
  const files = listRegistryFiles();
  expect(files).toHaveLength(2);
  for (const { file, content } of files) {
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, content);
  }
});
