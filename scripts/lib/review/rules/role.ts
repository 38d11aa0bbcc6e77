import { readText } from "../../plan/attribute";
import type { Redacted } from "../../plan/redactor";
import { type RichText, text } from "../../plan/rich-text";
import type { Snapshot } from "../../plan/snapshot";
import {
  ASSIGNED,
  limitToExisting,
  isUnknown,
  REPLACES,
  reportRaised,
  type ReviewedType,
  type Rule,
  type RuleContext,
  TEXT,
} from "./rule";

const ROLE = "aws_iam_role";
const BOUNDARY = "permissions_boundary";

/** Rules about roles; their policies and trust policies are compared as access. */
export const ROLE_RULES = {
  "boundary-removed": {
    severity: "weakening",
    covers: { [ROLE]: [BOUNDARY] },
    description:
      "A role loses its permissions boundary, so that only its policies limit its permissions.",
    check: limitToExisting(({ before, after, name }) => {
      const boundary = readText(before, BOUNDARY);
      return boundary !== undefined &&
        readText(after, BOUNDARY) === undefined &&
        !isUnknown(after, BOUNDARY)
        ? [text`${name} loses its permissions boundary ${boundary}`]
        : [];
    }),
  },
  "boundary-changed": {
    severity: "weakening",
    covers: { [ROLE]: [BOUNDARY] },
    description: "A role has another permissions boundary.",
    check: limitToExisting(({ before, after, name, snapshotAfter }) => {
      const from = readText(before, BOUNDARY);
      const to = readText(after, BOUNDARY);
      return from === undefined ||
        to === undefined ||
        snapshotAfter.canonicalize(from) === snapshotAfter.canonicalize(to)
        ? []
        : [text`${name} has the permissions boundary ${to}, was ${from}`];
    }),
  },
  "boundary-missing": {
    severity: "weakening",
    covers: { [ROLE]: [BOUNDARY] },
    description:
      "A new role has no permissions boundary, or a different one from the other roles of the stage.",
    check: checkNewBoundary,
  },
  "role-session-longer": {
    severity: "weakening",
    covers: { [ROLE]: ["max_session_duration"] },
    description: "Credentials of a role are valid for longer.",
    check: reportRaised(
      "max_session_duration",
      3600,
      text` issues credentials that are valid for more seconds`,
    ),
  },
} as const satisfies Readonly<Record<string, Rule>>;

export const ROLE_TYPES = {
  [ROLE]: {
    access: ["assume_role_policy", "inline_policy", "managed_policy_arns"],
    ignored: {
      [ASSIGNED]: "create_date unique_id",
      [REPLACES]: "name name_prefix path",
      [TEXT]: "description",
      "affects only how Terraform deletes the role, which another rule reports":
        "force_detach_policies",
    },
  },
  aws_iam_role_policy: {
    access: ["policy", "role"],
    ignored: { [REPLACES]: "name name_prefix" },
  },
  aws_iam_role_policy_attachment: { access: ["policy_arn", "role"] },
  aws_iam_policy: {
    access: ["policy"],
    ignored: {
      [ASSIGNED]: "attachment_count policy_id",
      [REPLACES]: "description name name_prefix path",
    },
  },
} as const satisfies Readonly<Record<string, ReviewedType>>;

/** Compares the boundary of a new role with those of the other roles, if possible with those before the apply. */
function checkNewBoundary(context: RuleContext): readonly RichText[] {
  const { after, name, snapshotBefore, snapshotAfter, isCreated } = context;
  if (!isCreated || isUnknown(after, BOUNDARY)) return [];
  const listBoundaries = (snapshot: Snapshot): readonly Redacted[] =>
    snapshot.listByType(ROLE).flatMap(({ values }) => {
      const boundary = readText(values, BOUNDARY);
      return boundary === undefined ? [] : snapshotAfter.canonicalize(boundary);
    });
  const earlier = listBoundaries(snapshotBefore);
  const expected = earlier.length > 0 ? earlier : listBoundaries(snapshotAfter);
  if (expected.length === 0) return [];
  const boundary = readText(after, BOUNDARY);
  if (boundary === undefined)
    return [
      text`${name} has no permissions boundary, but other roles have one`,
    ];
  return expected.includes(snapshotAfter.canonicalize(boundary))
    ? []
    : [
        text`${name} has a different permissions boundary from other roles: ${boundary}`,
      ];
}
