import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import {
  compileDeclarations,
  createApiReport,
  ENTRIES,
  type Entry,
  REPORTS,
} from "./api-report";
import { removeTemporaryDirectories } from "./stage";

afterAll(removeTemporaryDirectories);

/** Writes the reports of the public API: `npm run record-plans -- api-report`. */
test("the reports have the exports of each entry", () => {
  const declarations = compileDeclarations();
  mkdirSync(REPORTS, { recursive: true });
  for (const entry of Object.keys(ENTRIES) as Entry[]) {
    const text = createApiReport(entry, declarations);
    expect(text).toContain("export ");
    writeFileSync(path.join(REPORTS, `${entry}.api.md`), text);
  }
});
