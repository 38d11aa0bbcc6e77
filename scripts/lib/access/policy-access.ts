import type { Grant } from "../iam/compare";
import { ASSUME_ACTIONS, hasAction } from "../iam/trust";
import type { Redacted } from "../plan/redactor";
import { literal, type RichText, text } from "../plan/rich-text";
import type { Snapshot } from "../plan/snapshot";
import type { Access, Entity } from "./access-graph";
import { isCoveredByRoleMapping } from "./identity-pool-access";
import { describePermissions } from "./permissions";
import { describePrincipals, groupByPrincipal } from "./principals";

type Grants = readonly Grant<Redacted>[];

/** Describes the access of grants of a policy. `holder` is the role or resource that has the policy. */
export type AccessWriter = (
  holder: Entity,
  grants: Grants,
  snapshot: Snapshot,
) => readonly Access[];

/** Describes the access of a role by its policies. */
export const describeRoleAccess: AccessWriter = (holder, grants, snapshot) =>
  describePermissions(grants, snapshot).map((permission) => ({
    ...permission,
    principal: holder,
  }));

/** Describes who can assume a role, without access that a role mapping determines. */
export const describeTrustAccess: AccessWriter = (holder, grants, snapshot) =>
  grants
    .filter(
      (grant) =>
        isAssumeRoleGrant(grant) && !isCoveredByRoleMapping(grant, snapshot),
    )
    .flatMap((grant) => describePrincipals(grant, snapshot))
    .map(({ entity, condition }) => ({
      principal: entity,
      principalCondition: condition,
      permission: "assume" as Redacted,
      resource: holder,
      text: text`assume ${holder.name}`,
    }));

/** Describes access to a resource by its own policy. */
export const describeResourceAccess: AccessWriter = (
  holder,
  grants,
  snapshot,
) =>
  groupByPrincipal(grants, snapshot).flatMap(
    ({ entity, condition, grants: own }) =>
      describePermissions(own, snapshot, holder).map((permission) => ({
        ...permission,
        principal: entity,
        principalCondition: condition,
        resource: holder,
      })),
  );

/** Writes a sentence about gained or lost access. */
export function writeSentence(access: Access, isNew: boolean): RichText {
  const {
    principal,
    principalCondition = [],
    condition = [],
    isPartial,
  } = access;
  const can = isNew ? literal("can now") : literal("can no longer");
  const partly = isNew ? literal(" use more of") : literal(" use all of");
  return text`${principal.text}${principalCondition} ${can}${isPartial === true ? partly : []} ${access.text}${condition}`;
}

/** Writes sentences about what a policy denies, or no longer denies. */
export function writeDenials(
  holder: Entity,
  grants: Grants,
  snapshot: Snapshot,
  isNew: boolean,
): readonly RichText[] {
  const forbids = isNew ? literal("now forbids") : literal("no longer forbids");
  return groupByPrincipal(grants, snapshot).flatMap(
    ({ entity, condition, grants: own }) =>
      describePermissions(own, snapshot, holder).map(
        ({ permission, action }) => {
          const denied = /[:*]/.test(permission)
            ? action
            : text`to ${permission} it`;
          return text`${holder.text} ${forbids} ${entity.text} ${denied}${condition}`;
        },
      ),
  );
}

/** Whether a grant of a trust policy includes an action that assumes the role. */
export function isAssumeRoleGrant({ actions }: Grant): boolean {
  return (
    actions.isInverted ||
    ASSUME_ACTIONS.some((action) => hasAction(actions, action))
  );
}
