import { splitScope } from "../../access/client-access";
import { readNumber, readText } from "../../plan/attribute";
import { getClientId, getShortName } from "../../plan/resource-names";
import type { Redacted } from "../../plan/redactor";
import { listNames, literal, type RichText, text } from "../../plan/rich-text";
import { isFirstVersion } from "../../plan/secret-versions";
import type { Resource, Snapshot } from "../../plan/snapshot";
import { getMembers, type Severity } from "./rule";

export type RemovalKind = "replaced" | "destroyed" | "forgotten";

/** Describes what is lost with a resource. */
type Consequence = (resource: Resource, before: Snapshot) => RichText;

/** The rules about a resource type; their ids begin with `id`. */
export interface Removal<Id extends string = string> {
  readonly id: Id;
  readonly severity: Severity;
  readonly replaced: RichText | Consequence;
  readonly destroyed: RichText | Consequence;
}

function defineRemoval<Id extends string>(
  id: Id,
  severity: Severity,
  replaced: RichText | Consequence,
  destroyed: RichText | Consequence = replaced,
): Removal<Id> {
  return { id, severity, replaced, destroyed };
}

/** Defines a removal whose consequence ends when the resource is created again. */
function defineTemporaryRemoval<Id extends string>(
  id: Id,
  severity: Severity,
  destroyed: RichText,
): Removal<Id> {
  const replaced = text`until it is created again, ${destroyed}`;
  return { id, severity, replaced, destroyed };
}

const WITHOUT_POLICY = text`the role does not have the permissions of the policy`;

/**
 * The consequences of a removal, by resource type.
 *
 * @see https://registry.terraform.io/providers/hashicorp/aws/latest/docs
 */
export const REMOVALS = {
  aws_cognito_user_pool: defineRemoval(
    "user-pool",
    "data-loss",
    text`all its users and client ids are lost`,
  ),
  aws_cognito_user_pool_client: defineRemoval(
    "client",
    "data-loss",
    (client, before) =>
      hasSecret(client)
        ? text`its client id and secret are lost; ${listReaders(client, before)} need the new ones`
        : text`its client id is lost; ${listReaders(client, before)} need the new one`,
    (client, before) =>
      text`its client id is lost; ${listReaders(client, before)} can no longer sign in with it`,
  ),
  aws_cognito_resource_server: defineRemoval(
    "resource-server",
    "data-loss",
    (server, before) =>
      text`every client${listClients(server, before)} loses its scopes until they are granted again`,
    (server, before) =>
      text`all its scopes are lost: a client that requests one${listClients(server, before)} receives the error ${"invalid_scope" as Redacted}`,
  ),
  aws_cognito_user_pool_domain: defineRemoval(
    "domain",
    "data-loss",
    ({ values }) => {
      const loss = text`its sign-in and token URLs stop working`;
      // a custom domain requires a certificate of its owner
      return readText(values, "certificate_arn")
        ? loss
        : text`${loss}, and another account can register the name`;
    },
  ),
  aws_cognito_user_group: defineRemoval(
    "group",
    "data-loss",
    text`the new group has no members`,
    text`its members lose its permissions`,
  ),
  aws_cognito_user: defineRemoval(
    "user",
    "data-loss",
    text`the user has another sub, and must set a password again`,
    text`the user can no longer sign in, and the sub is lost`,
  ),
  aws_cognito_user_in_group: defineRemoval(
    "group-member",
    "breaking",
    text`the user loses the permissions of the group`,
  ),
  aws_cognito_identity_pool: defineRemoval(
    "identity-pool",
    "data-loss",
    text`every identity id is lost, and data that is stored by identity id with it`,
  ),
  aws_cognito_identity_pool_roles_attachment: defineTemporaryRemoval(
    "identity-pool-roles",
    "breaking",
    text`no user receives AWS credentials from it`,
  ),
  aws_cognito_identity_provider: defineRemoval(
    "identity-provider",
    "data-loss",
    (provider, before) =>
      text`its users cannot sign in${listSignInClients(provider, before)} until it exists again, and may then be new users`,
    (provider, before) =>
      text`its users can no longer sign in${listSignInClients(provider, before)}`,
  ),
  aws_iam_openid_connect_provider: defineTemporaryRemoval(
    "oidc-provider",
    "data-loss",
    text`nothing in this account can sign in through it`,
  ),
  aws_iam_saml_provider: defineTemporaryRemoval(
    "saml-provider",
    "data-loss",
    text`nothing in this account can sign in through it`,
  ),
  aws_lambda_permission: defineTemporaryRemoval(
    "function-permission",
    "breaking",
    text`sign-in fails if it needs the function`,
  ),
  aws_wafv2_web_acl_association: defineTemporaryRemoval(
    "web-acl-association",
    "weakening",
    text`no web ACL filters the requests to the user pool`,
  ),
  aws_cognito_risk_configuration: defineTemporaryRemoval(
    "risk-configuration",
    "weakening",
    text`threat protection uses the settings of the user pool, or the default ones`,
  ),
  aws_cognito_log_delivery_configuration: defineTemporaryRemoval(
    "user-log",
    "weakening",
    text`the activity of users is not logged`,
  ),
  aws_cognito_managed_login_branding: defineTemporaryRemoval(
    "branding",
    "breaking",
    text`the managed login pages of its client are not available`,
  ),
  aws_cognito_user_pool_ui_customization: defineTemporaryRemoval(
    "sign-in-page",
    "weakening",
    text`its sign-in pages look different, so that users may not recognize them`,
  ),
  aws_route53_record: defineTemporaryRemoval(
    "dns-record",
    "breaking",
    text`its name no longer leads to the sign-in pages`,
  ),
  aws_iam_role: defineRemoval(
    "role",
    "data-loss",
    text`policies that name the old role, such as a bucket policy, no longer apply, and policies attached outside Terraform are lost`,
    text`no one can assume it`,
  ),
  aws_iam_role_policy: defineTemporaryRemoval(
    "role-policy",
    "breaking",
    WITHOUT_POLICY,
  ),
  aws_iam_role_policy_attachment: defineTemporaryRemoval(
    "role-policy-attachment",
    "breaking",
    WITHOUT_POLICY,
  ),
  aws_iam_policy: defineRemoval(
    "policy",
    "data-loss",
    text`roles lose it as a policy or as their permissions boundary`,
  ),
  aws_secretsmanager_secret: defineRemoval(
    "secret",
    "data-loss",
    (secret) => text`readers by ARN lose it; ${describeRecovery(secret)}`,
    (secret) => text`readers lose it; ${describeRecovery(secret)}`,
  ),
  aws_secretsmanager_secret_version: defineRemoval(
    "secret-value",
    "breaking",
    text`readers receive a new value, and the old one is no longer current`,
    ({ values }) =>
      isFirstVersion(values)
        ? text`Terraform no longer reads the current secret through it`
        : text`readers lose the value that Terraform wrote`,
  ),
  aws_secretsmanager_secret_policy: defineTemporaryRemoval(
    "secret-policy",
    "breaking",
    text`the readers that it allows cannot read the secret`,
  ),
  aws_s3_bucket: defineRemoval(
    "bucket",
    "data-loss",
    text`all its objects are lost`,
  ),
  aws_s3_bucket_policy: defineTemporaryRemoval(
    "bucket-policy",
    "weakening",
    text`it denies nothing`,
  ),
  aws_s3_bucket_public_access_block: defineTemporaryRemoval(
    "public-access-block",
    "weakening",
    text`the bucket can be made public`,
  ),
  aws_s3_bucket_versioning: defineTemporaryRemoval(
    "bucket-versioning",
    "weakening",
    text`no older versions of objects are retained`,
  ),
  aws_s3_bucket_server_side_encryption_configuration: defineTemporaryRemoval(
    "bucket-encryption",
    "weakening",
    text`objects are encrypted with the key of S3`,
  ),
  aws_s3_bucket_ownership_controls: defineTemporaryRemoval(
    "bucket-ownership",
    "weakening",
    text`access control lists (ACLs) may control access to objects`,
  ),
  aws_s3_bucket_lifecycle_configuration: defineTemporaryRemoval(
    "bucket-lifecycle",
    "weakening",
    text`older versions are retained without limit`,
  ),
  aws_kms_key: defineRemoval(
    "key",
    "data-loss",
    text`data that is encrypted with it can no longer be read`,
  ),
  aws_kms_alias: defineTemporaryRemoval(
    "key-alias",
    "breaking",
    text`requests that name the key by its alias fail`,
  ),
} as const satisfies Readonly<Record<string, Removal>>;

