import { readNumber, readText } from "../../plan/attribute";
import { describeResource, getShortName } from "../../plan/resource-names";
import type { Redacted } from "../../plan/redactor";
import { listNames, literal, text, type RichText } from "../../plan/rich-text";
import type { Resource, Snapshot } from "../../plan/snapshot";
import { createClientEntity } from "../../access/client-access";
import { getMembers, type Rule, type Severity } from "./rule";

/** How a resource ends. */
export type RemovalKind = "replaced" | "destroyed" | "forgotten";

/** What is lost with a resource of a type. */
interface Row<Id extends string = string> {
  /** Begins the names of its rules. */
  readonly id: Id;
  readonly severity: Severity;
  readonly replaced: Consequence;
  readonly destroyed: Consequence;
}

type Consequence = (resource: Resource, was: Snapshot) => RichText;

function row<Id extends string>(
  id: Id,
  severity: Severity,
  replaced: RichText | Consequence,
  destroyed: RichText | Consequence = replaced,
): Row<Id> {
  const consequence = (one: RichText | Consequence): Consequence =>
    typeof one === "function" ? one : () => one;
  return {
    id,
    severity,
    replaced: consequence(replaced),
    destroyed: consequence(destroyed),
  };
}

const MOMENT_WITHOUT_ACCESS = literal(
  "for a moment the role lacks what it allows",
);
const ROLE_LOSES = literal("the role loses what it allows");

/**
 * What the removal of a resource costs, by type.
 *
 * @see https://registry.terraform.io/providers/hashicorp/aws/latest/docs
 */
const ROWS = {
  aws_cognito_user_pool: row(
    "user-pool",
    "data-loss",
    literal("all its users are lost, and every client id with it"),
  ),
  aws_cognito_user_pool_client: row(
    "client",
    "data-loss",
    (client, was) =>
      hasSecret(client)
        ? text`its client id and secret are lost; ${consumers(client, was)} need the new ones`
        : text`its client id is lost; ${consumers(client, was)} need the new one`,
    (client, was) =>
      text`its client id is lost; ${consumers(client, was)} can no longer sign in with it`,
  ),
  aws_cognito_resource_server: row(
    "resource-server",
    "data-loss",
    (server, was) =>
      text`every client loses its scopes${holders(server, was)} until they are granted again`,
    (server, was) =>
      text`all its scopes are lost${holders(server, was)}: a client that requests one gets ${"invalid_scope" as Redacted}`,
  ),
  aws_cognito_user_pool_domain: row(
    "domain",
    "data-loss",
    literal(
      "its sign-in and token URLs stop working, and another account may register the name",
    ),
  ),
  aws_cognito_user_group: row(
    "group",
    "data-loss",
    literal("its members are no longer in it"),
    literal("its members lose what it grants them"),
  ),
  aws_cognito_user: row(
    "user",
    "data-loss",
    literal("the user has another sub, and must set a password again"),
    literal("the user can no longer sign in, and its sub is lost"),
  ),
  aws_cognito_user_in_group: row(
    "group-member",
    "breaking",
    literal("the user loses what the group grants"),
  ),
  aws_cognito_identity_pool: row(
    "identity-pool",
    "data-loss",
    literal(
      "every identity id is lost, and what is stored by identity id with it",
    ),
  ),
  aws_cognito_identity_pool_roles_attachment: row(
    "identity-pool-roles",
    "breaking",
    literal("for a moment no one gets AWS credentials from it"),
    literal("no one gets AWS credentials from it"),
  ),
  aws_cognito_identity_provider: row(
    "identity-provider",
    "data-loss",
    literal(
      "its users cannot sign in until it exists again, and may be new users then",
    ),
    literal("its users can no longer sign in"),
  ),
  aws_iam_openid_connect_provider: row(
    "oidc-provider",
    "data-loss",
    literal(
      "nothing in this account can sign in through it until it exists again",
    ),
    literal("nothing in this account can sign in through it"),
  ),
  aws_iam_role: row(
    "role",
    "data-loss",
    literal(
      "what names the old role, such as a bucket policy, no longer allows it, and policies attached outside Terraform are lost",
    ),
    literal("no one can assume it"),
  ),
  aws_iam_role_policy: row(
    "role-policy",
    "breaking",
    MOMENT_WITHOUT_ACCESS,
    ROLE_LOSES,
  ),
  aws_iam_role_policy_attachment: row(
    "role-policy-attachment",
    "breaking",
    MOMENT_WITHOUT_ACCESS,
    ROLE_LOSES,
  ),
  aws_iam_policy: row(
    "policy",
    "data-loss",
    literal("roles that it is attached to, or is the boundary of, lose it"),
  ),
  aws_secretsmanager_secret: row(
    "secret",
    "data-loss",
    (secret) => text`readers by ARN lose it; ${recovery(secret)}`,
    (secret) => text`readers lose it; ${recovery(secret)}`,
  ),
  aws_secretsmanager_secret_version: row(
    "secret-value",
    "breaking",
    literal("readers get a new value, and the old one is no longer current"),
    literal("readers lose what Terraform wrote"),
  ),
  aws_secretsmanager_secret_policy: row(
    "secret-policy",
    "breaking",
    literal("for a moment readers that it allows cannot read the secret"),
    literal("readers that it allows can no longer read the secret"),
  ),
  aws_s3_bucket: row(
    "bucket",
    "data-loss",
    literal("all objects in it are lost"),
  ),
  aws_s3_bucket_policy: row(
    "bucket-policy",
    "weakening",
    literal("for a moment it forbids nothing"),
    literal("it no longer forbids anything"),
  ),
  aws_s3_bucket_public_access_block: row(
    "public-access-block",
    "weakening",
    literal("for a moment the bucket can be made public"),
    literal("the bucket can be made public"),
  ),
  aws_s3_bucket_versioning: row(
    "bucket-versioning",
    "weakening",
    literal("for a moment no older versions are kept"),
    literal("no older versions are kept of what changes later"),
  ),
  aws_s3_bucket_server_side_encryption_configuration: row(
    "bucket-encryption",
    "weakening",
    literal("for a moment objects are encrypted with the key of S3"),
    literal("objects are encrypted with the key of S3"),
  ),
  aws_s3_bucket_ownership_controls: row(
    "bucket-ownership",
    "weakening",
    literal("for a moment access control lists may decide about objects"),
    literal("access control lists may decide about objects"),
  ),
  aws_s3_bucket_lifecycle_configuration: row(
    "bucket-lifecycle",
    "weakening",
    literal("for a moment older versions are kept without limit"),
    literal("older versions are kept without limit"),
  ),
  aws_kms_key: row(
    "key",
    "data-loss",
    literal("what is encrypted with it can no longer be read"),
  ),
  aws_kms_alias: row(
    "key-alias",
    "breaking",
    literal("for a moment what uses the key by its alias fails"),
    literal("what uses the key by its alias fails"),
  ),
} as const satisfies Readonly<Record<string, Row>>;

