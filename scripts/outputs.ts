import { parseArgs } from "node:util";
import { UserError } from "../constructs/errors";
import { getEnvironment } from "../stacks/config/environment";
import { runCommand } from "./lib/cli/command";
import {
  COMMON_OPTIONS,
  COMMON_OPTIONS_HELP,
  EXIT_CODES_HELP,
  requireChoice,
  requireNoConflict,
  resolveStage,
} from "./lib/cli/options";
import {
  findOutput,
  formatMaskCommands,
  formatOutputValue,
  OUTPUT_FORMATS,
  type OutputFormat,
  redactSensitive,
} from "./lib/stage/output-formats";
import { readStageOutputs } from "./lib/stage/stage-outputs";

const HELP = `Usage: npm run -s outputs -- [options]

Print the Terraform outputs of a deployed stage.

Terraform or OpenTofu reads them from the state of the stage. Sensitive values are redacted.

Options:
  --format <format>         format of the outputs (default: json)
                            json           a JSON object
                            env            export lines for a shell: eval "$(npm run -s outputs -- --format env)"
                            dotenv         lines of a .env file
                            github-env     npm run -s outputs -- --format github-env >> "$GITHUB_ENV"
                            github-output  npm run -s outputs -- --format github-output >> "$GITHUB_OUTPUT"
                            All formats except json and github-output have names in uppercase.
  --name <name>             print the value of this output only
  --show-sensitive          print sensitive values; in GitHub Actions, the log masks them
${COMMON_OPTIONS_HELP}

Examples:
  npm run -s outputs -- --stage dev
  curl "$(npm run -s outputs -- --stage dev --name jwks_url)"

${EXIT_CODES_HELP}`;

const SHOW_HINT = "use --show-sensitive to print it";

void runCommand(async () => {
  const { values } = parseArgs({
    options: {
      ...COMMON_OPTIONS,
      format: { type: "string" },
      name: { type: "string" },
      "show-sensitive": { type: "boolean", default: false },
    },
  });
  if (values.help) {
    console.log(HELP);
    return 0;
  }
  const { name, "show-sensitive": isShown } = values;
  const format = requireChoice(
    "format",
    values.format ?? "json",
    Object.keys(OUTPUT_FORMATS) as OutputFormat[],
  );
  requireNoConflict(values, "name", "format");

  const outputs = await readStageOutputs(resolveStage(values), console.error);
  const named = name === undefined ? undefined : findOutput(outputs, name);
  const sensitive = (named === undefined ? outputs : [named]).filter(
    ({ isSensitive }) => isSensitive,
  );
  if (isShown && getEnvironment().GITHUB_ACTIONS === "true")
    for (const command of formatMaskCommands(sensitive)) console.error(command);
  if (!isShown && sensitive.length > 0) {
    const names = sensitive.map((output) => output.name).join(", ");
    if (named !== undefined)
      throw new UserError(`output ${names} is sensitive`, SHOW_HINT);
    console.error(`redacted, because sensitive: ${names} (${SHOW_HINT})`);
  }
  console.log(
    named === undefined
      ? OUTPUT_FORMATS[format](isShown ? outputs : redactSensitive(outputs))
      : formatOutputValue(named),
  );
  return 0;
});
