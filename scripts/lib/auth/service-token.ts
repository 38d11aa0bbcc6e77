import { UserError } from "../../../constructs/errors";
import { getSecretName } from "../../../stacks/naming";
import { formatCommand } from "../cli/invocation";
import type { StageTarget } from "../cli/options";
import { formatTime } from "../system/time";
import { useCachedToken } from "./service-token-cache";
import { UnknownScopeError, WrongClientError } from "./service-token-error";
import { createServiceTokens } from "./service-tokens";
import type { AccessToken } from "./token-endpoint";

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
 * @throws UserError if the secret does not exist, or no token is issued
 */
export async function getServiceToken(
  { stackName, awsTarget }: StageTarget,
  { serviceId, scopes, cache, log }: ServiceTokenOptions,
): Promise<AccessToken> {
  const secretName = getSecretName(stackName, serviceId);
  const request = { isSent: false };
  const tokens = createServiceTokens({
    secretName,
    reader: awsTarget,
    scopes,
    log,
    shareToken: (names, create, former) => {
      const createOnce: typeof create = () => {
        request.isSent = true;
        return create();
      };
      const shouldRefresh = cache === "fresh";
      return cache === "none"
        ? createOnce()
        : useCachedToken(
            { secretName, target: awsTarget, shouldRefresh, log },
            names,
            createOnce,
            former,
          );
    },
  });
  try {
    const { access_token, token_type, expiresAt } =
      await tokens.getIssuedToken();
    if (!request.isSent)
      log(
        `the token is cached, and valid until ${formatTime(expiresAt)}; --refresh requests a new one`,
      );
    const expires_in = Math.round((expiresAt - Date.now()) / 1000);
    return { access_token, expires_in, token_type };
  } catch (error) {
    throw nameCommand(error);
  }
}

/** Makes an error name the option or command that fixes it. */
function nameCommand(error: unknown): unknown {
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
