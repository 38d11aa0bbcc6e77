import { toJsonObject } from "../../system/json-object";
import type { LiveResource } from "./live-resources";
import { getProperties, type LiveStack, resolveText } from "./live-stack";
import { isInStack } from "./outside-resources";
import { findStackOnlyResources } from "./stack-only";
import {
  type ConfiguredResource,
  parseLiteral,
  parseReference,
  type TerraformConfiguration,
} from "./terraform-configuration";

/** A live resource and its counterpart in the stage's configuration. */
export interface MatchedResource {
  readonly live: LiveResource;
  readonly configured: ConfiguredResource;
}

/** Every resource of the stack and of the configuration, by what an adoption does with it. */
export interface Matching {
  /** Imported. */
  readonly adopted: readonly MatchedResource[];
  /** Written again with the current value: an import would make Terraform replace them. */
  readonly overwritten: readonly MatchedResource[];
  /** Configured, without a live counterpart. */
  readonly missing: readonly ConfiguredResource[];
  /** Used by the stack only, and deleted with it. */
  readonly stackOnly: readonly LiveResource[];
  /** Live, without a configured counterpart. */
  readonly unmatched: readonly LiveResource[];
  /** Deleted outside CloudFormation. */
  readonly deleted: readonly LiveResource[];
}

const ROLES_ATTACHMENT = "aws_cognito_identity_pool_roles_attachment";
const SECRET_POLICY = "aws_secretsmanager_secret_policy";
const GROUP = "aws_cognito_user_group";
const DOMAIN = "aws_cognito_user_pool_domain";

const OVERWRITTEN_TYPES = [ROLES_ATTACHMENT, SECRET_POLICY];

/** Types of which a stage has at most one resource, which needs no name to match. A custom domain is of another kind. */
const SINGLE_TYPES = [
  "aws_cognito_user_pool",
  DOMAIN,
  "aws_cognito_user_pool_ui_customization",
  "aws_cognito_identity_pool",
  ROLES_ATTACHMENT,
];

/** Attribute that contains the natural key, by Terraform type. */
const KEYS: Readonly<Record<string, string>> = {
  aws_cognito_user_pool: "name",
  [DOMAIN]: "domain",
  aws_cognito_identity_pool: "identity_pool_name",
  aws_cognito_user_pool_client: "name",
  aws_cognito_resource_server: "identifier",
  aws_cognito_user_group: "name",
  aws_cognito_identity_provider: "provider_name",
  aws_wafv2_web_acl_association: "web_acl_arn",
  aws_iam_openid_connect_provider: "url",
  aws_secretsmanager_secret: "name",
};

/** Attribute that refers to the role or secret of a policy, by Terraform type. */
const OWNERS = {
  aws_iam_role_policy: "role",
  [SECRET_POLICY]: "secret_arn",
} as const;

/**
 * Matches live resources with the stage's configuration by their natural keys, and roles by the resources that refer to
 * them. Logical ids are not compared.
 */
