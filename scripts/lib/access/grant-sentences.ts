import type { Grant } from "../iam/compare";
import { ASSUME_ACTIONS, hasAction } from "../iam/trust";
import type { Redacted } from "../plan/redactor";
import { literal, type RichText, text, toPlainText } from "../plan/rich-text";
import type { Snapshot } from "../plan/snapshot";
import type { Entity } from "./access-graph";
import { isCoveredByRoleMapping } from "./identity-pool-access";
import { describePermissions, type Permission } from "./permissions";
import {
  describePrincipals,
  groupByPrincipal,
  type Principal,
} from "./principals";

export interface SentenceContext {
  /** Role or resource that has the policy. */
  readonly holder: Entity;
  /** Whether the grants are gained; else they are lost. */
  readonly isNew: boolean;
  readonly snapshot: Snapshot;
}

export type SentenceWriter = (
  grants: readonly Grant<Redacted>[],
  context: SentenceContext,
) => readonly RichText[];

/** Describes permissions of a role. */
export const writeIdentitySentences: SentenceWriter = (
  grants,
  { holder, isNew, snapshot },
) =>
  describePermissions(grants, snapshot).map((permission) =>
    writePermissionSentence(holder.text, permission, isNew),
  );

/** Describes principals that can assume a role. */
export const writeTrustSentences: SentenceWriter = (
  grants,
  { holder, isNew, snapshot },
) =>
  listAssumingPrincipals(grants, snapshot).map(
    ({ entity, condition }) =>
      text`${entity.text}${condition} ${canNow(isNew)} assume ${holder.name}`,
  );

/** Describes permissions that a resource policy grants. */
export const writeResourceSentences: SentenceWriter = (
  grants,
  { holder, isNew, snapshot },
) =>
  groupByPrincipal(grants, snapshot).flatMap(
    ({ entity, condition, grants: own }) =>
      describePermissions(own, snapshot, holder).map((permission) =>
        writePermissionSentence(
          text`${entity.text}${condition}`,
          permission,
          isNew,
        ),
      ),
  );

/** Describes what a policy denies. */
export const writeDenialSentences: SentenceWriter = (
  grants,
  { holder, isNew, snapshot },
) =>
  groupByPrincipal(grants, snapshot).flatMap(
    ({ entity, condition, grants: own }) =>
      describePermissions(own, snapshot, holder).map(
        ({ name, text: action }) => {
          const denied = /[:*]/.test(name) ? action : text`to ${name} it`;
          const forbids = isNew
            ? literal("now forbids")
            : literal("no longer forbids");
          return text`${holder.text} ${forbids} ${entity.text} ${denied}${condition}`;
        },
      ),
  );

/** Returns the principals that grants of a trust policy let assume the role, without those that a role mapping limits. */
export function listAssumingPrincipals(
  grants: readonly Grant<Redacted>[],
  snapshot: Snapshot,
): readonly Principal[] {
  return grants
    .filter(
      (grant) =>
        isAssumeRoleGrant(grant) && !isCoveredByRoleMapping(grant, snapshot),
    )
    .flatMap((grant) => describePrincipals(grant, snapshot));
}

/** Whether a grant of a trust policy includes an action that assumes the role. */
export function isAssumeRoleGrant({ actions }: Grant): boolean {
  return (
    actions.isInverted ||
    ASSUME_ACTIONS.some((action) => hasAction(actions, action))
  );
}

function writePermissionSentence(
  principal: RichText,
  { text: action, resource, condition, isPartial, name }: Permission,
  isNew: boolean,
): RichText {
  const isAction = toPlainText(action) !== name || /[:*]/.test(name);
  const hasPlainName =
    resource.kind === "bucket" || resource.text[0] === "resource ";
  const target = hasPlainName ? text`${resource.name}` : resource.text;
  const access =
    isAction || isPartial
      ? text`${action} on ${target}`
      : text`${action} ${target}`;
  if (!isPartial)
    return text`${principal} ${canNow(isNew)} ${access}${condition}`;
  return isNew
    ? text`${principal} can now use more of ${access}${condition}`
    : text`${principal} can no longer use all of ${access}${condition}`;
}

function canNow(isNew: boolean): RichText {
  return isNew ? literal("can now") : literal("can no longer");
}
