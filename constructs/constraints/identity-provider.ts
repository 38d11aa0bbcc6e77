import { createCountLimit, createTextLimit } from "./limit";

/** Names that Cognito has for its own users and for social identity providers. */
const RESERVED_NAMES = [
  "COGNITO",
  "Facebook",
  "Google",
  "LoginWithAmazon",
  "SignInWithApple",
];

/** Attributes of every user pool that an identity provider can set. */
export const STANDARD_ATTRIBUTES = [
  "address",
  "birthdate",
  "email",
  "email_verified",
  "family_name",
  "gender",
  "given_name",
  "locale",
  "middle_name",
  "name",
  "nickname",
  "phone_number",
  "phone_number_verified",
  "picture",
  "preferred_username",
  "profile",
  "updated_at",
  "website",
  "zoneinfo",
] as const;

/** An attribute of a user pool that an identity provider can set. */
export type MappedAttribute =
  (typeof STANDARD_ATTRIBUTES)[number] | `custom:${string}`;

/**
 * Attributes of the user pool, and the names of the provider's attributes that set them at each sign-in. The user pool
 * requires `email`. The email address counts as unverified unless `email_verified` is mapped too.
 */
export type AttributeMapping = Readonly<Record<"email", string>> &
  Readonly<Partial<Record<MappedAttribute, string>>>;

/**
 * Client secret of an OIDC identity provider until the command `identity-provider-secret` sets the real one, which is in no
 * code. Do not change it: deployed stages have it.
 */
export const PLACEHOLDER_CLIENT_SECRET = "set-by-identity-provider-secret";

/** Returns whether a text is an absolute https URL without credentials and fragment, as it is written. */
function isHttpsUrl(value: string): boolean {
  if (!/^https:\/\/[^\s/?#\\@]+(?:[/?][^\s#\\]*)?$/.test(value)) return false;
  return URL.canParse(value) && /^[\x21-\x7E]+$/.test(value);
}

/** @see https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_CreateIdentityProvider.html */
export const IDENTITY_PROVIDER_LIMITS = {
  identityProviderName: {
    subject: "identity provider name",
    expected: `3-32 characters without spaces, with _ as the second character only, and not ${RESERVED_NAMES.join(", ")}`,
    allows: (value: string) =>
      /^[^_\p{Z}\p{C}][\p{L}\p{M}\p{S}\p{N}\p{P}][^_\p{Z}\p{C}]{1,30}$/u.test(
        value,
      ) && !RESERVED_NAMES.includes(value),
  },
  identityProviderDomain: createTextLimit(
    "identity provider domain",
    [1, 40],
    /^[\w +=.@-]+$/,
    "letters, digits, spaces or any of _ + = . @ -",
  ),
  domainsPerIdentityProvider: createCountLimit(
    "number of domains of an identity provider",
    50,
  ),
  mappedAttribute: {
    subject: "mapped attribute",
    expected: `one of ${STANDARD_ATTRIBUTES.join(", ")}, or custom:<name> with 1-20 characters`,
    allows: (value: string) =>
      STANDARD_ATTRIBUTES.some((name) => name === value) ||
      /^custom:[\p{L}\p{M}\p{S}\p{N}\p{P}]{1,20}$/u.test(value),
  },
  providerAttribute: createTextLimit(
    "attribute of an identity provider",
    [1, 2048],
    /^\P{Cc}*\S\P{Cc}*$/u,
    "characters without line breaks",
  ),
  oidcIssuer: {
    subject: "issuer of an identity provider",
    expected:
      "an https URL without a slash at the end, a query, a fragment, credentials or /.well-known/, as the provider's discovery document has it",
    allows: (value: string) =>
      isHttpsUrl(value) && !/\?|\/$|\/\.well-known(\/|$)/.test(value),
  },
  oidcEndpoint: {
    subject: "endpoint of an identity provider",
    expected: "an https URL without a fragment or credentials",
    allows: isHttpsUrl,
  },
  oidcClientId: createTextLimit(
    "client id of an identity provider",
    [1, 1024],
    /^[\x21-\x7E]+$/,
    "characters of ASCII without spaces",
  ),
  oidcScope: createTextLimit(
    "scope of an identity provider",
    [1, 256],
    /^[\x21\x23-\x5B\x5D-\x7E]+$/,
    'characters of ASCII without spaces, " and \\',
  ),
  samlMetadataUrl: {
    subject: "SAML metadata URL",
    expected: "an https URL without a fragment or credentials",
    allows: isHttpsUrl,
  },
} as const;
