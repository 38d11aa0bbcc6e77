import {
  type Attributes,
  formatValue,
  isAttributes,
  isEmpty,
  type Value,
} from "../../plan/attribute";
import type { Redacted } from "../../plan/redactor";
import { joinTexts, literal, type RichText, text } from "../../plan/rich-text";
import {
  ASSIGNED,
  combineChecks,
  isSameValue,
  isUnknown,
  limitToExisting,
  REPLACES,
  reportAdded,
  reportChanged,
  reportRemoved,
  type ReviewedType,
  type Rule,
  type RuleContext,
} from "./rule";

const PROVIDER = "aws_cognito_identity_provider";
const OIDC_PROVIDER = "aws_iam_openid_connect_provider";
const SAML_PROVIDER = "aws_iam_saml_provider";

/** Rules about identity providers of user pools, and OIDC providers of roles. */
export const IDENTITY_PROVIDER_RULES = {
  "identity-provider-added": {
    severity: "weakening",
    covers: { [PROVIDER]: ["provider_name", "provider_type"] },
    description:
      "Users of another identity provider can sign in to a user pool.",
    check: ({ isCreated, name }) =>
      isCreated ? [text`users of ${name} can sign in to the user pool`] : [],
  },
  "identity-provider-changed": {
    severity: "weakening",
    covers: {
      [PROVIDER]: ["provider_details", "attribute_mapping", "idp_identifiers"],
    },
    description:
      "The connection to an identity provider changes, or its users have other attributes.",
    check: limitToExisting(
      combineChecks(
        checkConnection,
        checkMapping,
        reportChanged("idp_identifiers", text` has other identifiers`),
      ),
    ),
  },
  "identity-mapping-trusted": {
    severity: "weakening",
    covers: { [PROVIDER]: ["attribute_mapping"] },
    description:
      "An identity provider sets an attribute that decides who its users are (username), or that roles and applications may depend on (custom attributes).",
    check: checkTrustedMapping,
  },
  "audience-removed": {
    severity: "breaking",
    covers: { [OIDC_PROVIDER]: ["client_id_list"] },
    description: "An OIDC provider no longer trusts tokens for an audience.",
    check: reportRemoved(
      "client_id_list",
      text` no longer trusts tokens for the audience `,
    ),
  },
  "audience-added": {
    severity: "weakening",
    covers: { [OIDC_PROVIDER]: ["client_id_list"] },
    description: "An OIDC provider trusts tokens for another audience.",
    check: reportAdded(
      "client_id_list",
      text` also trusts tokens for the audience `,
    ),
  },
  "thumbprint-changed": {
    severity: "weakening",
    covers: { [OIDC_PROVIDER]: ["thumbprint_list"] },
    description:
      "An OIDC provider trusts the certificates of another certificate authority.",
    check: limitToExisting(
      reportAdded("thumbprint_list", text` trusts another certificate: `),
    ),
  },
  "saml-metadata-changed": {
    severity: "weakening",
    covers: { [SAML_PROVIDER]: ["saml_metadata_document"] },
    description:
      "A SAML provider of the account trusts another identity provider, or another certificate of it.",
    check: limitToExisting(
      reportChanged(
        "saml_metadata_document",
        text` may sign in other people, since its metadata changes`,
      ),
    ),
  },
} as const satisfies Readonly<Record<string, Rule>>;

export const IDENTITY_PROVIDER_TYPES = {
  [PROVIDER]: { ignored: { [REPLACES]: "user_pool_id" } },
  [OIDC_PROVIDER]: {
    baseline: { client_id_list: ["sts.amazonaws.com"] },
    ignored: { [REPLACES]: "url" },
  },
  [SAML_PROVIDER]: {
    ignored: { [ASSIGNED]: "valid_until", [REPLACES]: "name" },
  },
} as const satisfies Readonly<Record<string, ReviewedType>>;

/** Settings of a connection that do not decide which identity provider signs people in. */
const OTHER_DETAILS =
  /^(ActiveEncryptionCertificate|EncryptedResponses|IDPInit|IDPSignout|RequestSigningAlgorithm|api_version|attributes_request_method|attributes_url_add_attributes|authorize_scopes|client_secret|key_id|private_key|token_request_method)$/;

function checkConnection({
  before,
  after,
  name,
}: RuleContext): readonly RichText[] {
  const path = "provider_details";
  const [from, to] = [before[path], after[path]];
  // Terraform marks the whole connection if an expression of a secret returns it
  if (typeof from === "string" || typeof to === "string")
    return from === to || isUnknown(after, path)
      ? []
      : [
          text`${name} may sign in other people, since its connection changes, which cannot be reviewed because it is marked as a secret`,
        ];
  const changed = listChangedKeys(before, after, path);
  const isOther = ({ key }: ChangedKey): boolean => OTHER_DETAILS.test(key);
  return [
    {
      effect: text`may sign in other people, since its connection changes`,
      keys: changed.filter((key) => !isOther(key)),
    },
    { effect: text`has another connection`, keys: changed.filter(isOther) },
  ].flatMap(({ effect, keys }) => {
    const changes = keys.map(
      ({ key, from, to }) =>
        text`${key} ${formatValue(to)}, was ${formatValue(from)}`,
    );
    return keys.length === 0
      ? []
      : [text`${name} ${effect}: ${joinTexts(changes, literal("; "))}`];
  });
}

function checkMapping({
  before,
  after,
  name,
}: RuleContext): readonly RichText[] {
  return listChangedKeys(before, after, "attribute_mapping")
    .filter(({ key, to }) => !isTrusted(key) || to === undefined)
    .map(({ key, from, to }) =>
      to === undefined
        ? text`${name} no longer sets attribute ${key} of its users`
        : text`${name} sets attribute ${key} of its users from ${formatValue(to)}, was ${formatValue(from)}`,
    );
}

/** A new OIDC provider names its users by `sub`, which no user can change. */
function checkTrustedMapping({
  before,
  after,
  name,
  isCreated,
}: RuleContext): readonly RichText[] {
  return listChangedKeys(before, after, "attribute_mapping").flatMap(
    ({ key, from, to }) => {
      const isExpected = isCreated && key === "username" && to === "sub";
      if (!isTrusted(key) || to === undefined || isExpected) return [];
      const earlier = isCreated ? [] : text`, was ${formatValue(from)}`;
      const effect =
        key === "username"
          ? literal("decides which user a person is")
          : literal("decides what roles and applications read");
      return [
        text`${name} ${effect}: attribute ${key} from ${formatValue(to)}${earlier}`,
      ];
    },
  );
}

function isTrusted(attribute: string): boolean {
  return attribute === "username" || attribute.startsWith("custom:");
}

interface ChangedKey {
  readonly key: Redacted;
  readonly from: Value | undefined;
  readonly to: Value | undefined;
}

/** Returns the keys of a map whose values differ; an unknown value is reported by itself. */
function listChangedKeys(
  before: Attributes,
  after: Attributes,
  path: string,
): readonly ChangedKey[] {
  const [from, to] = [before[path], after[path]].map((map) =>
    isAttributes(map) ? map : {},
  );
  if (isUnknown(after, path)) return [];
  return [...new Set([...Object.keys(from ?? {}), ...Object.keys(to ?? {})])]
    .sort()
    .filter((key) => !isSameValue(from?.[key], to?.[key]))
    .map((key) => ({
      key: key as Redacted,
      from: from?.[key],
      to: isEmpty(to?.[key]) ? undefined : to?.[key],
    }));
}
