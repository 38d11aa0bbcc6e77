import { COMMANDS } from "../../scripts/commands";
import type { CommandEntry } from "../../scripts/lib/cli/command";
import {
  EXIT_CODES,
  formatExitCodes,
  formatHelp,
} from "../../scripts/lib/cli/help";
import { setInvocation } from "../../scripts/lib/cli/invocation";

export const COMMANDS_PAGE = "docs/commands.md";

/** Returns the page of all commands: their help, as a checkout prints it. */
export async function formatCommandsPage(): Promise<string> {
  setInvocation({ program: "npx veda-auth", isNpmScript: false });
  const sections = await Promise.all(
    Object.entries(COMMANDS).map(async ([heading, entries]) =>
      [`## ${heading}`, ...(await Promise.all(entries.map(formatEntry)))].join(
        "\n\n",
      ),
    ),
  );
  return `${[
    "# Commands",
    "`npx veda-auth` runs the commands in a checkout of this project; an installed package has the program `veda-auth`. Every command is also an npm script: `npm run -s outputs -- --stage dev`. Older names, which this page lists, stay as commands and npm scripts, and some as programs.",
    `Exit codes: ${formatExitCodes(EXIT_CODES)}. Other codes are listed with their command.`,
    ...sections,
  ].join("\n\n")}\n`;
}

async function formatEntry(entry: CommandEntry): Promise<string> {
  const { command } = await entry.load();
  const { name, aliases = [] } = entry;
  return [
    `### ${name}`,
    ...(aliases.length === 0
      ? []
      : [`Older name: ${aliases.map((alias) => `\`${alias}\``).join(", ")}.`]),
    `\`\`\`text\n${formatHelp(entry, command)}\n\`\`\``,
  ].join("\n\n");
}
