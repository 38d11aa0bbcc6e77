import fc from "fast-check";
import { ANY_CHARACTER } from "./any-character";
import type { Redacted } from "../../scripts/lib/plan/redactor";
import { text, type RichText } from "../../scripts/lib/plan/rich-text";
import { SUGGESTED_REASON } from "../../scripts/lib/review/allowances";
import {
  REVIEW_VERSION,
  type Action,
  type Change,
  type Finding,
  type PlanReview,
  type ReviewedFinding,
} from "../../scripts/lib/review/review-model";
import { formatJson } from "../../scripts/lib/review/json-text";
import { RULE_IDS } from "../../scripts/lib/review/rules/registry";
import { SEVERITIES } from "../../scripts/lib/review/rules/rule";

export const HASH = `sha256:${"0123456789abcdef".repeat(4)}`;

/** Writes a reason for each suggested entry of an allow-list. */
export function writeReasons(allowList: string | undefined): string {
  return (allowList ?? "").replaceAll(SUGGESTED_REASON, "agreed");
}

/** Returns a text of a test as if a redactor had returned it. */
export function redacted(name: string): Redacted {
  return name as Redacted;
}

/** Returns a sentence from a template, in which every value is a name. */
export function sentence(
  template: TemplateStringsArray,
  ...names: readonly string[]
): RichText {
  return text(template, ...names.map(redacted));
}

/** Returns a review of a plan that does nothing, except for what a test changes. */
export function review(changes: Partial<PlanReview> = {}): PlanReview {
  return {
    version: REVIEW_VERSION,
    stage: redacted("dev"),
    date: redacted("2026-11-30 02:00 UTC"),
    terraformVersion: redacted("1.11.4"),
    hash: HASH,
    verdict: verdict(),
    findings: [],
    access: access(),
    changes: [],
    outputs: [],
    drift: [],
    gate: { policy: "data-loss", passes: true, stoppedBy: [], notices: [] },
    ...changes,
  };
}

/** Returns a review of a plan of no stage, made at no known time. */
export function reviewWithoutStage(): PlanReview {
  return Object.fromEntries(
    Object.entries(review()).filter(
      ([key]) => key !== "stage" && key !== "date",
    ),
  ) as unknown as PlanReview;
}

/** Returns a verdict of nothing, except for what a test counts. */
export function verdict(
  counts: Partial<PlanReview["verdict"]> = {},
): PlanReview["verdict"] {
  return {
    add: 0,
    change: 0,
    destroy: 0,
    replace: 0,
    import: 0,
    move: 0,
    forget: 0,
    isEmpty: Object.keys(counts).length === 0,
    ...counts,
  };
}

/** Returns access that does not change, except for what a test changes. */
export function access(
  changes: Partial<PlanReview["access"]> = {},
): PlanReview["access"] {
  return { gained: [], lost: [], unknown: [], same: [], ...changes };
}

/** Returns a finding about a user pool, except for what a test changes. */
export function finding(
  changes: Partial<ReviewedFinding> = {},
): ReviewedFinding {
  return { ...consequence(), consequences: [], ...changes };
}

/** Returns a consequence of a finding, except for what a test changes. */
export function consequence(changes: Partial<Finding> = {}): Finding {
  return {
    rule: "user-pool-replaced",
    severity: "data-loss",
    address: redacted("aws_cognito_user_pool.pool"),
    message: sentence`all users of ${"veda"} are lost`,
    forcedBy: [redacted("schema")],
    ...changes,
  };
}

/** Returns a change of a user pool, except for what a test changes. */
export function change(changes: Partial<Change> = {}): Change {
  return {
    address: redacted("aws_cognito_user_pool.pool"),
    type: redacted("aws_cognito_user_pool"),
    action: "update",
    what: sentence`user pool ${"veda"}`,
    values: [
      {
        path: redacted("password_policy.minimum_length"),
        message: sentence`from ${"12"} to ${"8"}`,
      },
    ],
    ...changes,
  };
}

/** An entry of an allow-list. */
export const ENTRY = {
  address: "aws_cognito_user_pool.pool",
  rule: "user-pool-replaced",
  reason: "the pool is empty",
  expires: "2027-01-31",
};

/** Returns the content of an allow-list as a gate has it. */
function allowList(entries: readonly object[]): Redacted {
  return redacted(formatJson(entries).trimEnd());
}

