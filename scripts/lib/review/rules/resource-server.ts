import { type Attributes, readText, toBlocks } from "../../plan/attribute";
import type { Redacted } from "../../plan/redactor";
import { listNames, literal, type RichText, text } from "../../plan/rich-text";
import { createClientEntity, resolveScope } from "../../access/client-access";
import {
  ASSIGNED,
  limitToExisting,
  getMembers,
  isPartlyUnknown,
  REPLACES,
  type ReviewedType,
  type Rule,
  type RuleContext,
  TEXT,
} from "./rule";

const SERVER = "aws_cognito_resource_server";

/** Rules about the scopes of resource servers. */
export const RESOURCE_SERVER_RULES = {
  "scope-removed": {
    severity: "breaking",
    covers: { [SERVER]: ["scope.scope_name"] },
    description:
      "A scope of a resource server is removed; a client that requests it receives the error invalid_scope.",
    check: limitToExisting((context) => checkLostScopes(context, false)),
  },
  "scope-renamed": {
    severity: "breaking",
    covers: { [SERVER]: ["scope.scope_name"] },
    description:
      "A scope of a resource server is renamed; clients do not receive the new scope automatically.",
    check: limitToExisting((context) => checkLostScopes(context, true)),
  },
} as const satisfies Readonly<Record<string, Rule>>;

export const RESOURCE_SERVER_TYPES = {
  [SERVER]: {
    ignored: {
      [ASSIGNED]: "scope_identifiers",
      [REPLACES]: "identifier name user_pool_id",
      [TEXT]: "scope.scope_description",
    },
  },
} as const satisfies Readonly<Record<string, ReviewedType>>;

/** Reports scopes that no longer exist; a removed one counts as renamed if a new one has its description. */
function checkLostScopes(
  { before, after, name, snapshotBefore }: RuleContext,
  isRenamed: boolean,
): readonly RichText[] {
  if (isPartlyUnknown(after, "scope")) return [];
  const [earlier, later] = [mapDescriptions(before), mapDescriptions(after)];
  const added = [...later].filter(([scope]) => !earlier.has(scope));
  return [...earlier].flatMap(([scope, description]) => {
    const newName = added.find(([, other]) => other === description)?.[0];
    if (later.has(scope) || (newName !== undefined) !== isRenamed) return [];
    const fullName =
      `${readText(before, "identifier") ?? ""}/${scope}` as Redacted;
    const clients = snapshotBefore
      .listByType("aws_cognito_user_pool_client")
      .filter(({ values }) =>
        getMembers(values, "allowed_oauth_scopes").some(
          (one) => resolveScope(one, snapshotBefore) === fullName,
        ),
      )
      .map((client) => createClientEntity(client).name);
    const subject =
      clients.length === 0
        ? literal("a client that requests it")
        : listNames(clients);
    const change =
      newName === undefined
        ? literal("is removed")
        : text`is renamed to ${newName}, which no client has yet`;
    return [
      text`scope ${scope} of ${name} ${change}: ${subject} ${literal(clients.length > 1 ? "receive" : "receives")} the error ${"invalid_scope" as Redacted}`,
    ];
  });
}

function mapDescriptions(values: Attributes) {
  return new Map(
    toBlocks(values.scope).map((scope) => [
      readText(scope, "scope_name") ?? ("" as Redacted),
      readText(scope, "scope_description"),
    ]),
  );
}
