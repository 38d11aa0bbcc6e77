import type { UserPoolType } from "@aws-sdk/client-cognito-identity-provider";
import { findOrUndefined } from "../aws/errors";
import { type DoctorContext, readOnce } from "./check";

/** Reads the user pool that the outputs name; returns `undefined` if it does not exist. */
export const readUserPool = readOnce(
  async (context: DoctorContext): Promise<UserPoolType | undefined> => {
    const { CognitoIdentityProviderClient, DescribeUserPoolCommand } =
      await import("@aws-sdk/client-cognito-identity-provider");
    const client = await context.getClient(CognitoIdentityProviderClient);
    const command = new DescribeUserPoolCommand({
      UserPoolId: context.outputs.userpool_id,
    });
    return findOrUndefined(async () => {
      const { UserPool } = await context.call(
        "cognito-idp:DescribeUserPool",
        () => client.send(command),
      );
      return UserPool;
    });
  },
);