export function matchResources(
  all: readonly LiveResource[],
  configuration: TerraformConfiguration,
  stack: LiveStack,
): Matching {
  const pairs: MatchedResource[] = [];
  const add = (
    configured: ConfiguredResource | undefined,
    live: LiveResource | undefined,
  ): void => {
    if (configured === undefined || live === undefined) return;
    const isMatched = pairs.some(
      (pair) => pair.live === live || pair.configured === configured,
    );
    if (!isMatched) pairs.push({ live, configured });
  };
  const listLive = (type: string): readonly LiveResource[] =>
    all.filter((one) => one.isPresent && one.terraformType === type);
  const findAdopted = (reference: unknown): LiveResource | undefined => {
    const address = parseReference(reference);
    return pairs.find(({ configured }) => configured.address === address)?.live;
  };

  for (const configured of configuration.resources) {
    const candidates = listLive(configured.type).filter((live) =>
      isSameKind(live, configured),
    );
    const isSingle =
      candidates.length === 1 && SINGLE_TYPES.includes(configured.type);
    add(
      configured,
      findByKey(candidates, configured) ??
        (isSingle ? candidates[0] : undefined),
    );
  }
  const references = [
    ...pairs.flatMap(listRoleReferences),
    ...listReferencesOfDeletedGroups(all, configuration, stack),
  ];
  for (const { roleArn, reference } of references) {
    const address = parseReference(reference);
    const name =
      typeof roleArn === "string" ? roleArn.replace(/^.*\//, "") : "";
    add(
      configuration.resources.find((role) => role.address === address),
      listLive("aws_iam_role").find(({ key }) => key === name),
    );
  }
  for (const [type, attribute] of Object.entries(OWNERS))
    for (const policy of configuration.getResources(type)) {
      const owner = findAdopted(policy.values[attribute]);
      const live = listLive(type).find(
        ({ attributes, key }) =>
          (attributes.RoleName ?? key) === owner?.importId,
      );
      add(policy, live);
    }
  return groupResources(pairs, all, configuration, stack);
}

/** Returns whether both domains are custom domains, or both prefix domains. */
function isSameKind(
  { attributes }: LiveResource,
  { type, values }: ConfiguredResource,
): boolean {
  if (type !== DOMAIN) return true;
  const { CertificateArn } = toJsonObject(attributes.CustomDomainConfig);
  return (
    (CertificateArn === undefined) === (values.certificate_arn === undefined)
  );
}

function findByKey(
  candidates: readonly LiveResource[],
  { type, values }: ConfiguredResource,
): LiveResource | undefined {
  const attribute = KEYS[type];
  if (attribute === undefined) return undefined;
  const key = parseLiteral(values[attribute])?.replace(/^https:\/\//, "");
  const [only, ...others] = candidates.filter(
    (candidate) => candidate.key === key,
  );
  // a name of two resources is ambiguous
  return others.length === 0 ? only : undefined;
}

/** A live role and the configured expression that refers to its counterpart. */
interface RoleReference {
  readonly roleArn: unknown;
  readonly reference: unknown;
}

function listRoleReferences({
  live: { attributes },
  configured: { type, values },
}: MatchedResource): readonly RoleReference[] {
  if (type === GROUP)
    return [{ roleArn: attributes.RoleArn, reference: values.role_arn }];
  if (type !== ROLES_ATTACHMENT) return [];
  const { authenticated: roleArn } = toJsonObject(attributes.Roles);
  const { authenticated: reference } = toJsonObject(values.roles);
  return [{ roleArn, reference }];
}

/** The roles of deleted groups still exist; the template refers to them. */
function listReferencesOfDeletedGroups(
  all: readonly LiveResource[],
  configuration: TerraformConfiguration,
  stack: LiveStack,
): readonly RoleReference[] {
  return all
    .filter((one) => one.terraformType === GROUP && !one.isPresent)
    .map(({ logicalId, physicalId }) => ({
      roleArn: resolveText(getProperties(stack, logicalId).RoleArn, stack),
      reference: configuration
        .getResources(GROUP)
        .find(({ values }) => values.name === physicalId.replace(/^.*\|/, ""))
        ?.values.role_arn,
    }));
}

function groupResources(
  pairs: readonly MatchedResource[],
  all: readonly LiveResource[],
  configuration: TerraformConfiguration,
  stack: LiveStack,
): Matching {
  const isOverwritten = ({ configured }: MatchedResource): boolean =>
    OVERWRITTEN_TYPES.includes(configured.type);
  const rest = all.filter((one) => pairs.every(({ live }) => live !== one));
  const stackOnly = findStackOnlyResources(rest, all, stack);
  const others = rest.filter((one) => !stackOnly.includes(one));
  return {
    adopted: pairs.filter((pair) => !isOverwritten(pair)),
    overwritten: pairs.filter(isOverwritten),
    missing: configuration.resources.filter((one) =>
      pairs.every(({ configured }) => configured !== one),
    ),
    stackOnly,
    unmatched: others.filter((one) => one.isPresent && isInStack(one)),
    deleted: others.filter(({ isPresent }) => !isPresent),
  };
}
