import { UserError } from "../../../constructs/errors";
import {
  readCommonSettings,
  readStageSettings,
  type SourcedSettings,
} from "../../../stacks/config/command-settings";
import {
  BOOLEAN_RULE,
  type Environment,
  getSetting,
  getUserName,
  parseBoolean,
} from "../../../stacks/config/environment";
import { PROCESS_ENVIRONMENT } from "../../../stacks/config/stage-sources";
import type { SourcedValue } from "./sign-in-ids";

/** Settings of a sign-in, by the names of the Python client. */
const SETTING_NAMES = [
  "USER_POOL_ID",
  "CLIENT_ID",
  "IDENTITY_POOL_ID",
  "COGNITO_DOMAIN",
  "CLIENT_REGION",
  "ALLOW_UNKNOWN_REGION",
  "USER_POOL_CLIENT_SECRET",
  "USERNAME",
  // lower case in files, where PASSWORD can be an application's
  "password",
  "RESOLVE_CHALLENGES",
  "ID_TOKEN",
] as const;

/**
 * Reads the settings of a sign-in. Desktops set `USERNAME` to the name of the desktop user, so that a settings file precedes
 * that value.
 *
 * @param hasAllIds options name all ids, so that files that cannot be read are ignored
 */
export function readSignInSettings(
  stage: string | undefined,
  env: Environment,
  hasAllIds: boolean,
): SourcedSettings {
  const read = (from: Environment): SourcedSettings => {
    try {
      return stage === undefined
        ? readCommonSettings(SETTING_NAMES, from)
        : readStageSettings(stage, SETTING_NAMES, from);
    } catch (error) {
      if (!hasAllIds || !(error instanceof UserError)) throw error;
      // an AWS profile with all ids works in any directory, whatever its files contain
      const values = SETTING_NAMES.map((name) => [
        name,
        getSetting(from, name),
      ]);
      return { values: Object.fromEntries(values) as Environment, origins: {} };
    }
  };
  const desktopUser = getUserName();
  const withoutDesktopUser = Object.entries(env).filter(
    ([name, value]) =>
      name.toUpperCase() !== "USERNAME" || value !== desktopUser,
  );
  const settings = read(Object.fromEntries(withoutDesktopUser));
  return settings.values.USERNAME === undefined ? read(env) : settings;
}

export function toSourced(
  value: string | undefined,
  origin: string,
): SourcedValue | undefined {
  return value === undefined ? undefined : { value, origin };
}

export function getSourced(
  { values, origins }: SourcedSettings,
  name: string,
): SourcedValue | undefined {
  const origin = `${name} in ${origins[name] ?? PROCESS_ENVIRONMENT}`;
  return toSourced(values[name], origin);
}

export function parseResolveChallenges(text = "true"): boolean {
  const value = parseBoolean(text);
  if (value !== undefined) return value;
  throw new UserError(
    `RESOLVE_CHALLENGES must be ${BOOLEAN_RULE}, got ${JSON.stringify(text)}`,
  );
}

/**
 * Fails if a setting names the user of a sign-in through the browser. The name of the desktop user has no effect.
 *
 * @throws UserError
 */
export function requireNoUserName(sourced: SourcedSettings): void {
  const userName = getSourced(sourced, "USERNAME");
  if (userName === undefined || userName.value === getUserName()) return;
  throw new UserError(
    `${userName.origin} must not be set for a sign-in through the browser`,
    "the sign-in pages ask for the user: unset it, or sign in by password",
  );
}
