import { existsSync } from "node:fs";
import { UserError } from "../../../constructs/errors";
import {
  findSimilar,
  formatSuggestion,
} from "../../../constructs/similar-text";
import { nameInput, readInputFile } from "../system/input-file";
import { isJsonObject, parseJson } from "../system/json-object";
import { findJsonError } from "../system/json-position";
import { isRuleId, RULE_IDS, type RuleId } from "./rules/registry";

/** File of the allow-list, in the directory of the code. */
export const ALLOWANCE_FILE = ".plan-allowances.json";

/** An entry of the allow-list, which permits findings. */
export interface Allowance {
  readonly address: string;
  /** Rules whose findings are permitted at the address. */
  readonly rules: readonly RuleId[];
  /** @default every stage */
  readonly stage?: string;
  readonly reason: string;
  /** Last day on which the entry applies, as `YYYY-MM-DD`, in UTC. */
  readonly expires: string;
}

const KEYS = ["address", "rule", "stage", "reason", "expires"];
/** Days for which an entry may apply. */
const MAX_DAYS = 400;
/** Days until a suggested entry expires. */
const SUGGESTED_DAYS = 90;
/** Reason of a suggested entry, which the user must replace. */
export const SUGGESTED_REASON = "explain why this change is intended";
/** Most edits between a misspelled rule and a suggestion. */
const MAX_EDITS = 3;
const DAY_MS = 24 * 60 * 60 * 1000;

/**
 * Reads the allow-list.
 *
 * @param file @default {@link ALLOWANCE_FILE}, if it exists
 * @throws UserError if the allow-list is not valid
 */
export function readAllowances(
  file?: string,
  today = new Date().toISOString().slice(0, 10),
): readonly Allowance[] {
  if (file === undefined && !existsSync(ALLOWANCE_FILE)) return [];
  const name = file ?? ALLOWANCE_FILE;
  const text = readInputFile(name, "allow-list", formatHint(today)).toString();
  return nameInput(name, () => parseAllowances(text, today));
}

/**
 * Parses an allow-list: a JSON list of `{"address", "rule", "reason", "expires"}`, where `rule` is the name of a rule or a list
 * of names.
 *
 * @param today as `YYYY-MM-DD`, in UTC
 * @throws UserError with every problem
 */
export function parseAllowances(
  text: string,
  today: string,
): readonly Allowance[] {
  const hint = formatHint(today);
  const entries = parseJson(text);
  if (entries === undefined)
    throw new UserError(`the allow-list ${describeJsonError(text)}`, hint);
  if (!Array.isArray(entries))
    throw new UserError(
      'the allow-list must be a list of {"address", "rule", "reason", "expires"}, got other JSON',
      hint,
    );
  const problems = entries.flatMap((entry: unknown, index) =>
    validateEntry(entry, today).map(
      (problem) => `entry ${index + 1}: ${problem}`,
    ),
  );
  if (problems.length > 0)
    throw new UserError(
      `the allow-list is not valid: ${problems.join("; ")}`,
      hint,
    );
  return (
    entries as readonly (Omit<Allowance, "rules"> & {
      readonly rule: RuleId | readonly RuleId[];
    })[]
  ).map(({ rule, ...entry }) => ({ ...entry, rules: [rule].flat() }));
}

export function hasExpired({ expires }: Allowance, today: string): boolean {
  return expires < today;
}

/** Adds days to a day as `YYYY-MM-DD`. */
export function addDays(day: string, days: number): string {
  const time = new Date(`${day}T00:00:00Z`).getTime() + days * DAY_MS;
  return new Date(time).toISOString().slice(0, 10);
}

/** Returns the last day of a suggested entry, as `YYYY-MM-DD`. */
export function suggestExpiry(today: string): string {
  return addDays(today, SUGGESTED_DAYS);
}

function formatHint(today: string): string {
  return `write [] to permit nothing, or a list of entries such as {"address": "aws_cognito_user_group.old", "rule": "group-destroyed", "reason": "…", "expires": "${suggestExpiry(today)}"}`;
}

function describeJsonError(text: string): string {
  if (text.trim() === "") return "must be JSON, got an empty file";
  const { line, column } = findJsonError(text) ?? { line: 1, column: 1 };
  return `must be JSON, got a syntax error at line ${line}, column ${column}`;
}

function validateEntry(entry: unknown, today: string): readonly string[] {
  if (!isJsonObject(entry)) return ["it must be an object"];
  const unknown = Object.keys(entry).filter((key) => !KEYS.includes(key));
  return [
    ...(unknown.length === 0
      ? []
      : [`members must be ${KEYS.join(", ")}, got ${unknown.join(", ")}`]),
    ...["address", "reason"]
      .filter((key) => !isText(entry[key]))
      .map((key) => `${key} must be a text that is not empty`),
    ...(isText(entry.reason) && isPlaceholder(entry.reason)
      ? [
          `reason must explain why the change is intended, got the example ${JSON.stringify(entry.reason)}`,
        ]
      : []),
    ...validateRule(entry.rule),
    ...(entry.stage === undefined || isText(entry.stage)
      ? []
      : ["stage must be the name of a stage"]),
    ...validateExpiry(entry.expires, today),
  ];
}

function validateRule(rule: unknown): readonly string[] {
  const names: readonly unknown[] = Array.isArray(rule) ? rule : [rule];
  if (rule === undefined || names.length === 0)
    return ["rule is required: the name of a rule, or a list of names"];
  return names
    .filter((name) => typeof name !== "string" || !isRuleId(name))
    .map((name) => {
      const similar = typeof name === "string" ? findSimilarRules(name) : [];
      const suggestion =
        similar.length === 0 ? "" : `; ${formatSuggestion(similar)}`;
      return `rule must be the name of a rule, got ${JSON.stringify(name ?? null)}${suggestion}`;
    });
}

function findSimilarRules(name: string): readonly string[] {
  const normalized = name.toLowerCase().replace(/[^a-z]+/g, "-");
  return findSimilar(normalized, RULE_IDS, MAX_EDITS);
}

function validateExpiry(expires: unknown, today: string): readonly string[] {
  const latest = addDays(today, MAX_DAYS);
  const day = typeof expires === "string" ? expires : "";
  const date = new Date(`${day}T00:00:00Z`);
  const isDay =
    /^\d{4}-\d{2}-\d{2}$/.test(day) &&
    !Number.isNaN(date.getTime()) &&
    date.toISOString().startsWith(day);
  if (!isDay)
    return [
      `expires must be a day such as ${suggestExpiry(today)}, got ${JSON.stringify(expires ?? null)}`,
    ];
  return day > latest
    ? [`expires must be at most ${MAX_DAYS} days ahead (${latest}), got ${day}`]
    : [];
}

/** Whether a reason is the one of a suggested entry or of the hint, whatever its case and punctuation are. */
function isPlaceholder(reason: string): boolean {
  const words = reason.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
  return words.length === 0 || words.join(" ") === SUGGESTED_REASON;
}

function isText(value: unknown): value is string {
  return typeof value === "string" && value.trim() !== "";
}
