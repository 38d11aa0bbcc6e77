import { isDeepStrictEqual } from "node:util";
import { isJsonObject, toJsonObject } from "../../system/json-object";
import type { ResourceConfiguration } from "../../plan/configuration";
import type { PlanModel } from "../../plan/plan-model";
import type { Redacted } from "../../plan/redactor";
import { listNames, literal, text, type RichText } from "../../plan/rich-text";
import type { NotReviewed } from "./not-reviewed";
import { checkProviders } from "./provider";

/** Returns the parts of a plan, outside its resources' values, that no rule judges. */
export function checkPlanParts(plan: PlanModel): readonly NotReviewed[] {
  return [
    ...checkProviders(plan),
    ...dataSources(plan),
    ...modules(plan),
    ...provisioners(plan),
    ...actions(plan),
    ...deferred(plan),
    ...checks(plan),
    ...completeness(plan),
    ...silentChanges(plan),
    ...strangeParts(plan),
  ];
}

/** Data sources of AWS that only read, and nothing that is a secret, as the one of a client does. */
const READ_ONLY_DATA =
  /^aws_(caller_identity|partition|region|regions|iam_\w+|cognito_(?!user_pool_client$)\w+|secretsmanager_secret|s3_bucket|kms_key|kms_alias|organizations_organization)$/;

function dataSources({
  configuration,
  redactor,
}: PlanModel): readonly NotReviewed[] {
  return [...configuration.resources.values()].flatMap(({ address, json }) => {
    const { mode, type } = json;
    if (mode === "managed") return [];
    return mode === "data" && READ_ONLY_DATA.test(String(type))
      ? []
      : [
          {
            rule: "data-source-not-reviewed",
            address: redactor.redact(address),
            message: text`data source ${redactor.redact(String(type))}`,
          },
        ];
  });
}

function modules({
  configuration,
  redactor,
}: PlanModel): readonly NotReviewed[] {
  return configuration.listModuleCalls().flatMap(([address, { source }]) =>
    /^\.\.?\//.test(String(source))
      ? []
      : [
          {
            rule: "module-not-reviewed",
            address: redactor.redact(address),
            message: text`module from ${redactor.redact(String(source))}`,
          },
        ],
  );
}

function provisioners({
  configuration,
  redactor,
}: PlanModel): readonly NotReviewed[] {
  return [...configuration.resources.values()].flatMap(
    ({ address, json: { provisioners: all } }: ResourceConfiguration) =>
      Array.isArray(all) && all.length > 0
        ? [
            {
              rule: "provisioner-not-reviewed" as const,
              address: redactor.redact(address),
              message: text`provisioner ${listNames(
                all.map((one) =>
                  redactor.redact(String(toJsonObject(one).type)),
                ),
              )}`,
            },
          ]
        : [],
  );
}

const CHANGING = ["create", "update", "delete", "forget"];
/** Actions on resources that Terraform has. */
const KNOWN_ACTIONS = ["no-op", "read", ...CHANGING];

function actions({ json, redactor }: PlanModel): readonly NotReviewed[] {
  const invoked = [
    ...listOf(json.action_invocations),
    ...listOf(json.deferred_action_invocations),
  ].map((one): NotReviewed => ({
    rule: "action-not-reviewed",
    address: redactor.redact(
      textOf(toJsonObject(one).address) ?? "action_invocations",
    ),
    message: text`action ${redactor.redact(textOf(toJsonObject(one).type) ?? "")} is invoked`,
  }));
  const strange = json.resource_changes.flatMap(({ address, change }) => {
    const unknown = change.actions.filter(
      (action) => !KNOWN_ACTIONS.includes(action),
    );
    return unknown.length === 0
      ? []
      : [
          {
            rule: "action-not-reviewed" as const,
            address: redactor.redact(address),
            message: text`action ${listNames(unknown.map((one) => redactor.redact(one)))}`,
          },
        ];
  });
  return [...invoked, ...strange];
}

function deferred({ json, redactor }: PlanModel): readonly NotReviewed[] {
  return listOf(json.deferred_changes).map((one) => {
    const { reason, resource_change: change } = toJsonObject(one);
    return {
      rule: "change-deferred",
      address: redactor.redact(String(toJsonObject(change).address)),
      message: text`a change is left for a later plan: ${redactor.redact(String(reason))}`,
    };
  });
}

function checks({ json, redactor }: PlanModel): readonly NotReviewed[] {
  return listOf(json.checks).flatMap((one) => {
    const { address, status, instances } = toJsonObject(one);
    if (status === "pass" || status === "unknown") return [];
    const messages = listOf(instances)
      .flatMap((instance) => listOf(toJsonObject(instance).problems))
      .map((problem) =>
        redactor.redactFreeText(String(toJsonObject(problem).message)),
      );
    return [
      {
        rule: "check-failed" as const,
        address: redactor.redact(
          textOf(toJsonObject(address).to_display) ?? "checks",
        ),
        message:
          messages.length === 0
            ? literal("a check fails")
            : text`a check fails: ${listNames(messages)}`,
      },
    ];
  });
}

/** OpenTofu does not say whether a plan is complete: then each resource of the code has to be in it. */
function completeness({
  json,
  configuration,
  resources,
}: PlanModel): readonly NotReviewed[] {
  const found = (message: RichText): readonly NotReviewed[] => [
    { rule: "plan-partial", address: "plan" as Redacted, message },
  ];
  if (json.complete === false)
    return found(
      literal("this is a partial plan: changes outside it are not reviewed"),
    );
  if (json.complete === true) return [];
  if (!configuration.hasRootModule)
    return found(literal("the plan does not say what its code is"));
  const planned = new Set(
    resources.map(({ address }) =>
      address.replace(/\[(?:\d+|"(?:[^"\\]|\\.)*")\]/g, ""),
    ),
  );
  const isRefreshOnly = resources.length === 0;
  const missing = [...configuration.resources.values()].filter(
    ({ address, json: { mode }, isOptional }) =>
      mode === "managed" && !isOptional && !planned.has(address),
  );
  return isRefreshOnly || missing.length === 0
    ? []
    : found(
        literal(
          "this is a partial plan: resources of its code are not part of it",
        ),
      );
}

/** Terraform does something with whatever changes: a plan that says otherwise was not written by it. */
function silentChanges({ json, redactor }: PlanModel): readonly NotReviewed[] {
  return json.resource_changes.flatMap(({ address, mode, change }) =>
    mode !== "managed" ||
    change.actions.some((action) => CHANGING.includes(action)) ||
    isDeepStrictEqual(change.before, change.after)
      ? []
      : [
          {
            rule: "plan-not-reviewed",
            address: redactor.redact(address),
            message: literal(
              "the values change, and the plan names no action for it",
            ),
          },
        ],
  );
}

const ROOT_PARTS = ["outputs", "resources", "module_calls", "variables"];

function strangeParts({
  json: { configuration, unknownMembers: unknownParts },
  redactor,
}: PlanModel): readonly NotReviewed[] {
  const root = isJsonObject(configuration)
    ? toJsonObject(configuration.root_module)
    : {};
  return [
    ...(isJsonObject(configuration) && isJsonObject(configuration.root_module)
      ? []
      : ["no configuration"]),
    ...unknownParts,
    ...Object.keys(root)
      .filter((part) => !ROOT_PARTS.includes(part))
      .map((part) => `configuration.${part}`),
  ].map((part) => ({
    rule: "plan-not-reviewed",
    address: redactor.redact(part),
    message: text`the plan has ${redactor.redact(part)}`,
  }));
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
