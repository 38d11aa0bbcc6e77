import {
  getResourceServerIdentifier,
  getServiceClientName,
  IDENTITY_PROVIDER_CLIENT,
  IDENTITY_PROVIDER_CLIENT_NAME,
} from "../../../stacks/naming";
import { splitWords } from "../system/words";
import { readText } from "./attribute";
import { isFirstVersion } from "./secret-versions";
import {
  findConstructId,
  isServiceClient,
  removeSuffix,
} from "./construct-ids";
import type { Redacted } from "./redactor";
import { literal, text, type RichText } from "./rich-text";
import type { Resource, Snapshot } from "./snapshot";

const CLIENT = "aws_cognito_user_pool_client";
const SERVER = "aws_cognito_resource_server";
const USER_POOL = "aws_cognito_user_pool";

/** AWS's terms for types of resources. */
const NOUNS = {
  aws_cognito_identity_pool: "identity pool",
  aws_cognito_identity_pool_roles_attachment: "role mapping of identity pool",
  aws_cognito_identity_provider: "identity provider",
  aws_cognito_log_delivery_configuration: "user log of user pool",
  aws_cognito_managed_login_branding: "branding of client",
  aws_cognito_resource_server: "resource server",
  aws_cognito_risk_configuration: "risk configuration of user pool",
  aws_cognito_user: "user",
  aws_cognito_user_group: "group",
  aws_cognito_user_pool: "user pool",
  aws_cognito_user_pool_client: "client",
  aws_cognito_user_pool_domain: "user pool domain",
  aws_cognito_user_pool_ui_customization: "sign-in page of user pool",
  aws_iam_openid_connect_provider: "OIDC provider",
  aws_iam_policy: "policy",
  aws_iam_role: "role",
  aws_iam_role_policy: "policy",
  aws_iam_role_policy_attachment: "attached policy",
  aws_iam_saml_provider: "SAML provider",
  aws_kms_alias: "key alias",
  aws_kms_key: "key",
  aws_lambda_permission: "permission of function",
  aws_route53_record: "DNS record",
  aws_s3_bucket: "bucket",
  aws_s3_bucket_lifecycle_configuration: "lifecycle rules of bucket",
  aws_s3_bucket_logging: "access log of bucket",
  aws_s3_bucket_ownership_controls: "ownership controls of bucket",
  aws_s3_bucket_policy: "policy of bucket",
  aws_s3_bucket_public_access_block: "public access block of bucket",
  aws_s3_bucket_server_side_encryption_configuration: "encryption of bucket",
  aws_s3_bucket_versioning: "versioning of bucket",
  aws_secretsmanager_secret: "secret",
  aws_secretsmanager_secret_policy: "policy of secret",
  aws_secretsmanager_secret_version: "value of secret",
  aws_wafv2_web_acl_association: "web ACL of user pool",
} as const;

/** A client with its own credentials, as the method of main.ts that creates it. */
export const SERVICE_CLIENT = "service client";

type Noun = (typeof NOUNS)[keyof typeof NOUNS];

/** Name of the client that main.ts does not create: the identity pool checks tokens with it. */
const OWN_CLIENT =
  `${IDENTITY_PROVIDER_CLIENT} (the identity pool's own client)` as Redacted;

/** Attributes that identify a resource to a reader, in order of preference. */
const NAMES = splitWords(`
  name username provider_name domain bucket identity_pool_name identity_pool_id url policy_arn secret_id
  secret_arn function_name resource_arn client_id user_pool_id id
`);

/** Scopes begin with the identifier of a resource server, whatever its name. */
function listNameAttributes(type: string): readonly string[] {
  return type === SERVER ? ["identifier", ...NAMES] : NAMES;
}

/** Types that are named after another resource, and the attribute that refers to it. */
const OWNERS: Readonly<
  Record<string, readonly [attribute: string, type: string]>
> = {
  aws_cognito_identity_pool_roles_attachment: [
    "identity_pool_id",
    "aws_cognito_identity_pool",
  ],
  aws_cognito_log_delivery_configuration: ["user_pool_id", USER_POOL],
  aws_cognito_managed_login_branding: ["client_id", CLIENT],
  aws_cognito_risk_configuration: ["user_pool_id", USER_POOL],
  aws_cognito_user_pool_ui_customization: ["user_pool_id", USER_POOL],
  aws_s3_bucket_policy: ["bucket", "aws_s3_bucket"],
  aws_secretsmanager_secret_policy: ["secret_arn", "aws_secretsmanager_secret"],
  aws_secretsmanager_secret_version: ["secret_id", "aws_secretsmanager_secret"],
  aws_wafv2_web_acl_association: ["resource_arn", USER_POOL],
};

/**
 * Formats the type and the name of a resource in AWS, whose address is not known. Clients and resource servers have the ids of
 * main.ts, which are parts of their names.
 */
