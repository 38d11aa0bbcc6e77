import { parseArgs } from "node:util";
import { getEnvironmentSecretName } from "../stacks/naming";
import { getEnvironment, getSetting } from "../stacks/config/environment";
import { STAGE_NAME } from "../stacks/config/setting-parsers";
import {
  COMMON_OPTIONS,
  COMMON_OPTIONS_HELP,
  EXIT_CODES_HELP,
  resolveStage,
  validateCommonOptions,
} from "./lib/cli/options";
import { resolveAwsTarget } from "./lib/aws/client";
import { runCommand, UsageError } from "./lib/cli/command";
import { parseSecretStage } from "./lib/stage/environment-secret";
import { syncEnvironment } from "./lib/stage/sync-environment";

/** Without those that are no part of this secret's name. */
const OPTIONS_HELP = COMMON_OPTIONS_HELP.replace(
  /^ *--(stack-name-base|env-file) .*\n(?: {20,}.*\n)*/gm,
  "",
);

const HELP = `Usage: npm run -s sync-env -- [options] [secret]

Writes the variables of an environment's secret in AWS Secrets Manager, a JSON object, to the file .env.<stage> that a
stage's settings are read from. The file holds what the secret does and nothing else, is there whole or as it was, and
can be read by its owner alone. Names are told, values never.

Options:
  --secret <name>           name or ARN of the secret, which may also be the argument
                            (default: veda-auth-<stage>-env; of a secret of such a name the stage is taken)
  --file <file>             file to write (default: .env.<stage>); with it and a secret of any name, no stage need be
                            named: the secret's own STAGE counts
  --check                   write nothing; exit code 1 when the file differs from the secret
${OPTIONS_HELP}

Example:
  npm run -s sync-env -- --stage dev

${EXIT_CODES_HELP}`;

const EXIT_DIFFERS = 1;
const log = console.error;

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
      check: { type: "boolean", default: false },
    },
  });
  if (values.help) {
    console.log(HELP);
    return 0;
  }
  const [secret, ...more] = [...positionals, ...given(values.secret)];
  if (more.length > 0 || secret?.trim() === "")
    throw new UsageError("one secret's name is accepted, got none or several");
  if (values.file?.trim() === "")
    throw new UsageError('--file must be a file, got ""');
  const { stage, ...names } = chosenNames(values, secret);
  validateCommonOptions({ ...values, stage });
  const isSame = await syncEnvironment({
    stage,
    ...names,
    // not by the file's own settings, which are what is written
    place: resolveAwsTarget(values),
    isCheckOnly: values.check,
    log,
  });
  return values.check && !isSame ? EXIT_DIFFERS : 0;
});

function given<T>(value: T | undefined): readonly T[] {
  return value === undefined ? [] : [value];
}

interface Names {
  readonly stage: string | undefined;
  readonly secret: string;
  readonly file: string;
}

/** The stage's own names for what is not given; a secret and a file that are both given may leave the stage to the secret. */
function chosenNames(
  { stage: named, file }: { readonly stage?: string; readonly file?: string },
  secret: string | undefined,
): Names {
  const stage = chosenStage(named, secret);
  if (stage === undefined && secret !== undefined && file !== undefined)
    return { stage, secret, file };
  if (stage === undefined)
    throw new UsageError(
      "--stage must name the stage of the secret, whose name does not, got nothing",
      "or give --file, and the secret's own STAGE counts",
    );
  return {
    stage,
    secret: secret ?? getEnvironmentSecretName(stage),
    file: file ?? `.env.${stage}`,
  };
}

/**
 * The stage that is named, by itself or in a secret's name, else the environment's; `undefined` when a secret is named
 * and nothing says its stage. The stage's file is not read for that: it may be broken, and is about to be written.
 */
function chosenStage(
  named: string | undefined,
  secret: string | undefined,
): string | undefined {
  const own = secret === undefined ? undefined : parseSecretStage(secret);
  if (named !== undefined && own !== undefined && named !== own)
    throw new UsageError(
      `--stage must be ${own}, which the secret is of, got ${named}`,
    );
  const stage = named ?? own ?? getSetting(getEnvironment(), "STAGE");
  if (stage !== undefined && STAGE_NAME.allows(stage)) return stage;
  return secret === undefined || named !== undefined
    ? resolveStage({ stage: named }).stage
    : undefined;
}
