import type { JsonObject } from "../json-object";
import { isDeepStrictEqual } from "node:util";
import { list, say } from "../access/phrase";
import { blocks, textOf, type Resource } from "../access/snapshot";
import { found } from "./findings";
import type { Finding, InPlace, InPlaceRule } from "./loss-rule";

/** What breaks or weakens a user pool when it is changed in place. */
export const USER_POOL_RULES: readonly InPlaceRule[] = [
  schema,
  ({ before, after }) =>
    before.values.deletion_protection === "ACTIVE" &&
    after.values.deletion_protection !== "ACTIVE"
      ? weaker("deletion-protection-off", after, " can be deleted from now on")
      : [],
  mfa,
  passwordPolicy,
  ({ before, after }) =>
    adminOnly(before) && !adminOnly(after)
      ? weaker(
          "self-sign-up-opened",
          after,
          ": anybody can sign up by themselves",
        )
      : [],
  lowered("user_pool_tier", "tier-lowered", ["LITE", "ESSENTIALS", "PLUS"]),
  threatProtection,
  triggers,
];

function weaker(
  rule: string,
  pool: Resource,
  ending: string,
): readonly Finding[] {
  return found(rule, "weakening", say`${poolTold(pool)}${[ending]}`);
}

function poolTold(pool: Resource): Finding["told"] {
  return say`user pool ${textOf(pool, "name", pool.address)}`;
}

/** What AWS changes in no attribute once it is there, so that the whole apply fails. */
function schema({ before, after }: InPlace): readonly Finding[] {
  const attributes = (pool: Resource) =>
    new Map(
      blocks(pool.values.schema).map((block) => [String(block.name), block]),
    );
  const is = attributes(after);
  const broken = [...attributes(before)]
    .filter(([name, block]) => !isDeepStrictEqual(is.get(name), block))
    .map(([name]) => name);
  if (broken.length === 0) return [];
  const told = say`${poolTold(after)}: the apply fails, since AWS lets nobody change or remove a schema attribute (${list(broken)})`;
  return found("schema-attribute-changed", "break", told);
}

const MFA = ["OFF", "OPTIONAL", "ON"];

function mfa({ before, after }: InPlace): readonly Finding[] {
  const [was, is] = [before, after].map((pool) =>
    MFA.indexOf(textOf(pool, "mfa_configuration", "OFF")),
  );
  const hadTotp = blocks(before.values.software_token_mfa_configuration)[0];
  const hasTotp = blocks(after.values.software_token_mfa_configuration)[0];
  const isLower = was !== undefined && is !== undefined && is < was;
  const lower = isLower
    ? found(
        "mfa-weakened",
        "weakening",
        say`${poolTold(after)}: a second factor is ${[MFA[is] === "OFF" ? "no longer asked for" : "only asked for where the user set one up"]}`,
      )
    : [];
  const isTotpOff = hadTotp?.enabled === true && hasTotp?.enabled !== true;
  return isTotpOff
    ? [
        ...lower,
        ...found(
          "totp-off",
          "weakening",
          say`${poolTold(after)} no longer takes an authenticator app as second factor`,
        ),
      ]
    : lower;
}

const REQUIREMENTS: Readonly<Record<string, string>> = {
  require_lowercase: "lower-case letters",
  require_uppercase: "upper-case letters",
  require_numbers: "digits",
  require_symbols: "symbols",
};

/** Days that a temporary password works, which are 7 where none are set. */
function temporaryDays({
  temporary_password_validity_days: days,
}: JsonObject): number {
  return Number(days ?? 0) || 7;
}

function passwordPolicy({ before, after }: InPlace): readonly Finding[] {
  const [was] = blocks(before.values.password_policy);
  const [is] = blocks(after.values.password_policy);
  if (was === undefined) return [];
  if (is === undefined)
    return found(
      "password-policy-weakened",
      "weakening",
      say`${poolTold(after)}: its password policy is taken out of the code`,
    );
  const number = (values: typeof was, attribute: string): number =>
    Number(values[attribute] ?? 0);
  const parts = [
    ...(number(is, "minimum_length") < number(was, "minimum_length")
      ? [
          `passwords of ${number(is, "minimum_length")} characters are enough, were ${number(was, "minimum_length")}`,
        ]
      : []),
    ...Object.entries(REQUIREMENTS)
      .filter(([name]) => was[name] === true && is[name] !== true)
      .map(([, what]) => `${what} are no longer asked for`),
    ...(temporaryDays(is) > temporaryDays(was)
      ? [
          `temporary passwords work for ${temporaryDays(is)} days, were ${temporaryDays(was)}`,
        ]
      : []),
    ...(number(is, "password_history_size") <
    number(was, "password_history_size")
      ? ["old passwords can be used again sooner"]
      : []),
  ];
  if (parts.length === 0) return [];
  const told = say`${poolTold(after)}: ${[parts.join("; ")]}`;
  return found("password-policy-weakened", "weakening", told);
}

function adminOnly({ values }: Resource): boolean {
  const [config] = blocks(values.admin_create_user_config);
  return config?.allow_admin_create_user_only === true;
}

function lowered(
  attribute: string,
  rule: string,
  order: readonly string[],
): InPlaceRule {
  return ({ before, after }) => {
    const [was, is] = [before, after].map((pool) =>
      textOf(pool, attribute, ""),
    );
    if (was === undefined || is === undefined) return [];
    if (order.indexOf(is) >= order.indexOf(was)) return [];
    const told = say`${poolTold(after)} goes from ${was} to ${is === "" ? "nothing" : is}`;
    return found(rule, "weakening", told);
  };
}

const PROTECTION = ["OFF", "AUDIT", "ENFORCED"];

function threatProtection({ before, after }: InPlace): readonly Finding[] {
  const [was, is] = [before, after].map(({ values }) => {
    const [addOns] = blocks(values.user_pool_add_ons);
    return PROTECTION.findIndex(
      (mode) => mode === addOns?.advanced_security_mode,
    );
  });
  return was !== undefined && is !== undefined && is < was && was > 0
    ? weaker(
        "threat-protection-weakened",
        after,
        " no longer stops sign-ins that look like an attack as it did",
      )
    : [];
}

/** A function that runs as people sign in can let anybody in, or put anything into tokens. */
function triggers({ before, after }: InPlace): readonly Finding[] {
  const functions = (pool: Resource): Readonly<Record<string, unknown>> =>
    Object.fromEntries(
      Object.entries(blocks(pool.values.lambda_config)[0] ?? {}).filter(
        ([, value]) =>
          value !== null &&
          value !== "" &&
          !(Array.isArray(value) && value.length === 0),
      ),
    );
  const [was, is] = [functions(before), functions(after)];
  const added = Object.keys(is).filter(
    (trigger) => !isDeepStrictEqual(was[trigger], is[trigger]),
  );
  const removed = Object.keys(was).filter((trigger) => !(trigger in is));
  return [
    ...(added.length === 0
      ? []
      : found(
          "trigger-changed",
          "weakening",
          say`${poolTold(after)} runs another function on ${list(added)}, which may decide who gets in and what tokens say`,
        )),
    ...(removed.length === 0
      ? []
      : found(
          "trigger-removed",
          "break",
          say`${poolTold(after)} no longer runs a function on ${list(removed)}`,
        )),
  ];
}
