import { UserError } from "../../../constructs/errors";
import { OAuthError } from "./token-endpoint";

/**
 * What a token endpoint's refusal means for the client of a secret, and what to do; `undefined` when it is none.
 *
 * @param scope scopes that the secret names
 */
export function explainRefusal(
  error: unknown,
  name: string,
  scope: string,
): UserError | undefined {
  if (!(error instanceof OAuthError)) return undefined;
  const { code } = error;
  const client = `the client of secret "${name}"`;
  const sentences: Readonly<Record<string, readonly [string, string]>> = {
    invalid_client: [
      `the user pool does not accept ${client}: the client_secret or client_id in Secrets Manager is not the client's`,
      "if it was changed by hand, put its former version back, which `aws secretsmanager list-secret-version-ids` names; if the client was made anew, deploy the stage",
    ],
    invalid_scope: [
      `the user pool does not know a scope that was asked for ${client}`,
      `its secret names ${scope}; deploy the stage if a resource server was changed`,
    ],
    invalid_grant: [
      `the user pool gives ${client} no token with these scopes: they are not granted to it, or it was deleted`,
      `its secret names ${scope}; deploy the stage to have client and secret agree`,
    ],
    unauthorized_client: [
      `the user pool does not let ${client} take tokens for itself`,
      "its client_credentials flow was switched off by hand: deploy the stage",
    ],
    unsupported_grant_type: [
      `the token endpoint of ${client} does not know the client_credentials grant`,
      "check that cognito_domain in the secret is the domain of the stage",
    ],
  };
  const [message, hint] = sentences[code] ?? [
    `the user pool gives ${client} no token`,
    "deploy the stage, so that client and secret agree",
  ];
  return new UserError(`${message} (${code})`, hint);
}
