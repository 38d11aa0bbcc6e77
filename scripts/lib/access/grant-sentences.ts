import { ASSUME_ACTIONS, hasAction } from "../iam/trust";
import type { Grant } from "../iam/compare";
import type { Redacted } from "../plan/redactor";
import { literal, toPlainText, text, type RichText } from "../plan/rich-text";
import type { Snapshot } from "../plan/snapshot";
import type { Entity } from "./access-graph";
import { describePermissions, type Permission } from "./permissions";
import { groupByPrincipal, describePrincipals } from "./principals";
import { isCoveredByRoleMapping } from "./role-mapping";

/** What sentences about grants need to know. */
export interface SentenceContext {
  readonly holder: Entity;
  readonly isNew: boolean;
  readonly snapshot: Snapshot;
}

export type SentenceWriter = (
  grants: readonly Grant<Redacted>[],
  context: SentenceContext,
) => readonly RichText[];

/** Says what policies of an identity allow it to do. */
export const writeIdentitySentences: SentenceWriter = (
  grants,
  { holder, isNew, snapshot },
) =>
  describePermissions(grants, snapshot).map((permission) =>
    permissionSentence(holder.text, permission, isNew),
  );

/** Says who can assume a role. */
export const writeTrustSentences: SentenceWriter = (
  grants,
  { holder, isNew, snapshot },
) =>
  grants
    .filter(isAssumeRoleGrant)
    .filter((grant) => !isCoveredByRoleMapping(grant, snapshot))
    .flatMap((grant) => describePrincipals(grant, snapshot))
    .map(
      ({ entity: who, condition: where }) =>
        text`${who.text}${where} ${canNow(isNew)} assume ${holder.name}`,
    );

/** Says what the policy of a resource lets others do with it. */
export const writeResourceSentences: SentenceWriter = (
  grants,
  { holder, isNew, snapshot },
) =>
  groupByPrincipal(grants, snapshot).flatMap(
    ({ entity: who, condition: where, grants: own }) =>
      describePermissions(own, snapshot, holder).map((permission) =>
        permissionSentence(text`${who.text}${where}`, permission, isNew),
      ),
  );

/** Says what the policy of a resource forbids. */
export const writeDenialSentences: SentenceWriter = (
  grants,
  { holder, isNew, snapshot },
) =>
  groupByPrincipal(grants, snapshot).flatMap(
    ({ entity: who, condition: where, grants: own }) =>
      describePermissions(own, snapshot, holder).map(
        ({ name: can, text: deed }) => {
          const what = /[:*]/.test(can) ? deed : text`to ${can} it`;
          const forbids = isNew
            ? literal("now forbids")
            : literal("no longer forbids");
          return text`${holder.text} ${forbids} ${who.text} ${what}${where}`;
        },
      ),
  );

/** Whether a grant of a trust policy is about assuming the role. */
export function isAssumeRoleGrant({ actions }: Grant): boolean {
  return (
    actions.isInverted ||
    ASSUME_ACTIONS.some((action) => hasAction(actions, action))
  );
}

function permissionSentence(
  who: RichText,
  {
    text: action,
    resource: what,
    condition: where,
    isPartial,
    name: can,
  }: Permission,
  isNew: boolean,
): RichText {
  const isAction = toPlainText(action) !== can || /[:*]/.test(can);
  const isByName = what.kind === "bucket" || what.text[0] === "resource ";
  const target: RichText = isByName ? text`${what.name}` : what.text;
  const deed =
    isAction || isPartial
      ? text`${action} on ${target}`
      : text`${action} ${target}`;
  if (!isPartial) return text`${who} ${canNow(isNew)} ${deed}${where}`;
  return isNew
    ? text`${who} can now use more of ${deed}${where}`
    : text`${who} can no longer use all of ${deed}${where}`;
}

function canNow(isNew: boolean): RichText {
  return isNew ? literal("can now") : literal("can no longer");
}
