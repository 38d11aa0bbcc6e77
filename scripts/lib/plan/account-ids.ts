import { isJsonObject, objectOf } from "../json-object";
import { textAt } from "./attribute";
import type { PlanJson } from "./plan-json";
import type { Snapshot } from "./snapshot";

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
export function accountOfArn(arn: string): string | undefined {
  return /^arn:[^:]*:[^:]*:[^:]*:(\d{12}):/.exec(arn)?.[1];
}

/**
 * Returns the accounts that a plan is for: those of its resources, and if none exists yet, those that the provider allows and
 * the one of the caller. Empty if the plan does not say.
 */
export function planAccounts(
  json: PlanJson,
  before: Snapshot,
): ReadonlySet<string> {
  const own = OF_ACCOUNT.flatMap((type) =>
    before
      .ofType(type)
      .flatMap(({ values }) => accountOfArn(textAt(values, "arn") ?? "") ?? []),
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
  const { resources, child_modules: children } = objectOf(module);
  return [
    ...(Array.isArray(resources) ? resources : []).flatMap((resource) => {
      const { type, values } = objectOf(resource);
      return type === "aws_caller_identity"
        ? String(objectOf(values).account_id)
        : [];
    }),
    ...(Array.isArray(children) ? children : []).flatMap(callersOf),
  ];
}
