import {
  isJsonObject,
  toJsonObject,
  type JsonObject,
} from "../../system/json-object";
import { readText } from "../../plan/attribute";
import type { PlanModel } from "../../plan/plan-model";
import type { Redacted } from "../../plan/redactor";
import { listNames, literal, text, type RichText } from "../../plan/rich-text";
import type { NotReviewed } from "./not-reviewed";
import { getStackTag } from "./stack-tag";

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

export function checkProviders(plan: PlanModel): readonly NotReviewed[] {
  const {
    json: { configuration },
    redactor,
  } = plan;
  const configured = isJsonObject(configuration)
    ? toJsonObject(configuration.provider_config)
    : {};
  return Object.entries(configured).flatMap(([key, value]) => {
    const { full_name, alias, expressions, module_address } =
      toJsonObject(value);
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
    const options = Object.entries(toJsonObject(expressions));
    const strange = options
      .filter(([option]) => !PROVIDER_OPTIONS.includes(option))
      .map(([option]) => redactor.redact(option));
    const isVague = options.some(
      ([option, expression]) =>
        PROVIDER_OPTIONS.includes(option) && !isConstant(expression),
    );
    return [
      ...(strange.length > 0
        ? [found(text`provider ${name} has the options ${listNames(strange)}`)]
        : []),
      ...(isVague
        ? [found(text`provider ${name} has options that are no constants`)]
        : []),
      ...elsewhere(toJsonObject(expressions), plan).map(found),
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
  const wanted = toJsonObject(region).constant_value;
  const regions = [
    ...before.listByType("aws_cognito_user_pool"),
    ...before.listByType("aws_secretsmanager_secret"),
    ...before.listByType("aws_kms_key"),
  ].flatMap(
    ({ values }) =>
      /^arn:[^:]*:[^:]*:([a-z0-9-]+):/.exec(
        readText(values, "arn") ?? "",
      )?.[1] ?? [],
  );
  const other = regions.find((one) => one !== wanted);
  const isTagged = before.resources.some(
    ({ values }) => getStackTag(values) !== undefined,
  );
  const tags = toJsonObject(
    toJsonObject(toJsonObject(listOf(default_tags)[0]).tags).constant_value,
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

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
