import type { PlanJson } from "../plan/plan-json";
import { stateResources } from "../plan/prior-state";

/** Something in AWS that has a stage's name. */
export interface NamedThing {
  /** Terraform's type. */
  readonly type: string;
  readonly name: string;
  /** What Terraform imports it by. */
  readonly importId: string;
  readonly created?: Date | undefined;
  /** Import id of what it goes with when that is deleted. */
  readonly partOf?: string;
  /** About how many users a user pool has. */
  readonly users?: number | undefined;
  /** Command that deletes it. */
  readonly deletion: string;
}

/** One that the stage's state does not have. */
export interface Orphan extends NamedThing {
  /** Address that a plan would make another one of its name at; absent where the code has none. */
  readonly address?: string;
}

type Values = Readonly<Record<string, unknown>>;

/** Attributes that what Terraform imports a type by is made of, and how. */
const IMPORT_IDS: Readonly<Record<string, (values: Values) => string>> = {
  aws_cognito_user_pool: ({ id }) => String(id),
  aws_cognito_user_pool_client: ({ user_pool_id: pool, id }) =>
    `${String(pool)}/${String(id)}`,
  aws_cognito_user_group: ({ user_pool_id: pool, name }) =>
    `${String(pool)}/${String(name)}`,
  aws_cognito_resource_server: ({ user_pool_id: pool, identifier }) =>
    `${String(pool)}|${String(identifier)}`,
  aws_cognito_user_pool_domain: ({ domain }) => String(domain),
  aws_cognito_identity_pool: ({ id }) => String(id),
  aws_iam_role: ({ name }) => String(name),
  aws_secretsmanager_secret: ({ arn }) => String(arn),
  aws_iam_openid_connect_provider: ({ arn }) => String(arn),
};

/** Attribute that people know a type by, unless it is `name`. */
const NAMES: Readonly<Record<string, string>> = {
  aws_cognito_resource_server: "identifier",
  aws_cognito_user_pool_domain: "domain",
  aws_cognito_identity_pool: "identity_pool_name",
  aws_iam_openid_connect_provider: "url",
};

/** Those things that a stage's state does not have, with the address that each belongs at. */
export function orphansOf(
  things: readonly NamedThing[],
  plan: PlanJson,
): readonly Orphan[] {
  const known = new Set(
    stateResources(plan.prior_state?.values?.root_module).map(
      ({ type, values }) => key(type, IMPORT_IDS[type]?.(values)),
    ),
  );
  const made = new Map(
    plan.resource_changes
      .filter(({ change }) => change.actions.join() === "create")
      .map(({ address, type, change }) => {
        const values = change.after as Values | null;
        return [key(type, String(values?.[NAMES[type] ?? "name"])), address];
      }),
  );
  // where two could be taken in at one address, the one that has users is
  const orphans = [...things]
    .sort((a, b) => (b.users ?? 0) - (a.users ?? 0))
    .filter(({ type, importId }) => !known.has(key(type, importId)))
    .map((thing) => {
      const name = key(thing.type, thing.name);
      const address = made.get(name);
      made.delete(name);
      return { ...thing, ...(address !== undefined && { address }) };
    });
  const deleted = orphans.filter((orphan) => !("address" in orphan));
  return orphans.filter(
    ({ partOf }) => !deleted.some(({ importId }) => importId === partOf),
  );
}

function key(type: string, id: string | undefined): string {
  return JSON.stringify([type, id]);
}
