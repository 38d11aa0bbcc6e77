import { UserError } from "../../../constructs/errors";
import { isJsonObject } from "../system/json-object";
import { isRuleId, RULE_IDS, type RuleId } from "./rules/registry";
import { existsSync, readFileSync, statSync } from "node:fs";

/** A finding that someone has agreed to: an entry of the allow-list. */
export interface Allowance {
  readonly address: string;
  /** Rules whose findings it permits there. */
  readonly rules: readonly RuleId[];
  /** Stage that it is for. @default every stage */
  readonly stage?: string;
  readonly reason: string;
  /** Last day on which it counts, as `YYYY-MM-DD`, in UTC. */
  readonly expires: string;
}

const KEYS = ["address", "rule", "stage", "reason", "expires"];
/** Longest time that an entry may count, in days. */
const LONGEST_DAYS = 400;
const DAY_MS = 24 * 60 * 60 * 1000;

/**
 * Reads an allow-list: a JSON list of `{"address", "rule", "reason", "expires"}`, where `rule` is the name of a rule or a list
 * of them.
 *
 * @param today as `YYYY-MM-DD`, in UTC
 * @throws UserError with everything that is wrong in it
 */
export function parseAllowances(
  text: string,
  today: string,
): readonly Allowance[] {
  let entries: unknown;
  try {
    entries = JSON.parse(text);
  } catch {
    throw new UserError("the allow-list must be JSON, got something else");
  }
  if (!Array.isArray(entries))
    throw new UserError(
      'the allow-list must be a list of {"address", "rule", "reason", "expires"}, got other JSON',
    );
  const problems = entries.flatMap((entry: unknown, index) =>
    entryProblems(entry, today).map(
      (problem) => `entry ${index + 1}: ${problem}`,
    ),
  );
  if (problems.length > 0)
    throw new UserError(
      `the allow-list cannot be used: ${problems.join("; ")}`,
      'write entries such as {"address": "aws_cognito_user_group.old", "rule": "group-destroyed", "reason": "…", "expires": "2030-01-31"}',
    );
  return (entries as readonly Readonly<Record<string, unknown>>[]).map(
    ({ address, rule, stage, reason, expires }) => ({
      address: String(address),
      rules: [rule].flat().filter((one) => isRuleId(String(one))) as RuleId[],
      ...(stage !== undefined && { stage: stage as string }),
      reason: String(reason),
      expires: String(expires),
    }),
  );
}

/** Whether an entry no longer counts on a day. */
export function hasExpired({ expires }: Allowance, today: string): boolean {
  return expires < today;
}

/** Returns the day that is so many days after another, as `YYYY-MM-DD`. */
export function addDays(day: string, days: number): string {
  const time = new Date(`${day}T00:00:00Z`).getTime() + days * DAY_MS;
  return new Date(time).toISOString().slice(0, 10);
}

function entryProblems(entry: unknown, today: string): readonly string[] {
  if (!isJsonObject(entry)) return ["it must be an object"];
  const unknown = Object.keys(entry).filter((key) => !KEYS.includes(key));
  const isText = (value: unknown): boolean =>
    typeof value === "string" && value.trim() !== "";
  const { rule, stage, expires } = entry;
  const latest = addDays(today, LONGEST_DAYS);
  return [
    ...(unknown.length === 0
      ? []
      : [`members must be ${KEYS.join(", ")}, got ${unknown.join(", ")}`]),
    ...["address", "reason"]
      .filter((key) => !isText(entry[key]))
      .map((key) => `${key} must be a text that is not empty`),
    ...ruleProblems(rule),
    ...(stage === undefined || isText(stage)
      ? []
      : ["stage must be the name of a stage"]),
    ...(!isDay(expires)
      ? [
          `expires must be a day such as 2030-01-31, got ${JSON.stringify(expires ?? null)}`,
        ]
      : String(expires) > latest
        ? [
            `expires must be within ${LONGEST_DAYS} days, which is ${latest}, got ${String(expires)}`,
          ]
        : []),
  ];
}

function ruleProblems(rule: unknown): readonly string[] {
  const names: readonly unknown[] = Array.isArray(rule) ? rule : [rule];
  if (rule === undefined || names.length === 0)
    return ["rule is required: the name of a rule, or a list of names"];
  return names
    .filter((name) => typeof name !== "string" || !isRuleId(name))
    .map((name) => {
      const similar = RULE_IDS.find(
        (id) =>
          typeof name === "string" &&
          id.replace(/-/g, "") === name.toLowerCase().replace(/[^a-z]/g, ""),
      );
      const hint = similar === undefined ? "" : `; did you mean ${similar}?`;
      return `rule must be the name of a rule, got ${JSON.stringify(name ?? null)}${hint}`;
    });
}

function isDay(value: unknown): boolean {
  if (typeof value !== "string" || !/^\d{4}-\d{2}-\d{2}$/.test(value))
    return false;
  const day = new Date(`${value}T00:00:00Z`);
  return !Number.isNaN(day.getTime()) && day.toISOString().startsWith(value);
}

/** Where the allow-list is stored, next to the code that it is reviewed with. */
export const ALLOWANCE_FILE = ".plan-allowances.json";

/**
 * Reads the entries of the allow-list.
 *
 * @param file must exist if it is named
 * @default {@link ALLOWANCE_FILE} if it exists
 * @throws UserError if it cannot be used
 */
export function readAllowances(
  file?: string,
  today = new Date().toISOString().slice(0, 10),
): readonly Allowance[] {
  if (file === undefined && !existsSync(ALLOWANCE_FILE)) return [];
  const name = file ?? ALLOWANCE_FILE;
  if (statSync(name).isDirectory())
    throw new UserError(`${name} must be a file, got a directory`);
  try {
    return parseAllowances(readFileSync(name, "utf8"), today);
  } catch (error) {
    if (error instanceof UserError)
      throw new UserError(`${name}: ${error.message}`, error.hint);
    throw error;
  }
}
