import { readFileSync } from "node:fs";
import { SETTINGS } from "../../stacks/settings";

const settings = Object.entries(SETTINGS);

describe("the table of settings", () => {
  test("is the table in the README", () => {
    const rows = settings.map(
      ([name, { default: standard, meaning }]) =>
        `| \`${name}\` | ${standard} | ${meaning} |`,
    );
    const readme = readFileSync("README.md", "utf8").replace(/ +/g, " ");
    const [, section = ""] = readme.split(/^## Configuration$/m);
    const table = (section.split(/^## /m)[0] ?? "")
      .split("\n")
      .filter((line) => /^\| `[A-Z_]+` \|/.test(line));
    expect(table).toEqual(rows);
  });

  test("is the example of an environment file", () => {
    const lines = settings.flatMap(([name, { default: standard, meaning }]) => [
      `# ${meaning} (default: ${standard})`,
      `# ${name}=`,
      "",
    ]);
    const [, ...example] = readFileSync(".env.example", "utf8").split("\n\n");
    expect(example.join("\n\n")).toBe(lines.join("\n"));
  });
});