/** A review in which every part has content. */
export const FULL: PlanReview = review({
  verdict: verdict({
    add: 2,
    change: 1,
    destroy: 1,
    replace: 1,
    import: 3,
    move: 4,
    forget: 5,
  }),
  findings: [
    finding({
      consequences: [
        consequence({
          rule: "client-destroyed",
          address: redacted("aws_cognito_user_pool_client.web"),
          message: sentence`client ${"web"} is destroyed`,
          forcedBy: [],
        }),
      ],
    }),
    finding({
      rule: "callback-url-removed",
      severity: "breaking",
      address: redacted('aws_cognito_user_pool_client.client["web"]'),
      message: sentence`client ${"web"} loses a callback URL`,
      forcedBy: [],
      allowed: {
        reason: redacted("no one uses it"),
        expires: redacted("2027-01-31"),
      },
    }),
    finding({
      rule: "password-policy-weakened",
      severity: "weakening",
      message: sentence`user pool ${"veda"} allows passwords of ${"8"} characters`,
      forcedBy: [],
    }),
    finding({
      rule: "plan-partial",
      severity: "weakening",
      address: redacted("plan"),
      message: sentence`changes outside it are not part of this plan`,
      forcedBy: [],
    }),
  ],
  access: access({
    gained: [sentence`group ${"readers"} can now write ${"data-store"}`],
    lost: [sentence`group ${"writers"} can no longer read ${"data-store"}`],
    unknown: [sentence`the role of group ${"new"}`],
    same: [sentence`the policy of role ${"writers"} is rewritten`],
  }),
  changes: [
    change(),
    change({
      address: redacted("aws_iam_role.new"),
      type: redacted("aws_iam_role"),
      action: "move",
      what: sentence`role ${"new"}`,
      movedFrom: redacted("aws_iam_role.old"),
      values: [],
    }),
  ],
  outputs: [
    {
      path: redacted("pool_id"),
      message: sentence`is known only after apply`,
    },
  ],
  drift: [sentence`tag ${"owner"} is set on ${"veda"}`],
  gate: {
    policy: "breaking",
    passes: false,
    stoppedBy: [sentence`${"aws_cognito_user_pool.pool"} would be replaced`],
    notices: [sentence`the entry for ${"x"} has expired`],
    allowList: allowList([ENTRY]),
  },
});

/** Returns a review with the same name in every part, and the specified number of parts. */
export function arbitraryReview(
  name: string,
  {
    findings = 1,
    changes = 1,
    sentences = 1,
    rules = 1,
    consequences = 1,
  } = {},
): PlanReview {
  const own = redacted(name);
  const one = sentence`a ${name}${name}, ${name}`;
  const actions: readonly Action[] = ["create", "replace", "delete", "move"];
  const all = Array<RichText>(sentences).fill(one);
  const names = RULE_IDS.slice(0, rules);
  const part = (index: number): Finding => ({
    rule: names[index % names.length] ?? "plan-partial",
    severity:
      SEVERITIES[Math.floor((index * SEVERITIES.length) / findings)] ??
      "data-loss",
    address: own,
    message: one,
    forcedBy: [own, own],
  });
  return review({
    stage: own,
    date: own,
    hash: name,
    terraformVersion: own,
    verdict: verdict({ destroy: findings, change: changes }),
    findings: Array.from({ length: findings }, (_, index) => ({
      ...part(index),
      consequences: Array.from({ length: consequences }, () => part(index)),
      ...(index % 2 === 0 && { allowed: { reason: own, expires: own } }),
    })),
    access: { gained: all, lost: all, unknown: all, same: all },
    changes: Array.from({ length: changes }, (_, index) => ({
      address: own,
      type: own,
      action: actions[index % actions.length] ?? "read",
      what: one,
      ...(index % 2 === 0 && { movedFrom: own }),
      values: [{ path: own, message: one }],
    })),
    outputs: Array.from({ length: sentences }, () => ({
      path: own,
      message: one,
    })),
    drift: all,
    gate: {
      policy: "data-loss",
      passes: false,
      stoppedBy: all,
      notices: all,
      allowList: allowList(
        Array.from({ length: Math.min(findings, 500) }, () => ({
          ...ENTRY,
          address: name,
        })),
      ),
    },
  });
}

/** Any name, often with what a rendering could take for more than a name. */
export const ANY_NAME: fc.Arbitrary<string> = fc
  .array(
    fc.oneof(
      fc.string({ unit: ANY_CHARACTER, maxLength: 5 }),
      fc.constantFrom(
        ...Array.from("`|\\\n\r\t<>[]()*_~#@!&$ "),
        "``",
        "```",
        "~~~",
        "\\|",
        "\\`",
        "@user",
        "https://example.org",
        "www.example.org",
        "user@example.org",
        "<!--",
        "-->",
        "</details>",
        "<script>",
        "[a](https://example.org)",
        "![a](https://example.org)",
        "\u202e",
        "\u200b",
        "\ud800",
        "\u2028",
        "#1",
        "&lt;",
      ),
    ),
    { maxLength: 20 },
  )
  .map((parts) => parts.join(""));
