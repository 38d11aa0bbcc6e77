import { isJsonObject, type JsonObject } from "../../json-object";
import { textAt, type Attributes } from "../../plan/attribute";
import type { ResourceConfiguration } from "../../plan/configuration";
import type { PlanModel, PlannedChange } from "../../plan/plan-model";
import type { Redacted } from "../../plan/redactor";
import { list, literal, text, type RichText } from "../../plan/rich-text";
import type { Rule } from "./rule";

function rule(documentation: string): Rule {
  return { severity: "weakening", covers: {}, documentation };
}

/** What no rule can judge: the review is a closed world, and the rest of it is reported. */
export const NOT_REVIEWED_RULES = {
  "value-unknown": rule(
    "A value that a rule judges is known only after the apply.",
  ),
  "value-hidden": rule(
    "A value that a rule judges is marked as a secret, so that no rule can read it.",
  ),
  "type-not-reviewed": rule(
    "A resource of a type that no stage has is created, changed or removed.",
  ),
  "attribute-not-reviewed": rule(
    "An attribute changes that the review does not know, such as one of a newer provider.",
  ),
  "provider-not-reviewed": rule(
    "A provider other than hashicorp/aws is used, or it has options that no stage sets: other credentials, endpoints, another role or a second configuration.",
  ),
  "data-source-not-reviewed": rule(
    "A data source is read that may run code, or reads from elsewhere than AWS.",
  ),
  "module-not-reviewed": rule(
    "A module comes from elsewhere than the directory of the stage.",
  ),
  "provisioner-not-reviewed": rule("A provisioner runs code on this machine."),
  "action-not-reviewed": rule(
    "An action of a provider is invoked, or an action on a resource that Terraform does not have today.",
  ),
  "change-deferred": rule("A change is left for a later plan."),
  "check-failed": rule("A check of the code fails."),
  "plan-partial": rule(
    "The plan is partial, so that changes outside it are not reviewed.",
  ),
  "plan-not-reviewed": rule(
    "The plan has a part that the review does not know.",
  ),
  "stack-tag-changed": rule(
    "The tag Stack changes, on which the permissions of the deploy roles depend.",
  ),
} as const satisfies Readonly<Record<string, Rule>>;

export type NotReviewedId = keyof typeof NOT_REVIEWED_RULES;

/** Rules that judge what the review does know. */
const KNOWN_PARTS: readonly string[] = [
  "value-unknown",
  "stack-tag-changed",
] satisfies readonly NotReviewedId[];

/** Whether a rule reports a part of the plan that the review does not know, rather than a weakening. */
export function isNotReviewed(rule: string): boolean {
  return Object.hasOwn(NOT_REVIEWED_RULES, rule) && !KNOWN_PARTS.includes(rule);
}

/** A part of a plan that no rule judges. */
export interface NotReviewed {
  readonly rule: NotReviewedId;
  readonly address: Redacted;
  readonly message: RichText;
}

/** Returns the parts of a plan, outside its resources' values, that no rule judges. */
export function notReviewed(plan: PlanModel): readonly NotReviewed[] {
  return [
    ...providers(plan),
    ...dataSources(plan),
    ...modules(plan),
    ...provisioners(plan),
    ...actions(plan),
    ...deferred(plan),
    ...checks(plan),
    ...completeness(plan),
    ...strangeParts(plan),
  ];
}

const AWS_PROVIDERS = [
  "registry.terraform.io/hashicorp/aws",
  "registry.opentofu.org/hashicorp/aws",
];
const BUILT_IN = ["terraform.io/builtin/terraform"];
/** Options of the provider that a stage sets. */
const PROVIDER_OPTIONS = [
  "allowed_account_ids",
  "default_tags",
  "region",
  "s3_use_path_style",
];

function providers(plan: PlanModel): readonly NotReviewed[] {
  const {
    json: { configuration },
    redactor,
  } = plan;
  const configured = isJsonObject(configuration)
    ? objectOf(configuration.provider_config)
    : {};
  return Object.entries(configured).flatMap(([key, value]) => {
    const { full_name, alias, expressions, module_address } = objectOf(value);
    const name = redactor.redact(key);
    const address = `provider.${name}` as Redacted;
    const found = (message: RichText): NotReviewed => ({
      rule: "provider-not-reviewed",
      address,
      message,
    });
    const fullName = String(full_name);
    if (BUILT_IN.includes(fullName)) return [];
    if (!AWS_PROVIDERS.includes(fullName))
      return [found(text`provider ${redactor.redact(fullName)}`)];
    const options = Object.entries(objectOf(expressions));
    const strange = options
      .filter(([option]) => !PROVIDER_OPTIONS.includes(option))
      .map(([option]) => redactor.redact(option));
    const isVague = options.some(
      ([option, expression]) =>
        PROVIDER_OPTIONS.includes(option) && !isConstant(expression),
    );
    return [
      ...(strange.length > 0
        ? [found(text`provider ${name} has the options ${list(strange)}`)]
        : []),
      ...(isVague
        ? [found(text`provider ${name} has options that are no constants`)]
        : []),
      ...elsewhere(objectOf(expressions), plan).map(found),
      ...(alias !== undefined || module_address !== undefined
        ? [found(text`provider ${name} is a second configuration`)]
        : []),
    ];
  });
}

