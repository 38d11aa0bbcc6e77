import { isRedirectUrl } from "../../../../constructs/constraints/redirect-url";
import {
  toBlocks,
  readBoolean,
  readAttribute,
  readText,
  Unknown,
} from "../../plan/attribute";
import type { Redacted } from "../../plan/redactor";
import { listNames, literal, text, type RichText } from "../../plan/rich-text";
import { resolveScope } from "../../access/client-access";
import {
  combineChecks,
  reportChanged,
  coverAttributes,
  isPartlyUnknown,
  reportAdded,
  reportRemoved,
  getMembers,
  findMissing,
  reportRaised,
  reportTurnedOff,
  type Rule,
  type RuleContext,
} from "./rule";
import {
  formatMinutes,
  TOKEN_KINDS,
  getValidityMinutes,
  type TokenKind,
} from "./client-tokens";

const TYPE = "aws_cognito_user_pool_client";

const covers = coverAttributes(TYPE);

/** What breaks or weakens sign-in by a client. */
export const USER_POOL_CLIENT_RULES = {
  "callback-url-removed": {
    severity: "breaking",
    covers: covers("callback_urls"),
    description: "Users can no longer be sent to a callback URL after sign-in.",
    check: reportRemoved(
      "callback_urls",
      literal(" can no longer send users who sign in to "),
    ),
  },
  "callback-url-unsafe": {
    severity: "weakening",
    covers: covers("callback_urls", "default_redirect_uri"),
    description:
      "Sign-ins are sent to a URL that others can read or take over: not https, a wildcard, a fragment, or a scheme that a browser handles itself.",
    check: unsafeCallbacks,
  },
  "default-redirect-changed": {
    severity: "weakening",
    covers: covers("default_redirect_uri"),
    description: "Users who sign in are sent elsewhere by default.",
    check: (context) =>
      context.isCreated
        ? []
        : reportChanged(
            "default_redirect_uri",
            literal(" sends users elsewhere by default"),
          )(context),
  },
  "logout-url-removed": {
    severity: "breaking",
    covers: covers("logout_urls"),
    description: "Users can no longer be sent to a URL after sign-out.",
    check: reportRemoved(
      "logout_urls",
      literal(" can no longer send users who sign out to "),
    ),
  },
  "logout-url-unsafe": {
    severity: "weakening",
    covers: covers("logout_urls"),
    description: "Users who sign out are sent to an unsafe URL.",
    check: ({ before, after, name }) => {
      const unsafe = findMissing(
        getMembers(before, "logout_urls"),
        getMembers(after, "logout_urls"),
      ).filter((url) => !isRedirectUrl(url));
      return unsafe.length === 0
        ? []
        : [
            text`${name} sends users who sign out to unsafe ${listNames(unsafe)}`,
          ];
    },
  },
  "client-scope-removed": {
    severity: "breaking",
    covers: covers("allowed_oauth_scopes"),
    description: "A client gets invalid_scope for a scope that it had.",
    check: scopesRemoved,
  },
  "user-admin-scope-added": {
    severity: "weakening",
    covers: covers("allowed_oauth_scopes"),
    description:
      "An application may change the attributes and factors of the user who signs in (aws.cognito.signin.user.admin).",
    check: ({ before, after, name }) =>
      findMissing(
        getMembers(before, "allowed_oauth_scopes"),
        getMembers(after, "allowed_oauth_scopes"),
      ).some((scope) => scope === "aws.cognito.signin.user.admin")
        ? [text`${name} may change the attributes and factors of its users`]
        : [],
  },
  "oauth-flow-removed": {
    severity: "breaking",
    covers: covers("allowed_oauth_flows"),
    description: "A client can no longer use an OAuth flow that it used.",
    check: reportRemoved(
      "allowed_oauth_flows",
      literal(" can no longer use the OAuth flow "),
    ),
  },
  "oauth-flow-added": {
    severity: "weakening",
    covers: covers(
      "allowed_oauth_flows",
      "allowed_oauth_flows_user_pool_client",
    ),
    description: "A client can use another OAuth flow.",
    check: (context) => {
      // flows of a client that cannot use OAuth have no effect
      const isUsed = (values: typeof context.before): boolean =>
        context.isCreated ||
        readAttribute(values, "allowed_oauth_flows_user_pool_client").kind ===
          "unknown" ||
        readBoolean(values, "allowed_oauth_flows_user_pool_client") === true;
      return reportAdded(
        "allowed_oauth_flows",
        literal(" can now use the OAuth flow "),
      )({
        ...context,
        before: isUsed(context.before)
          ? context.before
          : { ...context.before, allowed_oauth_flows: [] },
      });
    },
  },
  "oauth-off": {
    severity: "breaking",
    covers: covers("allowed_oauth_flows_user_pool_client"),
    description: "A client can no longer use OAuth at all.",
    check: reportTurnedOff(
      "allowed_oauth_flows_user_pool_client",
      literal(" can no longer use OAuth"),
    ),
  },
  "auth-flow-removed": {
    severity: "breaking",
    covers: covers("explicit_auth_flows"),
    description: "Users can no longer sign in by a flow that a client offered.",
    check: reportRemoved(
      "explicit_auth_flows",
      literal(" can no longer sign users in by "),
    ),
  },
  "auth-flow-added": {
    severity: "weakening",
    covers: covers("explicit_auth_flows"),
    description: "Users can sign in by another flow.",
    check: authFlowsAdded,
  },
  "client-identity-provider-removed": {
    severity: "breaking",
    covers: covers("supported_identity_providers"),
    description:
      "Users of an identity provider can no longer sign in to a client.",
    check: reportRemoved(
      "supported_identity_providers",
      literal(" no longer signs in users of "),
    ),
  },
  "client-identity-provider-added": {
    severity: "weakening",
    covers: covers("supported_identity_providers"),
    description: "Users of another identity provider can sign in to a client.",
    check: reportAdded(
      "supported_identity_providers",
      literal(" now also signs in users of "),
    ),
  },
  "token-validity-longer": {
    severity: "weakening",
    covers: covers(
      ...TOKEN_KINDS.map((token) => `${token}_validity`),
      "token_validity_units",
    ),
    description: "Tokens of a client are valid for longer.",
    check: tokenValidity,
  },
  "auth-session-longer": {
    severity: "weakening",
    covers: covers("auth_session_validity"),
    description: "A sign-in that was begun stays open for longer.",
    check: reportRaised(
      "auth_session_validity",
      literal(" keeps a started sign-in open for more minutes"),
      3,
    ),
  },
  "token-revocation-off": {
    severity: "weakening",
    covers: covers("enable_token_revocation"),
    description: "A stolen token is valid until it expires.",
    check: reportTurnedOff(
      "enable_token_revocation",
      literal(
        " no longer revokes tokens: a stolen one is valid until it expires",
      ),
    ),
  },
  "refresh-token-rotation-changed": {
    severity: "weakening",
    covers: covers("refresh_token_rotation"),
    description:
      "Refresh tokens are rotated less, or a used one is accepted for longer.",
    check: rotation,
  },
  "user-existence-revealed": {
    severity: "weakening",
    covers: covers("prevent_user_existence_errors"),
    description: "A failed sign-in reveals whether a user name exists.",
    check: ({ before, after, name, isCreated }) => {
      const path = "prevent_user_existence_errors";
      // AWS reveals them if a new client does not say
      const isLeftOut =
        isCreated && after[path] instanceof Unknown && after[path].isComputed;
      return isLeftOut ||
        (readText(before, path) === "ENABLED" &&
          readAttribute(after, path).kind !== "unknown" &&
          readText(after, path) !== "ENABLED")
        ? [text`${name} reveals which user names exist`]
        : [];
    },
  },
  "write-attributes-changed": {
    severity: "weakening",
    covers: covers("write_attributes"),
    description:
      "Users of a client can write other attributes, all of them if none are listed; what reads them may trust them.",
    check: (context) => attributesChanged(context, "write_attributes", "write"),
  },
  "read-attributes-changed": {
    severity: "weakening",
    covers: covers("read_attributes"),
    description:
      "A client can read other attributes of users, all of them if none are listed.",
    check: (context) => attributesChanged(context, "read_attributes", "read"),
  },
  "client-context-changed": {
    severity: "weakening",
    covers: covers(
      "enable_propagate_additional_user_context_data",
      "analytics_configuration",
    ),
    description:
      "A client sends data of its users elsewhere, or decides about the address that they seem to come from.",
    check: combineChecks(
      reportChanged(
        "enable_propagate_additional_user_context_data",
        literal(" decides in another way where its users seem to come from"),
      ),
      reportChanged(
        "analytics_configuration",
        literal(" sends data of its users elsewhere"),
      ),
    ),
  },
} as const satisfies Readonly<Record<string, Rule>>;

