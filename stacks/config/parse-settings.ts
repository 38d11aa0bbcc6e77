import { formatValue } from "../../constructs/constraints";
import {
  type Environment,
  getSetting,
  type HostEnvironment,
} from "./environment";
import { InvalidValue } from "./setting-parsers";
import { ComputedDefault, type Setting } from "./setting-row";
import { type SettingName, SETTINGS, type Settings } from "./settings";

export interface ParsedSettings {
  /** Values of all settings. An invalid one has its default. */
  readonly settings: Settings;
  readonly invalidNames: ReadonlySet<SettingName>;
  readonly problems: readonly string[];
}

/** Parses all settings, and computes the defaults of those that are unset. */
export function parseSettings(
  values: Environment,
  host: HostEnvironment,
): ParsedSettings {
  const problems: string[] = [];
  const invalidNames = new Set<SettingName>();
  const context = { ...host, APP_NAME: "", STAGE: "" };
  const parse = (row: Setting<SettingName>): unknown => {
    const text = getSetting(values, row.name);
    const parsed = text === undefined ? undefined : row.parse(text);
    if (parsed instanceof InvalidValue) {
      invalidNames.add(row.name);
      for (const value of parsed.values)
        problems.push(
          `${row.name} must be ${parsed.expected}, got ${formatValue(value)}`,
        );
    }
    if (parsed !== undefined && !(parsed instanceof InvalidValue))
      return parsed;
    return row.default instanceof ComputedDefault
      ? row.default.compute(context)
      : row.default;
  };
  const groups = Object.entries(SETTINGS).map(([group, rows]) => [
    group,
    Object.fromEntries(
      Object.entries<Setting<SettingName>>(rows).map(([key, row]) => {
        const value = parse(row);
        Object.assign(context, { [row.name]: value });
        return [key, value];
      }),
    ),
  ]);
  const settings = Object.fromEntries(groups) as Settings;
  return { settings, invalidNames, problems };
}
