import { isRedirectUrl } from "../../../../constructs/redirect-url";
import { blocks, booleanAt, read, textAt, Unknown } from "../../plan/attribute";
import type { Redacted } from "../../plan/redactor";
import { list, literal, text, type RichText } from "../../plan/rich-text";
import { resolveScope } from "../../access/client-access";
import {
  all,
  changed,
  coversOf,
  isPartlyUnknown,
  membersAdded,
  membersRemoved,
  memberTexts,
  missingFrom,
  raised,
  turnedOff,
  type Rule,
  type RuleContext,
} from "./rule";
import {
  formatMinutes,
  TOKENS,
  validityMinutes,
  type Token,
} from "./token-validity";

const TYPE = "aws_cognito_user_pool_client";

const covers = coversOf(TYPE);

/** What breaks or weakens sign-in by a client. */
export const USER_POOL_CLIENT_RULES = {
  "callback-url-removed": {
    severity: "breaking",
    covers: covers("callback_urls"),
    documentation:
      "Users can no longer be sent to a callback URL after sign-in.",
    check: membersRemoved(
      "callback_urls",
      literal(" can no longer send users who sign in to "),
    ),
  },
  "callback-url-unsafe": {
    severity: "weakening",
    covers: covers("callback_urls", "default_redirect_uri"),
    documentation:
      "Sign-ins are sent to a URL that others can read or take over: not https, a wildcard, a fragment, or a scheme that a browser handles itself.",
    check: unsafeCallbacks,
  },
  "default-redirect-changed": {
    severity: "weakening",
    covers: covers("default_redirect_uri"),
    documentation: "Users who sign in are sent elsewhere by default.",
    check: (context) =>
      context.isCreated
        ? []
        : changed(
            "default_redirect_uri",
            literal(" sends users elsewhere by default"),
          )(context),
  },
  "logout-url-removed": {
    severity: "breaking",
    covers: covers("logout_urls"),
    documentation: "Users can no longer be sent to a URL after sign-out.",
    check: membersRemoved(
      "logout_urls",
      literal(" can no longer send users who sign out to "),
    ),
  },
  "logout-url-unsafe": {
    severity: "weakening",
    covers: covers("logout_urls"),
    documentation: "Users who sign out are sent to an unsafe URL.",
    check: ({ before, after, name }) => {
      const unsafe = missingFrom(
        memberTexts(before, "logout_urls"),
        memberTexts(after, "logout_urls"),
      ).filter((url) => !isRedirectUrl(url));
      return unsafe.length === 0
        ? []
        : [text`${name} sends users who sign out to unsafe ${list(unsafe)}`];
    },
  },
  "client-scope-removed": {
    severity: "breaking",
    covers: covers("allowed_oauth_scopes"),
    documentation: "A client gets invalid_scope for a scope that it had.",
    check: scopesRemoved,
  },
  "user-admin-scope-added": {
    severity: "weakening",
    covers: covers("allowed_oauth_scopes"),
    documentation:
      "An application may change the attributes and factors of the user who signs in (aws.cognito.signin.user.admin).",
    check: ({ before, after, name }) =>
      missingFrom(
        memberTexts(before, "allowed_oauth_scopes"),
        memberTexts(after, "allowed_oauth_scopes"),
      ).some((scope) => scope === "aws.cognito.signin.user.admin")
        ? [text`${name} may change the attributes and factors of its users`]
        : [],
  },
  "oauth-flow-removed": {
    severity: "breaking",
    covers: covers("allowed_oauth_flows"),
    documentation: "A client can no longer use an OAuth flow that it used.",
    check: membersRemoved(
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
    documentation: "A client can use another OAuth flow.",
    check: (context) => {
      // flows of a client that cannot use OAuth have no effect
      const isUsed = (values: typeof context.before): boolean =>
        context.isCreated ||
        read(values, "allowed_oauth_flows_user_pool_client").kind ===
          "unknown" ||
        booleanAt(values, "allowed_oauth_flows_user_pool_client") === true;
      return membersAdded(
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
    documentation: "A client can no longer use OAuth at all.",
    check: turnedOff(
      "allowed_oauth_flows_user_pool_client",
      literal(" can no longer use OAuth"),
    ),
  },
  "auth-flow-removed": {
    severity: "breaking",
    covers: covers("explicit_auth_flows"),
    documentation:
      "Users can no longer sign in by a flow that a client offered.",
    check: membersRemoved(
      "explicit_auth_flows",
      literal(" can no longer sign users in by "),
    ),
  },
  "auth-flow-added": {
    severity: "weakening",
    covers: covers("explicit_auth_flows"),
    documentation: "Users can sign in by another flow.",
    check: authFlowsAdded,
  },
  "client-identity-provider-removed": {
    severity: "breaking",
    covers: covers("supported_identity_providers"),
    documentation:
      "Users of an identity provider can no longer sign in to a client.",
    check: membersRemoved(
      "supported_identity_providers",
      literal(" no longer signs in users of "),
    ),
  },
  "client-identity-provider-added": {
    severity: "weakening",
    covers: covers("supported_identity_providers"),
    documentation:
      "Users of another identity provider can sign in to a client.",
    check: membersAdded(
      "supported_identity_providers",
      literal(" now also signs in users of "),
    ),
  },
  "token-validity-longer": {
    severity: "weakening",
    covers: covers(
      ...TOKENS.map((token) => `${token}_validity`),
      "token_validity_units",
    ),
    documentation: "Tokens of a client are valid for longer.",
    check: tokenValidity,
  },
  "auth-session-longer": {
    severity: "weakening",
    covers: covers("auth_session_validity"),
    documentation: "A sign-in that was begun stays open for longer.",
    check: raised(
      "auth_session_validity",
      literal(" keeps a started sign-in open for more minutes"),
      3,
    ),
  },
  "token-revocation-off": {
    severity: "weakening",
    covers: covers("enable_token_revocation"),
    documentation: "A stolen token is valid until it expires.",
    check: turnedOff(
      "enable_token_revocation",
      literal(
        " no longer revokes tokens: a stolen one is valid until it expires",
      ),
    ),
  },
  "refresh-token-rotation-changed": {
    severity: "weakening",
    covers: covers("refresh_token_rotation"),
    documentation:
      "Refresh tokens are rotated less, or a used one is accepted for longer.",
    check: rotation,
  },
  "user-existence-revealed": {
    severity: "weakening",
    covers: covers("prevent_user_existence_errors"),
    documentation: "A failed sign-in reveals whether a user name exists.",
    check: ({ before, after, name, isCreated }) => {
      const path = "prevent_user_existence_errors";
      // AWS reveals them if a new client does not say
      const isLeftOut =
        isCreated && after[path] instanceof Unknown && after[path].isComputed;
      return isLeftOut ||
        (textAt(before, path) === "ENABLED" &&
          read(after, path).kind !== "unknown" &&
          textAt(after, path) !== "ENABLED")
        ? [text`${name} reveals which user names exist`]
        : [];
    },
  },
  "write-attributes-changed": {
    severity: "weakening",
    covers: covers("write_attributes"),
    documentation:
      "Users of a client can write other attributes, all of them if none are listed; what reads them may trust them.",
    check: (context) => attributesChanged(context, "write_attributes", "write"),
  },
  "read-attributes-changed": {
    severity: "weakening",
    covers: covers("read_attributes"),
    documentation:
      "A client can read other attributes of users, all of them if none are listed.",
    check: (context) => attributesChanged(context, "read_attributes", "read"),
  },
  "client-context-changed": {
    severity: "weakening",
    covers: covers(
      "enable_propagate_additional_user_context_data",
      "analytics_configuration",
    ),
    documentation:
      "A client sends data of its users elsewhere, or decides about the address that they seem to come from.",
    check: all(
      changed(
        "enable_propagate_additional_user_context_data",
        literal(" decides in another way where its users seem to come from"),
      ),
      changed(
        "analytics_configuration",
        literal(" sends data of its users elsewhere"),
      ),
    ),
  },
} as const satisfies Readonly<Record<string, Rule>>;

/** What a client is compared with when it is created: what the constructs of this project make. */
export const SAFE_CLIENT = {
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
  was,
  is,
  isCreated,
}: RuleContext): readonly RichText[] {
  const path = "allowed_oauth_scopes";
  if (isCreated || isPartlyUnknown(after, path)) return [];
  const had = memberTexts(before, path).map((one) => resolveScope(one, was));
  const has = memberTexts(after, path).map((one) => resolveScope(one, is));
  const removed = missingFrom(has, had);
  const error = "invalid_scope" as Redacted;
  return removed.length === 0
    ? []
    : [text`${name} gets ${error} when it requests ${list(removed)}`];
}

function unsafeCallbacks({
  before,
  after,
  name,
}: RuleContext): readonly RichText[] {
  const urls = (values: typeof before): readonly Redacted[] => {
    const redirect = textAt(values, "default_redirect_uri");
    return [
      ...memberTexts(values, "callback_urls"),
      ...(redirect === undefined ? [] : [redirect]),
    ];
  };
  const unsafe = missingFrom(urls(before), urls(after)).filter(
    (url) => !isRedirectUrl(url),
  );
  return unsafe.length === 0
    ? []
    : [
        text`${name} sends sign-ins to ${list([...new Set(unsafe)])}, which others can read or take over`,
      ];
}

/** AWS adds flows if none are listed. */
function authFlowsAdded(context: RuleContext): readonly RichText[] {
  const { before, after, name } = context;
  const path = "explicit_auth_flows";
  const reading = read(after, path);
  const isEmptied =
    memberTexts(before, path).length > 0 &&
    reading.kind !== "unknown" &&
    memberTexts(after, path).length === 0;
  return isEmptied && !context.isCreated
    ? [text`${name} lists no sign-in flow, so that AWS adds its own`]
    : membersAdded(path, literal(" can now sign users in by "))(context);
}

function tokenValidity({
  before,
  after,
  name,
}: RuleContext): readonly RichText[] {
  return TOKENS.flatMap((token) => {
    if (isUnknownValidity(after, token)) return [];
    const [was, is] = [before, after].map((values) =>
      validityMinutes(
        token,
        values[`${token}_validity`],
        blocks(values.token_validity_units)[0] ?? {},
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

function isUnknownValidity(after: RuleContext["after"], token: Token): boolean {
  return [`${token}_validity`, `token_validity_units.${token}`].some(
    (path) => read(after, path).kind === "unknown",
  );
}

function rotation(context: RuleContext): readonly RichText[] {
  const { before, after, name, isCreated } = context;
  const path = "refresh_token_rotation.feature";
  if (isCreated || read(after, path).kind === "unknown") return [];
  if (textAt(before, path) !== "ENABLED") return [];
  return textAt(after, path) !== "ENABLED"
    ? [text`${name} no longer rotates refresh tokens`]
    : raised(
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
  const [had, has] = [memberTexts(before, path), memberTexts(after, path)];
  if (had.length > 0 && has.length === 0)
    return [text`${name} can ${literal(verb)} all attributes of users`];
  const added = had.length === 0 ? [] : missingFrom(had, has);
  return added.length === 0
    ? []
    : [text`${name} can now ${literal(verb)} ${list(added)} of users`];
}
