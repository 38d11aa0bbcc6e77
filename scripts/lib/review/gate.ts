import type { Redacted, Redactor } from "../plan/redactor";
import { type RichText, text } from "../plan/rich-text";
import { groupBy } from "../system/group-by";
import {
  type Allowance,
  hasExpired,
  SUGGESTED_REASON,
  suggestExpiry,
} from "./allowances";
import { formatJson } from "./json-text";
import {
  type FindingGroup,
  type Gate,
  GATE_POLICIES,
  type GatePolicy,
  type ReviewedFinding,
} from "./review-model";

export interface GateOptions {
  readonly policy: GatePolicy;
  readonly allowances: readonly Allowance[];
  /** Stage of the plan; entries for another stage do not apply. */
  readonly stage: string | undefined;
  /** Today, as `YYYY-MM-DD`, in UTC. */
  readonly today: string;
  readonly redactor: Redactor;
}

/** Returns findings with the entry that permits each, and whether the plan passes. */
export function applyGate(
  findings: readonly FindingGroup[],
  options: GateOptions,
): { readonly findings: readonly ReviewedFinding[]; readonly gate: Gate } {
  const { policy, stage, today, redactor } = options;
  const entries = options.allowances.filter(
    (entry) => entry.stage === undefined || entry.stage === stage,
  );
  const reviewed = findings.map((finding): ReviewedFinding => {
    const entry = entries.find(
      (one) => isPermitted(finding, one) && !hasExpired(one, today),
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
  const blocking = reviewed.filter(
    ({ allowed, severity }) =>
      allowed === undefined && GATE_POLICIES.indexOf(severity) <= level,
  );
  return {
    findings: reviewed,
    gate: {
      policy,
      passes: blocking.length === 0,
      stoppedBy: blocking.map((finding) =>
        formatReason(finding, entries, redactor),
      ),
      notices: entries
        .filter((entry) => !findings.some((one) => isPermitted(one, entry)))
        .map((entry) => formatNotice(entry, options)),
      ...(blocking.length > 0 && {
        allowList: createAllowList(blocking, options),
      }),
    },
  };
}

function isPermitted(
  finding: Pick<FindingGroup, "address" | "rule">,
  { address, rules }: Allowance,
): boolean {
  return address === finding.address && rules.includes(finding.rule);
}

/** Returns the content of an allow-list that lets a plan pass: entries that have not expired, and the missing ones. */
function createAllowList(
  blocking: readonly FindingGroup[],
  { allowances, today, stage, redactor }: GateOptions,
): Redacted {
  const missing = [...groupBy(blocking, ({ address }) => address)].map(
    ([address, findings]): Allowance => ({
      address,
      rules: [...new Set(findings.map(({ rule }) => rule))],
      ...(stage !== undefined && { stage }),
      reason: SUGGESTED_REASON,
      expires: suggestExpiry(today),
    }),
  );
  const entries = [
    ...allowances.filter((entry) => !hasExpired(entry, today)),
    ...missing,
  ].map(({ address, rules, stage: entryStage, reason, expires }) => ({
    address,
    rule: rules.length === 1 ? rules[0] : rules,
    ...(entryStage !== undefined && { stage: entryStage }),
    reason: redactor.redact(reason),
    expires,
  }));
  // redacted text by text: a secret without an end would remove the rest of the JSON
  return formatJson(entries).trimEnd() as Redacted;
}

function formatReason(
  finding: FindingGroup,
  entries: readonly Allowance[],
  redactor: Redactor,
): RichText {
  const { rule, address } = finding;
  const subject = text`${redactor.redact(rule)} at ${address}`;
  const expired = entries.find((entry) => isPermitted(finding, entry));
  if (expired !== undefined)
    return text`${subject} is no longer allowed: the entry expired on ${redactor.redact(expired.expires)}`;
  return entries.some((entry) => entry.address === address)
    ? text`${subject} is not allowed: the entry there is for other rules`
    : text`${subject} is not allowed`;
}

function formatNotice(
  entry: Allowance,
  { today, redactor }: GateOptions,
): RichText {
  const address = redactor.redact(entry.address);
  return hasExpired(entry, today)
    ? text`the entry for ${address} expired on ${redactor.redact(entry.expires)}: remove it`
    : text`the entry for ${address} permits nothing in this plan`;
}
