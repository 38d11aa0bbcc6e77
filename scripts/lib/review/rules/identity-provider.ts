import { literal, text } from "../../plan/rich-text";
import {
  combineChecks,
  reportChanged,
  reportRemoved,
  reportAdded,
  type Rule,
} from "./rule";

const PROVIDER = "aws_cognito_identity_provider";
const OIDC_PROVIDER = "aws_iam_openid_connect_provider";

/** What weakens the identity providers of user pools, and the OIDC providers of roles. */
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
      "An identity provider is reached in another way, or its users get other attributes.",
    check: (context) =>
      context.isCreated
        ? []
        : combineChecks(
            reportChanged(
              "provider_details",
              literal(" is reached in another way"),
            ),
            reportChanged(
              "attribute_mapping",
              literal(" fills other attributes of its users"),
            ),
            reportChanged(
              "idp_identifiers",
              literal(" is found by other names"),
            ),
          )(context),
  },
  "audience-removed": {
    severity: "breaking",
    covers: { [OIDC_PROVIDER]: ["client_id_list"] },
    description: "An OIDC provider no longer accepts tokens for an audience.",
    check: reportRemoved(
      "client_id_list",
      literal(" no longer accepts tokens for "),
    ),
  },
  "audience-added": {
    severity: "weakening",
    covers: { [OIDC_PROVIDER]: ["client_id_list"] },
    description: "An OIDC provider accepts tokens for another audience.",
    check: reportAdded("client_id_list", literal(" also accepts tokens for ")),
  },
  "thumbprint-changed": {
    severity: "weakening",
    covers: { [OIDC_PROVIDER]: ["thumbprint_list"] },
    description:
      "An OIDC provider accepts keys that another certificate authority vouches for.",
    check: (context) =>
      context.isCreated
        ? []
        : reportAdded(
            "thumbprint_list",
            literal(" accepts another certificate: "),
          )(context),
  },
} as const satisfies Readonly<Record<string, Rule>>;

/** What an OIDC provider is compared with when it is created. */
export const OIDC_PROVIDER_BASELINE = {
  client_id_list: ["sts.amazonaws.com"],
} as const;
