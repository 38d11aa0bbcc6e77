import { writeFileSync } from "node:fs";
import { formatSettingsFiles } from "./settings-docs";

/** Writes the files that repeat the table of settings: `npm run record-plans -- settings`. */
test("the documentation and .env.example have every setting", () => {
  const files = formatSettingsFiles();
  expect(files).toHaveLength(2);
  for (const { file, content } of files) writeFileSync(file, content);
});
