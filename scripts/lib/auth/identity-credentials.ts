import type * as identity from "@aws-sdk/client-cognito-identity";
import { types } from "node:util";
import { UserError } from "../../../constructs/errors";
import { createAwsClient } from "../aws/client";

/** Temporary AWS credentials, as the Python client wrote them. */
export interface Credentials {
  readonly AccessKeyId: string;
  readonly SecretKey: string;
  readonly SessionToken: string;
  /** ISO 8601. */
  readonly Expiration: string;
}

interface Explanation {
  readonly names: RegExp;
  readonly says?: RegExp;
  readonly message: string;
  readonly hint: string;
}

const OTHER_CLIENT =
  "take the ids of one and the same stage with --stage: its output client_id is one that its identity pool trusts";

/** What an identity pool refuses, the first that fits. */
const EXPLANATIONS: readonly Explanation[] = [
  {
    names: /^NotAuthorizedException$/,
    says: /not from a supported provider|issuer doesn't match/i,
    message:
      "the identity pool does not trust the client that the user signed in with (token is not from a supported provider)",
    hint: OTHER_CLIENT,
  },
  {
    names: /^(NotAuthorizedException|InvalidParameterException)$/,
    says: /ambiguous role|role mapping/i,
    message:
      "the identity pool cannot tell which role the user is to have (ambiguous role mapping)",
    hint: "an administrator adds the user to a group with a role, or gives the user's groups different precedences",
  },
  {
    names: /^NotAuthorizedException$/,
    says: /expired/i,
    message: "the id token has expired",
    hint: "sign in again; for ID_TOKEN, give a new one",
  },
  {
    names: /^NotAuthorizedException$/,
    says: /revoked|disabled/i,
    message: "the user has been signed out everywhere, or disabled",
    hint: "sign in again after --sign-out, or ask an administrator",
  },
  {
    names: /^InvalidIdentityPoolConfigurationException$/,
    message:
      "the role that the user's group gives does not trust the identity pool",
    hint: "an administrator adds the identity pool to that role: npm run trust-policy -- --role <role> --stage <stage>",
  },
  {
    names: /^ResourceNotFoundException$/,
    message: "there is no such identity pool",
    hint: "check the identity pool id, which is the output identitypool_id of a stage",
  },
];

/**
 * Credentials that an identity pool gives for an id token; neither call needs any before.
 *
 * An identity pool's id begins with its Region, which need not be the user pool's.
 *
 * @throws UserError when it refuses, with what mends it
 */
export async function getIdentityCredentials(
  identityPoolId: string,
  idToken: string,
): Promise<Credentials> {
  const logins = { Logins: { [getLoginProvider(idToken)]: idToken } };
  const sdk: typeof identity = await import("@aws-sdk/client-cognito-identity");
  const client = await createAwsClient(sdk.CognitoIdentityClient, {
    region: getIdentityPoolRegion(identityPoolId),
  });
  try {
    const { IdentityId } = await client.send(
      new sdk.GetIdCommand({ IdentityPoolId: identityPoolId, ...logins }),
    );
    const { Credentials: given } = await client.send(
      new sdk.GetCredentialsForIdentityCommand({ IdentityId, ...logins }),
    );
    return toCredentials(given);
  } catch (error) {
    throw explain(error, identityPoolId);
  }
}

/** Region of an identity pool. */
export function getIdentityPoolRegion(identityPoolId: string): string {
  return identityPoolId.split(":", 1)[0] ?? "";
}

function toCredentials(given: identity.Credentials | undefined): Credentials {
  const { AccessKeyId, SecretKey, SessionToken, Expiration } = given ?? {};
  if (
    AccessKeyId === undefined ||
    SecretKey === undefined ||
    SessionToken === undefined ||
    Expiration === undefined
  )
    throw new UserError("the identity pool gave no whole credentials");
  return {
    AccessKeyId,
    SecretKey,
    SessionToken,
    Expiration: Expiration.toISOString(),
  };
}

function explain(error: unknown, identityPoolId: string): unknown {
  if (!types.isNativeError(error)) return error;
  const known = EXPLANATIONS.find(
    ({ names, says }) =>
      names.test(error.name) && (says?.test(error.message) ?? true),
  );
  if (known !== undefined)
    return new UserError(`${identityPoolId}: ${known.message}`, known.hint);
  return error.name === "NotAuthorizedException"
    ? new UserError(
        `${identityPoolId}: the identity pool refused: ${error.message}`,
        OTHER_CLIENT,
      )
    : error;
}

const PROVIDER = /^https:\/\/(cognito-idp\.[a-z0-9.-]+\/[\w-]+)$/;

/**
 * Name that an identity pool knows a token's user pool by: its issuer. AWS verifies the token, not we.
 *
 * @throws UserError when it is no id token of a user pool; the token is not repeated
 */
export function getLoginProvider(idToken: string): string {
  const { token_use: use, iss: issuer } = decodeClaims(idToken);
  if (use !== "id") {
    throw new UserError(
      `ID_TOKEN must be an id token, got one for ${JSON.stringify(use ?? "no use")}`,
    );
  }
  const provider = PROVIDER.exec(String(issuer))?.[1];
  if (provider !== undefined) return provider;
  throw new UserError(
    `ID_TOKEN must be from a Cognito user pool, got one from ${JSON.stringify(issuer ?? "nobody")}`,
  );
}

function decodeClaims(token: string): Readonly<Record<string, unknown>> {
  const [, payload = "", signature] = token.split(".");
  try {
    const value: unknown = JSON.parse(
      Buffer.from(payload, "base64url").toString(),
    );
    if (signature !== undefined && typeof value === "object" && value !== null)
      return value as Readonly<Record<string, unknown>>;
  } catch {
    // said below
  }
  throw new UserError("ID_TOKEN must be a JSON web token, got something else");
}
