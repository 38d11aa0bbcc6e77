import type { PlanJson } from "../plan/plan-json";
import { listManagedResources } from "../plan/snapshot";
import { formatResourceName } from "../plan/resource-names";
import { escapeControlCharacters } from "../cli/escape";

/** Something in AWS that has a stage's name. */
export interface StageResource {
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
export interface Orphan extends StageResource {
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
export function findOrphans(
  things: readonly StageResource[],
  plan: PlanJson,
): readonly Orphan[] {
  const known = new Set(
    listManagedResources(plan.prior_state?.values?.root_module).map(
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

/**
 * What lies in AWS beside a stage, and what to do about each: take in what a plan would make a second time, and delete
 * what nothing needs.
 */
export function formatOrphans(
  orphans: readonly Orphan[],
  stage: string,
): string {
  if (orphans.length === 0)
    return `Stage ${stage}: everything in AWS that has its name is in its state`;
  const wanted = orphans.filter(({ address }) => address !== undefined);
  const others = orphans.filter(({ address }) => address === undefined);
  const count = orphans.length === 1 ? "1 thing" : `${orphans.length} things`;
  return [
    `Stage ${stage}: ${count} in AWS that its state does not have`,
    ...(wanted.length === 0
      ? []
      : [
          "",
          "A deployment would make these a second time. To take one in, put its block into a file beside cdk.tf.json, such as imports.tf, and deploy with Terraform; or delete it:",
          ...wanted.map(told),
          "",
          ...wanted.map(importBlock),
        ]),
    ...(others.length === 0
      ? []
      : ["", "The code has no use for these:", ...others.map(told)]),
    "",
    "Commands that delete them, for those that are surely nobody's:",
    ...orphans.map(({ deletion }) => `  ${deletion}`),
  ].join("\n");
}

function told({ type, name, created, users }: Orphan): string {
  const since = created === undefined ? "" : `, made ${created.toISOString()}`;
  const has = users === undefined ? "" : `, about ${users} users`;
  return escapeControlCharacters(
    `- ${formatResourceName(type, { name })}${since}${has}`,
  );
}

function importBlock({ address, importId }: Orphan): string {
  return `import {\n  to = ${address ?? ""}\n  id = ${JSON.stringify(importId)}\n}`;
}
