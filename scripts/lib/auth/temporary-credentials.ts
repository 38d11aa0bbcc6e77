import { hasTerminal, type OpenTerminal, withTerminal } from "../cli/terminal";
import {
  type Credentials,
  getIdentityCredentials,
  getIdentityPoolRegion,
} from "./identity-credentials";
import { signIn } from "./sign-in";
import type { SignInIds } from "./sign-in-ids";
import type { SignInSettings } from "./sign-in-settings";
import { connectToUserPool } from "./user-pool-connection";
import {
  createSession,
  removeCachedSession,
  revokeSession,
  type SessionSource,
  type SignedInUser,
  withCachedSession,
} from "./user-session";

/** Minimum validity of cached credentials: a job that starts with them needs time to finish. */
const MIN_VALIDITY_MS = 5 * 60_000;
/** Time to wait for another process: longer than the questions at a terminal, or than a sign-in without. */
const WAIT_SECONDS = { withTerminal: 900, withoutTerminal: 30 };

export interface TemporaryCredentialsOptions {
  readonly shouldCache: boolean;
  /** Requests new credentials, even if the cached ones are valid. */
  readonly shouldRefresh: boolean;
  /** Sets a new password first, by a code that is sent. */
  readonly shouldResetPassword: boolean;
  readonly log: (line: string) => void;
}

/**
 * Returns AWS credentials of a user, and the Region of their identity pool. They are cached, or new ones for the cached
 * refresh token, or for a sign-in at the terminal.
 *
 * @throws UserError if the sign-in fails
 */
export async function getTemporaryCredentials(
  settings: SignInSettings,
  options: TemporaryCredentialsOptions,
): Promise<{ readonly credentials: Credentials; readonly region: string }> {
  const { shouldCache, shouldRefresh, shouldResetPassword, log } = options;
  if (settings.idToken !== undefined) {
    const { identityPoolId } = (await settings.resolveIds(log)).ids;
    return {
      credentials: await getIdentityCredentials(
        identityPoolId,
        settings.idToken,
        "ID_TOKEN",
      ),
      region: getIdentityPoolRegion(identityPoolId),
    };
  }
  const { credentials, ids } = await withTerminal(
    {
      needs: "a sign-in is required",
      hint: `run the command once at a terminal${settings.browser === undefined ? ", or set USERNAME and password" : ""}`,
    },
    (terminal) => {
      const source: SessionSource = {
        clientSecret: settings.clientSecret,
        resolveIds: async () => (await settings.resolveIds(log)).ids,
        signIn: () => startSignIn(settings, shouldResetPassword, terminal, log),
      };
      const cache = {
        key: getCacheKey(settings),
        minValidityMs: MIN_VALIDITY_MS,
        shouldRefresh: shouldRefresh || shouldResetPassword,
        waitSeconds: getWaitSeconds(),
        log,
      };
      return shouldCache
        ? withCachedSession(cache, (previous) =>
            createSession(source, shouldResetPassword ? undefined : previous),
          )
        : createSession(source, undefined);
    },
  );
  return { credentials, region: getIdentityPoolRegion(ids.identityPoolId) };
}

/** Revokes the refresh token of a cached sign-in, and removes the sign-in. */
export async function signOut(
  settings: SignInSettings,
  log: (line: string) => void,
): Promise<void> {
  const key = getCacheKey(settings);
  const options = { key, waitSeconds: getWaitSeconds(), log };
  await removeCachedSession(options, async (cached) => {
    if (cached === undefined) {
      log("no user is signed in with these options");
      return;
    }
    const session = await describeBrowserSession(cached.ids, settings);
    await revokeSession(cached, settings.clientSecret);
    log(
      `${cached.userName} is signed out; credentials that were already issued are valid until they expire`,
    );
    if (session !== undefined) log(session);
  });
}

/** Describes the session of the browser, which this command cannot end. */
async function describeBrowserSession(
  ids: SignInIds,
  { browser }: SignInSettings,
): Promise<string | undefined> {
  if (browser === undefined) return undefined;
  const { createLogoutUrl } = await import("./sign-in-urls");
  return `the browser can still be signed in: sign out at your institution, if it signed you in, and open ${createLogoutUrl(ids)}`;
}

function getWaitSeconds(): number {
  return hasTerminal()
    ? WAIT_SECONDS.withTerminal
    : WAIT_SECONDS.withoutTerminal;
}

/** The sign-in of one user, method or identity provider must not be used for another. */
function getCacheKey({
  idsKey,
  userName,
  browser,
}: SignInSettings): readonly string[] {
  return browser === undefined
    ? ["tmp-creds", ...idsKey, userName ?? ""]
    : ["tmp-creds", "browser", browser.identityProvider ?? "", ...idsKey];
}

async function startSignIn(
  settings: SignInSettings,
  shouldResetPassword: boolean,
  terminal: OpenTerminal,
  log: (line: string) => void,
): Promise<SignedInUser> {
  const { ids, announcement } = await settings.resolveIds(log);
  log(announcement);
  const { browser, clientSecret } = settings;
  const announced = withAnnouncement(announcement, terminal);
  if (browser !== undefined) {
    const { signInThroughBrowser } = await import("./browser-sign-in");
    const options = { ...browser, clientSecret, terminal: announced, log };
    return { ids, ...(await signInThroughBrowser(ids, options)) };
  }
  const connection = await connectToUserPool(ids, clientSecret);
  const options = { ...settings, shouldResetPassword, terminal: announced };
  return { ids, ...(await signIn(connection, options)) };
}

/**
 * Shows the user pool at the terminal before the first question, unless standard error is the terminal. The AWS CLI hides
 * the standard error of a `credential_process`.
 */
function withAnnouncement(
  announcement: string,
  open: OpenTerminal,
): OpenTerminal {
  let isShown = process.stderr.isTTY;
  return (needs) => {
    const terminal = open(needs);
    if (!isShown) terminal.writeLine(announcement);
    isShown = true;
    return terminal;
  };
}
