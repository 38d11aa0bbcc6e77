import { Construct } from "constructs";
import type { OAuthScope } from "./resource-server";
import type { IUserPool } from "./user-pool";
import { userPoolClient, type TokenLives } from "./user-pool-client";
import { reportProblems } from "./validation";

export interface ServiceClientProps extends TokenLives {
  readonly userPool: IUserPool;
  readonly clientName: string;
  /** What the service may do; a token has these scopes and no other. */
  readonly scopes: readonly OAuthScope[];
}

/**
 * An app client that a service gets tokens with, by its own id and secret: no user can sign in with it.
 *
 * @see https://docs.aws.amazon.com/cognito/latest/developerguide/federation-endpoints-oauth-grants.html
 */
export class ServiceClient extends Construct {
  readonly clientId: string;
  /** Lies in the state in clear, whatever is done with it here. */
  readonly clientSecret: string;

  constructor(scope: Construct, id: string, props: ServiceClientProps) {
    super(scope, id);
    reportProblems(
      this,
      props.scopes.length === 0
        ? "scopes of a service client must be at least one, got none"
        : undefined,
    );

    const resource = userPoolClient(this, {
      ...props,
      generateSecret: true,
      // with an empty list AWS would let users sign in
      explicitAuthFlows: ["ALLOW_REFRESH_TOKEN_AUTH"],
      oauth: {
        flow: "client_credentials",
        scopes: props.scopes,
        callbackUrls: [],
        logoutUrls: [],
      },
    });
    this.clientId = resource.id;
    this.clientSecret = resource.clientSecret;
  }
}
