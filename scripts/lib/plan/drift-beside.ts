import type { ChangedValue } from "./changed-values";
import type { Drift } from "./drift-report";
import { blocks, textAt, texts } from "./attribute";
import type { Redacted } from "./redactor";
import { describeResource } from "./resource-names";
import type { Resource, Snapshot } from "./snapshot";

/**
 * Returns what was added next to what Terraform manages, where no deployment removes it: policies of roles that the code
 * does not have, and a newer value of a secret. It is reported for as long as it is there; Terraform itself reports it once,
 * since the next deployment takes it into the state.
 */
export function driftBeside(state: Snapshot): readonly Drift[] {
  const known = knownPolicies(state);
  return state.resources.flatMap((resource) => {
    const added = addedValue(resource, known);
    return added === undefined
      ? []
      : [
          {
            address: resource.address,
            what: describeResource(resource, state),
            kind: "changed" as const,
            values: [added],
          },
        ];
  });
}

/** Policies that Terraform has resources of: `role:name` for those of a role, `arn:policy` for that of a secret. */
export function knownPolicies(state: Snapshot): ReadonlySet<string> {
  return new Set(
    state.resources.flatMap(({ type, values }) => {
      const text = (attribute: string): string =>
        textAt(values, attribute) ?? "";
      if (type === "aws_secretsmanager_secret_policy")
        return [`${text("secret_arn")}:policy`];
      if (type === "aws_iam_role_policy")
        return [`${text("role")}:${text("name")}`];
      return type === "aws_iam_role_policy_attachment"
        ? [`${text("role")}:${text("policy_arn")}`]
        : [];
    }),
  );
}

function addedValue(
  { type, values }: Resource,
  known: ReadonlySet<string>,
): ChangedValue | undefined {
  if (type === "aws_iam_role") {
    const gained = policiesOf(values).filter(
      (policy) => !known.has(`${textAt(values, "name") ?? ""}:${policy}`),
    );
    return gained.length === 0
      ? undefined
      : {
          kind: "members",
          path: "policies" as Redacted,
          gained,
          lost: [],
        };
  }
  if (type === "aws_secretsmanager_secret_version") {
    // Terraform reads the version it made, which still exists, and not the one that is in use
    const stages = values.version_stages;
    return !Array.isArray(stages) || stages.includes("AWSCURRENT")
      ? undefined
      : { kind: "secret", path: "secret_string" as Redacted };
  }
  return undefined;
}

/** All policies that a role has, also those that Terraform manages as resources of their own. */
function policiesOf({
  inline_policy,
  managed_policy_arns,
}: Resource["values"]): readonly Redacted[] {
  const inline = blocks(inline_policy).flatMap(({ name }) =>
    typeof name === "string" ? [name] : [],
  );
  return [...inline, ...texts(managed_policy_arns)];
}
