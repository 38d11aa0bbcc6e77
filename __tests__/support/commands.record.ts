import { writeFileSync } from "node:fs";
import { COMMANDS_PAGE, formatCommandsPage } from "./commands-docs";

/** Writes the page of the commands: `npm run record-plans -- commands`. */
test("the documentation has every command", async () => {
  const page = await formatCommandsPage();
  expect(page).toContain("### token");
  writeFileSync(COMMANDS_PAGE, page);
});
