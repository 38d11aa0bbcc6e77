import {
  isJsonObject,
  type JsonObject,
  toJsonObject,
} from "../../system/json-object";
import { readText } from "../../plan/attribute";
import type { PlanModel } from "../../plan/plan-model";
import type { Redacted } from "../../plan/redactor";
import { literal, type RichText, text } from "../../plan/rich-text";
import {
  defineNotReviewedRule,
  reportNames,
  type Rule,
  type RuleFinding,
} from "./rule";
import { getStackTag } from "./stack-tag";

/** Rules about the configuration of providers. */
export const PROVIDER_RULES = {
  "provider-not-reviewed": defineNotReviewedRule(
    "A provider other than hashicorp/aws is used, or it has options that no stage sets: other credentials, endpoints, another role or a second configuration.",
  ),
} as const satisfies Readonly<Record<string, Rule>>;

const AWS_PROVIDERS = [
  "registry.terraform.io/hashicorp/aws",
  "registry.opentofu.org/hashicorp/aws",
];
const BUILT_IN_PROVIDER = "terraform.io/builtin/terraform";
/** Options of the provider that a stage sets. */
const STAGE_OPTIONS = [
  "allowed_account_ids",
  "default_tags",
  "region",
  "s3_use_path_style",
];

/** Reports providers that no stage uses, and options that no stage sets. */
export function checkProviders(
  plan: PlanModel,
): readonly RuleFinding<keyof typeof PROVIDER_RULES>[] {
  const { provider_config } = toJsonObject(plan.json.configuration);
  return Object.entries(toJsonObject(provider_config)).flatMap(
    ([key, value]) => {
      const name = plan.redactor.redact(key);
      return checkProvider(name, toJsonObject(value), plan).map((message) => ({
        rule: "provider-not-reviewed",
        address: `provider.${name}` as Redacted,
        message,
      }));
    },
  );
}

function checkProvider(
  name: Redacted,
  { full_name, alias, expressions, module_address }: JsonObject,
  plan: PlanModel,
): readonly RichText[] {
  const { redactor } = plan;
  const source = String(full_name);
  if (source === BUILT_IN_PROVIDER) return [];
  if (!AWS_PROVIDERS.includes(source))
    return [text`provider ${redactor.redact(source)}`];
  const options = toJsonObject(expressions);
  const unknown = Object.keys(options).filter(
    (option) => !STAGE_OPTIONS.includes(option),
  );
  const isVariable = STAGE_OPTIONS.some(
    (option) => !isConstant(options[option]),
  );
  return [
    ...reportNames(
      unknown.map((option) => redactor.redact(option)),
      text`provider ${name} has the options `,
    ),
    ...(isVariable
      ? [text`provider ${name} has options that are not constants`]
      : []),
    ...checkRegion(options, plan),
    ...checkTags(options, plan),
    ...(alias !== undefined || module_address !== undefined
      ? [text`provider ${name} is a second configuration`]
      : []),
  ];
}

function checkRegion(
  options: JsonObject,
  plan: PlanModel,
): readonly RichText[] {
  const regions = compareRegions(options, plan);
  return regions === undefined
    ? []
    : [
        text`the provider uses Region ${regions.configured}, but resources are in ${regions.state}`,
      ];
}

interface RegionDifference {
  readonly configured: Redacted;
  readonly state: Redacted;
}

/** Returns the Region of a provider and the one of the resources in the state, if they differ. */
export function findStateRegion(plan: PlanModel): RegionDifference | undefined {
  const { provider_config } = toJsonObject(plan.json.configuration);
  return Object.values(toJsonObject(provider_config))
    .map((one) =>
      compareRegions(toJsonObject(toJsonObject(one).expressions), plan),
    )
    .find((one) => one !== undefined);
}

/** Includes resources that Terraform does not find in AWS: those of another Region. */
function compareRegions(
  { region }: JsonObject,
  { before, drift, redactor }: PlanModel,
): RegionDifference | undefined {
  const configured = toJsonObject(region).constant_value;
  if (typeof configured !== "string") return undefined;
  const state = [
    ...before.resources.map(({ values }) => values),
    ...drift.map((change) => change.before),
  ]
    .flatMap(
      (values) =>
        /^arn:[^:]*:[^:]*:([a-z0-9-]+):/.exec(
          readText(values, "arn") ?? "",
        )?.[1] ?? [],
    )
    .find((one) => one !== configured);
  return state === undefined
    ? undefined
    : {
        configured: redactor.redact(configured),
        state: redactor.redact(state),
      };
}

function checkTags(
  { default_tags }: JsonObject,
  { before }: PlanModel,
): readonly RichText[] {
  const [block] = [default_tags].flat();
  const tags = toJsonObject(
    toJsonObject(toJsonObject(block).tags).constant_value,
  );
  const isTagged = before.resources.some(
    ({ values }) => getStackTag(values) !== undefined,
  );
  return isTagged && tags.Stack === undefined
    ? [
        literal(
          "the provider does not set the tag Stack, but resources have it",
        ),
      ]
    : [];
}

/** Whether an expression refers to nothing; a missing one is constant. */
function isConstant(expression: unknown): boolean {
  if (Array.isArray(expression)) return expression.every(isConstant);
  if (!isJsonObject(expression)) return true;
  if (expression.references !== undefined) return false;
  return expression.constant_value !== undefined
    ? !JSON.stringify(expression.constant_value).includes("${")
    : Object.values(expression).every(isConstant);
}
