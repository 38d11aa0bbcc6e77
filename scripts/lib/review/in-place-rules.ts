import { clientParty } from "../access/client-access";
import { list, say, type Phrase } from "../access/phrase";
import { blocks, textOf, texts, type Resource } from "../access/snapshot";
import { CLIENT_RULES } from "./client-rules";
import { found, name } from "./findings";
import { IDENTITY_RULES } from "./identity-rules";
import type { Finding, InPlace, InPlaceRule } from "./loss-rule";
import { STORAGE_RULES } from "./storage-rules";
import { USER_POOL_RULES } from "./user-pool-rules";

/** Rules about changes in place, by type of resource. */
export const IN_PLACE_RULES: Readonly<Record<string, readonly InPlaceRule[]>> =
  {
    aws_cognito_user_pool: USER_POOL_RULES,
    aws_cognito_user_pool_client: CLIENT_RULES,
    aws_cognito_resource_server: [scopes],
    aws_cognito_user_group: [
      ({ before, after }) =>
        before.values.precedence === after.values.precedence
          ? []
          : found(
              "group-precedence-changed",
              "break",
              say`group ${name(after)}: its members who are in other groups too may get another role`,
            ),
    ],
    ...IDENTITY_RULES,
    ...STORAGE_RULES,
  };

/** A client that asks for a scope that is no longer there gets none at all. */
function scopes({ before, after, was }: InPlace): readonly Finding[] {
  const identifier = textOf(before, "identifier", before.address);
  const described = (server: Resource) =>
    new Map(
      blocks(server.values.scope).map((scope) => [
        String(scope.scope_name),
        String(scope.scope_description),
      ]),
    );
  const [had, has] = [described(before), described(after)];
  const added = [...has].filter(([scope]) => !had.has(scope));
  return [...had]
    .filter(([scope]) => !has.has(scope))
    .flatMap(([scope, description]) => {
      const full = `${identifier}/${scope}`;
      const holders = was
        .ofType("aws_cognito_user_pool_client")
        .filter(({ values }) =>
          texts(values.allowed_oauth_scopes).includes(full),
        )
        .map((client) => clientParty(client).name);
      const renamed = added.find(([, other]) => other === description)?.[0];
      const who: Phrase =
        holders.length === 0 ? ["whoever asks for it"] : list(holders);
      const how: Phrase =
        renamed === undefined
          ? ["is removed"]
          : say`is renamed to ${renamed}, which no client holds by itself`;
      const told = say`scope ${full} ${how}: ${who} gets ${"invalid_scope"}`;
      return found(
        renamed === undefined ? "scope-removed" : "scope-renamed",
        "break",
        told,
      );
    });
}
