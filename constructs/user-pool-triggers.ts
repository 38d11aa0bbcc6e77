import type { CognitoUserPoolLambdaConfig } from "@cdktf/provider-aws/lib/cognito-user-pool";
import { LambdaPermission } from "@cdktf/provider-aws/lib/lambda-permission";
import {
  conditional,
  Fn,
  Op,
  ref,
  type TerraformResourceLifecycle,
  Token,
} from "cdktf";
import type { Construct } from "constructs";
import { LIMITS } from "./constraints";
import type { UserPoolTriggers } from "./user-pool-options";
import { check, checkArnLocation, checkArnRegion } from "./validation";

/** Returns the errors of triggers. A user pool calls functions of its Region only. */
export function checkTriggers(
  triggers: UserPoolTriggers,
  region: string,
): (string | undefined)[] {
  return listTriggers(triggers).flatMap(([name, arn]) => {
    const subject = `trigger ${name}`;
    return [
      check(LIMITS.triggerArn, arn, subject),
      // the function can be that of another account
      ...checkArnLocation(subject, arn, region, undefined),
      checkArnRegion(subject, arn, region),
    ];
  });
}

function listTriggers({
  preTokenGeneration,
  ...triggers
}: UserPoolTriggers): (readonly [name: string, arn: string])[] {
  return Object.entries({
    preTokenGeneration: preTokenGeneration?.arn,
    ...triggers,
  }).flatMap(([name, arn]) => (arn === undefined ? [] : [[name, arn]]));
}

/** Creates the block of the triggers. */
export function createLambdaConfig({
  preTokenGeneration,
  ...triggers
}: UserPoolTriggers): CognitoUserPoolLambdaConfig {
  return {
    ...triggers,
    ...(preTokenGeneration !== undefined && {
      preTokenGenerationConfig: {
        lambdaArn: preTokenGeneration.arn,
        lambdaVersion: preTokenGeneration.version,
      },
    }),
  };
}

/**
 * Creates the conditions of a user pool with triggers. Terraform leaves `preTokenGeneration` in the block if only it is removed,
 * and the user pool would call a function without its permission.
 */
export function createTriggerConditions(
  triggers: UserPoolTriggers,
): NonNullable<TerraformResourceLifecycle["postcondition"]> {
  return triggers.preTokenGeneration === undefined &&
    listTriggers(triggers).length > 0
    ? [
        {
          condition:
            "${try(length(self.lambda_config[0].pre_token_generation), 0) + try(length(self.lambda_config[0].pre_token_generation_config), 0) == 0}",
          errorMessage:
            "trigger preTokenGeneration cannot be removed while the user pool has others: apply once without triggers, then with the others",
        },
      ]
    : [];
}

/** Allows a user pool to call its functions. */
export function createTriggerPermissions(
  scope: Construct,
  triggers: UserPoolTriggers,
  userPoolArn: string,
): void {
  for (const [name, arn] of listTriggers(triggers))
    new LambdaPermission(scope, `${name}-permission`, {
      action: "lambda:InvokeFunction",
      principal: "cognito-idp.amazonaws.com",
      sourceArn: userPoolArn,
      ...splitQualifier(arn),
    });
}

/** Splits the ARN of a version or an alias, which Terraform would replace in every plan. */
function splitQualifier(arn: string): {
  functionName: string;
  qualifier?: string;
} {
  const parts = Token.isUnresolved(arn) ? undefined : arn.split(":");
  if (parts !== undefined) {
    const [qualifier] = parts.slice(7);
    return {
      functionName: parts.slice(0, 7).join(":"),
      ...(qualifier !== undefined && { qualifier }),
    };
  }
  const unknownParts = Fn.split(":", arn);
  return {
    functionName: Fn.join(":", Token.asList(Fn.slice(unknownParts, 0, 7))),
    qualifier: Token.asString(
      conditional(
        Op.gt(Fn.lengthOf(unknownParts), 7),
        Fn.element(unknownParts, 7),
        ref("null"),
      ),
    ),
  };
}
