import { CognitoUserPoolDomain } from "@cdktf/provider-aws/lib/cognito-user-pool-domain";
import { Construct } from "constructs";
import { getDomainBaseUrl } from "./aws";
import { LIMITS } from "./constraints";
import { getRegion } from "./provider-region";
import type { IUserPool } from "./user-pool";
import { addValidationErrors, check } from "./validation";

/** A domain with the sign-in pages and the token endpoint of a user pool. */
export interface IUserPoolDomain {
  /** `https://…` without a trailing slash. The token endpoint is `{baseUrl}/oauth2/token`. */
  readonly baseUrl: string;
}

/** Pages of a domain: 1 is the classic hosted UI, 2 is managed login, whose style is a branding of each client. */
export type ManagedLoginVersion = 1 | 2;

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
  /** Imports the prefix domain that a user pool in the Region of the stack already has. */
  static fromPrefix(scope: Construct, prefix: string): IUserPoolDomain {
    return { baseUrl: getDomainBaseUrl(prefix, getRegion(scope)) };
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
}
