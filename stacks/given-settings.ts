import { show } from "../constructs/limits";
import type { Environment } from "./config";
import {
  Rejected,
  SETTINGS,
  type SettingName,
  type Settings,
} from "./settings";

/** The settings that are given, parsed one by one; what is not accepted is added to the problems. */
export function parseSettings(
  values: Environment,
  problems: string[],
): Settings {
  const entries = (Object.keys(SETTINGS) as SettingName[]).flatMap((name) => {
    const text = lookUp(values, name);
    if (text === undefined) return [];
    const value = SETTINGS[name].parse(text);
    if (!(value instanceof Rejected)) return [[name, value]];
    problems.push(
      ...value.got.map(
        (got) => `${name} must be ${value.accepts}, got ${show(got)}`,
      ),
    );
    return [];
  });
  return Object.fromEntries(entries) as Settings;
}

/** A value by its name, in whichever case the name is written. */
export function lookUp(values: Environment, name: string): string | undefined {
  const spelling = values[name]?.trim()
    ? name
    : Object.keys(values).find(
        (key) => key.toUpperCase() === name && values[key]?.trim(),
      );
  return spelling === undefined ? undefined : values[spelling]?.trim();
}
