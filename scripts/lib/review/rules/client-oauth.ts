import { isRedirectUrl } from "../../../../constructs/constraints/redirect-url";
import { type Attributes, readBoolean, readText } from "../../plan/attribute";
import type { Redacted } from "../../plan/redactor";
import { type RichText, text } from "../../plan/rich-text";
import { resolveScope } from "../../access/client-access";
import {
  coverAttributes,
  findMissing,
  limitToExisting,
  getMembers,
  isPartlyUnknown,
  isUnknown,
  reportAdded,
  reportChanged,
  reportNames,
  reportRemoved,
  reportTurnedOff,
  type Rule,
  type RuleContext,
} from "./rule";

const covers = coverAttributes("aws_cognito_user_pool_client");

/** Rules about OAuth of a client: its URLs, scopes and flows. */
export const CLIENT_OAUTH_RULES = {
  "callback-url-removed": {
    severity: "breaking",
    covers: covers("callback_urls"),
    description:
      "A callback URL is removed, so that users cannot return to it after sign-in.",
    check: reportRemoved(
      "callback_urls",
      text` can no longer send users who sign in to `,
    ),
  },
  "callback-url-unsafe": {
    severity: "weakening",
    covers: covers("callback_urls", "default_redirect_uri"),
    description:
      "Users who sign in are sent to a URL that others can read or take control of: neither https nor http on a loopback host, a wildcard, a fragment, or a scheme that a browser handles itself.",
    check: ({ before, after, name }) =>
      reportNames(
        findMissing(listCallbackUrls(before), listCallbackUrls(after)).filter(
          (url) => !isRedirectUrl(url),
        ),
        text`${name} sends users who sign in to `,
        text`, which others can read or take control of`,
      ),
  },
  "default-redirect-changed": {
    severity: "weakening",
    covers: covers("default_redirect_uri"),
    description: "Users who sign in are sent to another URL by default.",
    check: limitToExisting(
      reportChanged(
        "default_redirect_uri",
        text` sends users to another URL by default`,
      ),
    ),
  },
  "logout-url-removed": {
    severity: "breaking",
    covers: covers("logout_urls"),
    description:
      "A sign-out URL is removed, so that users cannot return to it after sign-out.",
    check: reportRemoved(
      "logout_urls",
      text` can no longer send users who sign out to `,
    ),
  },
  "logout-url-unsafe": {
    severity: "weakening",
    covers: covers("logout_urls"),
    description: "Users who sign out are sent to an unsafe URL.",
    check: ({ before, after, name }) =>
      reportNames(
        findMissing(
          getMembers(before, "logout_urls"),
          getMembers(after, "logout_urls"),
        ).filter((url) => !isRedirectUrl(url)),
        text`${name} sends users who sign out to the unsafe URL `,
      ),
  },
  "client-scope-removed": {
    severity: "breaking",
    covers: covers("allowed_oauth_scopes"),
    description:
      "A client receives the error invalid_scope when it requests a scope that it had.",
    check: limitToExisting(checkRemovedScopes),
  },
  "user-admin-scope-added": {
    severity: "weakening",
    covers: covers("allowed_oauth_scopes"),
    description:
      "An application can change the attributes and factors of users who sign in (aws.cognito.signin.user.admin).",
    check: ({ before, after, name }) =>
      findMissing(
        getMembers(before, "allowed_oauth_scopes"),
        getMembers(after, "allowed_oauth_scopes"),
      ).some((scope) => scope === "aws.cognito.signin.user.admin")
        ? [text`${name} can change the attributes and factors of its users`]
        : [],
  },
  "oauth-flow-removed": {
    severity: "breaking",
    covers: covers("allowed_oauth_flows"),
    description: "A client can no longer use an OAuth flow that it used.",
    check: reportRemoved(
      "allowed_oauth_flows",
      text` can no longer use the OAuth flow `,
    ),
  },
  "oauth-flow-added": {
    severity: "weakening",
    covers: covers(
      "allowed_oauth_flows",
      "allowed_oauth_flows_user_pool_client",
    ),
    description: "A client can use another OAuth flow.",
    check: checkAddedOauthFlows,
  },
  "oauth-off": {
    severity: "breaking",
    covers: covers("allowed_oauth_flows_user_pool_client"),
    description: "A client can no longer use OAuth.",
    check: reportTurnedOff(
      "allowed_oauth_flows_user_pool_client",
      text` can no longer use OAuth`,
    ),
  },
} as const satisfies Readonly<Record<string, Rule>>;

function listCallbackUrls(values: Attributes) {
  const redirect = readText(values, "default_redirect_uri");
  return [
    ...new Set([
      ...getMembers(values, "callback_urls"),
      ...(redirect === undefined ? [] : [redirect]),
    ]),
  ];
}

function checkRemovedScopes(context: RuleContext): readonly RichText[] {
  const { before, after, name, snapshotBefore, snapshotAfter } = context;
  const path = "allowed_oauth_scopes";
  if (isPartlyUnknown(after, path)) return [];
  return reportNames(
    findMissing(
      getMembers(after, path).map((one) => resolveScope(one, snapshotAfter)),
      getMembers(before, path).map((one) => resolveScope(one, snapshotBefore)),
    ),
    text`${name} receives the error ${"invalid_scope" as Redacted} when it requests `,
  );
}

/** Flows of an existing client that cannot use OAuth have no effect. */
function checkAddedOauthFlows(context: RuleContext): readonly RichText[] {
  const { before, isCreated } = context;
  const path = "allowed_oauth_flows_user_pool_client";
  const isInUse =
    isCreated || isUnknown(before, path) || readBoolean(before, path) === true;
  return reportAdded(
    "allowed_oauth_flows",
    text` can now use the OAuth flow `,
  )({
    ...context,
    before: isInUse ? before : { ...before, allowed_oauth_flows: [] },
  });
}
