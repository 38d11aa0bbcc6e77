import { UserError } from "../constructs/errors";
import { getEnvironment } from "../stacks/config/environment";
import { defineCommand } from "./lib/cli/command";
import { resolveStage, STAGE_OPTIONS } from "./lib/cli/options";
import {
  findOutput,
  formatMaskCommands,
  formatOutputValue,
  OUTPUT_FORMATS,
  redactSensitive,
} from "./lib/stage/output-formats";
import { readStageOutputs } from "./lib/stage/stage-outputs";

const SHOW_HINT = "use --show-sensitive to print it";

export const command = defineCommand({
  description:
    "Terraform or OpenTofu reads them from the state of the stage. Sensitive values are redacted.",
  options: {
    format: {
      type: "text",
      description:
        "format of the outputs; names are in uppercase except in json and github-output",
      choices: {
        json: "a JSON object",
        env: 'export lines for a shell: eval "$(veda-auth outputs --format env)"',
        dotenv: "lines of a .env file",
        "github-env": 'veda-auth outputs --format github-env >> "$GITHUB_ENV"',
        "github-output":
          'veda-auth outputs --format github-output >> "$GITHUB_OUTPUT"',
      },
      default: "json",
    },
    name: {
      type: "text",
      description: "print the value of this output only",
      conflicts: ["format"],
    },
    "show-sensitive": {
      type: "flag",
      description:
        "print sensitive values; in GitHub Actions, the log masks them",
    },
    ...STAGE_OPTIONS,
  },
  examples: [
    "veda-auth outputs --stage dev",
    'curl "$(veda-auth outputs --stage dev --name jwks_url)"',
  ],
  run: async (values) => {
    const { name, format, "show-sensitive": isShown } = values;
    const outputs = await readStageOutputs(resolveStage(values), console.error);
    const named = name === undefined ? undefined : findOutput(outputs, name);
    const sensitive = (named === undefined ? outputs : [named]).filter(
      ({ isSensitive }) => isSensitive,
    );
    if (isShown && getEnvironment().GITHUB_ACTIONS === "true")
      for (const line of formatMaskCommands(sensitive)) console.error(line);
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
  },
});
