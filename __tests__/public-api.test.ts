import { readFileSync } from "node:fs";
import path from "node:path";
import {
  compileDeclarations,
  createApiReport,
  ENTRIES,
  type Entry,
  REPORTS,
} from "./support/api-report";
import { removeTemporaryDirectories } from "./support/stage";

afterAll(removeTemporaryDirectories);

let declarations: string;

beforeAll(() => {
  declarations = compileDeclarations();
});

test.each(Object.keys(ENTRIES) as Entry[])(
  "the entry %s exports what its report has; `npm run record-plans -- api-report` writes the report",
  (entry) => {
    const report = path.join(REPORTS, `${entry}.api.md`);
    expect(createApiReport(entry, declarations)).toBe(
      readFileSync(report, "utf8"),
    );
  },
);
