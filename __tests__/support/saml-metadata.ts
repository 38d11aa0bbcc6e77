import { generate } from "selfsigned";

const DAY_MS = 86_400_000;
const BINDINGS = "urn:oasis:names:tc:SAML:2.0:bindings:";

/** Creates a certificate in base64, that is valid from and to these days from now. */
export async function createSigningCertificate(
  fromDays = -1,
  toDays = 365,
): Promise<string> {
  const now = Date.now();
  const { cert } = await generate([{ name: "commonName", value: "idp" }], {
    keyType: "ec",
    notBeforeDate: new Date(now + fromDays * DAY_MS),
    notAfterDate: new Date(now + toDays * DAY_MS),
    algorithm: "sha256",
  });
  return cert.replace(/-----[A-Z ]+-----|\s/g, "");
}

/** Parts of a SAML identity provider's metadata. */
export interface MetadataParts {
  readonly prefix?: string;
  readonly certificates: readonly string[];
  readonly attributes?: string;
  readonly roleAttributes?: string;
  readonly use?: string;
  readonly services?: string;
}

/** Formats the metadata of a SAML identity provider. */
export function formatSamlMetadata({
  prefix = "",
  certificates,
  attributes = 'entityID="https://idp.example.edu/idp"',
  roleAttributes = 'protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol"',
  use = 'use="signing"',
  services,
}: MetadataParts): string {
  const p = prefix === "" ? "" : `${prefix}:`;
  const xmlns = prefix === "" ? "xmlns" : `xmlns:${prefix}`;
  const keys = certificates.map(
    (certificate) =>
      `<${p}KeyDescriptor ${use}><ds:KeyInfo xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:X509Data><ds:X509Certificate>
${certificate.replace(/.{64}/g, "$&\n")}
</ds:X509Certificate></ds:X509Data></ds:KeyInfo></${p}KeyDescriptor>`,
  );
  return `<?xml version="1.0" encoding="UTF-8"?>
<!-- metadata -->
<${p}EntityDescriptor ${xmlns}="urn:oasis:names:tc:SAML:2.0:metadata" ${attributes}>
  <${p}IDPSSODescriptor ${roleAttributes}>
    ${keys.join("\n    ")}
    ${
      services ??
      `<${p}SingleLogoutService Binding="${BINDINGS}HTTP-Redirect" Location="https://idp.example.edu/logout"/>
    <${p}SingleSignOnService Binding="${BINDINGS}HTTP-POST" Location="https://idp.example.edu/post"/>
    <${p}SingleSignOnService Binding="${BINDINGS}HTTP-Redirect" Location="https://idp.example.edu/sso?a=1&amp;b=2"/>`
    }
  </${p}IDPSSODescriptor>
</${p}EntityDescriptor>
`;
}
