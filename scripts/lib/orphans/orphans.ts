import { escapeControlCharacters } from "../cli/escape";
import type { PlanJson } from "../plan/plan-json";
import { formatResourceName } from "../plan/resource-names";
import { listManagedResources } from "../plan/snapshot";
import { IMPORT_IDS } from "../aws/import-ids";

/** An AWS resource that has the name or the tag of a stage. */
export interface StageResource {
  /** Terraform type. */
  readonly type: string;
  readonly name: string;
  /** ID for `terraform import`. */
  readonly importId: string;
  readonly created?: Date | undefined;
  /** Import ID of the resource that it is deleted with. */
  readonly partOf?: string;
  /** Estimated number of users of a user pool. */
  readonly users?: number | undefined;
  /** AWS CLI command that deletes it. */
  readonly deletion: string;
}

/** A resource of a stage that is not in the stage's state. */
export interface Orphan extends StageResource {
  /** Address at which the next deployment would create a duplicate. Absent if the code has no such resource. */
  readonly address?: string;
}

type Values = Readonly<Record<string, unknown>>;

/** Returns the import ID of a resource in the state, by type. */
const STATE_IMPORT_IDS: Readonly<Record<string, (values: Values) => string>> = {
  aws_cognito_user_pool: ({ id }) => String(id),
  aws_cognito_user_pool_client: ({ user_pool_id: pool, id }) =>
    IMPORT_IDS.userPoolClient(String(pool), String(id)),
  aws_cognito_user_group: ({ user_pool_id: pool, name }) =>
    IMPORT_IDS.userPoolGroup(String(pool), String(name)),
  aws_cognito_resource_server: ({ user_pool_id: pool, identifier }) =>
    IMPORT_IDS.resourceServer(String(pool), String(identifier)),
  aws_cognito_identity_provider: ({
    user_pool_id: pool,
    provider_name: name,
  }) => IMPORT_IDS.identityProvider(String(pool), String(name)),
  aws_cognito_user_pool_domain: ({ domain }) => String(domain),
  aws_cognito_identity_pool: ({ id }) => String(id),
  aws_iam_role: ({ name }) => String(name),
  aws_secretsmanager_secret: ({ arn }) => String(arn),
  aws_iam_openid_connect_provider: ({ arn }) => String(arn),
};

/** Attributes that have the name of a resource, where it is not `name`. */
const NAME_ATTRIBUTES: Readonly<Record<string, string>> = {
  aws_cognito_resource_server: "identifier",
  aws_cognito_identity_provider: "provider_name",
  aws_cognito_user_pool_domain: "domain",
  aws_cognito_identity_pool: "identity_pool_name",
  aws_iam_openid_connect_provider: "url",
};

/** Returns the resources that are not in the state of a plan. */
export function findOrphans(
  resources: readonly StageResource[],
  plan: PlanJson,
): readonly Orphan[] {
  const managed = new Set(
    listManagedResources(plan.prior_state?.values?.root_module).map(
      ({ type, values }) => getKey(type, STATE_IMPORT_IDS[type]?.(values)),
    ),
  );
  const created = new Map(
    plan.resource_changes
      .filter(({ change }) => change.actions.join() === "create")
      .map(({ address, type, change }) => {
        const values = change.after as Values | null;
        const name = values?.[NAME_ATTRIBUTES[type] ?? "name"];
        return [getKey(type, String(name)), address];
      }),
  );
  // of two user pools with one name, the one with more users is to be imported
  const orphans = [...resources]
    .sort((one, other) => (other.users ?? 0) - (one.users ?? 0))
    .filter(({ type, importId }) => !managed.has(getKey(type, importId)))
    .map((resource) => {
      const key = getKey(resource.type, resource.name);
      const address = created.get(key);
      created.delete(key);
      return { ...resource, ...(address !== undefined && { address }) };
    });
  const deleted = new Set(
    orphans
      .filter((orphan) => !("address" in orphan))
      .map(({ importId }) => importId),
  );
  return orphans.filter(
    ({ partOf }) => partOf === undefined || !deleted.has(partOf),
  );
}

function getKey(type: string, id: string | undefined): string {
  return JSON.stringify([type, id]);
}

/** Formats orphans with the import blocks of those that the code has, and the commands that delete each. */
export function formatOrphans(
  orphans: readonly Orphan[],
  stage: string,
): string {
  if (orphans.length === 0)
    return `Stage ${stage}: all AWS resources with its name are in its state`;
  const importable = orphans.filter(({ address }) => address !== undefined);
  const unused = orphans.filter(({ address }) => address === undefined);
  const count =
    orphans.length === 1 ? "1 AWS resource" : `${orphans.length} AWS resources`;
  return [
    `Stage ${stage}: ${count} not in its state`,
    ...(importable.length === 0
      ? []
      : [
          "",
          "The next deployment would create duplicates of these. To import them, write the blocks to a file next to cdk.tf.json, such as imports.tf, and deploy with Terraform:",
          ...importable.map(formatOrphan),
          "",
          ...importable.map(formatImportBlock),
        ]),
    ...(unused.length === 0
      ? []
      : ["", "The code does not use these:", ...unused.map(formatOrphan)]),
    "",
    "Commands that delete them, if nothing else uses them:",
    ...orphans.map(({ deletion }) => `  ${deletion}`),
  ].join("\n");
}

function formatOrphan({ type, name, created, users }: Orphan): string {
  const since =
    created === undefined ? "" : `, created ${created.toISOString()}`;
  const userCount = users === undefined ? "" : `, about ${users} users`;
  return escapeControlCharacters(
    `- ${formatResourceName(type, { name })}${since}${userCount}`,
  );
}

function formatImportBlock({ address, importId }: Orphan): string {
  return `import {\n  to = ${address ?? ""}\n  id = ${JSON.stringify(importId)}\n}`;
}
