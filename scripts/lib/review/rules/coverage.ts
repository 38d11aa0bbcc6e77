import { BLOCK_ATTRIBUTES, MAP_ATTRIBUTES } from "./block-attributes";
import { RULES } from "./registry";

/** Why a change of an attribute needs no rule. */
const ASSIGNED = "AWS or the provider assigns it";
const REPLACES = "a change replaces the resource, which is a rule";
const TEXT = "text for people, which decides nothing";
const TAGS = "tags, of which only Stack decides anything, which is a rule";
const TIMEOUTS = "how long Terraform waits";
const DELETION = "how Terraform deletes it, which is a rule by itself";
const REGION = "a change replaces the resource, which is a rule";
const COST = "cost and speed";

/** Attributes whose change no rule has to judge, by type, each with the reason. */
export const IGNORED_ATTRIBUTES: Readonly<
  Record<string, Readonly<Record<string, string>>>
> = {
  aws_cognito_user_pool: {
    alias_attributes: REPLACES,
    arn: ASSIGNED,
    creation_date: ASSIGNED,
    custom_domain: ASSIGNED,
    domain: ASSIGNED,
    endpoint: ASSIGNED,
    estimated_number_of_users: ASSIGNED,
    id: ASSIGNED,
    last_modified_date: ASSIGNED,
    name: TEXT,
    region: REGION,
    tags: TAGS,
    tags_all: TAGS,
    username_attributes: REPLACES,
    username_configuration: REPLACES,
  },
  aws_cognito_user_pool_client: {
    client_secret: ASSIGNED,
    generate_secret: REPLACES,
    id: ASSIGNED,
    name: TEXT,
    region: REGION,
    user_pool_id: REPLACES,
  },
  aws_cognito_user_pool_domain: {
    aws_account_id: ASSIGNED,
    certificate_arn:
      "adding or removing it replaces the domain, which is a rule; AWS accepts only certificates of the account for the name",
    cloudfront_distribution: ASSIGNED,
    cloudfront_distribution_arn: ASSIGNED,
    cloudfront_distribution_zone_id: ASSIGNED,
    domain: REPLACES,
    id: ASSIGNED,
    managed_login_version: "how the sign-in pages look",
    region: REGION,
    s3_bucket: ASSIGNED,
    user_pool_id: REPLACES,
    version: ASSIGNED,
  },
  aws_cognito_resource_server: {
    id: ASSIGNED,
    identifier: REPLACES,
    name: REPLACES,
    region: REGION,
    "scope.scope_description": TEXT,
    scope_identifiers: ASSIGNED,
    user_pool_id: REPLACES,
  },
  aws_cognito_user_group: {
    description: TEXT,
    id: ASSIGNED,
    name: REPLACES,
    region: REGION,
    user_pool_id: REPLACES,
  },
  aws_cognito_user: {
    client_metadata: "data for functions that run at sign-up",
    creation_date: ASSIGNED,
    force_alias_creation: "used once, when the user is created",
    id: ASSIGNED,
    last_modified_date: ASSIGNED,
    message_action: "used once, when the user is created",
    mfa_setting_list: ASSIGNED,
    preferred_mfa_setting: ASSIGNED,
    region: REGION,
    status: ASSIGNED,
    sub: ASSIGNED,
    user_pool_id: REPLACES,
    username: REPLACES,
    validation_data: "used once, when the user is created",
  },
  aws_cognito_user_in_group: { id: ASSIGNED, region: REGION },
  aws_cognito_identity_pool: {
    arn: ASSIGNED,
    id: ASSIGNED,
    identity_pool_name: REPLACES,
    region: REGION,
    tags: TAGS,
    tags_all: TAGS,
  },
  aws_cognito_identity_pool_roles_attachment: {
    id: ASSIGNED,
    identity_pool_id: REPLACES,
    region: REGION,
  },
  aws_cognito_identity_provider: {
    id: ASSIGNED,
    region: REGION,
    user_pool_id: REPLACES,
  },
  aws_iam_openid_connect_provider: {
    arn: ASSIGNED,
    id: ASSIGNED,
    tags: TAGS,
    tags_all: TAGS,
    url: REPLACES,
  },
  aws_iam_role: {
    arn: ASSIGNED,
    create_date: ASSIGNED,
    description: TEXT,
    force_detach_policies: DELETION,
    id: ASSIGNED,
    name: REPLACES,
    name_prefix: REPLACES,
    path: REPLACES,
    tags: TAGS,
    tags_all: TAGS,
    unique_id: ASSIGNED,
  },
  aws_iam_role_policy: {
    id: ASSIGNED,
    name: REPLACES,
    name_prefix: REPLACES,
  },
  aws_iam_role_policy_attachment: { id: ASSIGNED },
  aws_iam_policy: {
    arn: ASSIGNED,
    attachment_count: ASSIGNED,
    description: REPLACES,
    id: ASSIGNED,
    name: REPLACES,
    name_prefix: REPLACES,
    path: REPLACES,
    policy_id: ASSIGNED,
    tags: TAGS,
    tags_all: TAGS,
  },
  aws_secretsmanager_secret: {
    arn: ASSIGNED,
    description: TEXT,
    id: ASSIGNED,
    name: REPLACES,
    name_prefix: REPLACES,
    region: REGION,
    tags: TAGS,
    tags_all: TAGS,
  },
  aws_secretsmanager_secret_version: {
    arn: ASSIGNED,
    has_secret_string_wo: ASSIGNED,
    id: ASSIGNED,
    region: REGION,
    secret_id: REPLACES,
    secret_string_wo:
      "Terraform stores no value of it; its version says that it changes",
    secret_string_wo_version: REPLACES,
    version_id: ASSIGNED,
  },
  aws_secretsmanager_secret_policy: {
    id: ASSIGNED,
    region: REGION,
    secret_arn: REPLACES,
  },
  aws_s3_bucket: {
    acceleration_status: COST,
    arn: ASSIGNED,
    bucket: REPLACES,
    bucket_domain_name: ASSIGNED,
    bucket_prefix: REPLACES,
    bucket_region: ASSIGNED,
    bucket_regional_domain_name: ASSIGNED,
    hosted_zone_id: ASSIGNED,
    id: ASSIGNED,
    region: REGION,
    request_payer: COST,
    tags: TAGS,
    tags_all: TAGS,
    timeouts: TIMEOUTS,
    website_domain: ASSIGNED,
    website_endpoint: ASSIGNED,
  },
  aws_s3_bucket_versioning: {
    bucket: REPLACES,
    expected_bucket_owner: REPLACES,
    id: ASSIGNED,
    region: REGION,
  },
  aws_s3_bucket_policy: { bucket: REPLACES, id: ASSIGNED, region: REGION },
  aws_s3_bucket_public_access_block: {
    bucket: REPLACES,
    id: ASSIGNED,
    region: REGION,
  },
  aws_s3_bucket_ownership_controls: {
    bucket: REPLACES,
    id: ASSIGNED,
    region: REGION,
  },
  aws_s3_bucket_server_side_encryption_configuration: {
    bucket: REPLACES,
    expected_bucket_owner: REPLACES,
    id: ASSIGNED,
    region: REGION,
    "rule.bucket_key_enabled": COST,
  },
  aws_s3_bucket_lifecycle_configuration: {
    bucket: REPLACES,
    expected_bucket_owner: REPLACES,
    id: ASSIGNED,
    region: REGION,
    "rule.abort_incomplete_multipart_upload":
      "what it deletes was never an object",
    timeouts: TIMEOUTS,
    transition_default_minimum_object_size: COST,
  },
  aws_kms_key: {
    arn: ASSIGNED,
    description: TEXT,
    id: ASSIGNED,
    key_id: ASSIGNED,
    region: REGION,
    tags: TAGS,
    tags_all: TAGS,
    timeouts: TIMEOUTS,
  },
  aws_kms_alias: {
    arn: ASSIGNED,
    id: ASSIGNED,
    name: REPLACES,
    name_prefix: REPLACES,
    region: REGION,
    target_key_arn: ASSIGNED,
  },
};

