import { findSimilar, formatSuggestion } from "../../constructs/similar-text";
import { APP_FILE } from "./app-directory";
import { isObject, readAppFile } from "./app-file";
import type { Environment } from "./environment";
import { SETTING_NAMES } from "./settings";
import { findSimilarSettings } from "./similar-settings";

/** Member of `context` in cdktf.json with the settings that all stages of an app have. */
const KEY = "veda-auth";
const MAX_EDITS = 2;

/** Settings in cdktf.json as text, by name in upper case. */
export interface AppSettings {
  readonly values: Environment;
  /** Problems with the name of the file. If there is one, there are no values. */
  readonly problems: readonly string[];
}

/** Reads the settings that an app commits in `context` of its cdktf.json. */
export function readAppSettings(directory: string): AppSettings {
  const file = readAppFile(directory);
  if (file.problems.length > 0) return fail(file.problems);
  const { context = {} } = file.content;
  if (!isObject(context))
    return fail([`${APP_FILE}: context must be an object`]);
  const settings = context[KEY] ?? {};
  if (!isObject(settings))
    return fail([`${APP_FILE}: "${KEY}" in context must be an object`]);
  const entries = Object.entries(settings).map(
    ([name, value]) => [name.toUpperCase(), value] as const,
  );
  const problems = entries.flatMap(([name, value], index) =>
    validateEntry(
      name,
      value,
      entries.slice(0, index).some(([other]) => other === name),
    ),
  );
  return problems.length > 0
    ? fail(problems.map((problem) => `${APP_FILE}: ${problem}`))
    : {
        values: Object.fromEntries(
          entries.map(([name, value]) => [name, String(value)]),
        ),
        problems,
      };
}

function fail(problems: readonly string[]): AppSettings {
  return { values: {}, problems };
}

function validateEntry(
  name: string,
  value: unknown,
  isRepeated: boolean,
): readonly string[] {
  if (name === "STAGE")
    return [
      "STAGE must be set in the environment or in .env, since all stages have the settings in this file",
    ];
  if (!SETTING_NAMES.includes(name))
    return [`${name} is not a setting${suggest(name)}`];
  return [
    ...(isRepeated
      ? [`${name} must be set once, whatever the case of its letters`]
      : []),
    ...(["string", "number", "boolean"].includes(typeof value)
      ? []
      : [
          `${name} must be text, a number, true or false, got ${JSON.stringify(value)}`,
        ]),
  ];
}

function suggest(name: string): string {
  const similar = findSimilarSettings(name);
  const names =
    similar.length > 0 ? similar : findSimilar(name, SETTING_NAMES, MAX_EDITS);
  return names.length === 0 ? "" : `, ${formatSuggestion(names)}`;
}
