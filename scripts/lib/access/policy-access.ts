import { NOT_SIGNED_IN, SIGNED_IN, roleParty } from "./direct-access";
import { keyOf, party, somebody, type Party } from "./party";
import { say } from "./phrase";
import { parsePolicy, type Statement } from "./policy";
import { blocks, textOf, type Resource, type Snapshot } from "./snapshot";

/** Policies of one role, or of one thing. */
export interface PolicyHolder {
  readonly party: Party;
  readonly statements: readonly Statement[];
  /** Whether there is a policy whose text is not known before it is applied. */
  readonly hasUnknown: boolean;
}

/** What each role may do, by the policies that are its own. */
export function rolePolicies(snapshot: Snapshot): readonly PolicyHolder[] {
  const own = snapshot
    .ofType("aws_iam_role_policy")
    .map(({ values }) => ({ role: values.role, policy: values.policy }));
  const attached = snapshot
    .ofType("aws_iam_role_policy_attachment")
    .flatMap(({ values }) => {
      const { role } = values;
      const found = snapshot.find("aws_iam_policy", values.policy_arn);
      return found ? [{ role, policy: found.values.policy }] : [];
    });
  const byOwn = new Set(
    own.map(({ role }) => keyOf(roleParty(snapshot, role))),
  );
  const roles = snapshot.ofType("aws_iam_role").map((role) => {
    const party = partyOfRole(role);
    // where policies are resources of their own, this is an old copy of them
    const within = byOwn.has(keyOf(party))
      ? []
      : blocks(role.values.inline_policy).flatMap(({ policy }) => policy ?? []);
    return { ...parsed(within, snapshot), party };
  });
  const held = [...own, ...attached].map(({ role, policy }) => ({
    party: roleParty(snapshot, role),
    ...parsed([policy], snapshot),
  }));
  return together([...roles, ...held]);
}

/** Who may take on each role. */
export function roleTrusts(snapshot: Snapshot): readonly PolicyHolder[] {
  return snapshot.ofType("aws_iam_role").map((role) => ({
    party: partyOfRole(role),
    ...parsed([role.values.assume_role_policy], snapshot),
  }));
}

/** What roles may do at most, by policies that are the boundary of some. */
export function boundaries(snapshot: Snapshot): readonly PolicyHolder[] {
  const attached = snapshot
    .ofType("aws_iam_role_policy_attachment")
    .map(({ values }) => snapshot.find("aws_iam_policy", values.policy_arn));
  return snapshot
    .ofType("aws_iam_policy")
    .filter((policy) => !attached.includes(policy))
    .map((policy) => {
      const name = textOf(policy, "name", policy.address);
      const told = say`a role that policy ${name} is the boundary of`;
      return {
        party: { kind: "role", name, told },
        ...parsed([policy.values.policy], snapshot),
      };
    });
}

/** What the policy of a secret, a bucket or a key lets others do with it. */
export function resourcePolicies(snapshot: Snapshot): readonly PolicyHolder[] {
  const secrets = snapshot
    .ofType("aws_secretsmanager_secret_policy")
    .map(({ values }) => {
      const arn = values.secret_arn;
      const found = snapshot.find("aws_secretsmanager_secret", arn);
      const name = textOf(found, "name", found?.address ?? String(arn));
      return { party: party("secret", name), policy: values.policy };
    });
  const buckets = snapshot.ofType("aws_s3_bucket_policy").map(({ values }) => {
    const found = snapshot.find("aws_s3_bucket", values.bucket);
    const name = textOf(found, "bucket", String(values.bucket));
    return { party: party("bucket", name), policy: values.policy };
  });
  const keys = snapshot.ofType("aws_kms_key").flatMap((key) => {
    const { policy, arn } = key.values;
    const name = typeof arn === "string" ? arn : key.address;
    const told = { ...party("resource", name), told: ["key ", { name }] };
    return policy === undefined || policy === ""
      ? []
      : [{ party: told, policy }];
  });
  return [...secrets, ...buckets, ...keys].map((one) => ({
    party: one.party,
    ...parsed([one.policy], snapshot),
  }));
}

/** Members of a group, or users of one kind, and the roles that they take on. */
export interface RoleUser {
  readonly party: Party;
  readonly roles: readonly Party[];
}

export function roleUsers(snapshot: Snapshot): readonly RoleUser[] {
  const groups = snapshot
    .ofType("aws_cognito_user_group")
    .filter(({ values }) => typeof values.role_arn === "string")
    .map((group) => ({
      party: party("group", textOf(group, "name", group.address)),
      roles: [roleParty(snapshot, group.values.role_arn)],
    }));
  const users = snapshot
    .ofType("aws_cognito_identity_pool_roles_attachment")
    .flatMap(({ values }) => Object.entries(blocks(values.roles)[0] ?? {}))
    .map(([kind, role]) => ({
      party: somebody(
        "users",
        kind === "authenticated" ? SIGNED_IN : NOT_SIGNED_IN,
      ),
      roles: [roleParty(snapshot, role)],
    }));
  return [...groups, ...users];
}

function partyOfRole(role: Resource): Party {
  return party("role", textOf(role, "name", role.address));
}

function parsed(
  policies: readonly unknown[],
  snapshot: Snapshot,
): Pick<PolicyHolder, "statements" | "hasUnknown"> {
  const all = policies.map((policy) =>
    parsePolicy(
      typeof policy === "string" ? snapshot.canonical(policy) : policy,
    ),
  );
  return {
    statements: all.flatMap((statements) => statements ?? []),
    hasUnknown: all.includes(undefined),
  };
}

/** One holder for each role. */
function together(holders: readonly PolicyHolder[]): readonly PolicyHolder[] {
  const all = new Map<string, PolicyHolder>();
  for (const holder of holders) {
    const key = keyOf(holder.party);
    const other = all.get(key);
    all.set(key, {
      party: holder.party,
      statements: [...(other?.statements ?? []), ...holder.statements],
      hasUnknown: holder.hasUnknown || other?.hasUnknown === true,
    });
  }
  return [...all.values()];
}
