import type { Environment } from "../../../stacks/config";

/** Says of credentials in the environment that they were handed out here, and for whom: `<access key id>=<caller>`. */
export const HANDED_OUT = "VEDA_AUTH_HANDED_OUT";

/**
 * Whose AWS credentials the environment has, as far as telling accounts apart needs: a profile, or an access key id.
 *
 * Those that a user was given here stand for the caller they were handed out to, so that the sign-in is found again when
 * they have expired.
 */
export function caller(env: Environment): string {
  const { AWS_PROFILE: profile = "", AWS_ACCESS_KEY_ID: key = "" } = env;
  if (profile !== "") return profile;
  const handedOut = env[HANDED_OUT] ?? "";
  return handedOut.startsWith(`${key}=`)
    ? handedOut.slice(key.length + 1)
    : key;
}
