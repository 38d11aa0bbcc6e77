import { readFileSync } from "node:fs";
import { SETTINGS } from "../../../stacks/config/settings";

const settings = Object.entries(SETTINGS);

describe("the table of settings", () => {
  test("is the table in docs/configuration.md", () => {
    const rows = settings.map(
      ([name, { default: standard, description: meaning }]) =>
        `| \`${name}\` | ${standard} | ${meaning} |`,
    );
    const page = readFileSync("docs/configuration.md", "utf8").replace(
      / +/g,
      " ",
    );
    const table = page
      .split("\n")
      .filter((line) => /^\| `[A-Z_]+` \|/.test(line));
    expect(table).toEqual(rows);
  });

  test("is the example of an environment file", () => {
    const lines = settings.flatMap(
      ([name, { default: standard, description: meaning }]) => [
        `# ${meaning} (default: ${standard})`,
        `# ${name}=`,
        "",
      ],
    );
    const [, ...example] = readFileSync(".env.example", "utf8").split("\n\n");
    expect(example.join("\n\n")).toBe(lines.join("\n"));
  });
});
