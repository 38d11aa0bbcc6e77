import { UserError } from "../../../constructs/errors";
import { createAwsClient } from "../aws/client";
import { type ErrorExplanation, explainError } from "../aws/errors";
import {
  isJsonObject,
  type JsonObject,
  parseJson,
} from "../system/json-object";
import { formatCommand } from "../cli/invocation";

/** Temporary AWS credentials, in the fields of the Python client. */
export interface Credentials {
  readonly AccessKeyId: string;
  readonly SecretKey: string;
  readonly SessionToken: string;
  /** ISO 8601. */
  readonly Expiration: string;
}

const CLIENT_HINT =
  "use the ids of one stage with --stage: its identity pool trusts the client in its output client_id";

function explainIdentityPoolErrors(
  identityPoolId: string,
): readonly ErrorExplanation[] {
  return [
    {
      names: /^NotAuthorizedException$/,
      text: /not from a supported provider|issuer doesn't match/i,
      message: `${identityPoolId}: the identity pool does not trust the client of the sign-in (token is not from a supported provider)`,
      hint: CLIENT_HINT,
    },
    {
      names: /^(NotAuthorizedException|InvalidParameterException)$/,
      text: /ambiguous role|role mapping/i,
      message: `${identityPoolId}: the identity pool cannot select a role for the user (ambiguous role mapping)`,
      hint: "ask an administrator to add the user to a group with a role, or to set different precedences for the user's groups",
    },
    {
      names: /^NotAuthorizedException$/,
      text: /expired/i,
      message: `${identityPoolId}: the id token has expired`,
      hint: "sign in again, or set ID_TOKEN to a new token",
    },
    {
      names: /^NotAuthorizedException$/,
      text: /revoked|disabled/i,
      message: `${identityPoolId}: the user was signed out everywhere, or is disabled`,
      hint: "sign in again after --sign-out, or ask an administrator",
    },
    {
      names: /^InvalidIdentityPoolConfigurationException$/,
      message: `${identityPoolId}: the role of the user's group does not trust the identity pool`,
      hint: `ask an administrator to add the identity pool to that role: ${formatCommand("trust-policy", "--role <role> --stage <stage>")}`,
    },
    {
      names: /^ResourceNotFoundException$/,
      message: `${identityPoolId}: there is no such identity pool`,
      hint: "check the identity pool id, which is the output identitypool_id of a stage",
    },
    {
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
 * @throws UserError if the identity pool rejects the token
 */
export async function getIdentityCredentials(
  identityPoolId: string,
  idToken: string,
): Promise<Credentials> {
  const logins = { Logins: { [getLoginProvider(idToken)]: idToken } };
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
      throw new UserError("the identity pool returned incomplete credentials");
    return {
      AccessKeyId,
      SecretKey,
      SessionToken,
      Expiration: Expiration.toISOString(),
    };
  } catch (error) {
    throw explainError(error, explainIdentityPoolErrors(identityPoolId));
  }
}

/** Returns the Region that an identity pool's id begins with. */
export function getIdentityPoolRegion(identityPoolId: string): string {
  return identityPoolId.split(":", 1)[0] ?? "";
}

/**
 * Returns the name under which an identity pool trusts a token's user pool: its issuer. AWS verifies the token.
 *
 * @throws UserError if the token is no id token of a user pool; the token is not repeated
 */
function getLoginProvider(idToken: string): string {
  const { token_use: use, iss: issuer } = decodeClaims(idToken);
  if (use !== "id") {
    throw new UserError(
      `ID_TOKEN must be an id token, got ${use === undefined ? "a token without token_use" : `token_use ${JSON.stringify(use)}`}`,
    );
  }
  const [, provider] =
    /^https:\/\/(cognito-idp\.[a-z0-9.-]+\/[\w-]+)$/.exec(String(issuer)) ?? [];
  if (provider !== undefined) return provider;
  throw new UserError(
    `ID_TOKEN must be from a Cognito user pool, got the issuer ${JSON.stringify(issuer ?? "")}`,
  );
}

function decodeClaims(token: string): JsonObject {
  const [, payload = "", signature] = token.split(".");
  const claims = parseJson(Buffer.from(payload, "base64url").toString());
  if (signature !== undefined && isJsonObject(claims)) return claims;
  throw new UserError("ID_TOKEN must be a JSON web token, got other text");
}
