import { isJsonObject, type JsonObject } from "../system/json-object";
import { ClientError } from "./client-error";

/** Outputs of a stage, by the options that replace them. */
const OUTPUT_NAMES = {
  identityPoolId: "identitypool_id",
  userPoolId: "userpool_id",
  clientId: "client_id",
  domain: "userpool_domain_base_url",
} as const;

export type OutputIdName = keyof typeof OUTPUT_NAMES;

/** Why an output can be missing. */
const HINTS: Readonly<Record<OutputIdName, string>> = {
  identityPoolId:
    "a stage without groups has no identity pool: deploy it with COGNITO_GROUPS=true",
  userPoolId: "pass all outputs of a stage",
  clientId: "pass all outputs of a stage",
  domain:
    "an existing user pool has a domain with USER_POOL_DOMAIN: deploy the stage with it",
};

/** Ids of a stage, which its outputs contain. */
export type OutputIds = Readonly<Partial<Record<OutputIdName, string>>>;

/**
 * Reads the ids that a sign-in needs from the outputs of a stage.
 *
 * Outputs have one of these forms: those of `veda-auth outputs --format json`, the file of `--outputs-file`, those of
 * `terraform output -json`, or variables in upper case, such as `process.env`.
 *
 * @param caller name of the function that the user called
 * @throws ClientError that lists the outputs that are missing
 */
export function readOutputIds(
  caller: string,
  outputs: object,
  names: readonly OutputIdName[],
): OutputIds {
  const stage = findStage(outputs);
  const ids = names.map((name) => [name, readOutput(stage, name)] as const);
  const missing = ids.flatMap(([name, id]) => (id === undefined ? [name] : []));
  const [first] = missing;
  if (first === undefined) return Object.fromEntries(ids);
  throw new ClientError(
    "invalid_option",
    `${caller}: outputs must have ${missing.map((name) => OUTPUT_NAMES[name]).join(", ")}`,
    missing.length === names.length
      ? "pass what `veda-auth outputs --stage <stage> --format json` prints"
      : HINTS[first],
  );
}

/** Returns the outputs of the only stage in a file of `--outputs-file`, or the outputs as they are. */
function findStage(outputs: object): JsonObject {
  const [only, ...others] = Object.values(outputs) as readonly unknown[];
  return others.length === 0 && isJsonObject(only) && !("value" in only)
    ? only
    : (outputs as JsonObject);
}

function readOutput(
  outputs: JsonObject,
  name: OutputIdName,
): string | undefined {
  const output = OUTPUT_NAMES[name];
  const value = outputs[output] ?? outputs[output.toUpperCase()];
  const text = isJsonObject(value) ? value.value : value;
  return typeof text === "string" && text !== "" ? text : undefined;
}
