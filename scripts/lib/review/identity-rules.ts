import { list, say } from "../access/phrase";
import { blocks, textOf, texts, type Resource } from "../access/snapshot";
import { found, name, on } from "./findings";
import type { Finding, InPlace, InPlaceRule } from "./loss-rule";

/** What breaks or weakens identity pools, roles and OIDC providers when they are changed in place. */
export const IDENTITY_RULES: Readonly<Record<string, readonly InPlaceRule[]>> =
  {
    aws_cognito_identity_pool: [
      on("allow_unauthenticated_identities", "guests-let-in", [
        " gives AWS credentials to people who have not signed in",
      ]),
      on("allow_classic_flow", "classic-flow-on", [
        " lets its users choose their role themselves",
      ]),
      tokenCheck,
    ],
    aws_cognito_identity_pool_roles_attachment: [ambiguousRoles],
    aws_iam_role: [boundary, longerSessions],
    aws_iam_openid_connect_provider: [audiences],
  };

function tokenCheck({ before, after }: InPlace): readonly Finding[] {
  const unchecked = (pool: Resource): readonly string[] =>
    blocks(pool.values.cognito_identity_providers)
      .filter(({ server_side_token_check: check }) => check !== true)
      .map(({ client_id: id }) => String(id));
  const checked = blocks(before.values.cognito_identity_providers)
    .filter(({ server_side_token_check: check }) => check === true)
    .map(({ client_id: id }) => String(id));
  return unchecked(after).some((id) => checked.includes(id))
    ? found(
        "token-check-off",
        "weakening",
        say`${name(after)} gives credentials for tokens that were revoked, until they expire`,
      )
    : [];
}

function ambiguousRoles({ before, after }: InPlace): readonly Finding[] {
  const lenient = (attachment: Resource): number =>
    blocks(attachment.values.role_mapping).filter(
      ({ ambiguous_role_resolution: resolution }) => resolution !== "Deny",
    ).length;
  return lenient(after) > lenient(before)
    ? found(
        "ambiguous-role-let-in",
        "weakening",
        say`${after.address}: users whose role is not clear get the default role, and were refused`,
      )
    : [];
}

function boundary({ before, after }: InPlace): readonly Finding[] {
  const [was, is] = [before, after].map((role) =>
    textOf(role, "permissions_boundary", ""),
  );
  if (was === undefined || is === undefined || was === "") return [];
  if (after.values.permissions_boundary === undefined || is.includes("${"))
    return is === before.values.permissions_boundary
      ? []
      : found(
          "boundary-changed",
          "weakening",
          say`role ${name(after)} has a permissions boundary that is known only once it is applied, was ${was}`,
        );
  if (is === "")
    return found(
      "boundary-removed",
      "weakening",
      say`role ${name(after)} loses its permissions boundary ${was}: its policies alone say what it may do`,
    );
  return was === is
    ? []
    : found(
        "boundary-changed",
        "weakening",
        say`role ${name(after)} has the permissions boundary ${is}, was ${was}`,
      );
}

function longerSessions({ before, after }: InPlace): readonly Finding[] {
  const [was, is] = [before, after].map(({ values }) =>
    Number(values.max_session_duration ?? 3600),
  );
  return was !== undefined && is !== undefined && is > was
    ? found(
        "role-session-longer",
        "weakening",
        say`credentials of role ${name(after)} live up to ${is} seconds, were ${was}`,
      )
    : [];
}

function audiences({ before, after }: InPlace): readonly Finding[] {
  const [was, is] = [before, after].map(({ values }) =>
    texts(values.client_id_list),
  );
  const lost = (was ?? []).filter(
    (audience) => is?.includes(audience) !== true,
  );
  const added = (is ?? []).filter(
    (audience) => was?.includes(audience) !== true,
  );
  const what = say`OIDC provider ${textOf(after, "url", after.address)}`;
  return [
    ...(lost.length === 0
      ? []
      : found(
          "audience-removed",
          "break",
          say`${what} no longer takes tokens for ${list(lost)}`,
        )),
    ...(added.length === 0
      ? []
      : found(
          "audience-added",
          "weakening",
          say`${what} also takes tokens for ${list(added)}`,
        )),
  ];
}
