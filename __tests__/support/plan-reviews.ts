import fc from "fast-check";
import { say, type Phrase } from "../../scripts/lib/access/phrase";
import {
  GATE_POLICIES,
  REVIEW_VERSION,
  type Action,
  type Change,
  type Gravity,
  type Loss,
  type PlanReview,
} from "../../scripts/lib/review/plan-review";

export const HASH = `sha256:${"0123456789abcdef".repeat(4)}`;

/** A review of a plan that does nothing, but for what a test changes. */
export function review(changes: Partial<PlanReview> = {}): PlanReview {
  return {
    version: REVIEW_VERSION,
    stage: "dev",
    terraformVersion: "1.9.8",
    hash: HASH,
    verdict: verdict(),
    losses: [],
    access: { gained: [], lost: [], unknown: [] },
    changes: [],
    outputs: [],
    drift: [],
    unknown: [],
    gate: { policy: "loss", passes: true, stoppedBy: [], notices: [] },
    ...changes,
  };
}

/** A review of a plan of no stage. */
export function reviewWithoutStage(): PlanReview {
  const { stage, ...rest } = review();
  return stage === undefined ? review() : rest;
}

/** A verdict of nothing, but for what a test counts. */
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

/** A loss of a user pool, but for what a test changes. */
export function loss(changes: Partial<Loss> = {}): Loss {
  return {
    rule: "user-pool-replaced",
    gravity: "loss",
    address: "aws_cognito_user_pool.pool",
    told: say`everyone in ${"veda"} has to sign up again`,
    forcedBy: ["schema"],
    ...changes,
  };
}

/** A change of a user pool, but for what a test changes. */
export function change(changes: Partial<Change> = {}): Change {
  return {
    address: "aws_cognito_user_pool.pool",
    type: "aws_cognito_user_pool",
    action: "update",
    what: say`user pool ${"veda"}`,
    values: [
      {
        path: "password_policy.minimum_length",
        told: say`from ${"12"} to ${"8"}`,
      },
    ],
    ...changes,
  };
}

/** A review in which everything has something to say. */
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
  losses: [
    loss(),
    loss({
      rule: "client-deleted",
      gravity: "break",
      address: 'aws_cognito_user_pool_client.client["web"]',
      told: say`nobody can sign in by ${"web"}`,
      forcedBy: [],
      allowed: { reason: "nobody uses it", expires: "2027-01-31" },
    }),
    loss({
      rule: "password-weaker",
      gravity: "weakening",
      told: say`a password of ${"8"} characters is enough`,
      forcedBy: [],
    }),
  ],
  access: {
    gained: [say`group ${"readers"} may now write ${"data-store"}`],
    lost: [say`group ${"writers"} may no longer read ${"data-store"}`],
    unknown: [say`group ${"new"} gets a role that is not known yet`],
  },
  changes: [
    change(),
    change({
      address: "aws_iam_role.new",
      type: "aws_iam_role",
      action: "move",
      what: say`role ${"new"}`,
      movedFrom: "aws_iam_role.old",
      values: [],
    }),
  ],
  outputs: [{ path: "pool_id", told: ["is not known before it is applied"] }],
  drift: [say`tag ${"owner"} is set on ${"veda"}`],
  unknown: [say`the policy of ${"veda-role"}`],
  gate: {
    policy: "break",
    passes: false,
    stoppedBy: [say`${"aws_cognito_user_pool.pool"} would be replaced`],
    notices: [say`the entry for ${"x"} has expired`],
  },
});

/** The same name everywhere that a review has one, `counts` times. */
export function reviewOf(
  name: string,
  { losses = 1, changes = 1, sentences = 1, rules = 1 } = {},
): PlanReview {
  const phrase: Phrase = say`a ${name}${name}, ${name}`;
  const gravities: readonly Gravity[] = ["loss", "break", "weakening"];
  const actions: readonly Action[] = ["create", "replace", "delete", "move"];
  const phrases = Array<Phrase>(sentences).fill(phrase);
  return review({
    stage: name,
    hash: name,
    terraformVersion: name,
    verdict: verdict({ destroy: losses, change: changes }),
    losses: Array.from({ length: losses }, (_, index) => ({
      rule: rules === 1 ? name : `rule-${index % rules}`,
      gravity: gravities[Math.floor((index * 3) / losses)] ?? "loss",
      address: name,
      told: phrase,
      forcedBy: [name, name],
      ...(index % 2 === 0 && { allowed: { reason: name, expires: name } }),
    })),
    access: { gained: phrases, lost: phrases, unknown: phrases },
    changes: Array.from({ length: changes }, (_, index) => ({
      address: name,
      type: name,
      action: actions[index % actions.length] ?? "read",
      what: phrase,
      ...(index % 2 === 0 && { movedFrom: name }),
      values: [{ path: name, told: phrase }],
    })),
    outputs: Array.from({ length: sentences }, () => ({
      path: name,
      told: phrase,
    })),
    drift: phrases,
    unknown: phrases,
    gate: {
      policy: GATE_POLICIES[1],
      passes: false,
      stoppedBy: phrases,
      notices: phrases,
    },
  });
}

/** Anything that a name may be, and more often than not what a form could take for more than a name. */
export const ANY_NAME: fc.Arbitrary<string> = fc
  .array(
    fc.oneof(
      fc.string({ unit: "binary", maxLength: 5 }),
      fc.constantFrom(
        ...Array.from("`|\\\n\r\t<>[]()*_~#@!&$ "),
        "``",
        "\\|",
        "\\`",
        "@somebody",
        "https://example.org",
        "www.example.org",
        "somebody@example.org",
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
