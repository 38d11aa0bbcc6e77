import type { Drift } from "./drift-report";
import type { ChangedValue } from "./changed-values";
import { nameOf } from "./resource-names";
import type { PlanJson } from "./plan-json";

/**
 * What was put beside what Terraform made, where no deployment takes it away: policies of roles that the code does not
 * have, and a secret's newer value. It is told for as long as it is there, while Terraform itself tells it once: the next
 * deployment takes it into the state without a word.
 */
export function driftBeside(plan: PlanJson): readonly Drift[] {
  const known = knownPolicies(plan);
  return managed(plan).flatMap(({ address, type, values }) => {
    const strange = strangeValue(type, values, known);
    return strange === undefined
      ? []
      : [
          {
            address,
            what: nameOf(type, values),
            kind: "changed" as const,
            values: [strange],
          },
        ];
  });
}

/** Things of a stage that its state has and AWS too. */
export function managed({ prior_state }: PlanJson) {
  const resources = prior_state?.values?.root_module?.resources ?? [];
  return resources.filter(({ mode }) => mode === "managed");
}

/** Policies that Terraform has resources of: `role:name` of a role's, `arn:policy` of a secret's. */
export function knownPolicies(plan: PlanJson): ReadonlySet<string> {
  return new Set(
    managed(plan).flatMap(({ type, values }) => {
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

function strangeValue(
  type: string,
  values: Readonly<Record<string, unknown>>,
  known: ReadonlySet<string>,
): ChangedValue | undefined {
  if (type === "aws_iam_role") {
    const gained = policiesOf(values).filter(
      (policy) => !known.has(`${String(values.name)}:${policy}`),
    );
    return gained.length === 0
      ? undefined
      : { kind: "members", path: "policies", gained, lost: [] };
  }
  if (type === "aws_secretsmanager_secret_version") {
    // Terraform reads the version it made, which is still there, and not the one that is in use
    const stages = values.version_stages;
    return !Array.isArray(stages) || stages.includes("AWSCURRENT")
      ? undefined
      : { kind: "secret", path: "secret_string" };
  }
  return undefined;
}

/** All that a role has, Terraform's own too. */
function policiesOf({
  inline_policy,
  managed_policy_arns,
}: Readonly<Record<string, unknown>>): readonly string[] {
  const inline = (inline_policy ?? []) as readonly { readonly name: string }[];
  const attached = (managed_policy_arns ?? []) as readonly string[];
  return [...inline.map(({ name }) => name), ...attached];
}
