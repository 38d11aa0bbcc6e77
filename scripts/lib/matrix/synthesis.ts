import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { Environment } from "../../../stacks/config";
import type { ProcessResult } from "../processes";
import {
  differenceLine,
  type Difference,
  type Synthesized,
} from "./synth-differences";
import { SYNTH_SETTINGS } from "./synth-settings";

/** Runs a command of the project to its end. */
export type RunCommand = (
  name: string,
  variables: Environment,
) => Promise<ProcessResult>;

/**
 * Synthesizes every configuration of {@link SYNTH_SETTINGS} into a folder, and gives what was written.
 *
 * @returns files by `<configuration>/<path>`; or what a configuration that failed printed
 */
export async function synthesizeAll(
  folder: string,
  run: RunCommand,
): Promise<Synthesized | { readonly failed: ProcessResult }> {
  for (const [name, settings] of Object.entries(SYNTH_SETTINGS)) {
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
export function comparison(
  before: Synthesized,
  after: Synthesized,
  differences: readonly Difference[],
): { readonly ok: boolean; readonly text: string; readonly details: string[] } {
  const others = differences.filter(({ isVersion }) => !isVersion);
  if (others.length > 0)
    return {
      ok: false,
      text: `differences that are no versions: ${others.length}`,
      details: others.slice(0, MOST_LINES).map(differenceLine),
    };
  const count = Object.keys(after).length;
  if (differences.length > 0)
    return {
      ok: true,
      text: `${count} files, differ in versions alone: ${changes(differences).join(", ")}`,
      details: differences.map(differenceLine),
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
