import type { UserPoolType } from "@aws-sdk/client-cognito-identity-provider";
import { type JsonObject, toJsonObject } from "../../system/json-object";
import type { Check, CheckResult, DoctorContext } from "../check";
import { formatFix } from "../format-fix";
import { findManagedPool, getUserPoolId, readUserPool } from "../user-pool";

export const USER_POOL: Check = {
  id: "user-pool",
  section: "User pool",
  run: async (context) => {
    const id = getUserPoolId(context);
    if (id === undefined) return NO_POOL;
    const [region = ""] = id.split("_", 1);
    if (region !== context.region)
      return {
        status: "failed",
        message: `AWS_REGION must be the Region of the user pool, which is ${region}, got ${context.region}`,
        fix: `set AWS_REGION=${region}`,
      };
    const pool = await readUserPool(context);
    return pool === undefined
      ? {
          status: "failed",
          message: `user pool ${id} must exist: it was deleted outside Terraform, or the account is another`,
          fix: formatFix(context, "plan"),
        }
      : { status: "ok", message: `user pool ${id} exists` };
  },
};

const NO_POOL: CheckResult = {
  status: "skipped",
  message: "the stage has no user pool",
};

/** A user pool in AWS, and as it was deployed. */
interface PoolPair {
  readonly actual: UserPoolType;
  readonly deployed: JsonObject;
}

/** Creates a check of settings of the user pool that the stage manages. */
function createPoolCheck(
  id: string,
  run: (pools: PoolPair, context: DoctorContext) => CheckResult,
): Check {
  return {
    id,
    section: "User pool",
    run: async (context) => {
      const deployed = findManagedPool(context);
      if (deployed === undefined)
        return {
          status: "skipped",
          message: "the stage does not manage its user pool",
        };
      const actual = await readUserPool(context);
      return actual === undefined
        ? { status: "skipped", message: "the user pool does not exist" }
        : run({ actual, deployed }, context);
    },
  };
}

export const DELETION_PROTECTION = createPoolCheck(
  "deletion-protection",
  ({ actual, deployed }, context) => {
    if (actual.DeletionProtection === "ACTIVE")
      return {
        status: "ok",
        message: "the user pool is protected against deletion",
      };
    return deployed.deletion_protection === "ACTIVE"
      ? {
          status: "failed",
          message:
            "the user pool must be protected against deletion, as it was deployed",
          fix: formatFix(context, "deploy"),
        }
      : {
          status: "warning",
          message: "the user pool is not protected against deletion",
          fix: `set DELETION_PROTECTION=true, and run ${formatFix(context, "deploy")}`,
        };
  },
);

export const FEATURE_PLAN = createPoolCheck(
  "feature-plan",
  ({ actual: { UserPoolTier: tier }, deployed }, context) => {
    const { user_pool_tier: expected } = deployed;
    return typeof expected !== "string" || expected === "" || tier === expected
      ? {
          status: "ok",
          message: `the user pool has the feature plan ${tier ?? "of AWS"}`,
        }
      : {
          status: "failed",
          message: `the user pool must have the feature plan ${expected}, as it was deployed, got ${tier ?? "none"}`,
          fix: formatFix(context, "deploy"),
        };
  },
);

/** Attributes of the email configuration in Terraform, and their names in AWS. */
const EMAIL_ATTRIBUTES = {
  email_sending_account: "EmailSendingAccount",
  source_arn: "SourceArn",
  from_email_address: "From",
  reply_to_email_address: "ReplyToEmailAddress",
  configuration_set: "ConfigurationSet",
} as const;

export const EMAIL_SENDER = createPoolCheck(
  "email-sender",
  ({ actual: { EmailConfiguration: actual = {} }, deployed }, context) => {
    const [blocks] = [deployed.email_configuration];
    const block = toJsonObject(Array.isArray(blocks) ? blocks[0] : undefined);
    const different = Object.entries(EMAIL_ATTRIBUTES).filter(
      ([attribute, name]) =>
        toText(block[attribute], attribute) !== toText(actual[name], attribute),
    );
    if (different.length > 0)
      return {
        status: "failed",
        message:
          "the user pool must send email as it was deployed, got other settings",
        details: different.map(
          ([attribute, name]) =>
            `${attribute}: ${toText(actual[name], attribute) || "none"} instead of ${toText(block[attribute], attribute) || "none"}`,
        ),
        fix: formatFix(context, "deploy"),
      };
    return {
      status: "ok",
      message:
        actual.EmailSendingAccount === "DEVELOPER"
          ? `the user pool sends email with ${actual.SourceArn ?? "Amazon SES"}`
          : "the user pool sends email with the address of Cognito, at most 50 a day",
    };
  },
);

/** AWS leaves out defaults. */
function toText(value: unknown, attribute: string): string {
  const text = typeof value === "string" ? value : "";
  return text === "" && attribute === "email_sending_account"
    ? "COGNITO_DEFAULT"
    : text;
}
