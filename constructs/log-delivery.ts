import { CognitoLogDeliveryConfiguration } from "@cdktf/provider-aws/lib/cognito-log-delivery-configuration";
import { Construct } from "constructs";
import { LIMITS } from "./constraints";
import type { IUserPool } from "./user-pool";
import { addValidationErrors, check } from "./validation";

/**
 * Events of a user pool that it logs, and where. A user pool has one of both: the provider cannot create two.
 *
 * @see https://github.com/hashicorp/terraform-provider-aws/issues/43550
 */
export type LogDeliveryOptions =
  | {
      /** Errors of the delivery of email and SMS messages. */
      readonly events: "userNotification";
      readonly logGroupArn: string;
    }
  | ({
      /** Sign-ins, with the results of threat protection, which the plan PLUS has. */
      readonly events: "userAuthEvents";
    } & (
      | { readonly logGroupArn: string }
      | { readonly streamArn: string }
      | { readonly bucketArn: string }
    ));

/** Configuration of {@link LogDelivery}. */
export interface LogDeliveryProps {
  readonly userPool: IUserPool;
  readonly options: LogDeliveryOptions;
}

/**
 * Delivery of the logs of a user pool. The log group must be in the same account, and not be encrypted with KMS. It requires
 * version 6.5.0 of the AWS provider.
 *
 * @see https://docs.aws.amazon.com/cognito/latest/developerguide/exporting-quotas-and-usage.html
 */
export class LogDelivery extends Construct {
  constructor(scope: Construct, id: string, props: LogDeliveryProps) {
    super(scope, id);
    const { options } = props;
    const arns = {
      logGroupArn: "logGroupArn" in options ? options.logGroupArn : undefined,
      streamArn: "streamArn" in options ? options.streamArn : undefined,
      bucketArn: "bucketArn" in options ? options.bucketArn : undefined,
    };
    addValidationErrors(
      this,
      check(LIMITS.logGroupArn, arns.logGroupArn),
      check(LIMITS.logStreamArn, arns.streamArn),
      check(LIMITS.logBucketArn, arns.bucketArn),
      checkTarget(options.events, Object.keys(options)),
    );
    new CognitoLogDeliveryConfiguration(this, "Resource", {
      userPoolId: props.userPool.userPoolId,
      logConfigurations: [
        {
          eventSource: options.events,
          logLevel: options.events === "userNotification" ? "ERROR" : "INFO",
          ...("logGroupArn" in options && {
            cloudWatchLogsConfiguration: [{ logGroupArn: options.logGroupArn }],
          }),
          ...("streamArn" in options && {
            firehoseConfiguration: [{ streamArn: options.streamArn }],
          }),
          ...("bucketArn" in options && {
            s3Configuration: [{ bucketArn: options.bucketArn }],
          }),
        },
      ],
    });
  }
}

/** Code without types can pass other targets. */
function checkTarget(
  events: LogDeliveryOptions["events"],
  options: readonly string[],
): string | undefined {
  const allowed =
    events === "userNotification"
      ? ["logGroupArn"]
      : ["logGroupArn", "streamArn", "bucketArn"];
  const targets = options.filter((name) => name !== "events");
  const [target = ""] = targets;
  return targets.length === 1 && allowed.includes(target)
    ? undefined
    : `log delivery of ${events} must have one of ${allowed.join(", ")}, got ${targets.join(", ") || "none"}`;
}
