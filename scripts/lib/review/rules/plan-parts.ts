import { isDeepStrictEqual } from "node:util";
import {
  isJsonObject,
  toJsonObject,
  type JsonObject,
} from "../../system/json-object";
import { removeInstanceKeys } from "../../plan/resource-address";
import type { PlanModel } from "../../plan/plan-model";
import { listNames, literal, type RichText, text } from "../../plan/rich-text";
import { defineNotReviewedRule, type Rule, type RuleFinding } from "./rule";

/** Rules about parts of a plan in addition to the values of its resources. */
export const PLAN_PART_RULES = {
  "data-source-not-reviewed": defineNotReviewedRule(
    "A data source or an ephemeral resource is read that may run code, that reads a secret of another stage, or that reads from elsewhere than AWS.",
  ),
  "module-not-reviewed": defineNotReviewedRule(
    "A module comes from elsewhere than the directory of the stage.",
  ),
  "provisioner-not-reviewed": defineNotReviewedRule(
    "A provisioner runs code on this machine.",
  ),
  "action-not-reviewed": defineNotReviewedRule(
    "An action of a provider is invoked, or Terraform plans an action that the review does not know.",
  ),
  "change-deferred": defineNotReviewedRule(
    "A change is deferred to a later plan.",
  ),
  "check-failed": defineNotReviewedRule("A check of the code fails."),
  "plan-partial": defineNotReviewedRule(
    "The plan is partial, so that changes outside it are not reviewed.",
  ),
  "plan-not-reviewed": defineNotReviewedRule(
    "The plan has a part that the review does not know.",
  ),
} as const satisfies Readonly<Record<string, Rule>>;

type PlanPartId = keyof typeof PLAN_PART_RULES;
type PlanPart = readonly [rule: PlanPartId, address: string, message: RichText];

/** Reports parts of a plan that the review does not know. */
export function checkPlanParts(
  plan: PlanModel,
): readonly RuleFinding<PlanPartId>[] {
  return [
    checkDataSources,
    checkModules,
    checkProvisioners,
    checkActions,
    checkDeferredChanges,
    checkFailedChecks,
    checkCompleteness,
    checkSilentChanges,
    checkUnknownParts,
  ].flatMap((check) =>
    check(plan).map(([rule, address, message]) => ({
      rule,
      address: plan.redactor.redact(address),
      message,
    })),
  );
}

/** Data sources of AWS that only read, except for the one of a client, which contains its secret. */
const READ_ONLY_DATA =
  /^aws_(caller_identity|partition|region|regions|iam_\w+|cognito_(?!user_pool_client$)\w+|secretsmanager_secret|s3_bucket|kms_key|kms_alias|organizations_organization)$/;

/** Terraform's plans do not list ephemeral resources, those of OpenTofu do. */
function checkDataSources(plan: PlanModel): readonly PlanPart[] {
  return [...plan.configuration.resources.values()]
    .filter(
      ({ json: { mode, type }, expressions }) =>
        mode !== "managed" &&
        !(mode === "data" && READ_ONLY_DATA.test(String(type))) &&
        !(mode === "ephemeral" && isOwnSecret(String(type), expressions)),
    )
    .map(({ address, json: { mode, type } }) => [
      "data-source-not-reviewed",
      address,
      text`${literal(mode === "ephemeral" ? "ephemeral resource" : "data source")} ${plan.redactor.redact(String(type))}`,
    ]);
}

/** Whether an ephemeral resource reads a secret of the stage itself, whose value Terraform stores nowhere. */
function isOwnSecret(type: string, { secret_id }: JsonObject): boolean {
  const references = toList(toJsonObject(secret_id).references);
  return (
    type === "aws_secretsmanager_secret_version" &&
    references.length > 0 &&
    references.every((one) =>
      /^aws_secretsmanager_secret(_version)?\./.test(String(one)),
    )
  );
}

