import { SYSTEM_CLOCK } from "../system/clock";
import {
  type CredentialSource,
  createUserCredentials,
  type UserCredentials,
} from "./renewed-credentials";
import {
  resolveUserCredentialsOptions,
  type UserCredentialsOptions,
} from "./user-credentials-options";

/**
 * Returns a credential provider of a user for the AWS SDK.
 *
 * The credentials are those of the role of the user's group. They are renewed before they expire, with the refresh token of the
 * sign-in; the user signs in again only if the user pool refuses that. All callers share one sign-in and one renewal.
 *
 * @throws ClientError if options are missing, unknown or invalid
 */
export function userCredentials(
  options: UserCredentialsOptions,
): UserCredentials {
  const ids = resolveUserCredentialsOptions(options);
  let source: Promise<CredentialSource> | undefined;
  const load = (): Promise<CredentialSource> =>
    (source ??= import("./user-credential-source").then(
      ({ createCredentialSource }) => createCredentialSource(ids, options),
    ));
  return createUserCredentials(
    {
      issue: async (...request) => (await load()).issue(...request),
      signOut: async () => (await load()).signOut(),
    },
    SYSTEM_CLOCK,
  );
}
