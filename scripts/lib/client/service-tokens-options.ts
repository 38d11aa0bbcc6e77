import type { SecretReader } from "../auth/service-client";
import type { AwsCredentials } from "../aws/client";
import type { Clock } from "../system/clock";
import { toJsonObject } from "../system/json-object";
import { ClientError } from "./client-error";
import {
  BOOLEAN,
  FUNCTION,
  NAMES,
  type OptionRule,
  requireValidOptions,
  TEXT,
} from "./options";

/** Names the service client by its secret. */
export interface SecretIdOptions {
  /** Name or ARN of the client's secret, such as `our-auth-dev/workflows-client`: an output of the stage. */
  readonly secretId: string;
  readonly stage?: undefined;
  readonly serviceId?: undefined;
  readonly appName?: undefined;
}

/** Names the service client by its stage and id. */
export interface StageServiceOptions {
  /** Stage, such as `dev`. */
  readonly stage: string;
  /** Id of the service client, such as `workflows-client`. */
  readonly serviceId: string;
  /**
   * First half of the stack name, `APP_NAME` of the stage.
   *
   * @default veda-auth-stack
   */
  readonly appName?: string | undefined;
  readonly secretId?: undefined;
}

/** Selects the AWS account in which the secret is read. */
export interface SecretsManagerOptions {
  /**
   * Region of the secret.
   *
   * @default that of the ARN, then `AWS_REGION`, then us-west-2
   */
  readonly region?: string | undefined;
  /**
   * Profile of the AWS CLI.
   *
   * @default the credentials of the environment, or those of the container or machine
   */
  readonly profile?: string | undefined;
  /**
   * Stores tokens in the cache of the user, which the command `token` and other processes share.
   *
   * @default false
   */
  readonly diskCache?: boolean | undefined;
  readonly credentials?: undefined;
  readonly readSecret?: undefined;
}

/** Reads the secret with credentials of the caller's own. */
export interface CredentialsOptions {
  /**
   * Region of the secret.
   *
   * @default that of the ARN, then `AWS_REGION`, then us-west-2
   */
  readonly region?: string | undefined;
  /** Credentials of AWS, or a function that provides them, such as a credential provider of the AWS SDK. */
  readonly credentials: AwsCredentials;
  readonly profile?: undefined;
  readonly diskCache?: false | undefined;
  readonly readSecret?: undefined;
}

/** Reads the secret elsewhere, such as in a file that the secret is synchronized to. */
export interface SecretReaderOptions {
  /** Returns the fields of the secret. It is called again after the client secret was refused. */
  readonly readSecret: SecretReader;
  readonly region?: undefined;
  readonly profile?: undefined;
  readonly credentials?: undefined;
  readonly diskCache?: false | undefined;
}

/** Options of `serviceTokens` that do not depend on the others. */
export interface TokenOptions {
  /**
   * Full names of scopes, such as `veda-stac-ingestion-registry-server/stac:register`.
   *
   * @default all scopes of the client
   */
  readonly scopes?: readonly string[] | undefined;
  /**
   * Time for which the client secret is cached. It is read again earlier if the user pool refuses it.
   *
   * @default 60
   */
  readonly secretMinutes?: number | undefined;
  /**
   * Receives one line for each retry. No line contains a secret.
   *
   * @default none
   */
  readonly log?: ((line: string) => void) | undefined;
  /**
   * Sends the token requests.
   *
   * @default Node's fetch, through the proxy that the environment names
   */
  readonly fetch?: typeof fetch | undefined;
  /**
   * Replaced in tests.
   *
   * @default the time of the system
   */
  readonly clock?: Clock | undefined;
}

/** Options of `serviceTokens`. */
export type ServiceTokensOptions = TokenOptions &
  (SecretIdOptions | StageServiceOptions) &
  (SecretsManagerOptions | CredentialsOptions | SecretReaderOptions);

export const CALLER = "serviceTokens";

const CREDENTIALS: OptionRule = {
  requirement:
    "an object with accessKeyId and secretAccessKey, or a function that returns one",
  isValid: (value) => typeof value === "function" || areCredentials(value),
};

const POSITIVE: OptionRule = {
  requirement: "a number greater than 0",
  isValid: (value) =>
    typeof value === "number" && Number.isFinite(value) && value > 0,
};

const CLOCK: OptionRule = {
  requirement: "an object with now, random and sleep",
  isValid: (value) => typeof value === "object" && value !== null,
};

/** Pairs of options of which only one can be set. */
const CONFLICTS = [
  ["secretId", "stage"],
  ["secretId", "serviceId"],
  ["secretId", "appName"],
  ["credentials", "profile"],
  // their account is not known without a call of AWS, and a token must not be used for another account
  ["credentials", "diskCache"],
  ["readSecret", "region"],
  ["readSecret", "profile"],
  ["readSecret", "credentials"],
  ["readSecret", "diskCache"],
] as const;

/** @throws ClientError if an option is unknown or invalid, or two cannot be set together */
export function requireServiceTokensOptions(
  options: ServiceTokensOptions,
): void {
  requireValidOptions<ServiceTokensOptions>(CALLER, options, {
    secretId: TEXT,
    stage: TEXT,
    serviceId: TEXT,
    appName: TEXT,
    scopes: NAMES,
    region: TEXT,
    profile: TEXT,
    credentials: CREDENTIALS,
    readSecret: FUNCTION,
    diskCache: BOOLEAN,
    secretMinutes: POSITIVE,
    log: FUNCTION,
    fetch: FUNCTION,
    clock: CLOCK,
  });
  requireNoConflict(options);
}

function requireNoConflict(options: ServiceTokensOptions): void {
  const isSet = (name: keyof typeof options): boolean =>
    options[name] !== undefined && options[name] !== false;
  const conflict = CONFLICTS.find((pair) => pair.every(isSet));
  if (conflict !== undefined)
    throw new ClientError(
      "invalid_option",
      `${CALLER}: ${conflict.join(" and ")} must not be set together`,
      "remove one of them",
    );
}

/** Returns whether a value has keys that can be sent in a header. */
export function areCredentials(value: unknown): boolean {
  const {
    accessKeyId,
    secretAccessKey,
    sessionToken = "-",
  } = toJsonObject(value);
  return [accessKeyId, secretAccessKey, sessionToken].every(
    (key) => typeof key === "string" && /^[\x21-\x7e]+$/.test(key),
  );
}
