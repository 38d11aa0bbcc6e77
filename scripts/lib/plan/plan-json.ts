import { UserError } from "../../../constructs/errors";
import { REDACTED, type Untrusted } from "./redactor";
import { findJson, type JsonOutput } from "../terraform/output";
import type { PlanProvenance } from "./plan-provenance";

/** Numbers that are long enough to lose digits when JavaScript reads them; there may be none, which is quick to see. */
const LONG_NUMBER = /[[:,]\s*-?\d[\d.eE+-]{15,}/;
const STRING_OR_LONG_NUMBER = /"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]{15,}/g;

/** No text of Terraform's holds a NUL, so that no string is taken for a number. */
const MARK = "\\u0000";

/**
 * Returns JSON in which each number that JavaScript cannot hold is a string of its digits; `undefined` if there is none,
 * and the text can be read as it is.
 *
 * Terraform's numbers have any precision: from 2^53 on, two of them can be one for `JSON.parse`.
 */
export function quoteLongNumbers(json: string): string | undefined {
  if (!LONG_NUMBER.test(json)) return undefined;
  const exact = json.replace(STRING_OR_LONG_NUMBER, (token) =>
    token.startsWith('"') || String(Number(token)) === token
      ? token
      : `"${MARK}${token}"`,
  );
  return exact === json ? undefined : exact;
}

/** A plan as `terraform show -json` gives it: the parts that are read here. */
export interface PlanJson {
  readonly format_version: string;
  readonly terraform_version: Untrusted;
  readonly resource_changes: readonly ResourceChange[];
  /** What is in AWS as the state does not have it. */
  readonly resource_drift: readonly ResourceChange[];
  readonly output_changes: Readonly<Record<Untrusted, Change>>;
  /** Expressions that values come from. */
  readonly configuration?: unknown;
  readonly planned_values?: unknown;
  readonly variables?: unknown;
  /** False if the plan leaves something out, to be done by a later one; absent in plans of OpenTofu. */
  readonly complete?: boolean;
  /** When the plan was made, as RFC 3339 has it. */
  readonly timestamp?: unknown;
  /** Members that the format had not when this was written. */
  readonly unknownMembers: readonly Untrusted[];
  /** Results of `check` blocks and of conditions of resources. */
  readonly checks?: unknown;
  /** Actions of providers that run beside the changes, since Terraform 1.14. */
  readonly action_invocations?: unknown;
  readonly deferred_action_invocations?: unknown;
  /** Changes that this plan leaves for a later one. */
  readonly deferred_changes?: unknown;
  /** Backend and providers that the plan was made with, if it was made in a stack's directory. */
  readonly provenance?: PlanProvenance;
  /** The same plan with numbers that JavaScript cannot hold as text, if it has any; for the hash alone. */
  readonly exact?: PlanJson;
  /** What the state has, as AWS has it now. */
  readonly prior_state?: {
    readonly values?: {
      readonly root_module?: {
        readonly resources?: readonly {
          readonly address: Untrusted;
          readonly mode: string;
          readonly type: Untrusted;
          readonly values: Readonly<Record<string, unknown>>;
        }[];
      };
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
  /** Key of an object that is left from a replacement. */
  readonly deposed?: Untrusted;
  readonly change: Change;
}

export interface Change {
  readonly actions: readonly string[];
  readonly before: unknown;
  readonly after: unknown;
  /** `true` in place of each value that is known only once it is applied. */
  readonly after_unknown?: unknown;
  /** `true` in place of each value that is a secret. */
  readonly before_sensitive?: unknown;
  readonly after_sensitive?: unknown;
  readonly replace_paths?: unknown;
  readonly importing?: unknown;
}

/** Members of a plan that are read, or have no effect. */
const KNOWN_PARTS = [
  "action_invocations",
  "applyable",
  "checks",
  "complete",
  "configuration",
  "deferred_action_invocations",
  "deferred_changes",
  "errored",
  "format_version",
  "output_changes",
  "planned_values",
  "prior_state",
  "relevant_attributes",
  "resource_changes",
  "resource_drift",
  "terraform_version",
  "timestamp",
  "variables",
];

/** The one major version of the format that is known. */
const FORMAT = /^1\.\d+$/;

/**
 * Reads a plan. What is not whole is refused: a part of a plan would be taken for one that changes less.
 *
 * @throws UserError when it is no plan, of another format, or of a run that failed
 * @see https://developer.hashicorp.com/terraform/internals/json-format
 */
export function parsePlanJson(text: string): PlanJson {
  const { text: json, value } = parse(text);
  const plan = planOf(value);
  const exact = quoteLongNumbers(json);
  return exact === undefined
    ? plan
    : { ...plan, exact: planOf(parse(exact).value) };
}

function planOf(plan: JsonOutput["value"]): PlanJson {
  const { format_version, terraform_version } = plan;
  if (
    typeof format_version !== "string" ||
    typeof terraform_version !== "string" ||
    plan.planned_values === undefined
  )
    throw new UserError(
      "plan must be what terraform show -json prints of a plan file, got other JSON",
    );
  if (!FORMAT.test(format_version))
    throw new UserError(
      `plan must be of format 1, as Terraform 1 writes it, got format ${JSON.stringify(/^[\d.]{1,9}$/.test(format_version) ? format_version : REDACTED)}`,
      "use a Terraform that this project asks for",
    );
  if (plan.errored === true)
    throw new UserError(
      "plan must be of a run that succeeded, got one that failed",
      "its changes are not all there; plan again",
    );
  if (plan.resource_changes === undefined && hasResources(plan))
    throw new UserError(
      "plan must be whole, got one that has resources and no word of what changes",
      "terraform show -json prints all of it",
    );
  return {
    format_version,
    terraform_version: terraform_version as Untrusted,
    resource_changes: listOf(plan.resource_changes),
    resource_drift: listOf(plan.resource_drift),
    output_changes: outputsOf(plan.output_changes),
    configuration: plan.configuration,
    planned_values: plan.planned_values,
    variables: plan.variables,
    ...(typeof plan.complete === "boolean" && { complete: plan.complete }),
    timestamp: plan.timestamp,
    unknownMembers: Object.keys(plan).filter(
      (part) => !KNOWN_PARTS.includes(part),
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
  if (isJson(text))
    throw new UserError("plan must be a JSON object, got another value");
  throw new UserError(
    "plan must be JSON, whole, got something else or a part of one",
    "terraform show -json prints it of a plan file",
  );
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/**
 * Whether a plan that says nothing of resources has some that it would change: one that only looks for drift has none
 * among its values, and can be applied only for what it found.
 */
function hasResources(plan: JsonOutput["value"]): boolean {
  const { planned_values: values, resource_drift: drift, applyable } = plan;
  const { root_module: root, outputs: planned = {} } = values as {
    readonly root_module?: object;
    readonly outputs?: object;
  };
  // a plan that destroys all has none; one that looks for drift has them, and can be applied to write the state again
  const isOutputKept = Object.keys(planned).length > 0;
  const isOfSome = root !== undefined && Object.keys(root).length > 0;
  const outputs = Object.values(outputsOf(plan.output_changes));
  const isForOutputs = outputs.some(
    ({ actions }) => actions.join() !== "no-op",
  );
  return (
    isOfSome ||
    (applyable === true &&
      drift === undefined &&
      !isForOutputs &&
      !isOutputKept)
  );
}

/** Terraform leaves an empty list out. */
function listOf(value: unknown): readonly ResourceChange[] {
  const list: unknown = value === undefined ? [] : value;
  if (Array.isArray(list) && list.every(isResourceChange)) return list;
  throw notTerraforms();
}

function outputsOf(value: unknown): PlanJson["output_changes"] {
  const outputs = value ?? {};
  if (Object.values(outputs).every(isChange))
    return outputs as PlanJson["output_changes"];
  throw notTerraforms();
}

function notTerraforms(): UserError {
  return new UserError(
    "plan must be what terraform show -json prints, got changes that are none of Terraform's",
    "it may have been edited, or written by another program",
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
