import {
  LogDelivery,
  type LogDeliveryOptions,
} from "../../constructs/log-delivery";
import {
  collectErrors,
  createUnknownText,
  getOnlyResource,
  synthesizeConstructs,
} from "../support/synth";
import { createUserPool } from "../support/user-pools";

const userPool = createUserPool();
const LOG_GROUP = "arn:aws:logs:us-west-2:123456789012:log-group:/auth/dev";
const STREAM = "arn:aws:firehose:us-west-2:123456789012:deliverystream/auth";
const BUCKET = "arn:aws:s3:::our-logs";

function synthesize(options: LogDeliveryOptions) {
  const { log_configurations: configurations } = getOnlyResource(
    synthesizeConstructs((scope) => {
      new LogDelivery(scope, "logs", { userPool, options });
    }),
    "aws_cognito_log_delivery_configuration",
  );
  return configurations;
}

function validate(options: LogDeliveryOptions): string[] {
  return collectErrors((scope) => {
    new LogDelivery(scope, "logs", { userPool, options });
  });
}

describe("the delivery of logs", () => {
  test.each<[LogDeliveryOptions, object]>([
    [
      { events: "userNotification", logGroupArn: LOG_GROUP },
      {
        event_source: "userNotification",
        log_level: "ERROR",
        cloud_watch_logs_configuration: [{ log_group_arn: LOG_GROUP }],
      },
    ],
    [
      { events: "userAuthEvents", logGroupArn: LOG_GROUP },
      {
        event_source: "userAuthEvents",
        log_level: "INFO",
        cloud_watch_logs_configuration: [{ log_group_arn: LOG_GROUP }],
      },
    ],
    [
      { events: "userAuthEvents", streamArn: STREAM },
      {
        event_source: "userAuthEvents",
        log_level: "INFO",
        firehose_configuration: [{ stream_arn: STREAM }],
      },
    ],
    [
      { events: "userAuthEvents", bucketArn: BUCKET },
      {
        event_source: "userAuthEvents",
        log_level: "INFO",
        s3_configuration: [{ bucket_arn: BUCKET }],
      },
    ],
  ])("of %j has a level and a target", (options, expected) => {
    expect(synthesize(options)).toEqual([expected]);
    expect(validate(options)).toEqual([]);
  });

  test("allows an ARN that only Terraform knows", () => {
    const logGroupArn = createUnknownText();
    expect(validate({ events: "userNotification", logGroupArn })).toEqual([]);
  });
});

describe("the delivery of logs fails when", () => {
  test.each([
    [
      { events: "userNotification", bucketArn: BUCKET },
      "log delivery of userNotification must have one of logGroupArn, got bucketArn",
    ],
    [
      { events: "userAuthEvents" },
      "log delivery of userAuthEvents must have one of logGroupArn, streamArn, bucketArn, got none",
    ],
    [
      { events: "userAuthEvents", bucketArn: BUCKET, streamArn: STREAM },
      "log delivery of userAuthEvents must have one of logGroupArn, streamArn, bucketArn, got bucketArn, streamArn",
    ],
  ])("its targets are those of %j", (options, message) => {
    expect(validate(options as LogDeliveryOptions)).toEqual([message]);
  });

  test.each<[LogDeliveryOptions, RegExp]>([
    [
      { events: "userNotification", logGroupArn: `${LOG_GROUP}:*` },
      /^log group ARN must be the ARN of a log group .* without :\*, /,
    ],
    [
      { events: "userAuthEvents", streamArn: BUCKET },
      /^delivery stream ARN must be /,
    ],
    [
      { events: "userAuthEvents", bucketArn: "our-logs" },
      /^log bucket ARN must be /,
    ],
  ])("its options are %j", (options, message) => {
    expect(validate(options)).toEqual([expect.stringMatching(message)]);
  });
});
