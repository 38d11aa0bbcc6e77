import type { JsonObject } from "../../system/json-object";
import {
  anyChange,
  type ChangeCheck,
  onlyTo,
  requireThat,
  toBlocks,
  toFirstBlock,
} from "./change-check";

/** Validity of temporary passwords that was not set explicitly, in days. */
const DEFAULT_PASSWORD_DAYS = [0, 7];
/** Modes of threat protection, the weakest first. */
const THREAT_PROTECTION = ["OFF", "AUDIT", "ENFORCED"];
const FEATURE_PLANS = ["LITE", "ESSENTIALS", "PLUS"];

/** The CDK app had recovery by phone and email; any other setting was chosen manually. */
const checkAccountRecovery: ChangeCheck = (before, after, attribute) => {
  const [names = [], nextNames = []] = [before, after].map((values) => {
    const { recovery_mechanism: mechanisms } = toFirstBlock(values[attribute]);
    return toBlocks(mechanisms).map(({ name }) => String(name));
  });
  return requireThat(
    names.length === 0 ||
      (names.includes("verified_email") &&
        nextNames.join() === "verified_email"),
    `must stay ${names.join(" and ")}, got ${nextNames.join(" and ")}`,
  );
};

/** Passwords may get stronger only; temporary ones may be valid for as long as the CDK app's. */
const checkPasswordPolicy: ChangeCheck = (before, after, attribute) => {
  const [live = {}, next = {}] = [before, after].map((values) =>
    toFirstBlock(values[attribute]),
  );
  const days = getNumber(live, "temporary_password_validity_days");
  const requireAtLeast = (name: string, verb: string, setting: string) => {
    const [number, nextNumber] = [getNumber(live, name), getNumber(next, name)];
    return requireThat(
      nextNumber >= number,
      `must ${verb} ${number}, got ${nextNumber}; set ${setting}=${number}`,
    );
  };
  return [
    ...requireThat(
      DEFAULT_PASSWORD_DAYS.includes(days),
      `must leave temporary passwords valid for ${days} days, got 7`,
    ),
    ...requireAtLeast(
      "minimum_length",
      "require a length of at least",
      "PASSWORD_MIN_LENGTH",
    ),
    ...requireAtLeast(
      "password_history_size",
      "refuse a number of previous passwords of at least",
      "PASSWORD_HISTORY",
    ),
    ...["lowercase", "uppercase", "numbers", "symbols"].flatMap((characters) =>
      requireThat(
        live[`require_${characters}`] !== true ||
          next[`require_${characters}`] === true,
        `must still require ${characters}, which the plan removes`,
      ),
    ),
  ];
};

const checkSoftwareTokenMfa: ChangeCheck = (before, after, attribute) =>
  requireThat(
    toFirstBlock(before[attribute]).enabled !== true ||
      toFirstBlock(after[attribute]).enabled === true,
    "must stay enabled, got a plan that disables it",
  );

const checkThreatProtection: ChangeCheck = (before, after, attribute) => {
  const [mode = "", nextMode = ""] = [before, after].map((values) => {
    const { advanced_security_mode: value } = toFirstBlock(values[attribute]);
    return typeof value === "string" ? value : "OFF";
  });
  return requireNoLower(mode, nextMode, THREAT_PROTECTION);
};

/** The plan of the CDK app can be LITE, which becomes ESSENTIALS. */
const checkFeaturePlan: ChangeCheck = (before, after, attribute) =>
  requireNoLower(
    String(before[attribute]),
    String(after[attribute]),
    FEATURE_PLANS,
  );

function requireNoLower(
  value: string,
  next: string,
  values: readonly string[],
) {
  return requireThat(
    values.indexOf(next) >= values.indexOf(value),
    `must stay ${value}, got ${next}`,
  );
}

function getNumber(values: JsonObject, name: string): number {
  return Number(values[name] ?? 0);
}

/** Checks of the changes of a user pool; any other change would revert a manual one. */
export const USER_POOL_CHANGES = {
  account_recovery_setting: checkAccountRecovery,
  deletion_protection: onlyTo("ACTIVE"),
  password_policy: checkPasswordPolicy,
  software_token_mfa_configuration: checkSoftwareTokenMfa,
  tags: anyChange,
  user_pool_add_ons: checkThreatProtection,
  user_pool_tier: checkFeaturePlan,
} as const satisfies Readonly<Record<string, ChangeCheck>>;
