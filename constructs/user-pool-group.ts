import { CognitoUserGroup } from "@cdktf/provider-aws/lib/cognito-user-group";
import { Construct } from "constructs";
import { LIMITS } from "./constraints";
import type { IUserPool } from "./user-pool";
import { check, addValidationErrors } from "./validation";

export interface UserPoolGroupProps {
  readonly userPool: IUserPool;
  readonly groupName: string;
  readonly description: string;
  /** Of a user's groups the lowest one's role is taken; two groups with the same give a user in both no role at all. */
  readonly precedence: number;
  /** Role that members get credentials of. */
  readonly roleArn: string;
}

/**
 * A group of users and the role that its members get.
 *
 * @see https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pools-user-groups.html
 */
export class UserPoolGroup extends Construct {
  constructor(scope: Construct, id: string, props: UserPoolGroupProps) {
    super(scope, id);
    addValidationErrors(
      this,
      check(LIMITS.groupName, props.groupName),
      check(LIMITS.groupDescription, props.description),
      check(LIMITS.precedence, props.precedence),
      check(LIMITS.roleArn, props.roleArn),
    );

    new CognitoUserGroup(this, "Resource", {
      userPoolId: props.userPool.userPoolId,
      name: props.groupName,
      description: props.description,
      precedence: props.precedence,
      roleArn: props.roleArn,
    });
  }
}
