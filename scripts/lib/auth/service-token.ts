import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import path from "node:path";
import { getSecretName } from "../../../stacks/naming";
import { UserError } from "../../../constructs/errors";
import {
  type Environment,
  getEnvironment,
  getSetting,
} from "../../../stacks/config/environment";
import type { StageTarget } from "../cli/options";
import type { AwsTarget } from "../aws/client";
import { removeCached, withCache } from "../system/cache";
import type { AccessToken } from "./token-endpoint";

/** How long a token has to be good for still to be given out: a job that starts with it can end with it. */
const LEAST_MINUTES = 5;
/** Longest life of a token of Cognito; a file that promises more is wrong. */
const MOST_HOURS = 24;
/** Longer than another process takes that gets an answer at all; after that a token is taken without keeping it. */
const WAIT_SECONDS = 60;

/** Variables that decide which account is called, and where; a token of one must never be given for another. */
const WHERE = [
  "HOME",
  "USERPROFILE",
  "AWS_CONFIG_FILE",
  "AWS_SHARED_CREDENTIALS_FILE",
  "AWS_ENDPOINT_URL",
  "AWS_ENDPOINT_URL_SECRETS_MANAGER",
  "COGNITO_DOMAIN_ENDPOINT",
];
/** Variables that say who calls where no profile is named. */
const WHO = [
  "AWS_PROFILE",
  "AWS_ACCESS_KEY_ID",
  "AWS_ROLE_ARN",
  "AWS_CONTAINER_CREDENTIALS_FULL_URI",
  "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
];

export interface ServiceTokenOptions {
  readonly serviceId: string;
  /** Names of some of the client's scopes; empty for all. */
  readonly scopes: readonly string[];
  /** `fresh` takes a new token and keeps it; `none` neither reads nor writes the cache. */
  readonly cache: "use" | "fresh" | "none";
  /** Told what is done, a line at a time. */
  readonly log: (line: string) => void;
}

/** A token as it is kept. */
interface KeptToken {
  readonly access_token: string;
  readonly token_type: string;
  /** Milliseconds of the epoch. */
  readonly takenAt: number;
  readonly expiresAt: number;
}

/**
 * A service's token: the one that is kept, else a new one for the client whose secret the stage keeps.
 *
 * A kept one costs neither a connection nor the AWS SDK.
 *
 * @throws UserError when there is no such secret, or no token for it
 */
export async function getServiceToken(
  { stackName, awsTarget: place }: StageTarget,
  options: ServiceTokenOptions,
): Promise<AccessToken> {
  const { scopes, cache, log } = options;
  const name = getSecretName(stackName, options.serviceId);
  const make = (): Promise<KeptToken> => newToken(name, place, scopes, log);
  if (cache === "none") return asAnswer(await make());

  const key = cacheKey(name, place, scopes);
  const token = await withCache(key, {
    isValid: isUsable,
    create: make,
    shouldRefresh: cache === "fresh",
    waitSeconds: WAIT_SECONDS,
    log,
  });
  // one that is never usable again is not kept
  if (!isUsable(token)) removeCached(key);
  return asAnswer(token);
}

/** All that a token hangs on, known without asking anybody. */
function cacheKey(
  name: string,
  { region, profile }: AwsTarget,
  scopes: readonly string[],
): readonly string[] {
  const env = getEnvironment();
  const values = (names: readonly string[]): string[] =>
    names.map((variable) => getSetting(env, variable) ?? "");
  const who = profile === undefined ? values(WHO) : ["profile", profile];
  const where = [...values(WHERE), ...profileFiles(env).map(digest)];
  return [
    "service-token",
    name,
    [...scopes].sort().join(" "),
    region,
    ...where,
    ...who,
  ];
}

/** Files that say what account a profile is of. */
function profileFiles(env: Environment): readonly string[] {
  const home = getSetting(env, "HOME") ?? getSetting(env, "USERPROFILE") ?? "";
  const folder = path.join(home, ".aws");
  return [
    getSetting(env, "AWS_CONFIG_FILE") ?? path.join(folder, "config"),
    getSetting(env, "AWS_SHARED_CREDENTIALS_FILE") ??
      path.join(folder, "credentials"),
  ];
}

/** What a file holds, as far as telling it from another needs. */
function digest(file: string): string {
  try {
    return createHash("sha256").update(readFileSync(file)).digest("hex");
  } catch {
    return "";
  }
}

function isUsable(value: unknown): value is KeptToken {
  const { access_token, token_type, takenAt, expiresAt } = (value ??
    {}) as Partial<KeptToken>;
  const now = Date.now();
  return (
    typeof access_token === "string" &&
    /^[\x21-\x7e]+$/.test(access_token) &&
    token_type === "Bearer" &&
    typeof takenAt === "number" &&
    takenAt <= now &&
    typeof expiresAt === "number" &&
    expiresAt <= takenAt + MOST_HOURS * 3_600_000 &&
    expiresAt > now + LEAST_MINUTES * 60_000
  );
}

function asAnswer(token: KeptToken): AccessToken {
  const { access_token, token_type, expiresAt } = token;
  const expires_in = Math.round((expiresAt - Date.now()) / 1000);
  return { access_token, expires_in, token_type };
}

async function newToken(
  name: string,
  place: AwsTarget,
  scopes: readonly string[],
  log: (line: string) => void,
): Promise<KeptToken> {
  const { readClientSecret, requireFields } = await import("../stage/secrets");
  const { requestToken } = await import("./token-endpoint");
  const { explainOAuthError: explainRefusal } =
    await import("./token-endpoint");
  const { resolveTokenUrl: tokenUrl } = await import("./token-endpoint");
  const secret = await readClientSecret(name, place);
  requireServiceClient(name, secret.flow);
  const fields = requireFields(
    name,
    secret,
    "cognito_domain",
    "client_id",
    "client_secret",
    "scope",
  );
  const source = `field cognito_domain of secret "${name}"`;
  const url = tokenUrl(
    { text: fields.cognito_domain, source },
    getEnvironment(),
  );
  requireScopes(name, fields.scope, scopes);
  const takenAt = Date.now();
  try {
    const { access_token, expires_in, token_type } = await requestToken(
      {
        url,
        clientId: fields.client_id,
        clientSecret: fields.client_secret,
        scope: scopes.length === 0 ? fields.scope : scopes.join(" "),
      },
      { log },
    );
    const expiresAt = takenAt + expires_in * 1000;
    return { access_token, token_type, takenAt, expiresAt };
  } catch (error) {
    throw explainRefusal(error, name, fields.scope) ?? error;
  }
}

function requireServiceClient(name: string, flow: string | undefined): void {
  if (flow === "client_credentials") return;
  throw flow === "user_password"
    ? new UserError(
        `secret "${name}" is of a client that people sign in with, which takes no tokens for itself`,
        "tmp-creds signs a person in with it",
      )
    : new UserError(
        `field flow of secret "${name}" must be client_credentials, got something else`,
        "name a service client with --service-id",
      );
}

function requireScopes(
  name: string,
  own: string,
  scopes: readonly string[],
): void {
  const missing = scopes.filter((scope) => !own.split(" ").includes(scope));
  if (missing.length === 0) return;
  throw new UserError(
    `scope must be of those that the client of secret "${name}" has, got ${missing.join(" ")}`,
    `it has ${own}`,
  );
}
