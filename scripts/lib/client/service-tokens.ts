import { UserError } from "../../../constructs/errors";
import {
  DEFAULT_APP_NAME,
  getSecretName,
  getStackName,
} from "../../../stacks/naming";
import type { IssuedToken } from "../auth/renewed-token";
import { createSecretReader } from "../auth/service-client";
import {
  createServiceTokens,
  type GetTokenOptions,
  type ServiceTokens,
} from "../auth/service-tokens";
import type { AwsTarget } from "../aws/client";
import type { ClientSecretFields } from "../stage/client-secret-fields";
import { isJsonObject } from "../system/json-object";
import { ClientError } from "./client-error";
import { NAMES, requireValidOptions, SIGNAL } from "./options";
import {
  areCredentials,
  CALLER,
  requireServiceTokensOptions,
  type ServiceTokensOptions,
} from "./service-tokens-options";

/**
 * Creates access tokens of a service client, for a service that runs for days.
 *
 * A token is cached and renewed before it expires. All callers share one request. If the user pool refuses the client secret,
 * because it was rotated, the secret is read again. Nothing is read or requested before the first call of `getToken`.
 *
 * @throws ClientError if an option is missing, unknown or invalid
 */
export function serviceTokens(options: ServiceTokensOptions): ServiceTokens {
  requireServiceTokensOptions(options);
  const secretName = findSecretName(options);
  const { readSecret, diskCache, log, ...others } = options;
  const tokens = createServiceTokens({
    scopes: others.scopes,
    secretMinutes: others.secretMinutes,
    fetch: others.fetch,
    clock: others.clock,
    log,
    secretName,
    reader: async (name) =>
      readSecret === undefined
        ? createSecretReader(await resolveTarget(secretName, options))(name)
        : requireSecretFields(await readSecret(name)),
    shareToken:
      diskCache === true
        ? async (scopes, create, former) => {
            const { useCachedToken } =
              await import("../auth/service-token-cache");
            return useCachedToken(
              {
                secretName,
                target: await resolveTarget(secretName, options),
                shouldRefresh: false,
                log: log ?? (() => undefined),
              },
              scopes,
              create,
              former,
            );
          }
        : undefined,
  });
  const getIssuedToken = async (
    more: GetTokenOptions = {},
  ): Promise<IssuedToken> => {
    requireValidOptions<GetTokenOptions>("getToken", more, {
      scopes: NAMES,
      signal: SIGNAL,
    });
    try {
      return await tokens.getIssuedToken(more);
    } catch (error) {
      throw error instanceof UserError && !(error instanceof ClientError)
        ? new ClientError("secret_unusable", error.message, error.hint)
        : error;
    }
  };
  return {
    getToken: async (more) => (await getIssuedToken(more)).access_token,
    getIssuedToken,
    invalidate: (accessToken) => {
      tokens.invalidate(accessToken);
    },
  };
}

/** Returns the Region and credentials with which the secret is read. */
async function resolveTarget(
  secretName: string,
  { region, profile, credentials }: ServiceTokensOptions,
): Promise<AwsTarget> {
  const { resolveAwsTarget } = await import("../aws/client");
  const [, ofArn] =
    /^arn:[\w-]+:secretsmanager:([\w-]+):/.exec(secretName) ?? [];
  return {
    ...resolveAwsTarget({ region: region ?? ofArn, profile }),
    credentials:
      typeof credentials === "function"
        ? async () => requireCredentials(await credentials())
        : credentials,
  };
}

/** @throws ClientError for a result that the AWS SDK cannot use */
function requireCredentials<T>(credentials: T): T {
  if (areCredentials(credentials)) return credentials;
  throw new ClientError(
    "invalid_option",
    `${CALLER}: the function credentials must return an object with accessKeyId and secretAccessKey, got another value`,
  );
}

/** @throws ClientError for a result that is no secret; a field that is missing is reported later */
function requireSecretFields(fields: ClientSecretFields): ClientSecretFields {
  const areTexts =
    isJsonObject(fields) &&
    Object.values(fields).every((field) =>
      ["string", "undefined"].includes(typeof field),
    );
  if (areTexts) return fields;
  throw new ClientError(
    "invalid_option",
    `${CALLER}: the function readSecret must return an object with text fields, got another value`,
  );
}

/** @throws ClientError if the options name no client */
function findSecretName({
  secretId,
  stage,
  serviceId,
  appName = DEFAULT_APP_NAME,
}: Readonly<
  Partial<
    Record<"secretId" | "stage" | "serviceId" | "appName", string | undefined>
  >
>): string {
  if (secretId !== undefined) return secretId;
  if (stage === undefined || serviceId === undefined)
    throw new ClientError(
      "invalid_option",
      `${CALLER}: secretId, or stage and serviceId, is required`,
      "set secretId to the output <client>_secret_id of the stage",
    );
  return getSecretName(getStackName(appName, stage), serviceId);
}
