import { driftedValues, type DriftedValue } from "./drift-values";
import type { PlanJson, ResourceChange } from "./plan-json";
import { fenced, inText } from "./plan-summary";

/** One thing of a stage that is not as Terraform left it. */
export interface Drift {
  readonly address: string;
  /** What AWS calls it, and its name. */
  readonly what: string;
  readonly kind: "deleted" | "changed";
  /** None where it was deleted. */
  readonly values: readonly DriftedValue[];
}

type Attributes = Readonly<Record<string, unknown>>;

/** AWS's words for types of resources. */
const NOUNS: Readonly<Record<string, string>> = {
  aws_cognito_user_pool: "user pool",
  aws_cognito_user_pool_client: "client",
  aws_cognito_user_pool_domain: "user pool domain",
  aws_cognito_resource_server: "resource server",
  aws_cognito_user_group: "group",
  aws_cognito_identity_pool: "identity pool",
  aws_cognito_identity_pool_roles_attachment: "roles of identity pool",
  aws_iam_role: "role",
  aws_iam_role_policy: "policy of role",
  aws_iam_openid_connect_provider: "OIDC provider",
  aws_secretsmanager_secret: "secret",
  aws_secretsmanager_secret_version: "value of secret",
  aws_secretsmanager_secret_policy: "policy of secret",
};
/** Attributes that repeat what is another resource's, as it was when they were last read. */
const REPEATED: Readonly<Record<string, readonly string[]>> = {
  aws_cognito_user_pool: ["domain", "custom_domain"],
};
/** Attributes that a person knows a thing by, the best first. */
const NAMES = [
  "name",
  "domain",
  "identity_pool_name",
  "identity_pool_id",
  "url",
  "secret_id",
  "secret_arn",
  "id",
];

/** What was changed by hand, as far as it means something: what was deleted first. */
export function driftReport(plan: PlanJson): readonly Drift[] {
  const known = knownPolicies(plan);
  const drifts = plan.resource_drift
    .filter(({ mode }) => mode === "managed")
    .map((resource) => driftOf(resource, known))
    .filter(({ kind, values }) => kind === "deleted" || values.length > 0);
  return [
    ...drifts.filter(({ kind }) => kind === "deleted"),
    ...drifts.filter(({ kind }) => kind === "changed"),
  ];
}

/** A drift in sentences, one for each value. */
export function sentences({ what, kind, values }: Drift): string[] {
  return kind === "deleted"
    ? [`${what} was deleted`]
    : values.map((value) => `${what}: ${sentence(value)}`);
}

/** A report for a terminal. */
export function driftText(drifts: readonly Drift[], stage: string): string {
  const items = drifts.flatMap(sentences).map((text) => `- ${text}`);
  return [verdict(drifts, stage), ...items].join("\n");
}

/** A report for GitHub, in which nothing that AWS holds is taken for Markdown. */
export function driftMarkdown(drifts: readonly Drift[], stage: string): string {
  return [
    `### ${inText(verdict(drifts, stage))}`,
    ...(drifts.length === 0
      ? []
      : [fenced(drifts.flatMap(sentences).join("\n")), ADVICE]),
  ].join("\n\n");
}

/** What to do about drift. */
export const ADVICE =
  "A deployment puts back what the code says. To keep a change, take it into the code; what was added beside it, such as a policy of a role, has to be removed by hand.";

function verdict(drifts: readonly Drift[], stage: string): string {
  const [only] = drifts;
  if (only === undefined) return `Stage ${stage}: nothing was changed by hand`;
  const things = drifts.length === 1 ? "1 thing" : `${drifts.length} things`;
  return `Stage ${stage}: ${things} changed by hand`;
}

function sentence(value: DriftedValue): string {
  const { path } = value;
  if (value.kind === "secret") return `${path}, a secret, was changed`;
  if (value.kind === "changed")
    return `${path} was changed from ${value.before} to ${value.after}`;
  const { gained, lost } = value;
  const parts = [
    ...(gained.length > 0 ? [`gained ${gained.join(", ")}`] : []),
    ...(lost.length > 0 ? [`lost ${lost.join(", ")}`] : []),
  ];
  return `${path} ${parts.join(" and ")}`;
}

function driftOf(
  { address, type, change }: ResourceChange,
  known: ReadonlySet<string>,
): Drift {
  const { before, after, before_sensitive, after_sensitive } = change;
  const isDeleted = change.actions.includes("delete");
  const values = isDeleted
    ? []
    : [
        ...driftedValues(
          before,
          after,
          before_sensitive,
          after_sensitive,
        ).filter(({ path }) => !isRepeated(type, path, after, known)),
        ...(type === "aws_iam_role"
          ? strangePolicies(before as Attributes, after as Attributes, known)
          : []),
      ];
  return {
    address,
    what: whatIs(type, (after ?? before) as Attributes),
    kind: isDeleted ? "deleted" : "changed",
    values,
  };
}

function isRepeated(
  type: string,
  path: string,
  after: unknown,
  known: ReadonlySet<string>,
): boolean {
  const { arn } = after as Attributes;
  return (
    REPEATED[type]?.includes(path) === true ||
    (path === "policy" && known.has(`${String(arn)}:policy`))
  );
}

function whatIs(type: string, attributes: Attributes): string {
  const names = NAMES.map((attribute) => attributes[attribute]);
  const name = names.find(
    (value): value is string => typeof value === "string" && value !== "",
  );
  // of an ARN, what follows its last colon tells it from others
  return `${NOUNS[type] ?? type} ${(name ?? "").replace(/^arn:.*:/, "")}`;
}

/**
 * Policies that a role has gained beside Terraform's own, which stand nowhere else: a role lists all of its policies, its
 * own ones too, which it has as they were when it was last read.
 */
function strangePolicies(
  before: Attributes,
  after: Attributes,
  known: ReadonlySet<string>,
): DriftedValue[] {
  const role = String(after.name);
  const names = (attributes: Attributes): string[] => [
    ...((attributes.inline_policy ?? []) as readonly { name: string }[]).map(
      ({ name }) => name,
    ),
    ...((attributes.managed_policy_arns ?? []) as readonly string[]),
  ];
  const [one, other] = [names(before), names(after)];
  const isStrange = (name: string): boolean => !known.has(`${role}:${name}`);
  const gained = other.filter((name) => !one.includes(name)).filter(isStrange);
  const lost = one.filter((name) => !other.includes(name)).filter(isStrange);
  return gained.length + lost.length === 0
    ? []
    : [{ kind: "members", path: "policies", gained, lost }];
}

/** Policies that Terraform has resources of: `role:name` of a role's, `arn:policy` of a secret's. */
function knownPolicies({ prior_state }: PlanJson): ReadonlySet<string> {
  const resources = prior_state?.values?.root_module?.resources ?? [];
  return new Set(
    resources.flatMap(({ type, values }) => {
      const { role, name, policy_arn, secret_arn } = values;
      if (type === "aws_secretsmanager_secret_policy")
        return [`${String(secret_arn)}:policy`];
      if (type === "aws_iam_role_policy")
        return [`${String(role)}:${String(name)}`];
      return type === "aws_iam_role_policy_attachment"
        ? [`${String(role)}:${String(policy_arn)}`]
        : [];
    }),
  );
}