export function formatResourceName(
  type: string,
  attributes: Readonly<Record<string, unknown>>,
): string {
  const names = listNameAttributes(type).map(
    (attribute) => attributes[attribute],
  );
  const name =
    names.find(
      (value): value is string => typeof value === "string" && value !== "",
    ) ?? "";
  const ownName = name.replace(/^arn:.*:/, "");
  const short = isFirstVersion(attributes)
    ? `${FIRST_VERSION} ${ownName}`
    : formatLiveName(type, ownName);
  return isRolePolicy(type) && typeof attributes.role === "string"
    ? `${short} of role ${attributes.role}`
    : short;
}

function formatLiveName(type: string, name: string): string {
  if (type === CLIENT && name === IDENTITY_PROVIDER_CLIENT_NAME)
    return `${NOUNS[CLIENT]} ${OWN_CLIENT}`;
  const id = removeSuffix(
    name as Redacted,
    type === CLIENT
      ? getServiceClientName("")
      : getResourceServerIdentifier(""),
  );
  if (type === CLIENT && id !== undefined) return `${SERVICE_CLIENT} ${id}`;
  if (type === SERVER && id !== undefined)
    return `${NOUNS[SERVER]} ${id} (identifier ${name})`;
  return `${getNoun(type) ?? type} ${name}`;
}

/** Noun of the version of a secret that holds no field. */
const FIRST_VERSION = "first version of secret";

/** Describes a resource with the name of the role, secret, bucket or pool that it belongs to. */
export function describeResource(
  resource: Resource,
  snapshot: Snapshot,
): RichText {
  const { type, values } = resource;
  const kind =
    type === CLIENT && isServiceClient(values)
      ? literal(SERVICE_CLIENT)
      : isFirstVersion(values)
        ? literal(FIRST_VERSION)
        : describeType(type);
  const name = getOwnerName(resource, snapshot);
  if (!isRolePolicy(type))
    return text`${kind} ${name}${describeNameInAws(resource)}`;
  const role = snapshot.find("aws_iam_role", values.role);
  const roleName =
    role === undefined ? readText(values, "role") : getShortName(role);
  return roleName === undefined
    ? text`${kind} ${name}`
    : text`${kind} ${name} of role ${roleName}`;
}

/** Returns the short name of the secret, bucket or pool that a resource belongs to, else its own. */
export function getOwnerName(resource: Resource, snapshot: Snapshot): Redacted {
  const { type, values } = resource;
  const [attribute = "", ownerType = ""] = Object.hasOwn(OWNERS, type)
    ? (OWNERS[type] ?? [])
    : [];
  return getShortName(snapshot.find(ownerType, values[attribute]) ?? resource);
}

/** Returns AWS's term for a type; the type if there is none. */
export function describeType(type: Redacted): RichText {
  const noun = getNoun(type);
  return noun === undefined ? text`${type}` : literal(noun);
}

/** Returns what main.ts calls a resource, else its name in AWS, else its address. */
export function getShortName(resource: Resource): Redacted {
  return isOwnClient(resource) ? OWN_CLIENT : getClientId(resource);
}

/** Returns the same as {@link getShortName} without explanation. The secret of a client has a name that ends with it. */
export function getClientId(resource: Resource): Redacted {
  const { address, type, values } = resource;
  const id = findConstructId(resource);
  if (id !== undefined) return id;
  for (const attribute of listNameAttributes(type)) {
    const name = readText(values, attribute);
    if (name === undefined || name.startsWith("${")) continue;
    const short = name.replace(/^arn:.*:/, "") as Redacted;
    return type === CLIENT && isServiceClient(values)
      ? (removeSuffix(short, getServiceClientName("")) ?? short)
      : short;
  }
  return address;
}

/** Whether a resource is the client that main.ts does not create. */
function isOwnClient(resource: Resource): boolean {
  return (
    resource.type === CLIENT &&
    resource.values.name === IDENTITY_PROVIDER_CLIENT_NAME &&
    findConstructId(resource) === IDENTITY_PROVIDER_CLIENT
  );
}

/** Returns the name of a client or a resource server in AWS, in parentheses, if it does not follow from its id. */
function describeNameInAws(resource: Resource): RichText {
  const { type, values } = resource;
  const id = findConstructId(resource);
  if (id === undefined || isOwnClient(resource)) return [];
  const attribute = type === SERVER ? "identifier" : "name";
  const name = readText(values, attribute);
  if (name === undefined || name.startsWith("${") || name === id) return [];
  if (type === SERVER) return text` (identifier ${name})`;
  return name === getServiceClientName(id) ? [] : text` (named ${name})`;
}

function getNoun(type: string): Noun | undefined {
  return Object.hasOwn(NOUNS, type)
    ? NOUNS[type as keyof typeof NOUNS]
    : undefined;
}

function isRolePolicy(type: string): boolean {
  return /^aws_iam_role_policy(_attachment)?$/.test(type);
}
