import { Construct } from "constructs";
import type { IUserPool } from "./user-pool";
import { userPoolClient, type TokenLives } from "./user-pool-client";
import { reportProblems } from "./validation";

export interface FrontendClientProps extends TokenLives {
  readonly userPool: IUserPool;
  readonly clientName: string;
  /** Where the sign-in pages may send a code: these and no other, so a URL added by hand is taken out again. */
  readonly callbackUrls: readonly string[];
  /** @default none: signing out shows the sign-in page */
  readonly logoutUrls?: readonly string[];
}

/**
 * A public app client for a page in a browser: authorization code with PKCE, no secret, nothing implicit.
 *
 * @see https://docs.aws.amazon.com/cognito/latest/developerguide/using-pkce-in-authorization-code.html
 */
export class FrontendClient extends Construct {
  readonly clientId: string;

  constructor(scope: Construct, id: string, props: FrontendClientProps) {
    super(scope, id);
    const { callbackUrls, logoutUrls = [], ...rest } = props;
    reportProblems(
      this,
      callbackUrls.length === 0
        ? "callback URLs of a frontend client must be at least one, got none"
        : undefined,
    );

    const resource = userPoolClient(this, {
      ...rest,
      generateSecret: false,
      explicitAuthFlows: ["ALLOW_REFRESH_TOKEN_AUTH", "ALLOW_USER_SRP_AUTH"],
      oauth: {
        flow: "code",
        scopes: ["openid", "email", "profile"],
        callbackUrls,
        logoutUrls,
      },
    });
    this.clientId = resource.id;
  }
}
