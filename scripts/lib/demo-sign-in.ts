import { randomBytes } from "node:crypto";
import { UserError } from "../../constructs/errors";
import { userPoolProviderName } from "../../constructs/names";
import { clientConfig } from "./demo-account";
import type { LocalAws } from "./local-aws";

/** Outputs of a stage, as `cdktf deploy --outputs-file` writes them. */
export type StageOutputs = Readonly<Record<string, string>>;

/** A service's token, by what it says of itself. */
export interface ServiceToken {
  readonly secretName: string;
  readonly scope: string;
  readonly expiresInSeconds: number;
}

/** Credentials of a role, by what may be shown of them. */
export interface RoleCredentials {
  readonly userName: string;
  readonly groups: readonly string[];
  readonly accessKeyId: string;
  readonly expiration: Date;
}

/** Reads a service's secret and gets a token with it, as the service would. */
export async function takeServiceToken(
  aws: LocalAws,
  secretName: string,
): Promise<ServiceToken> {
  const { SecretsManagerClient, GetSecretValueCommand } =
    await import("@aws-sdk/client-secrets-manager");
  const { SecretString } = await new SecretsManagerClient(
    clientConfig(aws),
  ).send(new GetSecretValueCommand({ SecretId: secretName }));
  const secret = JSON.parse(SecretString ?? "{}") as Record<string, string>;
  // a local AWS serves every hosted domain at its own endpoint
  const response = await fetch(`${aws.endpoint}/oauth2/token`, {
    method: "POST",
    headers: {
      Authorization: `Basic ${Buffer.from(`${secret.client_id ?? ""}:${secret.client_secret ?? ""}`).toString("base64")}`,
    },
    body: new URLSearchParams({
      grant_type: secret.flow ?? "",
      scope: secret.scope ?? "",
    }),
    signal: AbortSignal.timeout(30_000),
  });
  const answer = (await response.json()) as {
    readonly access_token?: string;
    readonly expires_in?: number;
    readonly error?: string;
  };
  if (answer.access_token === undefined) {
    throw new UserError(
      `token endpoint refused the client of ${secretName}: ${answer.error ?? response.status}`,
    );
  }
  return {
    secretName,
    scope: String(claims(answer.access_token).scope),
    expiresInSeconds: answer.expires_in ?? 0,
  };
}

/** Makes a user in a group, signs in as that user and gets the group's credentials of the identity pool. */
export async function signIn(
  aws: LocalAws,
  outputs: StageOutputs,
  group: string,
): Promise<RoleCredentials> {
  const [idp, identity] = await Promise.all([
    import("@aws-sdk/client-cognito-identity-provider"),
    import("@aws-sdk/client-cognito-identity"),
  ]);
  const users = new idp.CognitoIdentityProviderClient(clientConfig(aws));
  const user = {
    UserPoolId: outputs.userpool_id,
    Username: `demo-${randomBytes(4).toString("hex")}`,
  };
  const password = `Aa1!${randomBytes(12).toString("hex")}`;
  await users.send(
    new idp.AdminCreateUserCommand({
      ...user,
      MessageAction: "SUPPRESS",
      UserAttributes: [
        { Name: "email", Value: `${user.Username}@example.com` },
        { Name: "email_verified", Value: "true" },
      ],
    }),
  );
  await users.send(
    new idp.AdminSetUserPasswordCommand({
      ...user,
      Password: password,
      Permanent: true,
    }),
  );
  await users.send(
    new idp.AdminAddUserToGroupCommand({ ...user, GroupName: group }),
  );
  const { AuthenticationResult } = await users.send(
    new idp.InitiateAuthCommand({
      ClientId: outputs.client_id,
      AuthFlow: "USER_PASSWORD_AUTH",
      AuthParameters: { USERNAME: user.Username, PASSWORD: password },
    }),
  );
  const idToken = AuthenticationResult?.IdToken ?? "";
  const provider = userPoolProviderName("us-west-2", user.UserPoolId ?? "");
  const logins = { Logins: { [provider]: idToken } };

  const identities = new identity.CognitoIdentityClient(clientConfig(aws));
  const { IdentityId } = await identities.send(
    new identity.GetIdCommand({
      IdentityPoolId: outputs.identitypool_id,
      ...logins,
    }),
  );
  const { Credentials } = await identities.send(
    new identity.GetCredentialsForIdentityCommand({ IdentityId, ...logins }),
  );
  return {
    userName: user.Username,
    groups: claims(idToken)["cognito:groups"] as string[],
    accessKeyId: Credentials?.AccessKeyId ?? "",
    expiration: Credentials?.Expiration ?? new Date(0),
  };
}

function claims(token: string): Record<string, unknown> {
  const [, payload = ""] = token.split(".");
  return JSON.parse(Buffer.from(payload, "base64url").toString()) as Record<
    string,
    unknown
  >;
}
