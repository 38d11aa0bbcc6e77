import { Construct } from "constructs";
import type { IUserPool } from "./user-pool";
import { userPoolClient, type TokenLives } from "./user-pool-client";

export interface ProgrammaticClientProps extends TokenLives {
  readonly userPool: IUserPool;
  readonly clientName: string;
  /**
   * URLs that the hosted sign-in pages may send a code to.
   *
   * @default none, and OAuth is off: users sign in through the API alone
   */
  readonly callbackUrls?: readonly string[];
}

/**
 * A public app client that people's scripts sign in with, by user name and password.
 *
 * @see https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-authentication-flow-methods.html
 */
export class ProgrammaticClient extends Construct {
  readonly clientId: string;

  constructor(scope: Construct, id: string, props: ProgrammaticClientProps) {
    super(scope, id);
    const { callbackUrls = [], ...rest } = props;
    const resource = userPoolClient(this, {
      ...rest,
      generateSecret: false,
      explicitAuthFlows: [
        "ALLOW_ADMIN_USER_PASSWORD_AUTH",
        "ALLOW_REFRESH_TOKEN_AUTH",
        "ALLOW_USER_PASSWORD_AUTH",
        "ALLOW_USER_SRP_AUTH",
      ],
      oauth:
        callbackUrls.length === 0
          ? null
          : {
              flow: "code",
              scopes: ["openid", "email", "profile"],
              callbackUrls,
              logoutUrls: [],
            },
    });
    this.clientId = resource.id;
  }
}
