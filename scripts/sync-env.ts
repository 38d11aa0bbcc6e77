import { parseArgs } from "node:util";
import { getEnvironment, getSetting } from "../stacks/config/environment";
import { readStageName } from "../stacks/config/command-settings";
import { STAGE_NAME } from "../stacks/config/setting-row";
import { getEnvironmentSecretName } from "../stacks/naming";
import { resolveAwsTarget } from "./lib/aws/client";
import { runCommand, UsageError } from "./lib/cli/command";
import {
  COMMON_OPTIONS,
  COMMON_OPTIONS_HELP,
  EXIT_CODES_HELP,
  requireValidOptions,
} from "./lib/cli/options";
import { parseSecretStage } from "./lib/stage/environment-secret";
import { syncEnvironment } from "./lib/stage/sync-environment";

const HELP = `Usage: npm run -s sync-env -- [options] [secret]

Write the settings in a secret of AWS Secrets Manager to the file .env.<stage>.

The secret is a JSON object. Only you can read the file, an error does not change it, and values are never printed. A file that
you wrote or changed is replaced only if you confirm it, and is copied before.

Options:
  --secret <name>           name or ARN of the secret, also as an argument (default: veda-auth-<stage>-env)
  --file <file>             file to write (default: .env.<stage>)
  --overwrite               replace a file that you wrote or changed, without a question
  --check                   write nothing; exit code 1 if the file differs from the secret
${COMMON_OPTIONS_HELP.replace(/^ *--(stack-name-base|env-file) .*\n(?: {20,}.*\n)*/gm, "")}

A secret named veda-auth-<stage>-env selects its stage. With another secret and --file, the STAGE in the secret is used.

Examples:
  npm run -s sync-env -- --stage dev
  npm run -s sync-env -- --secret my-settings --file .env

${EXIT_CODES_HELP}`;

const EXIT_DIFFERENT = 1;

void runCommand(async () => {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      stage: COMMON_OPTIONS.stage,
      region: COMMON_OPTIONS.region,
      profile: COMMON_OPTIONS.profile,
      help: COMMON_OPTIONS.help,
      secret: { type: "string" },
      file: { type: "string" },
      overwrite: { type: "boolean", default: false },
      check: { type: "boolean", default: false },
    },
  });
  if (values.help) {
    console.log(HELP);
    return 0;
  }
  const secrets = [...positionals, values.secret].filter(
    (secret) => secret !== undefined,
  );
  if (secrets.length > 1)
    throw new UsageError(`--secret must be one name, got ${secrets.length}`);
  if (secrets[0]?.trim() === "")
    throw new UsageError('--secret must be a name, got ""');
  if (values.file?.trim() === "")
    throw new UsageError('--file must be a file, got ""');
  const [secret] = secrets;
  const stage = findStage(values.stage, secret);
  requireValidOptions({ ...values, stage });
  const isSame = await syncEnvironment({
    stage,
    secret: secret ?? getEnvironmentSecretName(stage ?? ""),
    file: values.file ?? `.env.${requireStage(stage)}`,
    // the settings of the stage are what this command writes
    target: resolveAwsTarget(values),
    isCheckOnly: values.check,
    overwrites: values.overwrite,
    log: console.error,
  });
  return values.check && !isSame ? EXIT_DIFFERENT : 0;
});

/** @throws UsageError if the file has no name because there is no stage */
function requireStage(stage: string | undefined): string {
  if (stage !== undefined) return stage;
  throw new UsageError(
    "--stage is required for a secret whose name contains no stage",
    "or use --file, and the STAGE in the secret",
  );
}

/**
 * Finds the stage in the options, the name of the secret or the environment, or the default without a secret. The file
 * of the stage is not read: it can be invalid, and is about to be written.
 */
function findStage(
  option: string | undefined,
  secret: string | undefined,
): string | undefined {
  const secretStage =
    secret === undefined ? undefined : parseSecretStage(secret);
  if ((option ?? secretStage) !== (secretStage ?? option))
    throw new UsageError(
      `--stage must be ${secretStage ?? ""}, the stage of the secret, got ${option ?? ""}`,
    );
  const stage = option ?? secretStage ?? getSetting(getEnvironment(), "STAGE");
  if (stage !== undefined && STAGE_NAME.allows(stage)) return stage;
  if (option !== undefined) return option;
  return secret === undefined ? readStageName() : undefined;
}
