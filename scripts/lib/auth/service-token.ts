import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import path from "node:path";
import { UserError } from "../../../constructs/errors";
import {
  type Environment,
  getEnvironment,
  getSetting,
} from "../../../stacks/config/environment";
import { getSecretName } from "../../../stacks/naming";
import type { AwsTarget } from "../aws/client";
import {
  type CredentialSource,
  requireCredentialSource,
} from "../aws/credential-source";
import type { StageTarget } from "../cli/options";
import { removeCached, withCache } from "../system/cache";
import { toJsonObject } from "../system/json-object";
import { formatTime } from "../system/time";
import { formatCommand } from "../cli/invocation";
import type { IssuedToken } from "./renewed-token";
import type { AccessToken } from "./token-endpoint";

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

export interface ServiceTokenOptions {
  readonly serviceId: string;
  /** Names of scopes of the client; empty for all. */
  readonly scopes: readonly string[];
  /** `fresh` requests and caches a new token; `none` neither reads nor writes the cache. */
  readonly cache: "use" | "fresh" | "none";
  readonly log: (line: string) => void;
}

/**
 * Returns the access token of a service client: a cached one, or a new one for the client in the stage's secret.
 *
 * A cached token requires neither a connection nor the AWS SDK.
 *
 * @throws UserError if the secret does not exist, or no token is issued
 */
export async function getServiceToken(
  { stackName, awsTarget }: StageTarget,
  options: ServiceTokenOptions,
): Promise<AccessToken> {
  const { scopes, cache, log } = options;
  const name = getSecretName(stackName, options.serviceId);
  const request = { isSent: false };
  const create = (): Promise<IssuedToken> => {
    request.isSent = true;
    return requestServiceToken(name, awsTarget, scopes, log);
  };
  if (cache === "none") return toAccessToken(await create());

  const key = getCacheKey(name, awsTarget, scopes);
  const token = await withCache(key, {
    isValid,
    create,
    shouldRefresh: cache === "fresh",
    waitSeconds: WAIT_SECONDS,
    log,
  });
  if (!request.isSent)
    log(
      `the token is cached, and valid until ${formatTime(token.expiresAt)}; --refresh requests a new one`,
    );
  // a token with a short validity is never read from the cache
  if (!isValid(token)) removeCached(key);
  return toAccessToken(token);
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

function toAccessToken(token: IssuedToken): AccessToken {
  const { access_token, token_type, expiresAt } = token;
  const expires_in = Math.round((expiresAt - Date.now()) / 1000);
  return { access_token, expires_in, token_type };
}

async function requestServiceToken(
  name: string,
  target: AwsTarget,
  scopes: readonly string[],
  log: (line: string) => void,
): Promise<IssuedToken> {
  const { createServiceTokens } = await import("./service-tokens");
  const tokens = createServiceTokens({
    secretName: name,
    reader: target,
    scopes,
    log,
  });
  try {
    return await tokens.getIssuedToken();
  } catch (error) {
    throw await nameCommand(error);
  }
}

/** Makes an error name the option or command that fixes it. */
async function nameCommand(error: unknown): Promise<unknown> {
  const { UnknownScopeError, WrongClientError } =
    await import("./service-token-error");
  if (error instanceof UnknownScopeError)
    return new UserError(
      `--scope must be scopes of the client of secret "${error.secretName}", got ${error.unknownScopes.join(" ")}`,
      error.hint,
    );
  if (!(error instanceof WrongClientError)) return error;
  const hints = {
    user: `sign a user in with ${formatCommand("credentials")}`,
    web: "name a service client with --service-id; the application of a web client signs users in itself",
    unknown: "name a service client with --service-id",
  };
  return new UserError(error.message, hints[error.clientKind]);
}
