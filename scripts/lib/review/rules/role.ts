import { read, textAt } from "../../plan/attribute";
import { literal, text } from "../../plan/rich-text";
import { raised, type Rule } from "./rule";

/** What weakens roles. Their policies and trust are compared as access. */
export const ROLE_RULES = {
  "boundary-removed": {
    severity: "weakening",
    covers: { aws_iam_role: ["permissions_boundary"] },
    documentation:
      "A role loses its permissions boundary: its policies alone limit what it can do.",
    check: ({ before, after, name, isCreated }) => {
      const was = textAt(before, "permissions_boundary");
      return !isCreated &&
        was !== undefined &&
        read(after, "permissions_boundary").kind !== "unknown" &&
        textAt(after, "permissions_boundary") === undefined
        ? [text`${name} loses its permissions boundary ${was}`]
        : [];
    },
  },
  "boundary-changed": {
    severity: "weakening",
    covers: { aws_iam_role: ["permissions_boundary"] },
    documentation: "A role gets another permissions boundary.",
    check: ({ before, after, name, is, isCreated }) => {
      const [was, now] = [before, after].map((values) =>
        textAt(values, "permissions_boundary"),
      );
      return isCreated ||
        was === undefined ||
        now === undefined ||
        is.canonical(was) === is.canonical(now)
        ? []
        : [text`${name} has the permissions boundary ${now}, had ${was}`];
    },
  },
  "boundary-missing": {
    severity: "weakening",
    covers: { aws_iam_role: ["permissions_boundary"] },
    documentation:
      "A new role has no permissions boundary, or another one than the other roles of the stage.",
    check: ({ after, name, is, was, isCreated }) => {
      if (!isCreated || read(after, "permissions_boundary").kind === "unknown")
        return [];
      const own = textAt(after, "permissions_boundary");
      const boundaries = (
        snapshot: typeof is,
      ): readonly (string | undefined)[] =>
        snapshot.ofType("aws_iam_role").map(({ values }) => {
          const boundary = textAt(values, "permissions_boundary");
          return boundary === undefined ? undefined : is.canonical(boundary);
        });
      // the other roles say what is usual, those before the change first
      const known = boundaries(was).filter((one) => one !== undefined);
      const usual = known.length > 0 ? known : boundaries(is);
      const expected = usual.filter((one) => one !== undefined);
      if (own === undefined)
        return expected.length > 0
          ? [text`${name} has no permissions boundary, which other roles have`]
          : [];
      return expected.length === 0 || expected.includes(is.canonical(own))
        ? []
        : [
            text`${name} has another permissions boundary than other roles: ${own}`,
          ];
    },
  },
  "role-session-longer": {
    severity: "weakening",
    covers: { aws_iam_role: ["max_session_duration"] },
    documentation: "Credentials of a role are valid for longer.",
    check: raised(
      "max_session_duration",
      literal(" issues credentials that are valid for more seconds"),
      3600,
    ),
  },
} as const satisfies Readonly<Record<string, Rule>>;
