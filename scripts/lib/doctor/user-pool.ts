import type { UserPoolType } from "@aws-sdk/client-cognito-identity-provider";
import { parseArn } from "../../../constructs/aws";
import { findOrUndefined } from "../aws/errors";
import type { JsonObject } from "../system/json-object";
import { type DeployedResource, type DoctorContext, createOnce } from "./check";
import { readText } from "./state-attributes";

/** Returns the id of the user pool; `undefined` if the stage has none yet. The outputs lack it after an interrupted deployment. */
export function getUserPoolId(context: DoctorContext): string | undefined {
  const { userpool_id: output } = context.outputs;
  const [first, ...more] = context
    .listResources("aws_cognito_user_pool")
    .map(({ attributes }) => readText(attributes, "id"));
  return first === undefined || [first, ...more].includes(output ?? "")
    ? output
    : first;
}

/** Returns the user pool in the state; `undefined` if the stage uses one that it does not manage. */
export function findManagedPool(
  context: DoctorContext,
): JsonObject | undefined {
  const id = getUserPoolId(context);
  return context
    .listResources("aws_cognito_user_pool")
    .map(({ attributes }) => attributes)
    .find((attributes) => attributes.id === id);
}

/** Returns the account of the user pool in the state; `undefined` if the stage does not manage its user pool. */
export function getPoolAccount(context: DoctorContext): string | undefined {
  return parseArn(readText(findManagedPool(context) ?? {}, "arn"))?.account;
}

/** Lists the resources of a type that belong to the user pool: `main.ts` can have other user pools, too. */
export function listPoolResources(
  context: DoctorContext,
  type: string,
): readonly DeployedResource[] {
  const id = getUserPoolId(context);
  return context
    .listResources(type)
    .filter(({ attributes: { user_pool_id: owner = id } }) => owner === id);
}

/** Reads the user pool of the stage; returns `undefined` if it does not exist. */
export const readUserPool = createOnce(
  async (context: DoctorContext): Promise<UserPoolType | undefined> => {
    const { CognitoIdentityProviderClient, DescribeUserPoolCommand } =
      await import("@aws-sdk/client-cognito-identity-provider");
    const client = await context.getClient(CognitoIdentityProviderClient);
    const command = new DescribeUserPoolCommand({
      UserPoolId: getUserPoolId(context),
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
