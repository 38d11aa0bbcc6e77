import { text } from "../../plan/rich-text";
import {
  combineChecks,
  limitToExisting,
  REPLACES,
  reportAdded,
  reportChanged,
  reportRemoved,
  type ReviewedType,
  type Rule,
} from "./rule";

const PROVIDER = "aws_cognito_identity_provider";
const OIDC_PROVIDER = "aws_iam_openid_connect_provider";

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
        reportChanged("provider_details", text` has another connection`),
        reportChanged(
          "attribute_mapping",
          text` sets other attributes of its users`,
        ),
        reportChanged("idp_identifiers", text` has other identifiers`),
      ),
    ),
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
} as const satisfies Readonly<Record<string, Rule>>;

export const IDENTITY_PROVIDER_TYPES = {
  [PROVIDER]: { ignored: { [REPLACES]: "user_pool_id" } },
  [OIDC_PROVIDER]: {
    baseline: { client_id_list: ["sts.amazonaws.com"] },
    ignored: { [REPLACES]: "url" },
  },
} as const satisfies Readonly<Record<string, ReviewedType>>;