/** What a client is compared with when it is created: what the constructs of this project make. */
export const CLIENT_BASELINE = {
  access_token_validity: 60,
  allowed_oauth_flows: ["code", "client_credentials"],
  auth_session_validity: 3,
  enable_token_revocation: true,
  explicit_auth_flows: [
    "ALLOW_ADMIN_USER_PASSWORD_AUTH",
    "ALLOW_REFRESH_TOKEN_AUTH",
    "ALLOW_USER_PASSWORD_AUTH",
    "ALLOW_USER_SRP_AUTH",
  ],
  id_token_validity: 60,
  prevent_user_existence_errors: "ENABLED",
  refresh_token_validity: 30,
  supported_identity_providers: ["COGNITO"],
  token_validity_units: [
    { access_token: "minutes", id_token: "minutes", refresh_token: "days" },
  ],
} as const;

function scopesRemoved({
  before,
  after,
  name,
  snapshotBefore: was,
  snapshotAfter: is,
  isCreated,
}: RuleContext): readonly RichText[] {
  const path = "allowed_oauth_scopes";
  if (isCreated || isPartlyUnknown(after, path)) return [];
  const had = getMembers(before, path).map((one) => resolveScope(one, was));
  const has = getMembers(after, path).map((one) => resolveScope(one, is));
  const removed = findMissing(has, had);
  const error = "invalid_scope" as Redacted;
  return removed.length === 0
    ? []
    : [text`${name} gets ${error} when it requests ${listNames(removed)}`];
}

