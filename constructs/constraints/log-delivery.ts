import { type Arn, hasUserPools, parseArn } from "../aws";

/** @see https://docs.aws.amazon.com/cognito/latest/developerguide/exporting-quotas-and-usage.html */
export const LOG_DELIVERY_LIMITS = {
  logGroupArn: {
    subject: "log group ARN",
    expected:
      "the ARN of a log group of Amazon CloudWatch without :*, arn:<partition>:logs:<Region>:<account>:log-group:<name>",
    allows: (value: string) =>
      isResource(parseArn(value), "logs", /^log-group:[\w/.-]{1,512}$/),
  },
  logStreamArn: {
    subject: "delivery stream ARN",
    expected:
      "the ARN of a stream of Amazon Data Firehose, arn:<partition>:firehose:<Region>:<account>:deliverystream/<name>",
    allows: (value: string) =>
      isResource(parseArn(value), "firehose", /^deliverystream\/[\w.-]{1,64}$/),
  },
  logBucketArn: {
    subject: "log bucket ARN",
    expected: "the ARN of a bucket, arn:<partition>:s3:::<name>",
    allows: (value: string) => {
      const arn = parseArn(value);
      return (
        arn?.service === "s3" &&
        hasUserPools(arn.partition) &&
        arn.region === "" &&
        arn.account === "" &&
        /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(arn.resource)
      );
    },
  },
} as const;

function isResource(
  arn: Arn | undefined,
  service: string,
  resource: RegExp,
): boolean {
  return (
    arn?.service === service &&
    hasUserPools(arn.partition) &&
    arn.region !== "" &&
    /^\d{12}$/.test(arn.account) &&
    resource.test(arn.resource)
  );
}
