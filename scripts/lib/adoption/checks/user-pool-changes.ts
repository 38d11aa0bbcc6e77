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

/** A trigger may be written in its current form; none may be added, removed or replaced. */
const checkTriggers: ChangeCheck = (before, after, attribute) => {
  const live = listTriggers(before[attribute]);
  const next = listTriggers(after[attribute]);
  return [...new Set([...Object.keys(live), ...Object.keys(next)])]
    .filter((name) => live[name] !== next[name])
    .map(
      (name) =>
        `must run ${live[name] ?? "no function"} on ${name}, got ${next[name] ?? "no function"}`,
    );
};

/** Lists triggers with their functions. Version V1_0 of the trigger before tokens are issued has an older form. */
function listTriggers(value: unknown): Readonly<Record<string, string>> {
  const {
    pre_token_generation: older,
    pre_token_generation_config: config,
    ...others
  } = toFirstBlock(value);
  const { lambda_arn: arn = older, lambda_version: version = "V1_0" } =
    toFirstBlock(config);
  const triggers = Object.entries(others).flatMap(([name, trigger]) => {
    const { lambda_arn: ofSender } = toFirstBlock(trigger);
    return [[name, trigger ?? "", ofSender] as const];
  });
  return Object.fromEntries([
    ...triggers.flatMap(([name, trigger, ofSender]) =>
      [trigger, ofSender]
        .filter((text) => typeof text === "string" && text !== "")
        .map((text) => [name, String(text)]),
    ),
    ...(typeof arn === "string" && arn !== ""
      ? [["pre_token_generation", `${arn} (${String(version)})`]]
      : []),
  ]) as Record<string, string>;
}

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
  lambda_config: checkTriggers,
  password_policy: checkPasswordPolicy,
  software_token_mfa_configuration: checkSoftwareTokenMfa,
  tags: anyChange,
  user_pool_add_ons: checkThreatProtection,
  user_pool_tier: checkFeaturePlan,
} as const satisfies Readonly<Record<string, ChangeCheck>>;
