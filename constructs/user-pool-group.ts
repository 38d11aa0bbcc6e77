import { CognitoUserGroup } from "@cdktf/provider-aws/lib/cognito-user-group";
import { Construct } from "constructs";
import { LIMITS } from "./constraints";
import type { IUserPool } from "./user-pool";
import { addValidationErrors, check } from "./validation";

export interface UserPoolGroupProps {
  readonly userPool: IUserPool;
  readonly groupName: string;
  readonly description: string;
  /** A user gets the role of the group with the lowest value, and no role if two groups have the same value. */
  readonly precedence: number;
  /** Role whose credentials members get. */
  readonly roleArn: string;
}

/**
 * A group of users, and the role whose credentials its members get.
 *
 * @see https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pools-user-groups.html
 */
export class UserPoolGroup extends Construct {
  /** Role whose credentials members get. */
  readonly roleArn: string;

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
    this.roleArn = props.roleArn;
  }
}
