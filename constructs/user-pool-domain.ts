import { CognitoUserPoolDomain } from "@cdktf/provider-aws/lib/cognito-user-pool-domain";
import { Construct } from "constructs";
import { LIMITS } from "./constraints";
import { getDomainBaseUrl } from "./aws";
import type { IUserPool } from "./user-pool";
import { check, addValidationErrors } from "./validation";

/** A hosted domain: where clients get tokens. */
export interface IUserPoolDomain {
  /** `https://…` without a trailing slash; `/oauth2/token` lies under it. */
  readonly baseUrl: string;
}

export interface UserPoolDomainProps {
  readonly userPool: IUserPool;
  /** First label of the host, unique in the Region over all accounts. Changing it changes everybody's token URL. */
  readonly prefix: string;
  readonly region: string;
}

/**
 * The hosted domain of a user pool, with a prefix of our own under Amazon's domain.
 *
 * @see https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pools-assign-domain-prefix.html
 */
export class UserPoolDomain extends Construct implements IUserPoolDomain {
  /** Refers to the domain that an existing pool already has. */
  static fromPrefix(prefix: string, region: string): IUserPoolDomain {
    return { baseUrl: getDomainBaseUrl(prefix, region) };
  }

  readonly baseUrl: string;

  constructor(scope: Construct, id: string, props: UserPoolDomainProps) {
    super(scope, id);
    addValidationErrors(this, check(LIMITS.domainPrefix, props.prefix));

    new CognitoUserPoolDomain(this, "Resource", {
      domain: props.prefix,
      userPoolId: props.userPool.userPoolId,
    });
    this.baseUrl = getDomainBaseUrl(props.prefix, props.region);
  }
}
