import { hasTerminal, type OpenTerminal, withTerminal } from "../cli/terminal";
import { removeCachedAfter, withCache } from "../system/cache";
import { toJsonObject } from "../system/json-object";
import {
  type Credentials,
  getIdentityCredentials,
  getIdentityPoolRegion,
} from "./identity-credentials";
import { refreshTokens, revokeToken, signIn, type Tokens } from "./sign-in";
import type { SignInIds } from "./sign-in-ids";
import type { SignInSettings } from "./sign-in-settings";
import { connectToUserPool } from "./user-pool-connection";

/** Minimum validity of cached credentials: a job that starts with them needs time to finish. */
const MIN_VALIDITY_MS = 5 * 60_000;
/** Time to wait for another process: longer than the questions at a terminal, or than a sign-in without. */
const WAIT_SECONDS = { withTerminal: 900, withoutTerminal: 30 };

/** A cached sign-in. */
interface SignIn {
  readonly ids: SignInIds;
  readonly userName: string;
  readonly refreshToken?: string | undefined;
  readonly credentials: Credentials;
}

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
      const create = async (previous?: unknown): Promise<SignIn> =>
        (shouldResetPassword
          ? undefined
          : await renew(previous, settings, log)) ??
        startSignIn(settings, shouldResetPassword, terminal, log);
      return shouldCache
        ? withCache(getCacheKey(settings), {
            isValid,
            create,
            shouldRefresh: shouldRefresh || shouldResetPassword,
            waitSeconds: getWaitSeconds(),
            log,
            quietSeconds: 0,
          })
        : create();
    },
  );
  return { credentials, region: getIdentityPoolRegion(ids.identityPoolId) };
}

/** Revokes the refresh token of a cached sign-in, and removes the sign-in. */
export async function signOut(
  settings: SignInSettings,
  log: (line: string) => void,
): Promise<void> {
  const options = { waitSeconds: getWaitSeconds(), log };
  await removeCachedAfter(getCacheKey(settings), options, async (cached) => {
    if (!isSignIn(cached)) {
      log("no user is signed in with these options");
      return;
    }
    const session = await describeBrowserSession(cached.ids, settings);
    if (cached.refreshToken !== undefined)
      await revokeToken(
        await connectToUserPool(cached.ids, settings.clientSecret),
        cached.refreshToken,
      );
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

/** Renews the credentials of a cached sign-in; returns `undefined` if the user must sign in again. */
async function renew(
  previous: unknown,
  settings: SignInSettings,
  log: (line: string) => void,
): Promise<SignIn | undefined> {
  if (!isSignIn(previous) || previous.refreshToken === undefined)
    return undefined;
  const { ids, userName, refreshToken } = previous;
  const connection = await connectToUserPool(ids, settings.clientSecret);
  const tokens = await refreshTokens(connection, refreshToken);
  if (tokens === undefined) return undefined;
  try {
    return await getCredentials(ids, userName, tokens);
  } catch (error) {
    // a stage that was replaced has other ids
    const { ids: currentIds } = await settings.resolveIds(log);
    if (JSON.stringify(currentIds) === JSON.stringify(ids)) throw error;
    return undefined;
  }
}

async function startSignIn(
  settings: SignInSettings,
  shouldResetPassword: boolean,
  terminal: OpenTerminal,
  log: (line: string) => void,
): Promise<SignIn> {
  const { ids, announcement } = await settings.resolveIds(log);
  log(announcement);
  const { browser, clientSecret } = settings;
  const announced = withAnnouncement(announcement, terminal);
  if (browser !== undefined) {
    const { signInThroughBrowser } = await import("./browser-sign-in");
    const options = { ...browser, clientSecret, terminal: announced, log };
    const { userName, ...tokens } = await signInThroughBrowser(ids, options);
    return getCredentials(ids, userName, tokens);
  }
  const { userName, ...tokens } = await signIn(
    await connectToUserPool(ids, clientSecret),
    { ...settings, shouldResetPassword, terminal: announced },
  );
  return getCredentials(ids, userName, tokens);
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

async function getCredentials(
  ids: SignInIds,
  userName: string,
  { idToken, refreshToken }: Tokens,
): Promise<SignIn> {
  const { identityPoolId } = ids;
  const credentials = await getIdentityCredentials(identityPoolId, idToken);
  return { ids, userName, refreshToken, credentials };
}

function isValid(value: unknown): value is SignIn {
  return (
    isSignIn(value) &&
    Date.parse(value.credentials.Expiration) > Date.now() + MIN_VALIDITY_MS
  );
}

/** Checks the whole shape, since files are not trusted. */
function isSignIn(value: unknown): value is SignIn {
  const { ids, userName, refreshToken, credentials } = toJsonObject(value);
  return (
    hasTexts(ids, ["clientId", "clientRegion", "identityPoolId"]) &&
    hasTexts(credentials, [
      "AccessKeyId",
      "SecretKey",
      "SessionToken",
      "Expiration",
    ]) &&
    typeof userName === "string" &&
    (refreshToken === undefined || typeof refreshToken === "string")
  );
}

function hasTexts(value: unknown, names: readonly string[]): boolean {
  const object = toJsonObject(value);
  return names.every((name) => {
    const text = object[name];
    return typeof text === "string" && text !== "";
  });
}
