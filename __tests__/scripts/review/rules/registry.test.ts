import { readFileSync } from "node:fs";
import path from "node:path";
import { RULE_IDS, RULES } from "../../../../scripts/lib/review/rules/registry";
import schema from "../../../../scripts/plan-review.schema.json";
import { listRegistryFiles } from "../../../support/review-rules";

// after a change of a rule: npm run record-plans -- review-rules
test.each(
  listRegistryFiles().map(({ file, content }) => [
    path.basename(file),
    file,
    content,
  ]),
)("%s has every rule as the registry has it", (_, file, content) => {
  expect(readFileSync(file, "utf8")).toBe(content);
});

test("the schema of a review allows the rules of the registry", () => {
  expect(schema.$defs.rule.enum).toEqual(RULE_IDS);
});

test("the documentation has the sentence of each rule once", () => {
  const [page] = listRegistryFiles();
  const lines = page?.content.split("\n") ?? [];
  for (const id of RULE_IDS)
    expect(lines.filter((line) => line.startsWith(`- \`${id}\`: `))).toEqual([
      expect.stringMatching(/[.]$/),
    ]);
});

test.each(RULE_IDS)("%s is named and described as the others are", (id) => {
  expect(id).toMatch(/^[a-z]+(-[a-z]+)+$/);
  expect(RULES[id].description).toMatch(/^[A-Z`].*\.$/);
});
