import type { Environment } from "../../../stacks/config/environment";
import { DEMO_SETTINGS } from "../../../scripts/lib/demo/stage";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { ProcessResult } from "../../../scripts/lib/system/processes";
import {
  type Difference,
  formatDifference,
  type SynthesizedFiles,
} from "./synth-differences";

const existing = "us-west-2:01234567-89ab-cdef-0123-456789abcdef";

/** Settings that the variants synthesize alike, by a name for each: all kinds of stack, with all of their parts. */
export const SETTINGS_BY_NAME: Readonly<Record<string, Environment>> = {
  default: { STAGE: "dev", OWNER: "matrix", STATE_BACKEND: "local" },
  everything: DEMO_SETTINGS,
  existing: {
    ...DEMO_SETTINGS,
    USER_POOL_ID: "us-west-2_Abcdefghi",
    USER_POOL_DOMAIN: "theirs",
    IDENTITY_POOL_ARN: `arn:aws:cognito-identity:us-west-2:${DEMO_SETTINGS.AWS_ACCOUNT_ID}:identitypool/${existing}`,
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

/** Runs a command of the project to its end. */
export type RunCommand = (
  name: string,
  variables: Environment,
) => Promise<ProcessResult>;

/**
 * Synthesizes every configuration of {@link SETTINGS_BY_NAME} into a folder, and gives what was written.
 *
 * @returns files by `<configuration>/<path>`; or what a configuration that failed printed
 */
export async function synthesizeAll(
  folder: string,
  run: RunCommand,
): Promise<SynthesizedFiles | { readonly failed: ProcessResult }> {
  for (const [name, settings] of Object.entries(SETTINGS_BY_NAME)) {
    const file = path.join(folder, `${name}.env`);
    const lines = Object.entries(settings).map(
      ([key, value]) => `${key}=${value ?? ""}\n`,
    );
    writeFileSync(file, lines.join(""));
    const result = await run("synth", {
      ENV_FILE: file,
      CDKTF_OUTDIR: path.join(folder, name),
    });
    if (result.code !== 0) return { failed: result };
  }
  return Object.fromEntries(
    readdirSync(folder, { recursive: true, encoding: "utf8" })
      .filter((file) => file.endsWith(".json"))
      .sort()
      .map((file) => [file, readFileSync(path.join(folder, file), "utf8")]),
  );
}

/** How one synthesis stands to another, in words and line by line. */
export function compareSyntheses(
  before: SynthesizedFiles,
  after: SynthesizedFiles,
  differences: readonly Difference[],
): { readonly ok: boolean; readonly text: string; readonly details: string[] } {
  const others = differences.filter(
    ({ isVersionOnly: isVersion }) => !isVersion,
  );
  if (others.length > 0)
    return {
      ok: false,
      text: `differences that are no versions: ${others.length}`,
      details: others.slice(0, MOST_LINES).map(formatDifference),
    };
  const count = Object.keys(after).length;
  if (differences.length > 0)
    return {
      ok: true,
      text: `${count} files, differ in versions alone: ${changes(differences).join(", ")}`,
      details: differences.map(formatDifference),
    };
  const isSame = Object.keys(after).every(
    (file) => before[file] === after[file],
  );
  return {
    ok: true,
    text: `${count} files, ${isSame ? "the same bytes" : "the same but for spaces"}`,
    details: [],
  };
}

const MOST_LINES = 50;

/** Each change once, whichever files have it. */
function changes(differences: readonly Difference[]): readonly string[] {
  const texts = differences.map(
    ({ path: place, before = "", after = "" }) =>
      `\`${place}\` ${before} → ${after}`,
  );
  return [...new Set(texts)];
}
