import type { Environment } from "../../../stacks/config/environment";
import { USER_POOL_ENDPOINT_VARIABLES } from "../aws/client";
import { removeCachedAfter, withCache } from "../system/cache";
import { toJsonObject } from "../system/json-object";
import {
  type Credentials,
  getIdentityCredentials,
} from "./identity-credentials";
import { refreshTokens, revokeToken, type Tokens } from "./sign-in";
import type { SignInIds } from "./sign-in-ids";
import { connectToUserPool } from "./user-pool-connection";

/** Variables that send calls of user pool and identity pool to other endpoints. */
const ENDPOINT_VARIABLES = [
  ...USER_POOL_ENDPOINT_VARIABLES,
  "AWS_ENDPOINT_URL_COGNITO_IDENTITY",
] as const;

/** A user who has signed in, with the credentials of the identity pool. A cached session has this shape. */
export interface UserSession {
  readonly ids: SignInIds;
  readonly userName: string;
  readonly refreshToken?: string | undefined;
  readonly credentials: Credentials;
}

/** How the sessions of one user start. */
export interface SessionSource {
  readonly clientSecret: string | undefined;
  /** Returns the ids as they are now. A stage that was replaced has other ids. */
  readonly resolveIds: () => Promise<SignInIds>;
  readonly signIn: () => Promise<SignedInUser>;
}

/** The result of a sign-in. */
export interface SignedInUser extends Tokens {
  readonly ids: SignInIds;
  readonly userName: string;
}

/** Where sessions are cached, and which are used. */
export interface SessionCache {
  /** Sessions of another user, method, identity provider or endpoint must have another key. */
  readonly key: readonly string[];
  /** Minimum validity of cached credentials. */
  readonly minValidityMs: number;
  /** Creates a session, even if the credentials of the cached one are valid. */
  readonly shouldRefresh: boolean;
  /** Credentials that must be replaced, but not those that another process has replaced already. */
  readonly former?: Credentials | undefined;
  /** Maximum time to wait for another process that creates the session. */
  readonly waitSeconds: number;
  readonly log: (line: string) => void;
}

/** Returns the variables of other endpoints, as a part of a key. */
export function getEndpointKey(
  env: Environment,
): readonly (string | undefined)[] {
  return ENDPOINT_VARIABLES.map((name) => env[name]);
}

/**
 * Creates a session: with the refresh token of the previous one, or by a sign-in if that is no longer valid.
 *
 * The refresh token is used even while the former id token is valid: the credentials are then of the user's groups as they
 * are now, and a user who was disabled receives none.
 *
 * @param previous a session, which can be from a file
 */
export async function createSession(
  source: SessionSource,
  previous: unknown,
): Promise<UserSession> {
  const renewed = await renewSession(source, previous);
  if (renewed !== undefined) return renewed;
  const { ids, userName, ...tokens } = await source.signIn();
  return requestCredentials(ids, userName, tokens);
}

/** Returns the cached session, or creates and caches one from it. Processes that ask at the same time share one. */
export async function withCachedSession(
  { key, minValidityMs, former, ...options }: SessionCache,
  create: (previous: unknown) => Promise<UserSession>,
): Promise<UserSession> {
  return withCache(key, {
    ...options,
    create,
    isValid: (value): value is UserSession =>
      isSession(value) &&
      value.credentials.AccessKeyId !== former?.AccessKeyId &&
      Date.parse(value.credentials.Expiration) > Date.now() + minValidityMs,
    quietSeconds: 0,
  });
}

/**
 * Removes the cached session after `end` succeeds with it.
 *
 * @param end receives the session, or `undefined` if no session is cached
 */
export async function removeCachedSession(
  { key, ...options }: Pick<SessionCache, "key" | "waitSeconds" | "log">,
  end: (session: UserSession | undefined) => Promise<void>,
): Promise<void> {
  await removeCachedAfter(key, options, (cached) =>
    end(isSession(cached) ? cached : undefined),
  );
}

/** Revokes the refresh token. Credentials that were already issued remain valid. */
export async function revokeSession(
  { ids, refreshToken }: UserSession,
  clientSecret: string | undefined,
): Promise<void> {
  if (refreshToken === undefined) return;
  await revokeToken(await connectToUserPool(ids, clientSecret), refreshToken);
}

/** Renews the credentials of a session; returns `undefined` if the user must sign in again. */
async function renewSession(
  { clientSecret, resolveIds }: SessionSource,
  previous: unknown,
): Promise<UserSession | undefined> {
  if (!isSession(previous) || previous.refreshToken === undefined)
    return undefined;
  const { ids, userName, refreshToken } = previous;
  const connection = await connectToUserPool(ids, clientSecret);
  const tokens = await refreshTokens(connection, refreshToken);
  if (tokens === undefined) return undefined;
  try {
    return await requestCredentials(ids, userName, tokens);
  } catch (error) {
    if (JSON.stringify(await resolveIds()) === JSON.stringify(ids)) throw error;
    return undefined;
  }
}

async function requestCredentials(
  ids: SignInIds,
  userName: string,
  { idToken, refreshToken }: Tokens,
): Promise<UserSession> {
  const { identityPoolId } = ids;
  const credentials = await getIdentityCredentials(identityPoolId, idToken);
  return { ids, userName, refreshToken, credentials };
}

/** Checks the whole shape, since files are not trusted. */
function isSession(value: unknown): value is UserSession {
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
