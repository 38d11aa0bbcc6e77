import { mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { UserError } from "../../../constructs/errors";
import { DEMO_SETTINGS } from "../../../scripts/lib/demo/stage";
import {
  getLastLines,
  runProcess,
} from "../../../scripts/lib/system/processes";
import type { Environment } from "../../../stacks/config/environment";
import type { SynthesizedFiles } from "./synth-differences";

const SYNTH_SECONDS = 120;
const identityPool = "us-west-2:01234567-89ab-cdef-0123-456789abcdef";

/** Settings to synthesize by configuration name: all kinds of stack, with all of their parts. */
const SETTINGS_BY_NAME: Readonly<Record<string, Environment>> = {
  default: { STAGE: "dev", OWNER: "cdktn", STATE_BACKEND: "local" },
  everything: DEMO_SETTINGS,
  existing: {
    ...DEMO_SETTINGS,
    USER_POOL_ID: "us-west-2_Abcdefghi",
    USER_POOL_DOMAIN: "existing",
    IDENTITY_POOL_ARN: `arn:aws:cognito-identity:us-west-2:${DEMO_SETTINGS.AWS_ACCOUNT_ID}:identitypool/${identityPool}`,
    OIDC_PROVIDER_EXISTS: "true",
  },
  account: {
    ...DEMO_SETTINGS,
    STAGE: "account",
    ACCOUNT_STAGES: "dev,production",
    GITHUB_REPOSITORY: "example/auth",
    STATE_CUSTOMER_KEY: "true",
  },
};

/**
 * Synthesizes every configuration with a project's code.
 *
 * @returns JSON files by `<configuration>/<path>`
 * @throws UserError if a configuration cannot be synthesized
 */
export async function synthesizeAll(
  project: string,
  directory: string,
  environment: Environment,
): Promise<SynthesizedFiles> {
  mkdirSync(directory);
  for (const [name, settings] of Object.entries(SETTINGS_BY_NAME)) {
    const envFile = path.join(directory, `${name}.env`);
    const lines = Object.entries(settings).map(
      ([key, value]) => `${key}=${value ?? ""}\n`,
    );
    writeFileSync(envFile, lines.join(""));
    const command = path.join(project, "scripts", "run.mjs");
    const { code, stderr } = await runProcess(
      process.execPath,
      [command, "synth"],
      {
        // the path of a local state file, relative to the stack, is then the same for both projects
        directory,
        environment: {
          ...environment,
          ENV_FILE: envFile,
          CDKTF_OUTDIR: path.join(directory, name),
        },
        timeoutSeconds: SYNTH_SECONDS,
      },
    );
    if (code !== 0)
      throw new UserError(
        `synth of ${name} failed with exit code ${code}\n${getLastLines(stderr, 20)}`,
      );
  }
  return Object.fromEntries(
    readdirSync(directory, { recursive: true, encoding: "utf8" })
      .filter((file) => file.endsWith(".json"))
      .sort()
      .map((file) => [file, readFileSync(path.join(directory, file), "utf8")]),
  );
}
