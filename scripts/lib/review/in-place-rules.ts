import { clientParty } from "../access/client-access";
import { list, say, type Phrase } from "../access/phrase";
import { blocks, textOf, texts, type Resource } from "../access/snapshot";
import { CLIENT_RULES } from "./client-rules";
import type { Finding, InPlace, InPlaceRule } from "./loss-rule";
import type { Gravity } from "./plan-review";
import { USER_POOL_RULES } from "./user-pool-rules";

/** Rules about changes in place, by type of resource. */
export const IN_PLACE_RULES: Readonly<Record<string, readonly InPlaceRule[]>> =
  {
    aws_cognito_user_pool: USER_POOL_RULES,
    aws_cognito_user_pool_client: CLIENT_RULES,
    aws_cognito_resource_server: [scopes],
    aws_cognito_user_group: [
      ({ before, after }) =>
        before.values.precedence === after.values.precedence
          ? []
          : found(
              "group-precedence-changed",
              "break",
              say`group ${name(after)}: its members who are in other groups too may get another role`,
            ),
    ],
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
    aws_secretsmanager_secret: [recovery],
    aws_secretsmanager_secret_policy: [
      off("block_public_policy", "public-policy-let-in", [
        " may be made readable by everybody",
      ]),
    ],
    aws_s3_bucket_versioning: [versioning],
    aws_s3_bucket_public_access_block: [publicAccess],
    aws_kms_key: [
      off("enable_key_rotation", "key-rotation-off", [" is no longer rotated"]),
    ],
  };

function found(
  rule: string,
  gravity: Gravity,
  told: Phrase,
): readonly Finding[] {
  return [{ rule, gravity, told }];
}

function name(resource: Resource): string {
  const { address } = resource;
  const pool = textOf(resource, "identity_pool_name", address);
  return textOf(resource, "name", pool);
}

function on(attribute: string, rule: string, ending: Phrase): InPlaceRule {
  return ({ before, after }) =>
    before.values[attribute] !== true && after.values[attribute] === true
      ? found(rule, "weakening", say`${name(after)}${ending}`)
      : [];
}

function off(attribute: string, rule: string, ending: Phrase): InPlaceRule {
  return ({ before, after }) =>
    before.values[attribute] === true && after.values[attribute] !== true
      ? found(rule, "weakening", say`${name(after)}${ending}`)
      : [];
}

/** A client that asks for a scope that is no longer there gets none at all. */
function scopes({ before, after, was }: InPlace): readonly Finding[] {
  const identifier = textOf(before, "identifier", before.address);
  const described = (server: Resource) =>
    new Map(
      blocks(server.values.scope).map((scope) => [
        String(scope.scope_name),
        String(scope.scope_description),
      ]),
    );
  const [had, has] = [described(before), described(after)];
  const added = [...has].filter(([scope]) => !had.has(scope));
  return [...had]
    .filter(([scope]) => !has.has(scope))
    .flatMap(([scope, description]) => {
      const full = `${identifier}/${scope}`;
      const holders = was
        .ofType("aws_cognito_user_pool_client")
        .filter(({ values }) =>
          texts(values.allowed_oauth_scopes).includes(full),
        )
        .map((client) => clientParty(client).name);
      const renamed = added.find(([, other]) => other === description)?.[0];
      const who: Phrase =
        holders.length === 0 ? ["whoever asks for it"] : list(holders);
      const how: Phrase =
        renamed === undefined
          ? ["is removed"]
          : say`is renamed to ${renamed}, which no client holds by itself`;
      const told = say`scope ${full} ${how}: ${who} gets ${"invalid_scope"}`;
      return found(
        renamed === undefined ? "scope-removed" : "scope-renamed",
        "break",
        told,
      );
    });
}

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
  if (is === "")
    return found(
      "boundary-removed",
      "weakening",
      say`role ${name(after)} loses its permissions boundary ${was}: its policies alone say what it may do`,
    );
  return was === is || is.includes("${")
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

function recovery({ before, after }: InPlace): readonly Finding[] {
  const [was, is] = [before, after].map(({ values }) =>
    Number(values.recovery_window_in_days ?? 30),
  );
  return was !== undefined && is !== undefined && is < was
    ? found(
        "recovery-window-shorter",
        "weakening",
        say`secret ${name(after)} can be had back for ${is} days after it was deleted, were ${was}`,
      )
    : [];
}

function versioning({ before, after }: InPlace): readonly Finding[] {
  const status = ({ values }: Resource): unknown =>
    blocks(values.versioning_configuration)[0]?.status;
  return status(before) === "Enabled" && status(after) !== "Enabled"
    ? found(
        "versioning-off",
        "weakening",
        say`bucket ${textOf(after, "bucket", after.address)} keeps no older versions of what is in it`,
      )
    : [];
}

function publicAccess({ before, after }: InPlace): readonly Finding[] {
  const guards = [
    "block_public_acls",
    "block_public_policy",
    "ignore_public_acls",
    "restrict_public_buckets",
  ].filter(
    (guard) => before.values[guard] === true && after.values[guard] !== true,
  );
  return guards.length === 0
    ? []
    : found(
        "public-access-let-in",
        "weakening",
        say`bucket ${textOf(after, "bucket", after.address)} can be made public: ${list(guards)} off`,
      );
}
