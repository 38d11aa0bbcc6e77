import type { LiveResource } from "./live-resources";
import { leftBehindOf } from "./left-behind";
import type { LiveStack } from "./live-stack";
import {
  literalOf,
  referenceOf,
  type CodeResource,
  type StageCode,
} from "./stage-code";
import { pointedAt, pointedAtByGone } from "./pointed-roles";

/** A live resource and what the stage's code has for it. */
export interface Pair {
  readonly live: LiveResource;
  readonly code: CodeResource;
}

/** What becomes of everything that the stack and the code have. */
export interface Matching {
  /** Imported by their ids. */
  readonly adopted: readonly Pair[];
  /** Written over by one call that says the same: an import would have them replaced. */
  readonly createdOver: readonly Pair[];
  /** Of the code, and not there. */
  readonly missing: readonly CodeResource[];
  /** Of the stack, and of no use without it: gone with it. */
  readonly leftBehind: readonly LiveResource[];
  /** Of the stack, and nothing in the code. */
  readonly unmatched: readonly LiveResource[];
  /** Deleted by hand; the code may have it. */
  readonly gone: readonly LiveResource[];
}

/** Types that are created over. */
export const CREATED_OVER: readonly string[] = [
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
export function match(
  live: readonly LiveResource[],
  code: StageCode,
  stack: LiveStack,
): Matching {
  const there = live.filter(({ isThere }) => isThere);
  const pairs: Pair[] = [];
  const add = (
    resource: LiveResource | undefined,
    wanted: CodeResource,
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
  const roles = [...pointedAt(pairs), ...pointedAtByGone(live, code, stack)];
  for (const [roleName, address] of roles) {
    const wanted = code.resources.find((role) => role.address === address);
    const role = ofType("aws_iam_role").find(({ key }) => key === roleName);
    if (wanted !== undefined) add(role, wanted);
  }
  for (const wanted of code.ofType("aws_iam_role_policy")) {
    const role = pairs.find(
      (pair) => pair.code.address === referenceOf(wanted.values.role),
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
      (pair) => pair.code.address === referenceOf(wanted.values.secret_arn),
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
  { type, values }: CodeResource,
): LiveResource | undefined {
  const attribute = KEYS[type];
  if (attribute === undefined) return undefined;
  const key = literalOf(values[attribute])?.replace(/^https:\/\//, "");
  const [only, ...others] = candidates.filter(
    (candidate) => candidate.key === key,
  );
  // of two of a name nobody can tell which one the code means
  return others.length === 0 ? only : undefined;
}

function sorted(
  pairs: readonly Pair[],
  live: readonly LiveResource[],
  code: StageCode,
  stack: LiveStack,
): Matching {
  const rest = live.filter(
    (resource) => !pairs.some((pair) => pair.live === resource),
  );
  const leftBehind = leftBehindOf(rest, live, stack);
  const others = rest.filter((resource) => !leftBehind.includes(resource));
  return {
    adopted: pairs.filter((pair) => !CREATED_OVER.includes(pair.code.type)),
    createdOver: pairs.filter((pair) => CREATED_OVER.includes(pair.code.type)),
    missing: code.resources.filter(
      (wanted) => !pairs.some((pair) => pair.code === wanted),
    ),
    leftBehind,
    unmatched: others.filter(({ isThere }) => isThere),
    gone: others.filter(({ isThere }) => !isThere),
  };
}
