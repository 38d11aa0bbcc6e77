import { readText } from "../plan/attribute";
import type { Redacted } from "../plan/redactor";
import { getShortName } from "../plan/resource-names";
import { literal, text } from "../plan/rich-text";
import type { Resource } from "../plan/snapshot";
import { createEntity, type DirectAccess } from "./access-graph";

/** Returns the functions that determine what the tokens of a user pool contain. */
export function listTokenFunctions(
  values: Resource["values"],
): readonly Redacted[] {
  const functions = [
    "lambda_config.pre_token_generation",
    "lambda_config.pre_token_generation_config.lambda_arn",
  ].flatMap((path) => readText(values, path) ?? []);
  return [...new Set(functions)];
}

/** Returns the functions that can put any group into tokens. AWS uses the groups and roles of a token as they are. */
export function listTriggerAccess(pool: Resource): readonly DirectAccess[] {
  const poolName = getShortName(pool);
  return listTokenFunctions(pool.values).map((name) => ({
    origin: pool.address,
    attributes: ["lambda_config"],
    principal: createEntity("principal", name, literal("function ")),
    permission: "grant any group" as Redacted,
    resource: createEntity("resource", poolName),
    text: text`grant any group to users of user pool ${poolName}`,
  }));
}
