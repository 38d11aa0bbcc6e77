import { createHash } from "node:crypto";
import { splitWords } from "../system/words";

/**
 * Keys of `provider_details` that are not secrets, for every type of identity provider of a user pool. Terraform marks
 * none of the keys, and a new one can be a secret.
 *
 * @see https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_CreateIdentityProvider.html
 */
const PUBLIC_KEYS = new Set(
  splitWords(`
  ActiveEncryptionCertificate EncryptedResponses IDPInit IDPSignout MetadataFile MetadataURL
  RequestSigningAlgorithm SLORedirectBindingURI SSORedirectBindingURI api_version attributes_request_method
  attributes_url attributes_url_add_attributes authorize_scopes authorize_url client_id jwks_uri key_id oidc_issuer
  team_id token_request_method token_url
`),
);

/** Attributes with a document that is too long to print. */
const DOCUMENTS = new Set(
  splitWords("ActiveEncryptionCertificate MetadataFile saml_metadata_document"),
);

/** Returns whether an attribute has the connection of an identity provider, as Terraform or CloudFormation names it. */
export function isProviderDetails(name: string): boolean {
  return name === "provider_details" || name === "ProviderDetails";
}

/** Returns whether a key of {@link isProviderDetails} is public. */
export function isPublicDetail(key: string): boolean {
  return PUBLIC_KEYS.has(key);
}

/** Longest text of a document that is printed as it is. */
const MAX_LENGTH = 120;

/** Returns the name and the digest of a long document instead of its text; any other text as it is. */
export function shortenDocument(name: string, text: string): string {
  if (!DOCUMENTS.has(name) || text.length <= MAX_LENGTH) return text;
  const digest = createHash("sha256").update(text).digest("hex").slice(0, 12);
  const entity = /\bentityID\s*=\s*["']([^"']{1,1024})["']/.exec(text)?.[1];
  const subject = entity === undefined ? "document" : `metadata of ${entity}`;
  return `(${subject}, sha256:${digest})`;
}
