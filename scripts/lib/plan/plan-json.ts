import { UserError } from "../../../constructs/errors";
import { formatCommand } from "../cli/invocation";
import { splitWords } from "../system/words";
import { findJson, type JsonOutput } from "../terraform/output";
import type { PlanProvenance } from "./plan-provenance";
import { REDACTED, type Untrusted } from "./redactor";
import { parseJson } from "../system/json-object";

/** Explains how to create a plan that can be read. */
export function formatPlanHint(): string {
  const plan = formatCommand("plan", "--out plan.tfplan");
  return `create a plan with ${plan}, or its JSON with terraform show -json plan.tfplan > plan.json`;
}

/** Finds numbers with more digits than a JavaScript number can hold. */
const LONG_NUMBER = /[[:,]\s*-?\d[\d.eE+-]{15,}/;
const STRING_OR_LONG_NUMBER = /"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]{15,}/g;

/** Marks a quoted number. No string of Terraform contains a NUL. */
const NUMBER_MARK = "\\u0000";

/**
 * Quotes each number in JSON that JavaScript cannot represent exactly; returns `undefined` if there is none. Terraform's
 * numbers have any precision: from 2^53 on, `JSON.parse` returns the same number for different ones.
 */
function quoteLongNumbers(json: string): string | undefined {
  if (!LONG_NUMBER.test(json)) return undefined;
  const exact = json.replace(STRING_OR_LONG_NUMBER, (token) =>
    token.startsWith('"') || String(Number(token)) === token
      ? token
      : `"${NUMBER_MARK}${token}"`,
  );
  return exact === json ? undefined : exact;
}

/** A plan in the format of `terraform show -json`. */
export interface PlanJson {
  readonly format_version: string;
  readonly terraform_version: Untrusted;
  readonly resource_changes: readonly ResourceChange[];
  readonly resource_drift: readonly ResourceChange[];
  readonly output_changes: Readonly<Record<Untrusted, Change>>;
  readonly configuration?: unknown;
  readonly planned_values?: unknown;
  readonly variables?: unknown;
  /** False if changes are deferred to a later plan; absent in plans of OpenTofu. */
  readonly complete?: boolean;
  /** Time of the plan in the format of RFC 3339. */
  readonly timestamp?: unknown;
  /** Members that are not in the known version of the format. */
  readonly unknownMembers: readonly Untrusted[];
  /** Results of `check` blocks, preconditions and postconditions. */
  readonly checks?: unknown;
  /** Actions of providers that run with the changes, since Terraform 1.14. */
  readonly action_invocations?: unknown;
  readonly deferred_action_invocations?: unknown;
  readonly deferred_changes?: unknown;
  /** Backend and providers of the plan, if it was made in the directory of a stack. */
  readonly provenance?: PlanProvenance;
  /** The same plan with long numbers as strings, if it has any. Only the hash uses it. */
  readonly exact?: PlanJson;
  /** The refreshed state. */
  readonly prior_state?: {
    readonly values?: {
      readonly root_module?: unknown;
    };
  };
}

export interface ResourceChange {
  readonly address: Untrusted;
  readonly previous_address?: Untrusted;
  readonly module_address?: Untrusted;
  readonly provider_name?: Untrusted;
  readonly mode: string;
  readonly type: Untrusted;
  readonly name: Untrusted;
  /** Key of an object that a replacement could not delete. */
  readonly deposed?: Untrusted;
  readonly change: Change;
}

export interface Change {
  readonly actions: readonly string[];
  readonly before: unknown;
  readonly after: unknown;
  /** `true` instead of each value that is known only after the apply. */
  readonly after_unknown?: unknown;
  /** `true` instead of each secret. */
  readonly before_sensitive?: unknown;
  readonly after_sensitive?: unknown;
  readonly replace_paths?: unknown;
  readonly importing?: unknown;
}

/** Members of a plan that are reviewed or have no effect. */
const KNOWN_MEMBERS = splitWords(`
  action_invocations applyable checks complete configuration deferred_action_invocations deferred_changes errored
  format_version output_changes planned_values prior_state relevant_attributes resource_changes resource_drift
  terraform_version timestamp variables
`);

/** The supported versions of the format. */
const FORMAT_VERSION = /^1\.\d+$/;

/**
 * Parses a plan. Incomplete JSON is an error, since it would look like a plan with fewer changes.
 *
 * @throws UserError if the text is not a plan, has another format, or is from a run that failed
 * @see https://developer.hashicorp.com/terraform/internals/json-format
 */
export function parsePlanJson(text: string): PlanJson {
  const { text: json, value } = parse(text);
  const plan = toPlan(value);
  const exact = quoteLongNumbers(json);
  return exact === undefined
    ? plan
    : { ...plan, exact: toPlan(parse(exact).value) };
}

function toPlan(plan: JsonOutput["value"]): PlanJson {
  const { format_version, terraform_version } = plan;
  if (
    typeof format_version !== "string" ||
    typeof terraform_version !== "string" ||
    plan.planned_values === undefined
  )
    throw new UserError(
      "plan must be the output of terraform show -json for a plan file, got other JSON",
      formatPlanHint(),
    );
  if (!FORMAT_VERSION.test(format_version))
    throw new UserError(
      `plan must be in format 1 of Terraform 1, got format ${JSON.stringify(/^[\d.]{1,9}$/.test(format_version) ? format_version : REDACTED)}`,
      "use a Terraform version that this project supports",
    );
  if (plan.errored === true)
    throw new UserError(
      "plan must be from a run that succeeded, got one that failed",
      "its changes are incomplete; plan again",
    );
  if (plan.resource_changes === undefined && isMissingChanges(plan))
    throw new UserError(
      "plan must be complete, got one with resources and without their changes",
      "use the output of terraform show -json",
    );
  return {
    format_version,
    terraform_version: terraform_version as Untrusted,
    resource_changes: toChanges(plan.resource_changes),
    resource_drift: toChanges(plan.resource_drift),
    output_changes: toOutputChanges(plan.output_changes),
    configuration: plan.configuration,
    planned_values: plan.planned_values,
    variables: plan.variables,
    ...(typeof plan.complete === "boolean" && { complete: plan.complete }),
    timestamp: plan.timestamp,
    unknownMembers: Object.keys(plan).filter(
      (part) => !KNOWN_MEMBERS.includes(part),
    ) as Untrusted[],
    checks: plan.checks,
    action_invocations: plan.action_invocations,
    deferred_action_invocations: plan.deferred_action_invocations,
    deferred_changes: plan.deferred_changes,
    prior_state: plan.prior_state ?? {},
  };
}

function parse(text: string): JsonOutput {
  const found = findJson(text);
  if (found !== undefined) return found;
  if (parseJson(text) !== undefined)
    throw new UserError(
      "plan must be a JSON object, got another value",
      formatPlanHint(),
    );
  throw new UserError(
    "plan must be complete JSON, got incomplete JSON or another format",
    formatPlanHint(),
  );
}

/**
 * Returns whether a plan without a list of changes should have one. Two plans have none: one that changes outputs alone, and
 * one that compares the state with AWS, which can be applied to write the state.
 */
function isMissingChanges(plan: JsonOutput["value"]): boolean {
  const { planned_values, resource_drift: drift, applyable } = plan;
  const { root_module: root = {}, outputs = {} } = planned_values as {
    readonly root_module?: object;
    readonly outputs?: object;
  };
  if (Object.keys(root).length > 0) return true;
  const hasOutputChanges = Object.values(
    toOutputChanges(plan.output_changes),
  ).some(({ actions }) => actions.join() !== "no-op");
  return (
    applyable === true &&
    drift === undefined &&
    !hasOutputChanges &&
    Object.keys(outputs).length === 0
  );
}

/** Terraform omits an empty list. */
function toChanges(value: unknown): readonly ResourceChange[] {
  const list: unknown = value === undefined ? [] : value;
  if (Array.isArray(list) && list.every(isResourceChange)) return list;
  throw toFormatError();
}

function toOutputChanges(value: unknown): PlanJson["output_changes"] {
  const outputs = value ?? {};
  if (Object.values(outputs).every(isChange))
    return outputs as PlanJson["output_changes"];
  throw toFormatError();
}

function toFormatError(): UserError {
  return new UserError(
    "plan must be the output of terraform show -json, got changes in another format",
    "the plan may have been edited, or written by another program",
  );
}

function isResourceChange(value: unknown): value is ResourceChange {
  const { address, type, change } = (value ?? {}) as Partial<ResourceChange>;
  return (
    typeof address === "string" && typeof type === "string" && isChange(change)
  );
}

function isChange(value: unknown): value is Change {
  const { actions } = (value ?? {}) as { readonly actions?: unknown };
  return (
    Array.isArray(actions) &&
    actions.every((action) => typeof action === "string")
  );
}