function hasSecret({ values }: Resource): boolean {
  return (
    values.generate_secret === true ||
    (typeof values.client_secret === "string" && values.client_secret !== "")
  );
}

/** Returns the readers of secrets that are named after a client. */
function listReaders(client: Resource, before: Snapshot): RichText {
  const id = getClientId(client);
  const secrets = before
    .listByType("aws_secretsmanager_secret")
    .map((secret) => readText(secret.values, "name"))
    .filter((secret) => secret?.endsWith(`/${id}`) === true) as Redacted[];
  return secrets.length === 0
    ? literal("all who use it")
    : text`all readers of secret ${listNames(secrets)}`;
}

/** Returns the clients that have scopes of a resource server, in parentheses. */
function listClients(server: Resource, before: Snapshot): RichText {
  const identifier = readText(server.values, "identifier") ?? server.address;
  const names = findClients(
    before,
    "allowed_oauth_scopes",
    (scope) => splitScope(scope).identifier === identifier,
  );
  return names.length === 0 ? [] : text` (${listNames(names)})`;
}

/** Returns the clients at which users of an identity provider sign in. */
function listSignInClients(provider: Resource, before: Snapshot): RichText {
  const name = readText(provider.values, "provider_name");
  const names = findClients(
    before,
    "supported_identity_providers",
    (one) => one === name,
  );
  return names.length === 0 ? [] : text` to ${listNames(names)}`;
}

/** Returns the names of the clients with a member in a list. */
function findClients(
  before: Snapshot,
  path: string,
  isWanted: (member: Redacted) => boolean,
): readonly Redacted[] {
  return before
    .listByType("aws_cognito_user_pool_client")
    .filter(({ values }) => getMembers(values, path).some(isWanted))
    .map(getShortName);
}

function describeRecovery({ values }: Resource): RichText {
  const days = readNumber(values, "recovery_window_in_days") ?? 30;
  return days === 0
    ? literal("it cannot be restored; its name can be reused at once")
    : text`it can be restored for ${days} days, during which its name cannot be reused`;
}
