import { isJsonObject, toJsonObject } from "../../system/json-object";
import { isPublicDetail } from "../../plan/provider-details";
import type { PlanModel } from "../../plan/plan-model";
import { text } from "../../plan/rich-text";
import { isSecretName } from "../../plan/secret-names";
import { definePlanRule, type Rule, type RuleFinding } from "./rule";

/** Rules about outputs of the stack. */
export const OUTPUT_RULES = {
  "output-exposes-secret": definePlanRule(
    "An output comes from a secret and is not marked as sensitive, so that Terraform prints it.",
  ),
} as const satisfies Readonly<Record<string, Rule>>;

/** Resources that contain a secret, so that an output of the whole resource is one. */
const RESOURCE_WITH_SECRET =
  /(^|\.)aws_(cognito_user_pool_client|secretsmanager_secret_version)\.[\w-]+(\[[^\]]*\])?$/;

/** Reports outputs that come from a secret and are not marked as sensitive. */
export function checkOutputs({
  json: { configuration },
  redactor,
}: PlanModel): readonly RuleFinding<keyof typeof OUTPUT_RULES>[] {
  const root = toJsonObject(toJsonObject(configuration).root_module);
  return Object.entries(toJsonObject(root.outputs)).flatMap(
    ([name, output]) => {
      const { expression, sensitive } = toJsonObject(output);
      const secret = listReferences(expression).find(isSecret);
      return sensitive === true || secret === undefined
        ? []
        : [
            {
              rule: "output-exposes-secret" as const,
              address: redactor.redact(`output.${name}`),
              message: text`output ${redactor.redact(name)} shows ${redactor.redact(secret)} to anyone who reads the log or the outputs`,
            },
          ];
    },
  );
}

/** Returns the references of an expression; for an attribute, without those to its resource. */
function listReferences(expression: unknown): readonly string[] {
  if (Array.isArray(expression)) return expression.flatMap(listReferences);
  if (!isJsonObject(expression)) return [];
  const { references } = expression;
  if (!Array.isArray(references))
    return Object.values(expression).flatMap(listReferences);
  const all = references.map(String);
  return all.filter(
    (one) =>
      !all.some(
        (other) => other.startsWith(`${one}.`) || other.startsWith(`${one}["`),
      ),
  );
}

/** An identity provider, its connection, or one key of the connection. */
const PROVIDER_DETAILS =
  /(^|\.)aws_cognito_identity_provider\.[\w-]+(\[[^\]]*\])?(\.provider_details(\["(?<key>[^"]*)"\])?)?$/;

function isSecret(reference: string): boolean {
  const attribute = /\.([a-z_]+)(?:\[[^\]]*\])*$/.exec(reference)?.[1] ?? "";
  return (
    RESOURCE_WITH_SECRET.test(reference) ||
    isSecretDetail(reference) ||
    // a switch
    (attribute !== "generate_secret" && isSecretName(attribute, ANY_VALUE))
  );
}

function isSecretDetail(reference: string): boolean {
  const found = PROVIDER_DETAILS.exec(reference);
  return found !== null && !isPublicDetail(found.groups?.key ?? "");
}

/** Stands for the value, which the configuration does not contain. */
const ANY_VALUE = "${}";