/** What the provider does to resources that exist in another Region, or with the tag of a stage. */
function elsewhere(
  { region, default_tags }: JsonObject,
  { before, redactor }: PlanModel,
): readonly RichText[] {
  const wanted = objectOf(region).constant_value;
  const regions = [
    ...before.ofType("aws_cognito_user_pool"),
    ...before.ofType("aws_secretsmanager_secret"),
    ...before.ofType("aws_kms_key"),
  ].flatMap(
    ({ values }) =>
      /^arn:[^:]*:[^:]*:([a-z0-9-]+):/.exec(textAt(values, "arn") ?? "")?.[1] ??
      [],
  );
  const other = regions.find((one) => one !== wanted);
  const isTagged = before.resources.some(
    ({ values }) => stackTag(values) !== undefined,
  );
  const tags = objectOf(
    objectOf(objectOf(listOf(default_tags)[0]).tags).constant_value,
  );
  return [
    ...(typeof wanted === "string" && other !== undefined
      ? [
          text`the provider works in ${redactor.redact(wanted)}, and resources are in ${redactor.redact(other)}`,
        ]
      : []),
    ...(isTagged && tags.Stack === undefined
      ? [literal("the provider sets no tag Stack, which resources have")]
      : []),
  ];
}

/** Whether an expression is the same whatever the plan knows. */
function isConstant(expression: unknown): boolean {
  if (Array.isArray(expression)) return expression.every(isConstant);
  if (!isJsonObject(expression)) return true;
  if (expression.references !== undefined) return false;
  return expression.constant_value !== undefined
    ? !JSON.stringify(expression.constant_value).includes("${")
    : Object.values(expression).every(isConstant);
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
  return configuration.moduleCalls().flatMap(([address, { source }]) =>
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
              message: text`provisioner ${list(
                all.map((one) => redactor.redact(String(objectOf(one).type))),
              )}`,
            },
          ]
        : [],
  );
}

/** Actions on resources that Terraform has. */
const KNOWN_ACTIONS = ["no-op", "create", "read", "update", "delete", "forget"];

function actions({ json, redactor }: PlanModel): readonly NotReviewed[] {
  const invoked = [
    ...listOf(json.action_invocations),
    ...listOf(json.deferred_action_invocations),
  ].map((one): NotReviewed => ({
    rule: "action-not-reviewed",
    address: redactor.redact(
      textOf(objectOf(one).address) ?? "action_invocations",
    ),
    message: text`action ${redactor.redact(textOf(objectOf(one).type) ?? "")} is invoked`,
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
            message: text`action ${list(unknown.map((one) => redactor.redact(one)))}`,
          },
        ];
  });
  return [...invoked, ...strange];
}

function deferred({ json, redactor }: PlanModel): readonly NotReviewed[] {
  return listOf(json.deferred_changes).map((one) => {
    const { reason, resource_change: change } = objectOf(one);
    return {
      rule: "change-deferred",
      address: redactor.redact(String(objectOf(change).address)),
      message: text`a change is left for a later plan: ${redactor.redact(String(reason))}`,
    };
  });
}

function checks({ json, redactor }: PlanModel): readonly NotReviewed[] {
  return listOf(json.checks).flatMap((one) => {
    const { address, status, instances } = objectOf(one);
    if (status === "pass" || status === "unknown") return [];
    const messages = listOf(instances)
      .flatMap((instance) => listOf(objectOf(instance).problems))
      .map((problem) =>
        redactor.redactFreeText(String(objectOf(problem).message)),
      );
    return [
      {
        rule: "check-failed" as const,
        address: redactor.redact(
          textOf(objectOf(address).to_display) ?? "checks",
        ),
        message:
          messages.length === 0
            ? literal("a check fails")
            : text`a check fails: ${list(messages)}`,
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
  if (!configuration.hasRoot)
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

const ROOT_PARTS = ["outputs", "resources", "module_calls", "variables"];

function strangeParts({
  json: { configuration, unknownParts },
  redactor,
}: PlanModel): readonly NotReviewed[] {
  const root = isJsonObject(configuration)
    ? objectOf(configuration.root_module)
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

/**
 * Returns the change of the tag on which permissions of the deploy roles depend, or a new resource that has the tag of another
 * stage.
 */
export function stackTagChange(
  { address, before, after, action }: PlannedChange,
  stage: Redacted | undefined,
): readonly NotReviewed[] {
  if (after === undefined) return [];
  if (action !== "update" && action !== "replace" && action !== "create")
    return [];
  const is = stackTag(after);
  const was = before === undefined ? undefined : stackTag(before);
  // a resource that had none gets the tag of its stage
  const isOwn = was === undefined && (is === undefined || is === stage);
  return was === is || isOwn || (was === undefined && stage === undefined)
    ? []
    : [
        {
          rule: "stack-tag-changed",
          address,
          message: text`the tag Stack, on which permissions depend, is ${is ?? NONE}, was ${was ?? NONE}`,
        },
      ];
}

const NONE = literal("missing");

function stackTag({ tags, tags_all }: Attributes): Redacted | undefined {
  return textAt({ tags_all: tags_all ?? tags ?? null }, "tags_all.Stack");
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

function objectOf(value: unknown): JsonObject {
  return isJsonObject(value) ? value : {};
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