/** Attributes that the comparison of access reads, by type. */
export const ACCESS_ATTRIBUTES: Readonly<Record<string, readonly string[]>> = {
  aws_iam_policy: ["policy"],
  aws_iam_role: ["assume_role_policy", "inline_policy", "managed_policy_arns"],
  aws_iam_role_policy: ["policy", "role"],
  aws_iam_role_policy_attachment: ["policy_arn", "role"],
  aws_kms_key: ["policy"],
  aws_s3_bucket: ["policy"],
  aws_s3_bucket_policy: ["policy"],
  aws_secretsmanager_secret: ["policy"],
  aws_secretsmanager_secret_policy: ["policy"],
};

/** Returns the attributes of a type that rules judge; a path stands for all attributes under it. */
export function getRuleAttributes(type: string): readonly string[] {
  return COVERED.get(type) ?? [];
}

const COVERED: ReadonlyMap<string, readonly string[]> = (() => {
  const all = new Map<string, Set<string>>();
  for (const { covers } of Object.values(RULES))
    for (const [type, paths] of Object.entries(covers))
      all.set(type, new Set([...(all.get(type) ?? []), ...paths]));
  return new Map([...all].map(([type, paths]) => [type, [...paths].sort()]));
})();

/** Returns the attributes of a type that a rule or the comparison of access judges. */
export function getReviewedAttributes(type: string): readonly string[] {
  return [...getRuleAttributes(type), ...(own(ACCESS_ATTRIBUTES, type) ?? [])];
}

/** Whether the review knows a type of resource. */
export function isReviewedType(type: string): boolean {
  return Object.hasOwn(IGNORED_ATTRIBUTES, type);
}

/** Where the review has an attribute; `undefined` if it does not know it. */
export function classifyAttribute(
  type: string,
  path: string,
): "rule" | "access" | "harmless" | undefined {
  const [root = ""] = path.split(".");
  const isKnown =
    MAP_ATTRIBUTES.includes(root) ||
    own(BLOCK_ATTRIBUTES, type)?.includes(path) === true;
  const has = (paths: readonly string[]): boolean =>
    paths.includes(path) ||
    (isKnown && paths.some((one) => path.startsWith(`${one}.`)));
  if (has(getRuleAttributes(type))) return "rule";
  if (has(own(ACCESS_ATTRIBUTES, type) ?? [])) return "access";
  if (has(Object.keys(own(IGNORED_ATTRIBUTES, type) ?? {}))) return "harmless";
  // a whole block
  const isBlock = [
    ...getReviewedAttributes(type),
    ...(own(BLOCK_ATTRIBUTES, type) ?? []),
  ].some((one) => one.startsWith(`${path}.`));
  return isBlock ? "rule" : undefined;
}

function own<T>(table: Readonly<Record<string, T>>, key: string) {
  return Object.hasOwn(table, key) ? table[key] : undefined;
}
