import { Token } from "cdktf";
import {
  addValidationErrors,
  checkArnLocation,
  type IUserPool,
  LIMITS,
  LogDelivery,
  type LogDeliveryOptions,
  type UserPoolOptions,
} from "../constructs";
import type { BaseStack } from "./base-stack";
import type { StageConfig } from "./config/config";

/**
 * Adds the delivery of the logs of a stage's user pool.
 *
 * @param poolOptions `undefined` if the user pool is imported
 */
export function addLogDelivery(
  stack: BaseStack<StageConfig>,
  userPool: IUserPool,
  options: LogDeliveryOptions,
  poolOptions: UserPoolOptions | undefined,
): void {
  const { region, accountId } = stack.config;
  stack.requireProviderFeature("log delivery");
  const delivery = new LogDelivery(stack, "log-delivery", {
    userPool,
    options,
  });
  const arns = [
    ["logGroupArn", LIMITS.logGroupArn.subject, accountId],
    ["streamArn", LIMITS.logStreamArn.subject, accountId],
    // the ARN of a bucket has no account
    ["bucketArn", LIMITS.logBucketArn.subject, undefined],
  ] as const;
  const values: Readonly<Record<string, string>> = options;
  addValidationErrors(
    delivery,
    ...arns.flatMap(([key, subject, account]) => {
      const { [key]: arn } = values;
      return arn === undefined
        ? []
        : checkArnLocation(subject, arn, region, account);
    }),
    ...(options.events === "userAuthEvents" && poolOptions !== undefined
      ? validateAuthEvents(poolOptions)
      : []),
  );
}

function validateAuthEvents({
  plan = "ESSENTIALS",
  threatProtection = "OFF",
}: UserPoolOptions): string[] {
  const isWithoutPlus = plan !== "PLUS" && !Token.isUnresolved(plan);
  return [
    ...(isWithoutPlus
      ? [`log delivery of userAuthEvents requires plan PLUS, got ${plan}`]
      : []),
    ...(!isWithoutPlus && threatProtection === "OFF"
      ? ["log delivery of userAuthEvents requires threat protection, got OFF"]
      : []),
  ];
}
