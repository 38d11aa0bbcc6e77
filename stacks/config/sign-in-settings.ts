import { LIMITS } from "../../constructs/constraints";
import { defineSetting, InvalidValue, parseText } from "./setting-row";

const parseMetadataUrl = parseText(LIMITS.samlMetadataUrl);

/** Metadata of a SAML identity provider, as `addSamlIdentityProvider` names it. */
export type SamlMetadataLocation =
  { readonly metadataFile: string } | { readonly metadataUrl: string };

/** Parses the path or the URL of the metadata of a SAML identity provider. */
function parseMetadata(text: string): SamlMetadataLocation | InvalidValue {
  if (!/^[a-z][a-z0-9+.-]+:\/\//i.test(text)) return { metadataFile: text };
  const url = parseMetadataUrl(text);
  return typeof url === "string"
    ? { metadataUrl: url }
    : new InvalidValue("a file, or an https URL", [text]);
}

/** Settings of the identity providers with which people sign in. */
export const SIGN_IN_SETTINGS = {
  signIn: {
    oidcName: defineSetting("SIGN_IN_OIDC_NAME", {
      parse: parseText(LIMITS.identityProviderName),
      default: "OIDC",
      description:
        "Name of the OIDC identity provider on the sign-in pages, and first part of the names of its users. With another name, the same people are new users.",
      requires: ["SIGN_IN_OIDC_ISSUER"],
    }),
    oidcIssuer: defineSetting("SIGN_IN_OIDC_ISSUER", {
      parse: parseText(LIMITS.oidcIssuer),
      description:
        "Issuer of an OIDC identity provider with which people sign in, such as `https://keycloak.example.org/realms/veda`.",
      requires: ["SIGN_IN_OIDC_CLIENT_ID"],
    }),
    oidcClientId: defineSetting("SIGN_IN_OIDC_CLIENT_ID", {
      parse: parseText(LIMITS.oidcClientId),
      description:
        "Id of the client that is registered at the OIDC identity provider. The command `identity-provider-secret` sets its secret.",
      requires: ["SIGN_IN_OIDC_ISSUER"],
    }),
    samlName: defineSetting("SIGN_IN_SAML_NAME", {
      parse: parseText(LIMITS.identityProviderName),
      default: "SAML",
      description:
        "The same as `SIGN_IN_OIDC_NAME`, for the SAML identity provider.",
      requires: ["SIGN_IN_SAML_METADATA"],
    }),
    samlMetadata: defineSetting("SIGN_IN_SAML_METADATA", {
      parse: parseMetadata,
      description:
        "Metadata of a SAML identity provider with which people sign in: a file, relative to the project, or an https URL.",
    }),
    samlEmail: defineSetting("SIGN_IN_SAML_EMAIL_ATTRIBUTE", {
      parse: parseText(LIMITS.providerAttribute),
      default: "email",
      description:
        "Attribute of the SAML identity provider with the email address, such as `urn:oid:0.9.2342.19200300.100.1.3`.",
      requires: ["SIGN_IN_SAML_METADATA"],
    }),
  },
};
