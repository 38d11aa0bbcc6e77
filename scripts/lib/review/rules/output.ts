import { isJsonObject, toJsonObject } from "../../system/json-object";
import type { PlanModel } from "../../plan/plan-model";
import type { Redacted } from "../../plan/redactor";
import { text, type RichText } from "../../plan/rich-text";
import { isSecretName } from "../../plan/secret-names";

/** Resources that are a secret as a whole, since an attribute of them is. */
const WITH_SECRET =
  /(^|\.)aws_(cognito_user_pool_client|secretsmanager_secret_version)\.[\w-]+(\[[^\]]*\])?$/;

/** Returns the outputs that come from a secret and are not marked as one, so that Terraform prints them. */
export function checkOutputs({
  json: { configuration },
  redactor,
}: PlanModel): readonly {
  readonly rule: "output-exposes-secret";
  readonly address: Redacted;
  readonly message: RichText;
}[] {
  const root = toJsonObject(toJsonObject(configuration).root_module);
  return Object.entries(toJsonObject(root.outputs)).flatMap(
    ([name, output]) => {
      const { expression, sensitive } = toJsonObject(output);
      const secret =
        sensitive === true
          ? undefined
          : referencesOf(expression).find(isSecret);
      return secret === undefined
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

/** Returns what an expression refers to; of an attribute and its resource, the attribute alone. */
function referencesOf(expression: unknown): readonly string[] {
  if (Array.isArray(expression)) return expression.flatMap(referencesOf);
  if (!isJsonObject(expression)) return [];
  const { references } = expression;
  if (!Array.isArray(references))
    return Object.values(expression).flatMap(referencesOf);
  const all = references.map(String);
  return all.filter(
    (one) => !all.some((other) => other !== one && other.startsWith(`${one}.`)),
  );
}

function isSecret(reference: string): boolean {
  const attribute = /\.([a-z_]+)(?:\[[^\]]*\])*$/.exec(reference)?.[1] ?? "";
  return WITH_SECRET.test(reference) || isSecretAttribute(attribute);
}

/** Whether a secret is in an attribute: `generate_secret` is a switch. */
function isSecretAttribute(name: string): boolean {
  return name !== "generate_secret" && isSecretName(name, REFERRED);
}

/** Stands for the value, which the code does not say. */
const REFERRED = "${}";
