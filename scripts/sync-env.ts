import { getEnvironment, getSetting } from "../stacks/config/environment";
import { readStageName } from "../stacks/config/command-settings";
import { STAGE_NAME } from "../stacks/config/setting-row";
import { getEnvironmentSecretName } from "../stacks/naming";
import { resolveAwsTarget } from "./lib/aws/client";
import { defineCommand } from "./lib/cli/command";
import { requireValidOptions, STAGE_OPTIONS } from "./lib/cli/options";
import { UsageError } from "./lib/cli/usage-error";
import { parseSecretStage } from "./lib/stage/environment-secret";
import { syncEnvironment } from "./lib/stage/sync-environment";

const SECRET = "<secret>";
const EXIT_DIFFERENT = 1;

export const command = defineCommand({
  description:
    "The secret of AWS Secrets Manager is a JSON object. Only you can read the file, an error does not change it, and values are never printed. A file that you wrote or changed is replaced only if you confirm it, and is copied before.",
  argument: {
    name: SECRET,
    description: "name or ARN of the secret, as --secret",
  },
  options: {
    secret: {
      type: "text",
      value: "<name>",
      description: "name or ARN of the secret",
      defaultText: "veda-auth-<stage>-env",
      conflicts: [SECRET],
    },
    file: {
      type: "path",
      description: "file to write",
      defaultText: ".env.<stage>",
    },
    overwrite: {
      type: "flag",
      description:
        "replace a file that you wrote or changed, without a question",
      conflicts: ["check"],
    },
    check: {
      type: "flag",
      description:
        "write nothing; exit code 1 if the file differs from the secret",
    },
    stage: STAGE_OPTIONS.stage,
    region: STAGE_OPTIONS.region,
    profile: STAGE_OPTIONS.profile,
  },
  examples: [
    "veda-auth sync-env --stage dev",
    "veda-auth sync-env --secret my-settings --file .env",
  ],
  notes:
    "A secret named veda-auth-<stage>-env selects its stage. With another secret and --file, the STAGE in the secret is used.",
  run: async (values, argument) => {
    const secret = values.secret ?? argument;
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
  },
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
