import { CognitoUserGroup } from "@cdktf/provider-aws/lib/cognito-user-group";
import { Construct } from "constructs";
import { LIMITS } from "./constraints";
import { getRoleNameOfArn, type IRole } from "./role";
import type { IUserPool } from "./user-pool";
import { addValidationErrors, check, requireValid } from "./validation";

/** Configuration of {@link UserPoolGroup}. */
export interface UserPoolGroupProps {
  readonly userPool: IUserPool;
  readonly groupName: string;
  readonly description: string;
  /** A user gets the role of the group with the lowest value, and no role if two groups have the same value. */
  readonly precedence: number;
  /** Role whose credentials members get. */
  readonly roleArn: string;
  /**
   * The same role, if this app creates it.
   *
   * @default the role that the ARN names
   */
  readonly role?: IRole;
}

/** A group of users, created by this stack or imported. */
export interface IUserPoolGroup {
  readonly groupName: string;
}

/**
 * A group of users, and the role whose credentials its members get.
 *
 * @see https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pools-user-groups.html
 */
export class UserPoolGroup extends Construct implements IUserPoolGroup {
  /**
   * Imports a group that another stack manages in the same user pool. It is not changed.
   *
   * @throws UserError if the name is not valid
   */
  static fromGroupName(groupName: string): IUserPoolGroup {
    requireValid(check(LIMITS.groupName, groupName));
    return { groupName };
  }

  /** Name of the group, as a reference to it. */
  readonly groupName: string;
  readonly precedence: number;
  /** Role whose credentials members get. */
  readonly roleArn: string;
  /** The same role, for policies of your own. */
  readonly role: IRole;

  constructor(scope: Construct, id: string, props: UserPoolGroupProps) {
    super(scope, id);
    addValidationErrors(
      this,
      check(LIMITS.groupName, props.groupName),
      check(LIMITS.groupDescription, props.description),
      check(LIMITS.precedence, props.precedence),
      check(LIMITS.roleArn, props.roleArn),
    );

    const resource = new CognitoUserGroup(this, "Resource", {
      userPoolId: props.userPool.userPoolId,
      name: props.groupName,
      description: props.description,
      precedence: props.precedence,
      roleArn: props.roleArn,
    });
    this.groupName = resource.name;
    this.precedence = props.precedence;
    this.roleArn = props.roleArn;
    this.role = props.role ?? {
      roleArn: props.roleArn,
      roleName: getRoleNameOfArn(props.roleArn),
    };
  }
}