function checkModules(plan: PlanModel): readonly PlanPart[] {
  return plan.configuration
    .listModuleCalls()
    .filter(([, { source }]) => !/^\.\.?\//.test(String(source)))
    .map(([address, { source }]) => [
      "module-not-reviewed",
      address,
      text`module from ${plan.redactor.redact(String(source))}`,
    ]);
}

function checkProvisioners(plan: PlanModel): readonly PlanPart[] {
  return [...plan.configuration.resources.values()].flatMap(
    ({ address, json }): readonly PlanPart[] => {
      const types = toList(json.provisioners).map((one) =>
        plan.redactor.redact(String(toJsonObject(one).type)),
      );
      return types.length === 0
        ? []
        : [
            [
              "provisioner-not-reviewed",
              address,
              text`provisioner ${listNames(types)}`,
            ],
          ];
    },
  );
}

const CHANGING_ACTIONS = ["create", "update", "delete", "forget"];
const KNOWN_ACTIONS = ["no-op", "read", ...CHANGING_ACTIONS];

function checkActions({ json, redactor }: PlanModel): readonly PlanPart[] {
  const invocations = [
    ...toList(json.action_invocations),
    ...toList(json.deferred_action_invocations),
  ].map((one): PlanPart => {
    const { address, type } = toJsonObject(one);
    return [
      "action-not-reviewed",
      typeof address === "string" ? address : "action_invocations",
      text`action ${redactor.redact(typeof type === "string" ? type : "")} is invoked`,
    ];
  });
  const unknown = json.resource_changes.flatMap(
    ({ address, change: { actions } }) =>
      actions
        .filter((action) => !KNOWN_ACTIONS.includes(action))
        .map((action): PlanPart => [
          "action-not-reviewed",
          address,
          text`action ${redactor.redact(action)}`,
        ]),
  );
  return [...invocations, ...unknown];
}

function checkDeferredChanges(plan: PlanModel): readonly PlanPart[] {
  const { json, redactor } = plan;
  return toList(json.deferred_changes).map((one) => {
    const { reason, resource_change: change } = toJsonObject(one);
    return [
      "change-deferred",
      String(toJsonObject(change).address),
      text`a change is deferred to a later plan: ${redactor.redact(String(reason))}`,
    ];
  });
}

function checkFailedChecks({ json, redactor }: PlanModel): readonly PlanPart[] {
  return toList(json.checks)
    .map(toJsonObject)
    .filter(({ status }) => status !== "pass" && status !== "unknown")
    .map(({ address, instances }) => {
      const name = toJsonObject(address).to_display;
      const problems = toList(instances)
        .flatMap((instance) => toList(toJsonObject(instance).problems))
        .map((problem) =>
          redactor.redactFreeText(String(toJsonObject(problem).message)),
        );
      return [
        "check-failed",
        typeof name === "string" ? name : "checks",
        problems.length === 0
          ? literal("a check fails")
          : text`a check fails: ${listNames(problems)}`,
      ];
    });
}

/** OpenTofu does not state whether a plan is complete: then the plan must include each resource of the code. */
function checkCompleteness(plan: PlanModel): readonly PlanPart[] {
  const { json, configuration, resources } = plan;
  const report = (message: RichText): readonly PlanPart[] => [
    ["plan-partial", "plan", message],
  ];
  if (json.complete === false)
    return report(
      literal(
        "this is a partial plan (-target): changes outside it are not reviewed",
      ),
    );
  if (json.complete === true) return [];
  if (!configuration.hasRootModule)
    return report(literal("the plan does not include its configuration"));
  const planned = new Set(
    resources.map(({ address }) => removeInstanceKeys(address)),
  );
  const isRefreshOnly = resources.length === 0;
  const isMissing = [...configuration.resources.values()].some(
    ({ address, json: { mode }, isOptional }) =>
      mode === "managed" && !isOptional && !planned.has(address),
  );
  return isMissing && !isRefreshOnly
    ? report(
        literal(
          "this is a partial plan: it does not include all resources of its code",
        ),
      )
    : [];
}

/** Reports values that change without an action, which no plan of Terraform has. */
function checkSilentChanges({ json }: PlanModel): readonly PlanPart[] {
  return json.resource_changes
    .filter(
      ({ mode, change }) =>
        mode === "managed" &&
        !change.actions.some((action) => CHANGING_ACTIONS.includes(action)) &&
        !isDeepStrictEqual(change.before, change.after),
    )
    .map(({ address }) => [
      "plan-not-reviewed",
      address,
      literal("the values change, but the plan has no action for the change"),
    ]);
}

const ROOT_MODULE_PARTS = ["outputs", "resources", "module_calls", "variables"];

function checkUnknownParts({
  json: { configuration, unknownMembers },
  redactor,
}: PlanModel): readonly PlanPart[] {
  const root = isJsonObject(configuration)
    ? configuration.root_module
    : undefined;
  const parts = [
    ...(isJsonObject(root) ? [] : ["no configuration"]),
    ...unknownMembers,
    ...Object.keys(toJsonObject(root))
      .filter((part) => !ROOT_MODULE_PARTS.includes(part))
      .map((part) => `configuration.${part}`),
  ];
  return parts.map((part) => [
    "plan-not-reviewed",
    part,
    text`the plan has ${redactor.redact(part)}`,
  ]);
}

function toList(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
