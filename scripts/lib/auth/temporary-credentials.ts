import {
  type Credentials,
  getIdentityCredentials,
  getIdentityPoolRegion,
} from "./identity-credentials";
import { refreshTokens, revokeToken, signIn } from "./sign-in";
import type { SignInIds } from "./sign-in-ids";
import type { SignInSettings } from "./sign-in-settings";
import { hasTerminal, type OpenTerminal, withTerminal } from "../cli/terminal";
import { removeCachedAfter, withCache } from "../system/cache";
import { connectToUserPool } from "./user-pool-connection";

/** Credentials that end sooner are not handed out again: a job that starts with them should come to its end. */
const MARGIN_MS = 5 * 60_000;
/** How long another process is waited for: at a terminal longer than it may ask there, else as long as it takes without. */
const WAIT_SECONDS = { atTerminal: 900, else: 30 };

/** What is kept of a sign-in. */
interface Kept {
  readonly ids: SignInIds;
  readonly userName: string;
  readonly refreshToken?: string | undefined;
  readonly credentials: Credentials;
}

export interface TemporaryCredentialsOptions {
  /** Whether a sign-in is kept, and one that was kept is used. */
  readonly shouldCache: boolean;
  /** Makes new credentials even where those that are kept are good. */
  readonly shouldRefresh: boolean;
  /** Sets a new password first, by a code that is sent. */
  readonly shouldResetPassword: boolean;
  /** Told what is done, a line at a time. */
  readonly log: (line: string) => void;
}

/** Credentials, and the Region of the identity pool they are from. */
export interface TemporaryCredentials {
  readonly credentials: Credentials;
  readonly region: string;
}

/**
 * AWS credentials of a user: those that are kept, else new ones for the refresh token that is kept, else for a sign-in,
 * whose questions are put at the terminal.
 *
 * @throws UserError when there are none to be had
 */
export async function getTemporaryCredentials(
  settings: SignInSettings,
  {
    shouldCache: caches,
    shouldRefresh: refresh,
    shouldResetPassword: resetsPassword,
    log,
  }: TemporaryCredentialsOptions,
): Promise<TemporaryCredentials> {
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
      needs: "a user has to sign in",
      hint: "run it once at a terminal, or set USERNAME and password",
    },
    (terminal) => {
      const make = async (previous?: unknown): Promise<Kept> =>
        (resetsPassword ? undefined : await renewed(previous, settings, log)) ??
        newSignIn(settings, resetsPassword, terminal, log);
      return caches
        ? withCache(keyOf(settings), {
            isValid: isFresh,
            create: make,
            shouldRefresh: refresh || resetsPassword,
            waitSeconds: waitSeconds(),
            log,
            quietSeconds: 0,
          })
        : make();
    },
  );
  return { credentials, region: getIdentityPoolRegion(ids.identityPoolId) };
}

/** Forgets a sign-in, and has the user pool take its refresh token back. */
export async function signOut(
  settings: SignInSettings,
  log: (line: string) => void,
): Promise<void> {
  const patience = { waitSeconds: waitSeconds(), log };
  await removeCachedAfter(keyOf(settings), patience, async (kept) => {
    if (!isKept(kept)) {
      log("nobody is signed in with these options");
      return;
    }
    if (kept.refreshToken !== undefined)
      await revokeToken(
        await connectToUserPool(kept.ids, settings.clientSecret),
        kept.refreshToken,
      );
    log(
      `${kept.userName} is signed out; credentials handed out before are good until they expire`,
    );
  });
}

function waitSeconds(): number {
  return hasTerminal() ? WAIT_SECONDS.atTerminal : WAIT_SECONDS.else;
}

function keyOf({ idsKey, userName }: SignInSettings): readonly string[] {
  return ["tmp-creds", ...idsKey, userName ?? ""];
}

/** What was kept, with new credentials; `undefined` when the user has to sign in again. */
async function renewed(
  previous: unknown,
  settings: SignInSettings,
  log: (line: string) => void,
): Promise<Kept | undefined> {
  if (!isKept(previous) || previous.refreshToken === undefined)
    return undefined;
  const { ids, userName, refreshToken } = previous;
  const calls = await connectToUserPool(ids, settings.clientSecret);
  const tokens = await refreshTokens(calls, refreshToken);
  if (tokens === undefined) return undefined;
  try {
    return await keep(ids, userName, tokens);
  } catch (error) {
    // a stage that was made anew has other ids
    const { ids: now } = await settings.resolveIds(log);
    if (JSON.stringify(now) === JSON.stringify(ids)) throw error;
    return undefined;
  }
}

async function newSignIn(
  settings: SignInSettings,
  resetsPassword: boolean,
  terminal: OpenTerminal,
  log: (line: string) => void,
): Promise<Kept> {
  const { ids, announcement } = await settings.resolveIds(log);
  log(announcement);
  const { userName, ...tokens } = await signIn(
    await connectToUserPool(ids, settings.clientSecret),
    {
      ...settings,
      shouldResetPassword: resetsPassword,
      terminal: announcing(announcement, terminal),
    },
  );
  return keep(ids, userName, tokens);
}

/**
 * Shows the user pool on the terminal before the first question, unless standard error has shown it there: the AWS CLI,
 * for one, hides that of a `credential_process`.
 */
function announcing(announcement: string, open: OpenTerminal): OpenTerminal {
  let isAnnounced = process.stderr.isTTY;
  return (needs) => {
    const terminal = open(needs);
    if (!isAnnounced) terminal.writeLine(announcement);
    isAnnounced = true;
    return terminal;
  };
}

async function keep(
  ids: SignInIds,
  userName: string,
  tokens: {
    readonly idToken: string;
    readonly refreshToken?: string | undefined;
  },
): Promise<Kept> {
  const credentials = await getIdentityCredentials(
    ids.identityPoolId,
    tokens.idToken,
  );
  return { ids, userName, refreshToken: tokens.refreshToken, credentials };
}

function isFresh(value: unknown): value is Kept {
  return (
    isKept(value) &&
    Date.parse(value.credentials.Expiration) > Date.now() + MARGIN_MS
  );
}

/** Whether a file holds a sign-in, all of it: files are not trusted. */
function isKept(value: unknown): value is Kept {
  const { ids, userName, refreshToken, credentials } = fields(value);
  return (
    areTexts(fields(ids), ["clientId", "clientRegion", "identityPoolId"]) &&
    areTexts(fields(credentials), [
      "AccessKeyId",
      "SecretKey",
      "SessionToken",
      "Expiration",
    ]) &&
    typeof userName === "string" &&
    (refreshToken === undefined || typeof refreshToken === "string")
  );
}

function fields(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null
    ? (value as Readonly<Record<string, unknown>>)
    : {};
}

function areTexts(
  values: Readonly<Record<string, unknown>>,
  names: readonly string[],
): boolean {
  return names.every((name) => {
    const value = values[name];
    return typeof value === "string" && value !== "";
  });
}
