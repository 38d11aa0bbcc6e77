import { UserError } from "../../../constructs/errors";
import { createAwsClient } from "../aws/client";
import { type ErrorExplanation, explainError } from "../aws/errors";
import {
  isJsonObject,
  type JsonObject,
  parseJson,
} from "../system/json-object";
import { formatCommand } from "../cli/invocation";
import { ClientError, type ClientErrorCode } from "../client/client-error";

/** Temporary AWS credentials, in the fields of the Python client. */
export interface Credentials {
  readonly AccessKeyId: string;
  readonly SecretKey: string;
  readonly SessionToken: string;
  /** ISO 8601. */
  readonly Expiration: string;
}

const CLIENT_HINT =
  "use the ids of one stage: its identity pool trusts the client in its output client_id";

interface IdentityPoolExplanation extends ErrorExplanation {
  readonly code: ClientErrorCode;
}

function listExplanations(
  identityPoolId: string,
): readonly IdentityPoolExplanation[] {
  return [
    {
      code: "identity_pool_refused",
      names: /^NotAuthorizedException$/,
      text: /not from a supported provider|issuer doesn't match/i,
      message: `${identityPoolId}: the identity pool does not trust the client of the sign-in (token is not from a supported provider)`,
      hint: CLIENT_HINT,
    },
    {
      code: "no_role",
      names: /^(NotAuthorizedException|InvalidParameterException)$/,
      text: /ambiguous role|role mapping/i,
      message: `${identityPoolId}: the identity pool cannot select a role for the user (ambiguous role mapping)`,
      hint: "ask an administrator to add the user to a group with a role, or to set different precedences for the user's groups",
    },
    {
      code: "token_expired",
      names: /^NotAuthorizedException$/,
      text: /expired/i,
      message: `${identityPoolId}: the id token has expired`,
      hint: "sign in again, or provide a new id token",
    },
    {
      code: "sign_in_refused",
      names: /^NotAuthorizedException$/,
      text: /revoked|disabled/i,
      message: `${identityPoolId}: the user was signed out everywhere, or is disabled`,
      hint: "sign out, then sign in again; or ask an administrator",
    },
    {
      code: "no_role",
      names: /^InvalidIdentityPoolConfigurationException$/,
      message: `${identityPoolId}: the role of the user's group does not trust the identity pool`,
      hint: `ask an administrator to add the identity pool to that role: ${formatCommand("trust-policy", "--role <role> --stage <stage>")}`,
    },
    {
      code: "identity_pool_refused",
      names: /^ResourceNotFoundException$/,
      message: `${identityPoolId}: there is no such identity pool`,
      hint: "check the identity pool id, which is the output identitypool_id of a stage",
    },
    {
      code: "identity_pool_refused",
      names: /^NotAuthorizedException$/,
      message: ({ message }) =>
        `${identityPoolId}: the identity pool denied the sign-in: ${message}`,
      hint: CLIENT_HINT,
    },
  ];
}

/**
 * Exchanges an id token for the credentials of an identity pool. Both calls are unsigned.
 *
 * The identity pool can be in another Region than the user pool.
 *
 * @param tokenName name of the setting or option with the token, for errors
 * @throws ClientError if the identity pool rejects the token
 */
export async function getIdentityCredentials(
  identityPoolId: string,
  idToken: string,
  tokenName = "the id token",
): Promise<Credentials> {
  const provider = getLoginProvider(idToken, tokenName);
  const logins = { Logins: { [provider]: idToken } };
  const sdk = await import("@aws-sdk/client-cognito-identity");
  const client = await createAwsClient(sdk.CognitoIdentityClient, {
    region: getIdentityPoolRegion(identityPoolId),
  });
  try {
    const { IdentityId } = await client.send(
      new sdk.GetIdCommand({ IdentityPoolId: identityPoolId, ...logins }),
    );
    const { Credentials: credentials = {} } = await client.send(
      new sdk.GetCredentialsForIdentityCommand({ IdentityId, ...logins }),
    );
    const { AccessKeyId, SecretKey, SessionToken, Expiration } = credentials;
    if (
      AccessKeyId === undefined ||
      SecretKey === undefined ||
      SessionToken === undefined ||
      Expiration === undefined
    )
      throw new ClientError(
        "identity_pool_refused",
        `${identityPoolId}: the identity pool returned incomplete credentials`,
      );
    return {
      AccessKeyId,
      SecretKey,
      SessionToken,
      Expiration: Expiration.toISOString(),
    };
  } catch (error) {
    throw explainIdentityPoolError(error, identityPoolId);
  }
}

/** Returns an error with the code of the first explanation that matches, or the error itself. */
function explainIdentityPoolError(
  error: unknown,
  identityPoolId: string,
): unknown {
  for (const { code, ...explanation } of listExplanations(identityPoolId)) {
    const explained = explainError(error, [explanation]);
    if (explained !== error && explained instanceof UserError)
      return new ClientError(code, explained.message, explained.hint);
  }
  return error;
}

/** Returns the Region that an identity pool's id begins with. */
export function getIdentityPoolRegion(identityPoolId: string): string {
  return identityPoolId.split(":", 1)[0] ?? "";
}

/**
 * Returns the name under which an identity pool trusts a token's user pool: its issuer. AWS verifies the token.
 *
 * @throws ClientError if the token is no id token of a user pool; the token is not repeated
 */
function getLoginProvider(idToken: string, tokenName: string): string {
  const claims = decodeClaims(idToken);
  const fail = (code: ClientErrorCode, requirement: string): never => {
    throw new ClientError(code, `${tokenName} must be ${requirement}`);
  };
  if (claims === undefined)
    return fail("not_a_token", "a JSON web token, got other text");
  const { token_use: use, iss: issuer } = claims;
  if (use !== "id")
    return fail(
      "wrong_use",
      `an id token, got ${use === undefined ? "a token without token_use" : `token_use ${JSON.stringify(use)}`}`,
    );
  const [, provider] =
    /^https:\/\/(cognito-idp\.[a-z0-9.-]+\/[\w-]+)$/.exec(String(issuer)) ?? [];
  return (
    provider ??
    fail(
      "wrong_issuer",
      `from a Cognito user pool, got the issuer ${JSON.stringify(issuer ?? "")}`,
    )
  );
}

/** Returns the time at which a token expires, in milliseconds since 1970, or `undefined` if it names none. */
export function readExpiry(token: string): number | undefined {
  const exp = decodeClaims(token)?.exp;
  return typeof exp === "number" ? exp * 1000 : undefined;
}

/** Returns the claims of a token without verifying it, or `undefined` if it is no token. */
function decodeClaims(token: string): JsonObject | undefined {
  const [, payload = "", signature] = token.split(".");
  const claims = parseJson(Buffer.from(payload, "base64url").toString());
  return signature !== undefined && isJsonObject(claims) ? claims : undefined;
}
