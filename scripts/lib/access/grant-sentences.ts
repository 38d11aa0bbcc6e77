import { ASSUME_ACTIONS, hasAction } from "../iam/assume";
import type { Grant } from "../iam/compare";
import type { Redacted } from "../plan/redactor";
import { literal, plain, text, type RichText } from "../plan/rich-text";
import type { Snapshot } from "../plan/snapshot";
import type { Entity } from "./entity";
import { permissions, type Permission } from "./grant-words";
import { grantsByPrincipal, principalsOf } from "./principals";
import { isShownByMapping } from "./role-mapping";

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
export const identitySentences: SentenceWriter = (
  grants,
  { holder, isNew, snapshot },
) =>
  permissions(grants, snapshot).map((permission) =>
    permissionSentence(holder.text, permission, isNew),
  );

/** Says who can assume a role. */
export const trustSentences: SentenceWriter = (
  grants,
  { holder, isNew, snapshot },
) =>
  grants
    .filter(isAssuming)
    .filter((grant) => !isShownByMapping(grant, snapshot))
    .flatMap((grant) => principalsOf(grant, snapshot))
    .map(
      ({ who, where }) =>
        text`${who.text}${where} ${canNow(isNew)} assume ${holder.name}`,
    );

/** Says what the policy of a resource lets others do with it. */
export const resourceSentences: SentenceWriter = (
  grants,
  { holder, isNew, snapshot },
) =>
  grantsByPrincipal(grants, snapshot).flatMap(({ who, where, grants: own }) =>
    permissions(own, snapshot, holder).map((permission) =>
      permissionSentence(text`${who.text}${where}`, permission, isNew),
    ),
  );

/** Says what the policy of a resource forbids. */
export const denialSentences: SentenceWriter = (
  grants,
  { holder, isNew, snapshot },
) =>
  grantsByPrincipal(grants, snapshot).flatMap(({ who, where, grants: own }) =>
    permissions(own, snapshot, holder).map(({ can, text: deed }) => {
      const what = /[:*]/.test(can) ? deed : text`to ${can} it`;
      const forbids = isNew
        ? literal("now forbids")
        : literal("no longer forbids");
      return text`${holder.text} ${forbids} ${who.text} ${what}${where}`;
    }),
  );

/** Whether a grant of a trust policy is about assuming the role. */
export function isAssuming({ actions }: Grant): boolean {
  return (
    actions.isInverted ||
    ASSUME_ACTIONS.some((action) => hasAction(actions, action))
  );
}

function permissionSentence(
  who: RichText,
  { text: action, what, where, isPartial, can }: Permission,
  isNew: boolean,
): RichText {
  const isAction = plain(action) !== can || /[:*]/.test(can);
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