function unsafeCallbacks({
  before,
  after,
  name,
}: RuleContext): readonly RichText[] {
  const urls = (values: typeof before): readonly Redacted[] => {
    const redirect = readText(values, "default_redirect_uri");
    return [
      ...getMembers(values, "callback_urls"),
      ...(redirect === undefined ? [] : [redirect]),
    ];
  };
  const unsafe = findMissing(urls(before), urls(after)).filter(
    (url) => !isRedirectUrl(url),
  );
  return unsafe.length === 0
    ? []
    : [
        text`${name} sends sign-ins to ${listNames([...new Set(unsafe)])}, which others can read or take over`,
      ];
}

/** AWS adds flows if none are listed. */
function authFlowsAdded(context: RuleContext): readonly RichText[] {
  const { before, after, name } = context;
  const path = "explicit_auth_flows";
  const reading = readAttribute(after, path);
  const isEmptied =
    getMembers(before, path).length > 0 &&
    reading.kind !== "unknown" &&
    getMembers(after, path).length === 0;
  return isEmptied && !context.isCreated
    ? [text`${name} lists no sign-in flow, so that AWS adds its own`]
    : reportAdded(path, literal(" can now sign users in by "))(context);
}

function tokenValidity({
  before,
  after,
  name,
}: RuleContext): readonly RichText[] {
  return TOKEN_KINDS.flatMap((token) => {
    if (isUnknownValidity(after, token)) return [];
    const [was, is] = [before, after].map((values) =>
      getValidityMinutes(
        token,
        values[`${token}_validity`],
        toBlocks(values.token_validity_units)[0] ?? {},
      ),
    );
    if (is === undefined)
      return [
        text`how long ${TOKEN_WORDS[token]} of ${name} are valid is not readable`,
      ];
    return was !== undefined && is <= was
      ? []
      : [
          text`${TOKEN_WORDS[token]} of ${name} are valid for longer: ${formatMinutes(is)}${was === undefined ? [] : text`, were for ${formatMinutes(was)}`}`,
        ];
  });
}

const TOKEN_WORDS = {
  access_token: literal("access tokens"),
  id_token: literal("ID tokens"),
  refresh_token: literal("refresh tokens"),
} as const;

function isUnknownValidity(
  after: RuleContext["after"],
  token: TokenKind,
): boolean {
  return [`${token}_validity`, `token_validity_units.${token}`].some(
    (path) => readAttribute(after, path).kind === "unknown",
  );
}

function rotation(context: RuleContext): readonly RichText[] {
  const { before, after, name, isCreated } = context;
  const path = "refresh_token_rotation.feature";
  if (isCreated || readAttribute(after, path).kind === "unknown") return [];
  if (readText(before, path) !== "ENABLED") return [];
  return readText(after, path) !== "ENABLED"
    ? [text`${name} no longer rotates refresh tokens`]
    : reportRaised(
        "refresh_token_rotation.retry_grace_period_seconds",
        literal(" accepts a used refresh token for more seconds"),
        0,
      )(context);
}

/** No list means all attributes. */
function attributesChanged(
  { before, after, name, isCreated }: RuleContext,
  path: "write_attributes" | "read_attributes",
  verb: "write" | "read",
): readonly RichText[] {
  if (isCreated || isPartlyUnknown(after, path)) return [];
  const [had, has] = [getMembers(before, path), getMembers(after, path)];
  if (had.length > 0 && has.length === 0)
    return [text`${name} can ${literal(verb)} all attributes of users`];
  const added = had.length === 0 ? [] : findMissing(had, has);
  return added.length === 0
    ? []
    : [text`${name} can now ${literal(verb)} ${listNames(added)} of users`];
}
