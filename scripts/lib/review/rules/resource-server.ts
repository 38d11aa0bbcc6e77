import { toBlocks, readText } from "../../plan/attribute";
import type { Redacted } from "../../plan/redactor";
import { listNames, literal, text, type RichText } from "../../plan/rich-text";
import { createClientEntity, resolveScope } from "../../access/client-access";
import type { Snapshot } from "../../plan/snapshot";
import {
  isPartlyUnknown,
  getMembers,
  type Rule,
  type RuleContext,
} from "./rule";

/** What breaks sign-in by a scope of a resource server. */
export const RESOURCE_SERVER_RULES = {
  "scope-removed": {
    severity: "breaking",
    covers: { aws_cognito_resource_server: ["scope.scope_name"] },
    description:
      "A scope of a resource server is removed; a client that requests it gets invalid_scope.",
    check: (context) => lostScopes(context, "removed"),
  },
  "scope-renamed": {
    severity: "breaking",
    covers: { aws_cognito_resource_server: ["scope.scope_name"] },
    description:
      "A scope of a resource server is renamed; no client has the new one by itself.",
    check: (context) => lostScopes(context, "renamed"),
  },
} as const satisfies Readonly<Record<string, Rule>>;

function lostScopes(
  { before, after, snapshotBefore: was, isCreated }: RuleContext,
  wanted: "removed" | "renamed",
): readonly RichText[] {
  if (isCreated || isPartlyUnknown(after, "scope")) return [];
  const identifier = readText(before, "identifier") ?? ("" as Redacted);
  const described = (values: typeof before) =>
    new Map(
      toBlocks(values.scope).map((scope) => [
        readText(scope, "scope_name") ?? ("" as Redacted),
        readText(scope, "scope_description"),
      ]),
    );
  const [had, has] = [described(before), described(after)];
  const added = [...has].filter(([scope]) => !had.has(scope));
  return [...had]
    .filter(([scope]) => !has.has(scope))
    .flatMap(([scope, description]) => {
      const renamed = added.find(([, other]) => other === description)?.[0];
      if ((renamed === undefined) !== (wanted === "removed")) return [];
      const full = `${identifier}/${scope}` as Redacted;
      const holders = findScopeHolders(full, was);
      const who =
        holders.length === 0
          ? literal("a client that requests it")
          : listNames(holders);
      const how =
        renamed === undefined
          ? literal("is removed")
          : text`is renamed to ${renamed}, which no client has by itself`;
      const error = "invalid_scope" as Redacted;
      return [text`scope ${full} ${how}: ${who} gets ${error}`];
    });
}

/** Returns the clients that have a scope. */
export function findScopeHolders(
  scope: Redacted,
  snapshot: Snapshot,
): readonly Redacted[] {
  return snapshot
    .listByType("aws_cognito_user_pool_client")
    .filter(({ values }) =>
      getMembers(values, "allowed_oauth_scopes").some(
        (one) => resolveScope(one, snapshot) === scope,
      ),
    )
    .map((client) => createClientEntity(client).name);
}
