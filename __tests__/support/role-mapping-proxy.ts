import * as identity from "@aws-sdk/client-cognito-identity";
import * as idp from "@aws-sdk/client-cognito-identity-provider";
import * as sts from "@aws-sdk/client-sts";
import { createClientConfig } from "../../scripts/lib/demo/account";
import { parseJsonObject } from "../../scripts/lib/system/json-object";
import { decodeClaims } from "./jwt-claims";
import {
  forwardSigned,
  LoopbackServer,
  type ReceivedRequest,
  type Reply,
} from "./loopback-server";

/**
 * A proxy of a local AWS that maps groups to roles as an identity pool of AWS does. The local AWS issues credentials of the
 * default role to everyone. This proxy selects the role that AWS selects, and assumes it as AWS does: the local AWS evaluates
 * the trust policy of the role.
 *
 * @see https://docs.aws.amazon.com/cognito/latest/developerguide/role-based-access-control.html
 */
export class RoleMappingProxy {
  /** Identity pool whose mapping is used. */
  identityPoolId = "";
  private server!: LoopbackServer;
  private readonly pools: identity.CognitoIdentityClient;
  private readonly users: idp.CognitoIdentityProviderClient;
  private readonly roles: sts.STSClient;

  private constructor(private readonly target: string) {
    const config = createClientConfig({ endpoint: target });
    this.pools = new identity.CognitoIdentityClient(config);
    this.users = new idp.CognitoIdentityProviderClient(config);
    this.roles = new sts.STSClient(config);
  }

  static async start(target: string): Promise<RoleMappingProxy> {
    const proxy = new RoleMappingProxy(target);
    proxy.server = await LoopbackServer.start((received) =>
      proxy.reply(received),
    );
    return proxy;
  }

  get endpoint(): string {
    return this.server.endpoint;
  }

  async stop(): Promise<void> {
    await this.server.stop();
  }

  private async reply(received: ReceivedRequest): Promise<Reply> {
    const response = await forwardSigned(received, this.target);
    const operation = String(received.headers["x-amz-target"]);
    if (
      !operation.endsWith(".GetCredentialsForIdentity") ||
      response.status !== 200
    )
      return response;
    const { IdentityId, Logins = {} } = parseJsonObject(received.body) as {
      readonly IdentityId?: string;
      readonly Logins?: Record<string, string>;
    };
    const [login] = Object.entries(Logins);
    if (login === undefined) return response;
    const role = await this.selectRole(...login);
    if (role === undefined) return response;
    if (role === null)
      return {
        ...response,
        status: 400,
        body: JSON.stringify({
          __type: "NotAuthorizedException",
          message: "Ambiguous role mapping for the identity",
        }),
      };
    const { Token } = await this.pools.send(
      new identity.GetOpenIdTokenCommand({ IdentityId, Logins }),
    );
    const { Credentials } = await this.roles.send(
      new sts.AssumeRoleWithWebIdentityCommand({
        RoleArn: role,
        RoleSessionName: "CognitoIdentityCredentials",
        WebIdentityToken: Token,
      }),
    );
    const { AccessKeyId, SecretAccessKey, SessionToken, Expiration } =
      Credentials ?? {};
    const body = JSON.stringify({
      IdentityId,
      Credentials: {
        AccessKeyId,
        SecretKey: SecretAccessKey,
        SessionToken,
        Expiration: (Expiration?.getTime() ?? 0) / 1000,
      },
    });
    return { ...response, body };
  }

  /** Returns the preferred role of the token; `undefined` for the default role, `null` for none. */
  private async selectRole(
    provider: string,
    token: string,
  ): Promise<string | null | undefined> {
    const claims = decodeClaims(token);
    const { RoleMappings = {} } = await this.pools.send(
      new identity.GetIdentityPoolRolesCommand({
        IdentityPoolId: this.identityPoolId,
      }),
    );
    const key = `${provider}:${String(claims.aud)}`;
    const mapping = RoleMappings[key];
    if (mapping?.Type !== "Token") return undefined;
    // a trigger sets it; otherwise AWS derives it from the groups of the user, as below
    const preferred = claims["cognito:preferred_role"];
    if (typeof preferred === "string") return preferred;
    const { Groups = [] } = await this.users.send(
      new idp.AdminListGroupsForUserCommand({
        UserPoolId: provider.split("/").at(-1),
        Username: String(claims["cognito:username"]),
      }),
    );
    const [first] = Groups.filter(({ RoleArn }) => RoleArn !== undefined).sort(
      (a, b) => (a.Precedence ?? Infinity) - (b.Precedence ?? Infinity),
    );
    return (
      first?.RoleArn ??
      (mapping.AmbiguousRoleResolution === "Deny" ? null : undefined)
    );
  }
}
