import type { LiveResource } from "./live-resources";
import { findStackOnlyResources } from "./stack-only";
import { type LiveStack, resolveText } from "./live-stack";
import {
  type ConfiguredResource,
  parseLiteral,
  parseReference,
  type TerraformConfiguration,
} from "./terraform-configuration";

/** A live resource and what the stage's code has for it. */
export interface MatchedResource {
  readonly live: LiveResource;
  readonly code: ConfiguredResource;
}

/** What becomes of everything that the stack and the code have. */
export interface Matching {
  /** Imported by their ids. */
  readonly adopted: readonly MatchedResource[];
  /** Written over by one call that says the same: an import would have them replaced. */
  readonly createdOver: readonly MatchedResource[];
  /** Of the code, and not there. */
  readonly missing: readonly ConfiguredResource[];
  /** Of the stack, and of no use without it: gone with it. */
  readonly leftBehind: readonly LiveResource[];
  /** Of the stack, and nothing in the code. */
  readonly unmatched: readonly LiveResource[];
  /** Deleted by hand; the code may have it. */
  readonly gone: readonly LiveResource[];
}

/** Types that are created over. */
export const OVERWRITTEN_TYPES: readonly string[] = [
  "aws_cognito_identity_pool_roles_attachment",
  "aws_secretsmanager_secret_policy",
];

/** Types of which a stage has one at most, so that its name is not needed to know it. */
const SINGLE: readonly string[] = [
  "aws_cognito_user_pool",
  "aws_cognito_user_pool_domain",
  "aws_cognito_identity_pool",
  "aws_cognito_identity_pool_roles_attachment",
];

/** Attribute that the code has a type's natural key in. */
const KEYS: Readonly<Record<string, string>> = {
  aws_cognito_user_pool: "name",
  aws_cognito_user_pool_domain: "domain",
  aws_cognito_identity_pool: "identity_pool_name",
  aws_cognito_user_pool_client: "name",
  aws_cognito_resource_server: "identifier",
  aws_cognito_user_group: "name",
  aws_iam_openid_connect_provider: "url",
  aws_secretsmanager_secret: "name",
};

/** Matches what is live with the code: by names, roles by what points at them, never by logical ids. */
export function matchResources(
  live: readonly LiveResource[],
  code: TerraformConfiguration,
  stack: LiveStack,
): Matching {
  const there = live.filter(({ isThere }) => isThere);
  const pairs: MatchedResource[] = [];
  const add = (
    resource: LiveResource | undefined,
    wanted: ConfiguredResource,
  ): void => {
    const isTaken = pairs.some(
      (pair) => pair.live === resource || pair.code === wanted,
    );
    if (resource !== undefined && !isTaken)
      pairs.push({ live: resource, code: wanted });
  };
  const ofType = (type: string): readonly LiveResource[] =>
    there.filter(({ terraformType }) => terraformType === type);

  for (const wanted of code.resources) {
    const candidates = ofType(wanted.type);
    const only =
      SINGLE.includes(wanted.type) && candidates.length === 1
        ? candidates[0]
        : undefined;
    add(byKey(candidates, wanted) ?? only, wanted);
  }
  const roles = [
    ...findReferencedRoles(pairs),
    ...findRolesOfDeletedGroups(live, code, stack),
  ];
  for (const [roleName, address] of roles) {
    const wanted = code.resources.find((role) => role.address === address);
    const role = ofType("aws_iam_role").find(({ key }) => key === roleName);
    if (wanted !== undefined) add(role, wanted);
  }
  for (const wanted of code.ofType("aws_iam_role_policy")) {
    const role = pairs.find(
      (pair) => pair.code.address === parseReference(wanted.values.role),
    )?.live.key;
    add(
      ofType("aws_iam_role_policy").find(
        ({ facts }) => role !== undefined && facts.RoleName === role,
      ),
      wanted,
    );
  }
  for (const wanted of code.ofType("aws_secretsmanager_secret_policy")) {
    const secret = pairs.find(
      (pair) => pair.code.address === parseReference(wanted.values.secret_arn),
    )?.live.importId;
    add(
      ofType(wanted.type).find(({ key }) => key === secret),
      wanted,
    );
  }
  return sorted(pairs, live, code, stack);
}

function byKey(
  candidates: readonly LiveResource[],
  { type, values }: ConfiguredResource,
): LiveResource | undefined {
  const attribute = KEYS[type];
  if (attribute === undefined) return undefined;
  const key = parseLiteral(values[attribute])?.replace(/^https:\/\//, "");
  const [only, ...others] = candidates.filter(
    (candidate) => candidate.key === key,
  );
  // of two of a name nobody can tell which one the code means
  return others.length === 0 ? only : undefined;
}

function sorted(
  pairs: readonly MatchedResource[],
  live: readonly LiveResource[],
  code: TerraformConfiguration,
  stack: LiveStack,
): Matching {
  const rest = live.filter(
    (resource) => !pairs.some((pair) => pair.live === resource),
  );
  const leftBehind = findStackOnlyResources(rest, live, stack);
  const others = rest.filter((resource) => !leftBehind.includes(resource));
  return {
    adopted: pairs.filter(
      (pair) => !OVERWRITTEN_TYPES.includes(pair.code.type),
    ),
    createdOver: pairs.filter((pair) =>
      OVERWRITTEN_TYPES.includes(pair.code.type),
    ),
    missing: code.resources.filter(
      (wanted) => !pairs.some((pair) => pair.code === wanted),
    ),
    leftBehind,
    unmatched: others.filter(({ isThere }) => isThere),
    gone: others.filter(({ isThere }) => !isThere),
  };
}

const GROUP = "AWS::Cognito::UserPoolGroup";

/** Roles' names by the address that the code has for each, as those say that point at them. */
export function findReferencedRoles(
  pairs: readonly MatchedResource[],
): readonly (readonly [roleName: string, address: string])[] {
  const found: [string, string][] = [];
  const add = (arn: unknown, reference: unknown): void => {
    const address = parseReference(reference);
    if (typeof arn === "string" && address !== undefined)
      found.push([arn.replace(/^.*\//, ""), address]);
  };
  for (const { live, code } of pairs) {
    if (code.type === "aws_cognito_user_group")
      add(live.facts.RoleArn, code.values.role_arn);
    if (code.type === "aws_cognito_identity_pool_roles_attachment")
      add(
        field(live.facts.Roles, "authenticated"),
        field(code.values.roles, "authenticated"),
      );
  }
  return found;
}

/** The same of groups that somebody has deleted, as the template has them: their roles are there. */
export function findRolesOfDeletedGroups(
  live: readonly LiveResource[],
  code: TerraformConfiguration,
  stack: LiveStack,
): readonly (readonly [roleName: string, address: string])[] {
  return live
    .filter(({ type, isThere }) => type === GROUP && !isThere)
    .flatMap(({ logicalId, physicalId }) => {
      const { RoleArn: arn } =
        stack.template.Resources[logicalId]?.Properties ?? {};
      const roleName = resolveText(arn, stack)?.replace(/^.*\//, "");
      const wanted = code
        .ofType("aws_cognito_user_group")
        .find(({ values }) => values.name === physicalId.replace(/^.*\|/, ""));
      const address = parseReference(wanted?.values.role_arn);
      return roleName === undefined || address === undefined
        ? []
        : [[roleName, address] as const];
    });
}

function field(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null
    ? (value as Readonly<Record<string, unknown>>)[name]
    : undefined;
}
