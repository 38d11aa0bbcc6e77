import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import path from "node:path";
import {
  type Environment,
  getEnvironment,
  getSetting,
} from "../../../stacks/config/environment";
import type { AwsTarget } from "../aws/client";
import {
  type CredentialSource,
  requireCredentialSource,
} from "../aws/credential-source";
import { removeCached, withCache } from "../system/cache";
import { toJsonObject } from "../system/json-object";
import type { IssuedToken } from "./renewed-token";

/** Minimum validity of a cached token: a job that starts with it needs time to finish. */
const MIN_VALIDITY_MINUTES = 5;
/** Maximum validity of Cognito's access tokens. */
const MAX_VALIDITY_HOURS = 24;
/** Time to wait for another process, which is longer than a token request takes. */
const WAIT_SECONDS = 60;

/** Variables that select the AWS account and endpoints. */
const ACCOUNT_VARIABLES = [
  "HOME",
  "USERPROFILE",
  "AWS_CONFIG_FILE",
  "AWS_SHARED_CREDENTIALS_FILE",
  "AWS_ENDPOINT_URL",
  "AWS_ENDPOINT_URL_SECRETS_MANAGER",
  "COGNITO_DOMAIN_ENDPOINT",
];
/** Variables that select the caller if no profile and no key is named. */
const ROLE_VARIABLES = [
  "AWS_ROLE_ARN",
  "AWS_CONTAINER_CREDENTIALS_FULL_URI",
  "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
];

/** The tokens of a client that the processes of a user share. */
export interface ServiceTokenCache {
  readonly secretName: string;
  readonly target: AwsTarget;
  /** Creates a token, even if a valid one is cached. */
  readonly shouldRefresh: boolean;
  readonly log: (line: string) => void;
}

/**
 * Returns the token of these scopes that is cached for this user, or creates and caches one.
 *
 * A cached token requires neither a connection nor the AWS SDK.
 *
 * @param former token that the caller has, and that must be replaced
 */
export async function useCachedToken(
  { secretName, target, shouldRefresh, log }: ServiceTokenCache,
  scopes: readonly string[],
  create: () => Promise<IssuedToken>,
  former: IssuedToken | undefined,
): Promise<IssuedToken> {
  const key = getCacheKey(secretName, target, scopes);
  const token = await withCache(key, {
    isValid: (value): value is IssuedToken =>
      isValid(value) && value.access_token !== former?.access_token,
    create,
    shouldRefresh,
    waitSeconds: WAIT_SECONDS,
    log,
  });
  // a token with a short validity is never read from the cache
  if (!isValid(token)) removeCached(key);
  return token;
}

/** Returns everything that decides the token, without calling AWS: a token must not be used for another account. */
function getCacheKey(
  name: string,
  { region, profile }: AwsTarget,
  scopes: readonly string[],
): readonly string[] {
  const env = getEnvironment();
  return [
    "service-token",
    name,
    [...scopes].sort().join(" "),
    region,
    ...getVariables(ACCOUNT_VARIABLES),
    ...listProfileFiles(env).map(hashFile),
    ...identifySource(requireCredentialSource(profile)),
  ];
}

/** Returns what distinguishes sources of credentials. */
function identifySource(source: CredentialSource): readonly string[] {
  switch (source.kind) {
    case "profile":
      return [source.kind, source.profile];
    case "keys":
      return [source.kind, source.keys.accessKeyId];
    default:
      return [source.kind, ...getVariables(ROLE_VARIABLES)];
  }
}

function getVariables(names: readonly string[]): readonly string[] {
  const env = getEnvironment();
  return names.map((name) => getSetting(env, name) ?? "");
}

/** Lists the files that define the accounts of profiles. */
function listProfileFiles(env: Environment): readonly string[] {
  const home = getSetting(env, "HOME") ?? getSetting(env, "USERPROFILE") ?? "";
  const directory = path.join(home, ".aws");
  return [
    getSetting(env, "AWS_CONFIG_FILE") ?? path.join(directory, "config"),
    getSetting(env, "AWS_SHARED_CREDENTIALS_FILE") ??
      path.join(directory, "credentials"),
  ];
}

function hashFile(file: string): string {
  try {
    return createHash("sha256").update(readFileSync(file)).digest("hex");
  } catch {
    return "";
  }
}

function isValid(value: unknown): value is IssuedToken {
  const { access_token, token_type, requestedAt, expiresAt } =
    toJsonObject(value);
  const now = Date.now();
  return (
    typeof access_token === "string" &&
    /^[\x21-\x7e]+$/.test(access_token) &&
    token_type === "Bearer" &&
    typeof requestedAt === "number" &&
    requestedAt <= now &&
    typeof expiresAt === "number" &&
    expiresAt <= requestedAt + MAX_VALIDITY_HOURS * 3_600_000 &&
    expiresAt > now + MIN_VALIDITY_MINUTES * 60_000
  );
}
