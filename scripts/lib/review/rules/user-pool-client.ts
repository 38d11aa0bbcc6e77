import {
  hasCustomChallenges,
  listClientAttributes,
} from "../../access/client-access";
import { readText, Unknown } from "../../plan/attribute";
import type { Redacted } from "../../plan/redactor";
import { literal, type RichText, text } from "../../plan/rich-text";
import {
  ASSIGNED,
  combineChecks,
  coverAttributes,
  findMissing,
  limitToExisting,
  getMembers,
  isPartlyUnknown,
  isUnknown,
  REPLACES,
  reportAdded,
  reportChanged,
  reportNames,
  reportRemoved,
  reportUnsafe,
  type ReviewedType,
  type Rule,
  type RuleContext,
  TEXT,
} from "./rule";

const TYPE = "aws_cognito_user_pool_client";

const CUSTOM_FLOW = "ALLOW_CUSTOM_AUTH" as Redacted;

const covers = coverAttributes(TYPE);

/** Rules about authentication flows, identity providers and attributes of a client. */
export const USER_POOL_CLIENT_RULES = {
  "auth-flow-removed": {
    severity: "breaking",
    covers: covers("explicit_auth_flows"),
    description:
      "Users can no longer sign in with an authentication flow of a client.",
    check: reportRemoved(
      "explicit_auth_flows",
      text` can no longer sign in users with `,
    ),
  },
  "auth-flow-added": {
    severity: "weakening",
    covers: covers("explicit_auth_flows"),
    description: "Users can sign in with another authentication flow.",
    check: checkAddedAuthFlows,
  },
  "client-identity-provider-removed": {
    severity: "breaking",
    covers: covers("supported_identity_providers"),
    description:
      "Users of an identity provider can no longer sign in to a client.",
    check: reportRemoved(
      "supported_identity_providers",
      text` can no longer sign in users of `,
    ),
  },
  "client-identity-provider-added": {
    severity: "weakening",
    covers: covers("supported_identity_providers"),
    description: "Users of another identity provider can sign in to a client.",
    check: checkAddedProviders,
  },
  "user-existence-revealed": {
    severity: "weakening",
    covers: covers("prevent_user_existence_errors"),
    description: "A failed sign-in reveals whether a user name exists.",
    check: (context) => {
      const { after, name, isCreated } = context;
      const path = "prevent_user_existence_errors";
      const ending = text` reveals which user names exist`;
      // AWS reveals them if a new client does not set the attribute
      return isCreated &&
        after[path] instanceof Unknown &&
        after[path].isComputed
        ? [text`${name}${ending}`]
        : reportUnsafe(path, "ENABLED", ending)(context);
    },
  },
  "write-attributes-changed": {
    severity: "weakening",
    covers: covers("write_attributes"),
    description:
      "Users of a client can write other attributes, or all standard attributes if the list is empty; applications may trust these attributes.",
    check: limitToExisting((context) =>
      checkAttributes(context, "write_attributes", literal("write")),
    ),
  },
  "read-attributes-changed": {
    severity: "weakening",
    covers: covers("read_attributes"),
    description:
      "A client can read other attributes of users, or all standard attributes if the list is empty.",
    check: limitToExisting((context) =>
      checkAttributes(context, "read_attributes", literal("read")),
    ),
  },
  "client-context-changed": {
    severity: "weakening",
    covers: covers(
      "enable_propagate_additional_user_context_data",
      "analytics_configuration",
    ),
    description:
      "A client sends data of its users to another destination, or can set the IP address that users appear to have.",
    check: combineChecks(
      reportChanged(
        "enable_propagate_additional_user_context_data",
        text` changes whether it sets the IP address of its users`,
      ),
      reportChanged(
        "analytics_configuration",
        text` sends data of its users to another destination`,
      ),
    ),
  },
} as const satisfies Readonly<Record<string, Rule>>;

/** A new client is compared with what the constructs of this project create. */
export const USER_POOL_CLIENT_TYPES = {
  [TYPE]: {
    baseline: {
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
    },
    ignored: {
      [ASSIGNED]: "client_secret",
      [REPLACES]: "generate_secret user_pool_id",
      [TEXT]: "name",
    },
  },
} as const satisfies Readonly<Record<string, ReviewedType>>;

/** MFA of a user pool does not apply to users of identity providers. */
function checkAddedProviders({
  before,
  after,
  name,
  snapshotAfter,
}: RuleContext): readonly RichText[] {
  const path = "supported_identity_providers";
  const added = findMissing(getMembers(before, path), getMembers(after, path));
  const pool = snapshotAfter.find("aws_cognito_user_pool", after.user_pool_id);
  const isMfaRequired =
    readText(pool?.values, "mfa_configuration") === "ON" &&
    added.some((provider) => provider !== "COGNITO");
  return reportNames(
    added,
    text`${name} can now sign in users of `,
    isMfaRequired
      ? literal(", to whom the MFA of the user pool does not apply")
      : [],
  );
}

/** AWS adds flows to an existing client if its list becomes empty. */
function checkAddedAuthFlows(context: RuleContext): readonly RichText[] {
  const { before, after, name, isCreated } = context;
  const path = "explicit_auth_flows";
  const isEmptied =
    !isCreated &&
    getMembers(before, path).length > 0 &&
    getMembers(after, path).length === 0 &&
    !isUnknown(after, path);
  return isEmptied
    ? [
        text`${name} lists no authentication flow, so that AWS adds its default ones`,
      ]
    : reportAdded(
        path,
        text` can now sign in users with `,
      )({ ...context, before: addUnusedFlow(context) });
}

/** Adds the flow of custom challenges, which does nothing without a function of the user pool. */
function addUnusedFlow({
  before,
  after,
  snapshotAfter,
}: RuleContext): RuleContext["before"] {
  const path = "explicit_auth_flows";
  return hasCustomChallenges(after, snapshotAfter)
    ? before
    : {
        ...before,
        [path]: [...getMembers(before, path), CUSTOM_FLOW],
      };
}

/** AWS's default applies to an empty list: the standard attributes, without custom ones. */
function checkAttributes(
  { before, after, name }: RuleContext,
  path: "write_attributes" | "read_attributes",
  verb: RichText,
): readonly RichText[] {
  if (isPartlyUnknown(after, path) || isUnknown(after, path)) return [];
  const [from, to] = [before, after].map((values) =>
    listClientAttributes(values, path),
  );
  return reportNames(
    findMissing(from ?? [], to ?? []),
    text`${name} can now ${verb} `,
    text` of users`,
  );
}
