import { readAttribute, readText } from "../../plan/attribute";
import { literal, text } from "../../plan/rich-text";
import { reportRaised, type Rule } from "./rule";

/** What weakens roles. Their policies and trust are compared as access. */
export const ROLE_RULES = {
  "boundary-removed": {
    severity: "weakening",
    covers: { aws_iam_role: ["permissions_boundary"] },
    description:
      "A role loses its permissions boundary: its policies alone limit what it can do.",
    check: ({ before, after, name, isCreated }) => {
      const was = readText(before, "permissions_boundary");
      return !isCreated &&
        was !== undefined &&
        readAttribute(after, "permissions_boundary").kind !== "unknown" &&
        readText(after, "permissions_boundary") === undefined
        ? [text`${name} loses its permissions boundary ${was}`]
        : [];
    },
  },
  "boundary-changed": {
    severity: "weakening",
    covers: { aws_iam_role: ["permissions_boundary"] },
    description: "A role gets another permissions boundary.",
    check: ({ before, after, name, snapshotAfter: is, isCreated }) => {
      const [was, now] = [before, after].map((values) =>
        readText(values, "permissions_boundary"),
      );
      return isCreated ||
        was === undefined ||
        now === undefined ||
        is.canonicalize(was) === is.canonicalize(now)
        ? []
        : [text`${name} has the permissions boundary ${now}, had ${was}`];
    },
  },
  "boundary-missing": {
    severity: "weakening",
    covers: { aws_iam_role: ["permissions_boundary"] },
    description:
      "A new role has no permissions boundary, or another one than the other roles of the stage.",
    check: ({
      after,
      name,
      snapshotAfter: is,
      snapshotBefore: was,
      isCreated,
    }) => {
      if (
        !isCreated ||
        readAttribute(after, "permissions_boundary").kind === "unknown"
      )
        return [];
      const own = readText(after, "permissions_boundary");
      const boundaries = (
        snapshot: typeof is,
      ): readonly (string | undefined)[] =>
        snapshot.listByType("aws_iam_role").map(({ values }) => {
          const boundary = readText(values, "permissions_boundary");
          return boundary === undefined ? undefined : is.canonicalize(boundary);
        });
      // the other roles say what is usual, those before the change first
      const known = boundaries(was).filter((one) => one !== undefined);
      const usual = known.length > 0 ? known : boundaries(is);
      const expected = usual.filter((one) => one !== undefined);
      if (own === undefined)
        return expected.length > 0
          ? [text`${name} has no permissions boundary, which other roles have`]
          : [];
      return expected.length === 0 || expected.includes(is.canonicalize(own))
        ? []
        : [
            text`${name} has another permissions boundary than other roles: ${own}`,
          ];
    },
  },
  "role-session-longer": {
    severity: "weakening",
    covers: { aws_iam_role: ["max_session_duration"] },
    description: "Credentials of a role are valid for longer.",
    check: reportRaised(
      "max_session_duration",
      literal(" issues credentials that are valid for more seconds"),
      3600,
    ),
  },
} as const satisfies Readonly<Record<string, Rule>>;
