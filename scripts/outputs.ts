import { parseArgs } from "node:util";
import { UserError } from "../constructs/errors";
import { getEnvironment } from "../stacks/config/environment";
import {
  resolveStage,
  COMMON_OPTIONS_HELP,
  COMMON_OPTIONS,
  EXIT_CODES_HELP,
} from "./lib/cli/options";
import { runCommand, UsageError } from "./lib/cli/command";
import {
  isOutputFormat,
  formatMaskCommands,
  redactSensitive,
  OUTPUT_FORMATS,
  findOutput,
  formatOutputValue,
} from "./lib/stage/output-formats";
import { readStageOutputs } from "./lib/stage/stage-outputs";

const HELP = `Usage: npm run -s outputs -- [options]

Prints the Terraform outputs of a deployed stage, which in upper case are the variables that other deployments read.
They are read from the stage's state, in S3 or in this folder, by Terraform or OpenTofu; nothing is synthesized or
installed.

Options:
  --format <format>         json (the default), or
                            env            export lines for a shell: eval "$(npm run -s outputs -- --format env)"
                            dotenv         lines of a .env file
                            github-env     npm run -s outputs -- --format github-env >> "$GITHUB_ENV"
                            github-output  npm run -s outputs -- --format github-output >> "$GITHUB_OUTPUT"
                            with names in upper case but for json and github-output
  --name <name>             print the value of this output alone
  --show-sensitive          print values that are sensitive, which are ******** else; in GitHub Actions the runner is
                            told to mask them in its log
${COMMON_OPTIONS_HELP}

Example:
  curl "$(npm run -s outputs -- --stage dev --name jwks_url)"

${EXIT_CODES_HELP}`;

const SHOW_HINT = "--show-sensitive prints what is";
const log = console.error;

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
  const { format = "json", name, "show-sensitive": isShown } = values;
  if (!isOutputFormat(format))
    throw new UsageError(
      `--format must be one of ${Object.keys(OUTPUT_FORMATS).join(", ")}, got ${JSON.stringify(format)}`,
    );
  if (name !== undefined && values.format !== undefined)
    throw new UsageError("--name prints a bare value, got --format with it");

  const outputs = await readStageOutputs(resolveStage(values), log);
  const one = name === undefined ? undefined : findOutput(outputs, name);
  const chosen = one === undefined ? outputs : [one];
  const sensitive = chosen.filter(({ isSensitive }) => isSensitive);
  if (isShown && getEnvironment().GITHUB_ACTIONS === "true")
    for (const command of formatMaskCommands(sensitive)) log(command);
  if (!isShown && sensitive.length > 0) {
    const names = sensitive.map((output) => output.name).join(", ");
    if (one !== undefined)
      throw new UserError(`output ${names} is sensitive`, SHOW_HINT);
    log(`sensitive, so masked: ${names} (${SHOW_HINT})`);
  }
  const shown = isShown ? outputs : redactSensitive(outputs);
  console.log(
    one === undefined ? OUTPUT_FORMATS[format](shown) : formatOutputValue(one),
  );
  return 0;
});
