import { toJsonObject, type JsonObject } from "../system/json-object";
import { formatTime } from "../system/time";
import { splitWords } from "../system/words";
import { readText } from "./attribute";
import type { PlanJson } from "./plan-json";
import type { Redacted, Redactor } from "./redactor";
import { listResources, type Snapshot } from "./snapshot";

/** Types whose ARNs contain the account of the stage. */
const ACCOUNT_TYPES = splitWords(`
  aws_cognito_user_pool aws_cognito_identity_pool aws_iam_role aws_iam_policy aws_iam_openid_connect_provider
  aws_secretsmanager_secret aws_kms_key
`);

/** Returns the account of an ARN; `undefined` if it names none. */
export function parseArnAccount(arn: string): string | undefined {
  return /^arn:[^:]*:[^:]*:[^:]*:(\d{12}):/.exec(arn)?.[1];
}

/**
 * Returns the accounts that a plan is for: those of its resources, or, if there are none yet, the account of the caller and
 * those that the provider allows. Empty if the plan names none.
 */
export function findPlanAccounts(
  json: PlanJson,
  before: Snapshot,
): ReadonlySet<string> {
  const used = ACCOUNT_TYPES.flatMap((type) => before.listByType(type)).flatMap(
    ({ values }) => parseArnAccount(readText(values, "arn") ?? "") ?? [],
  );
  return new Set(
    used.length > 0
      ? used
      : [...listAllowedAccounts(json), ...listCallers(json)],
  );
}

function listAllowedAccounts(json: PlanJson): readonly string[] {
  return listProviderExpressions(json).flatMap(({ allowed_account_ids }) => {
    const { constant_value: accounts } = toJsonObject(allowed_account_ids);
    return Array.isArray(accounts) ? accounts.map(String) : [];
  });
}

function listCallers({ prior_state }: PlanJson): readonly string[] {
  return listResources(prior_state?.values?.root_module)
    .filter(({ type }) => type === "aws_caller_identity")
    .map(({ values }) => String(toJsonObject(values).account_id));
}

/** Returns the stage in the default tags of the provider. */
export function findTaggedStage({
  json,
  redactor,
}: {
  readonly json: PlanJson;
  readonly redactor: Redactor;
}): Redacted | undefined {
  const stages = listProviderExpressions(json).flatMap(({ default_tags }) => {
    const block: unknown = Array.isArray(default_tags) ? default_tags[0] : {};
    const { constant_value: tags } = toJsonObject(toJsonObject(block).tags);
    const { Stack: stage } = toJsonObject(tags);
    return typeof stage === "string" && stage !== "" ? [stage] : [];
  });
  return stages[0] === undefined ? undefined : redactor.redact(stages[0]);
}

function listProviderExpressions({
  configuration,
}: PlanJson): readonly JsonObject[] {
  const { provider_config: providers } = toJsonObject(configuration);
  return Object.values(toJsonObject(providers)).map((provider) =>
    toJsonObject(toJsonObject(provider).expressions),
  );
}

/** Returns the time of a plan, as `2026-11-30 02:00 UTC`. */
export function formatPlanDate({ timestamp }: PlanJson): string | undefined {
  const time = new Date(String(timestamp));
  return Number.isNaN(time.getTime()) ? undefined : formatTime(time);
}
