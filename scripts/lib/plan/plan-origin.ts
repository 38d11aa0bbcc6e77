import { isJsonObject, toJsonObject } from "../system/json-object";
import { readText } from "./attribute";
import type { PlanJson } from "./plan-json";
import type { Snapshot } from "./snapshot";
import type { PlanModel } from "./plan-model";
import type { Redacted } from "./redactor";

/** Types whose ARNs are always of the account that has them. */
const OF_ACCOUNT = [
  "aws_cognito_user_pool",
  "aws_cognito_identity_pool",
  "aws_iam_role",
  "aws_iam_policy",
  "aws_iam_openid_connect_provider",
  "aws_secretsmanager_secret",
  "aws_kms_key",
];

/** Returns the account of an ARN; `undefined` if it names none. */
export function parseArnAccount(arn: string): string | undefined {
  return /^arn:[^:]*:[^:]*:[^:]*:(\d{12}):/.exec(arn)?.[1];
}

/**
 * Returns the accounts that a plan is for: those of its resources, and if none exists yet, those that the provider allows and
 * the one of the caller. Empty if the plan does not say.
 */
export function findPlanAccounts(
  json: PlanJson,
  before: Snapshot,
): ReadonlySet<string> {
  const own = OF_ACCOUNT.flatMap((type) =>
    before
      .listByType(type)
      .flatMap(
        ({ values }) => parseArnAccount(readText(values, "arn") ?? "") ?? [],
      ),
  );
  return own.length > 0
    ? new Set(own)
    : new Set([...allowedAccounts(json), ...callerAccounts(json)]);
}

function allowedAccounts({ configuration }: PlanJson): readonly string[] {
  const providers = isJsonObject(configuration)
    ? configuration.provider_config
    : undefined;
  return Object.values(isJsonObject(providers) ? providers : {}).flatMap(
    (provider) => {
      const expressions = isJsonObject(provider) ? provider.expressions : {};
      const allowed = isJsonObject(expressions)
        ? expressions.allowed_account_ids
        : undefined;
      const value = isJsonObject(allowed) ? allowed.constant_value : undefined;
      return Array.isArray(value) ? value.map(String) : [];
    },
  );
}

function callerAccounts({ prior_state }: PlanJson): readonly string[] {
  return callersOf(prior_state?.values?.root_module);
}

function callersOf(module: unknown): readonly string[] {
  const { resources, child_modules: children } = toJsonObject(module);
  return [
    ...(Array.isArray(resources) ? resources : []).flatMap((resource) => {
      const { type, values } = toJsonObject(resource);
      return type === "aws_caller_identity"
        ? String(toJsonObject(values).account_id)
        : [];
    }),
    ...(Array.isArray(children) ? children : []).flatMap(callersOf),
  ];
}

/** Returns the stage that the provider's default tags name. */
export function findTaggedStage({
  json: { configuration },
  redactor,
}: PlanModel): Redacted | undefined {
  const providers = isJsonObject(configuration)
    ? configuration.provider_config
    : undefined;
  for (const provider of Object.values(
    isJsonObject(providers) ? providers : {},
  )) {
    const tags = (provider as Provider | null)?.expressions?.default_tags?.[0]
      ?.tags?.constant_value;
    if (typeof tags?.Stack === "string" && tags.Stack !== "")
      return redactor.redact(tags.Stack);
  }
  return undefined;
}

interface Provider {
  readonly expressions?: {
    readonly default_tags?: readonly {
      readonly tags?: {
        readonly constant_value?: Readonly<Record<string, unknown>>;
      };
    }[];
  };
}

/** Returns when a plan was made, as `2026-11-30 02:00 UTC`. */
export function formatPlanDate({ timestamp }: PlanJson): string | undefined {
  const time = new Date(String(timestamp));
  return Number.isNaN(time.getTime())
    ? undefined
    : `${time.toISOString().slice(0, 16).replace("T", " ")} UTC`;
}
