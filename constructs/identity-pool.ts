import { CognitoIdentityPool } from "@cdktf/provider-aws/lib/cognito-identity-pool";
import { CognitoIdentityPoolRolesAttachment } from "@cdktf/provider-aws/lib/cognito-identity-pool-roles-attachment";
import { Fn, Lazy, Token } from "cdktf";
import { Construct } from "constructs";
import { IdentityPoolRole } from "./identity-pool-role";
import { LIMITS } from "./constraints";
import { getUserPoolProviderName } from "./aws";
import type { IUserPool } from "./user-pool";
import { check, addValidationErrors } from "./validation";

/** An identity pool, made here or elsewhere, whose users group roles can trust. */
export interface IIdentityPool {
  readonly identityPoolId: string;
  readonly identityPoolArn: string;
}

export interface IdentityPoolProps {
  readonly userPool: IUserPool;
  readonly region: string;
  /** Changing it makes a new pool: every user's identity id is lost. */
  readonly identityPoolName: string;
  /** Name of the role for signed-in users whom no group gives one; it allows nothing. */
  readonly authenticatedRoleName: string;
  /** Ids of the clients whose tokens get credentials, asked for when everything has been added. */
  readonly trustedClientIds: () => readonly string[];
}

/**
 * An identity pool that gives signed-in users the credentials of their group's role: no guests, no classic flow, tokens
 * of revoked users refused.
 *
 * @see https://docs.aws.amazon.com/cognito/latest/developerguide/identity-pools.html
 */
export class IdentityPool extends Construct implements IIdentityPool {
  /** Refers to an identity pool that is managed elsewhere: who it trusts and gives roles to is not changed. */
  static fromIdentityPoolArn(identityPoolArn: string): IIdentityPool {
    const identityPoolId = Token.isUnresolved(identityPoolArn)
      ? Token.asString(Fn.element(Fn.split("/", identityPoolArn), 1))
      : identityPoolArn.slice(identityPoolArn.indexOf("/") + 1);
    return { identityPoolArn, identityPoolId };
  }

  readonly identityPoolId: string;
  readonly identityPoolArn: string;

  constructor(scope: Construct, id: string, props: IdentityPoolProps) {
    super(scope, id);
    addValidationErrors(
      this,
      check(LIMITS.identityPoolName, props.identityPoolName),
    );
    this.node.addValidation({
      validate: () => {
        const count = props.trustedClientIds().length;
        const problem = check(LIMITS.roleMappingsPerIdentityPool, count);
        return problem === undefined ? [] : [problem];
      },
    });
    const provider = getUserPoolProviderName(
      props.region,
      props.userPool.userPoolId,
    );

    const resource = new CognitoIdentityPool(this, "Resource", {
      identityPoolName: props.identityPoolName,
      allowUnauthenticatedIdentities: false,
      allowClassicFlow: false,
      cognitoIdentityProviders: Lazy.anyValue({
        produce: () =>
          props.trustedClientIds().map((clientId) => ({
            client_id: clientId,
            provider_name: provider,
            server_side_token_check: true,
          })),
      }),
    });
    this.identityPoolId = resource.id;
    this.identityPoolArn = resource.arn;

    const authenticatedRole = new IdentityPoolRole(this, "authenticated-role", {
      identityPool: this,
      region: props.region,
      roleName: props.authenticatedRoleName,
      description: `Default Authenticated Role for Identity Pool ${props.identityPoolName}`,
      statements: [],
    });
    new CognitoIdentityPoolRolesAttachment(this, "roles", {
      identityPoolId: this.identityPoolId,
      roles: { authenticated: authenticatedRole.roleArn },
      roleMapping: Lazy.anyValue({
        produce: () =>
          props.trustedClientIds().map((clientId) => ({
            identity_provider: `${provider}:${clientId}`,
            type: "Token",
            ambiguous_role_resolution: "Deny",
          })),
      }),
    });
  }
}
