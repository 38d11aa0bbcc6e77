import type { IUserPool } from "../../constructs";

/** Creates a user pool that another stack manages, without a construct. */
export function createUserPool(
  userPoolId = "us-west-2_Example",
): Pick<IUserPool, "userPoolId" | "userPoolArn" | "issuer"> {
  return {
    userPoolId,
    userPoolArn: `arn:aws:cognito-idp:us-west-2:123456789012:userpool/${userPoolId}`,
    issuer: `https://cognito-idp.us-west-2.amazonaws.com/${userPoolId}`,
  };
}
