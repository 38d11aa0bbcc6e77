import { writeFileSync } from "node:fs";
import { formatRegionsFile, REGIONS_FILE } from "./regions-file";

/** Writes the Regions of AWS that the product knows: `npm run record-plans -- regions`. */
test("the library has every Region", () => {
  const file = formatRegionsFile();
  expect(file).toContain('"us-west-2"');
  writeFileSync(REGIONS_FILE, file);
});