type RemovalType = keyof typeof ROWS;
type RowId = (typeof ROWS)[RemovalType]["id"];
export type RemovalRuleId =
  `${RowId}-${"replaced" | "destroyed"}` | "resource-forgotten";

/** Types whose removal is judged. */
export const REMOVAL_TYPES = Object.keys(ROWS) as readonly RemovalType[];

/** Returns the name of the rule about a removal of a type. */
export function getRemovalRuleId(
  type: RemovalType,
  how: "replaced" | "destroyed",
): RemovalRuleId {
  return `${ROWS[type].id}-${how}`;
}

/** The rules about removals, two for each type. */
export const REMOVAL_RULES: Readonly<Record<RemovalRuleId, Rule>> =
  Object.fromEntries([
    ...Object.entries(ROWS).flatMap(([type, { id, severity }]) =>
      (["replaced", "destroyed"] as const).map((how): [string, Rule] => [
        `${id}-${how}`,
        {
          severity,
          covers: {},
          description: `An ${type} is ${how}.`,
        },
      ]),
    ),
    [
      "resource-forgotten",
      {
        severity: "weakening",
        covers: {},
        description:
          "Terraform no longer manages a resource that continues to exist: its protections are no longer applied, and nothing reports its changes.",
      } satisfies Rule,
    ],
  ]) as unknown as Readonly<Record<RemovalRuleId, Rule>>;

/** Returns what is lost with a resource that is removed; `undefined` if its removal costs nothing. */
export function describeRemoval(
  resource: Resource,
  how: RemovalKind,
  was: Snapshot,
): { readonly rule: RemovalRuleId; readonly message: RichText } | undefined {
  const type: string = resource.type;
  if (!isRemovalType(type)) return undefined;
  const name = describeResource(resource, was);
  if (how === "forgotten")
    return {
      rule: "resource-forgotten",
      message: text`${name} is no longer managed by Terraform and continues to exist`,
    };
  const { id, [how]: consequence } = ROWS[type];
  return {
    rule: `${id}-${how}`,
    message: text`${name} is ${literal(how)}: ${consequence(resource, was)}`,
  };
}

function isRemovalType(type: string): type is RemovalType {
  return Object.hasOwn(ROWS, type);
}

function hasSecret({ values }: Resource): boolean {
  return (
    values.generate_secret === true ||
    (typeof values.client_secret === "string" && values.client_secret !== "")
  );
}

/** Readers of the client's credentials, as far as the stage knows them. */
function consumers(client: Resource, was: Snapshot): RichText {
  const { name } = createClientEntity(client);
  const secrets = was
    .listByType("aws_secretsmanager_secret")
    .map((secret) => readText(secret.values, "name"))
    .filter((secret) => secret !== undefined)
    .filter((secret) => secret.endsWith(`/${name}`));
  return secrets.length === 0
    ? literal("all who use it")
    : text`all readers of secret ${listNames(secrets)}`;
}

/** Clients that have scopes of a resource server. */
function holders(server: Resource, was: Snapshot): RichText {
  const identifier = readText(server.values, "identifier") ?? server.address;
  const names = was
    .listByType("aws_cognito_user_pool_client")
    .filter(({ values }) =>
      getMembers(values, "allowed_oauth_scopes").some((scope) =>
        scope.startsWith(`${identifier}/`),
      ),
    )
    .map(getShortName);
  return names.length === 0 ? [] : text` (${listNames(names)})`;
}

function recovery({ values }: Resource): RichText {
  const days = readNumber(values, "recovery_window_in_days") ?? 30;
  return days === 0
    ? literal("it cannot be restored, and its name can be reused at once")
    : text`it can be restored for ${days} days, during which its name cannot be reused`;
}
