import type { Redacted, Redactor } from "../plan/redactor";
import { text, type RichText } from "../plan/rich-text";
import { formatJson } from "./json-text";
import { addDays, hasExpired, type Allowance } from "./allowances";
import {
  GATE_POLICIES,
  type FindingGroup,
  type Gate,
  type GatePolicy,
  type ReviewedFinding,
} from "./review-model";

export interface GateOptions {
  readonly policy: GatePolicy;
  readonly allowances: readonly Allowance[];
  /** Stage that is reviewed; an entry for another one does not count. */
  readonly stage: string | undefined;
  /** Today, as `YYYY-MM-DD`, in UTC. */
  readonly today: string;
  readonly redactor: Redactor;
}

/** Days after which an entry that is suggested expires. */
const SUGGESTED_DAYS = 30;

/** Decides whether a plan may pass: findings with the entry that permits each, and the result. */
export function applyGate(
  findings: readonly FindingGroup[],
  options: GateOptions,
): { readonly findings: readonly ReviewedFinding[]; readonly gate: Gate } {
  const { policy, allowances, stage, today, redactor } = options;
  const own = allowances.filter(
    (entry) => entry.stage === undefined || entry.stage === stage,
  );
  const reviewed = findings.map((finding): ReviewedFinding => {
    const entry = own.find(
      (one) => permits(one, finding) && !hasExpired(one, today),
    );
    return entry === undefined
      ? finding
      : {
          ...finding,
          allowed: {
            reason: redactor.redactFreeText(entry.reason),
            expires: redactor.redact(entry.expires),
          },
        };
  });
  const level = GATE_POLICIES.indexOf(policy);
  const stopped = reviewed.filter(
    ({ allowed, severity }) =>
      allowed === undefined && GATE_POLICIES.indexOf(severity) <= level,
  );
  return {
    findings: reviewed,
    gate: {
      policy,
      passes: stopped.length === 0,
      stoppedBy: stopped.map((finding) => stopSentence(finding, own, redactor)),
      notices: own.flatMap((entry) =>
        entryNotice(entry, findings, today, redactor),
      ),
      ...(stopped.length > 0 && {
        allowList: allowList(stopped, options),
      }),
    },
  };
}

function permits(
  { address, rules }: Allowance,
  finding: Pick<FindingGroup, "address" | "rule">,
): boolean {
  return address === finding.address && rules.includes(finding.rule);
}

/** The whole content of an allow-list that lets a plan pass: the entries that still count, and those that are missing. */
function allowList(
  stopped: readonly FindingGroup[],
  { allowances, today, stage, redactor }: GateOptions,
): Redacted {
  const rules = new Map<string, string[]>();
  for (const { address, rule } of stopped)
    rules.set(address, [...new Set([...(rules.get(address) ?? []), rule])]);
  const entries = [
    ...allowances
      .filter((entry) => !hasExpired(entry, today))
      .map(({ rules: names, ...entry }) => ({
        address: entry.address,
        rule: names.length === 1 ? names[0] : names,
        ...(entry.stage !== undefined && { stage: entry.stage }),
        reason: redactor.redact(entry.reason),
        expires: entry.expires,
      })),
    ...[...rules].map(([address, names]) => ({
      address,
      rule: names.length === 1 ? names[0] : names,
      ...(stage !== undefined && { stage }),
      reason: "say here why this is meant",
      expires: addDays(today, SUGGESTED_DAYS),
    })),
  ];
  // redacted text by text: a secret that has no end would take the rest of the JSON with it
  return formatJson(entries).trimEnd() as Redacted;
}

function stopSentence(
  finding: FindingGroup,
  own: readonly Allowance[],
  redactor: Redactor,
): RichText {
  const { rule, address } = finding;
  const name = redactor.redact(rule);
  const expired = own.find((entry) => permits(entry, finding));
  if (expired !== undefined)
    return text`${name} at ${address} is no longer allowed: the entry expired on ${redactor.redact(expired.expires)}`;
  const other = own.find((entry) => entry.address === address);
  return other === undefined
    ? text`${name} at ${address} is not allowed`
    : text`${name} at ${address} is not allowed: the entry there is for other rules`;
}

function entryNotice(
  entry: Allowance,
  findings: readonly FindingGroup[],
  today: string,
  redactor: Redactor,
): readonly RichText[] {
  const address = redactor.redact(entry.address);
  const isNeeded = findings.some((finding) => permits(entry, finding));
  if (hasExpired(entry, today))
    return isNeeded
      ? []
      : [
          text`the entry for ${address} expired on ${redactor.redact(entry.expires)}: remove it`,
        ];
  return isNeeded
    ? []
    : [text`the entry for ${address} permits nothing in this plan`];
}
