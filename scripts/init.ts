import { defineCommand } from "./lib/cli/command";
import { formatUserPath, resolveUserPath } from "./lib/cli/invocation";
import { hasTerminal, type Terminal, withTerminal } from "./lib/cli/terminal";
import { UsageError } from "./lib/cli/usage-error";
import { EXAMPLES, writeAppFiles } from "./lib/init/app-files";
import {
  type AppSetting,
  getAppDefault,
  getTableDefault,
  listUnsetOptions,
  requireValidAppOptions,
  resolveAppValues,
  validateAppSetting,
} from "./lib/init/app-settings";
import {
  createDirectory,
  requireFreeDirectory,
} from "./lib/init/create-directory";
import {
  findPackageSource,
  isFromRegistry,
  PACKAGE,
  packPackage,
} from "./lib/init/package-source";
import { quoteShellWord } from "./lib/system/shell";

const log = console.error;
const NO_TERMINAL = {
  needs: "the settings of the app are required",
  hint: "use --yes for the defaults",
};

export const command = defineCommand({
  description:
    "Writes an app that depends on this package: main.ts with a small stage, the settings that all stages share, and workflows for GitHub. The command asks for the values that are not set by options. It creates the directory with all files, or changes nothing.",
  argument: {
    name: "<directory>",
    description: "new or empty directory of the app",
    isRequired: true,
  },
  options: {
    "app-name": {
      type: "text",
      value: "<name>",
      description: "first part of the names of all stages",
      defaultText: "the name of the directory",
    },
    region: {
      type: "text",
      description: "Region of the stages",
      defaultText: "us-west-2",
    },
    project: {
      type: "text",
      value: "<text>",
      description: "tag Project of all resources",
      defaultText: "the app name",
    },
    client: {
      type: "text",
      value: "<text>",
      description: "tag Client of all resources",
      defaultText: "the app name",
    },
    example: {
      type: "text",
      value: "<name>",
      description: "write the main.ts of an example, with its defaults",
      choices: EXAMPLES,
    },
    yes: {
      type: "flag",
      description: "use the defaults and ask nothing, for scripts",
    },
  },
  examples: [
    "veda-auth init our-auth",
    "veda-auth init our-auth --yes --region eu-central-1",
  ],
  notes:
    "In the app, npm install installs the package from where this one came: from a registry, or else from the file veda-auth-<version>.tgz, which the command writes to the app.",
  run: async (options, argument = "") => {
    requireValidAppOptions(options);
    const unset = listUnsetOptions(options);
    const isAsked = !options.yes && unset.length > 0;
    if (isAsked && !hasTerminal())
      throw new UsageError(
        `${unset.join(", ")} must be set, since there is no terminal`,
        "use --yes for the defaults",
      );
    const directory = resolveUserPath(argument);
    requireFreeDirectory(directory);
    const values = await withTerminal(NO_TERMINAL, (terminal) =>
      resolveAppValues(
        options,
        (setting, preceding) =>
          options.example === undefined
            ? getAppDefault(setting, directory, preceding)
            : getTableDefault(setting),
        isAsked
          ? (setting, suggestion) => ask(terminal(), setting, suggestion)
          : undefined,
      ),
    );
    const source = findPackageSource();
    await createDirectory(directory, async (files) => {
      const specifier = isFromRegistry(source)
        ? `^${source.version}`
        : `file:${await packPackage(source, files)}`;
      writeAppFiles(
        { values, example: options.example, source, specifier },
        files,
      );
    });
    const shown = quoteShellWord(formatUserPath(directory));
    log(`Created the app ${values.APP_NAME ?? ""} in ${shown}`);
    log(`next: cd ${shown} && npm install && npx ${PACKAGE} demo`);
    return 0;
  },
});

/** Asks until an answer is valid; an empty one is the suggestion. */
async function ask(
  terminal: Terminal,
  setting: AppSetting,
  suggestion = "",
): Promise<string> {
  const shown = suggestion === "" ? "" : ` [${suggestion}]`;
  for (;;) {
    const typed = await terminal.ask(`${setting.question}${shown}: `);
    const answer = typed === "" ? suggestion : typed;
    const problem = validateAppSetting(setting, answer, setting.noun);
    if (problem === undefined) return answer;
    terminal.writeLine(`${problem}.`);
  }
}
