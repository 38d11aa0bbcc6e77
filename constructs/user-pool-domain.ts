import { CognitoUserPoolDomain } from "@cdktf/provider-aws/lib/cognito-user-pool-domain";
import { Construct } from "constructs";
import { getDomainBaseUrl } from "./aws";
import { LIMITS } from "./constraints";
import { getRegion } from "./provider-region";
import { createSignInUrl, type SignInUrlOptions } from "./sign-in-url";
import type { IUserPool } from "./user-pool";
import type { IUserPoolClient } from "./user-pool-client";
import { addValidationErrors, check, requireValid } from "./validation";

/** A domain with the sign-in pages and the token endpoint of a user pool. */
export interface IUserPoolDomain {
  /** `https://…` without a trailing slash. The token endpoint is `{baseUrl}/oauth2/token`. */
  readonly baseUrl: string;
  /**
   * Returns a link to the sign-in pages, for a user who starts at no page of the application. An application creates its own
   * request, with a state and PKCE.
   */
  readonly signInUrl: (
    client: IUserPoolClient,
    options: SignInUrlOptions,
  ) => string;
}

/** Pages of a domain: 1 is the classic hosted UI, 2 is managed login, whose style is a branding of each client. */
export type ManagedLoginVersion = 1 | 2;

/** Configuration of {@link UserPoolDomain}. */
export interface UserPoolDomainProps {
  readonly userPool: IUserPool;
  /** First label of the host, unique in the Region across all accounts. Changing it changes the URLs of all clients. */
  readonly prefix: string;
  /** @default AWS's choice: 1, the classic pages */
  readonly managedLoginVersion?: ManagedLoginVersion | undefined;
}

/**
 * A prefix domain of a user pool.
 *
 * @see https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pools-assign-domain-prefix.html
 */
export class UserPoolDomain extends Construct implements IUserPoolDomain {
  /**
   * Imports the prefix domain that a user pool in the Region of the stack already has.
   *
   * @throws UserError if the prefix is not valid
   */
  static fromPrefix(scope: Construct, prefix: string): IUserPoolDomain {
    requireValid(check(LIMITS.domainPrefix, prefix));
    const baseUrl = getDomainBaseUrl(prefix, getRegion(scope));
    return {
      baseUrl,
      signInUrl: (client, options) =>
        createSignInUrl(scope, baseUrl, client, options),
    };
  }

  readonly baseUrl: string;

  constructor(scope: Construct, id: string, props: UserPoolDomainProps) {
    super(scope, id);
    addValidationErrors(this, check(LIMITS.domainPrefix, props.prefix));

    new CognitoUserPoolDomain(this, "Resource", {
      domain: props.prefix,
      userPoolId: props.userPool.userPoolId,
      ...(props.managedLoginVersion !== undefined && {
        managedLoginVersion: props.managedLoginVersion,
      }),
    });
    this.baseUrl = getDomainBaseUrl(props.prefix, getRegion(this));
  }

  signInUrl(client: IUserPoolClient, options: SignInUrlOptions): string {
    return createSignInUrl(this, this.baseUrl, client, options);
  }
}
