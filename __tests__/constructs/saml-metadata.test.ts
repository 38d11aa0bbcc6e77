import {
  findExpiry,
  parseSamlMetadata,
  type SamlMetadata,
  warnOfExpiry,
} from "../../constructs/saml-metadata";
import {
  createSigningCertificate,
  formatSamlMetadata,
  type MetadataParts,
} from "../support/saml-metadata";

const DAY_MS = 86_400_000;
let certificate = "";
let expired = "";

beforeAll(async () => {
  certificate = await createSigningCertificate(-1, 365);
  expired = await createSigningCertificate(-20, -10);
});

function format(parts: Partial<MetadataParts> = {}): string {
  return formatSamlMetadata({ certificates: [certificate], ...parts });
}

function parse(text: string): SamlMetadata | string {
  return parseSamlMetadata(Buffer.from(text));
}

function parseValid(text: string): SamlMetadata {
  const metadata = parse(text);
  if (typeof metadata === "string") throw new Error(metadata);
  return metadata;
}

describe("SAML metadata", () => {
  test.each(["", "md", "ns0", "saml2md"])(
    "is parsed with the namespace prefix %j",
    (prefix) => {
      const text = format({ prefix });
      expect(parse(text)).toEqual({
        text,
        entityId: "https://idp.example.edu/idp",
        redirectUrl: "https://idp.example.edu/sso?a=1&b=2",
        logoutRedirectUrl: "https://idp.example.edu/logout",
        certificates: parseValid(text).certificates,
        validUntil: undefined,
      });
    },
  );

  test("is parsed with a byte order mark, which is not in the text, and with CRLF", () => {
    const text = format().replaceAll("\n", "\r\n");
    expect(parseValid(`\uFEFF${text}`).text).toBe(text);
  });

  test("has the keys that sign, and none that encrypt or that are of other roles or of its signature", () => {
    const other = (tag: string) =>
      `<${tag}><KeyDescriptor><KeyInfo xmlns="http://www.w3.org/2000/09/xmldsig#"><X509Data><X509Certificate>${expired}</X509Certificate></X509Data></KeyInfo></KeyDescriptor></${tag}>`;
    const signature = `<Signature xmlns="http://www.w3.org/2000/09/xmldsig#"><KeyInfo><X509Data><X509Certificate>none</X509Certificate></X509Data></KeyInfo></Signature>`;
    const text = format({ certificates: [certificate, certificate] })
      .replace("<IDPSSODescriptor", `${signature}${other("SPSSODescriptor")}$&`)
      .replace(
        "</IDPSSODescriptor>",
        `<KeyDescriptor use="encryption"><KeyInfo xmlns="http://www.w3.org/2000/09/xmldsig#"><X509Data><X509Certificate>none</X509Certificate></X509Data></KeyInfo></KeyDescriptor>$&${other("AttributeAuthorityDescriptor")}`,
      );
    expect(parseValid(text).certificates).toHaveLength(2);
    expect(parseValid(format({ use: "" })).certificates).toHaveLength(1);
  });

  test.each<[string, (text: string) => string]>([
    [
      "AD FS and Microsoft Entra ID",
      (text) =>
        text.replace(
          "<md:IDPSSODescriptor",
          `<ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:SignedInfo/></ds:Signature>
  <md:RoleDescriptor xsi:type="fed:SecurityTokenServiceType" protocolSupportEnumeration="http://docs.oasis-open.org/wsfed/federation/200706" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:fed="http://docs.oasis-open.org/wsfed/federation/200706"><fed:ClaimTypesOffered/></md:RoleDescriptor>
  $&`,
        ),
    ],
    [
      "Shibboleth",
      (text) =>
        text
          .replace(
            /<md:IDPSSODescriptor[^>]*>/,
            '$&<md:Extensions><mdui:UIInfo xmlns:mdui="urn:oasis:names:tc:SAML:metadata:ui"><mdui:Logo height="16" width="16">https://idp.example.edu/logo.png</mdui:Logo></mdui:UIInfo><shibmd:Scope xmlns:shibmd="urn:mace:shibboleth:metadata:1.0" regexp="false">example.edu</shibmd:Scope></md:Extensions>',
          )
          .replace(
            "<md:SingleSignOnService",
            '<md:ArtifactResolutionService Binding="urn:oasis:names:tc:SAML:1.0:bindings:SOAP-binding" Location="https://idp.example.edu:8443/soap" index="1"/><md:SingleSignOnService Binding="urn:mace:shibboleth:1.0:profiles:AuthnRequest" Location="https://idp.example.edu/shibboleth"/>$&',
          )
          .replace(
            "</md:EntityDescriptor>",
            '<md:Organization><md:OrganizationName xml:lang="en">École</md:OrganizationName></md:Organization><md:ContactPerson contactType="technical"><md:EmailAddress>mailto:it@example.edu</md:EmailAddress></md:ContactPerson>$&',
          ),
    ],
    [
      "Keycloak",
      (text) =>
        text
          .replace("<ds:X509Data>", "<ds:KeyName>key</ds:KeyName>$&")
          .replace(
            "<md:SingleLogoutService",
            "<md:NameIDFormat>urn:oasis:names:tc:SAML:2.0:nameid-format:persistent</md:NameIDFormat>$&",
          )
          .replaceAll(/>\s+</g, "><"),
    ],
  ])("of %s is parsed", (_name, change) => {
    const text = format({ prefix: "md" });
    expect(change(text)).not.toBe(text);
    expect(parse(change(text))).toMatchObject({
      entityId: "https://idp.example.edu/idp",
      redirectUrl: "https://idp.example.edu/sso?a=1&b=2",
      logoutRedirectUrl: "https://idp.example.edu/logout",
    });
  });

  test("can have armor around a certificate", () => {
    const armored = `-----BEGIN CERTIFICATE-----\n${certificate}\n-----END CERTIFICATE-----`;
    expect(
      parseValid(
        format().replace(
          /<ds:X509Certificate>[^<]+/,
          `<ds:X509Certificate>${armored}`,
        ),
      ).certificates,
    ).toHaveLength(1);
  });

  test("can have HTTP-POST alone", () => {
    expect(
      parseValid(
        format({
          services:
            '<SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST" Location="https://a.example/post"/>',
        }),
      ),
    ).toMatchObject({ redirectUrl: undefined, logoutRedirectUrl: undefined });
  });

  test("can support other protocols too", () => {
    const roleAttributes =
      'protocolSupportEnumeration="urn:oasis:names:tc:SAML:1.1:protocol urn:mace:shibboleth:1.0\nurn:oasis:names:tc:SAML:2.0:protocol"';
    expect(parse(format({ roleAttributes }))).toMatchObject({
      entityId: "https://idp.example.edu/idp",
    });
  });

  test.each<[string, (text: string) => string, RegExp]>([
    ["it is empty", () => "", /^be XML/],
    ["it is no XML", () => "hello", /^be XML/],
    ["it is HTML", () => "<html><body></body></html>", /got html$/],
    ["it is cut off", (text) => text.slice(0, 300), /^be XML/],
    [
      "it has a document type",
      (text) => text.replace("<!--", '<!DOCTYPE a [<!ENTITY b "c">]><!--'),
      /^have no document type/,
    ],
    [
      "it has several providers",
      (text) =>
        `<a:EntitiesDescriptor xmlns:a="urn:oasis:names:tc:SAML:2.0:metadata">${text.replace(/<\?.*\?>/, "")}</a:EntitiesDescriptor>`,
      /^be that of one provider/,
    ],
    [
      "it has another root",
      (text) =>
        text
          .replace("<EntityDescriptor", "<Extensions")
          .replace("</EntityDescriptor", "</Extensions"),
      /got Extensions$/,
    ],
    [
      "its namespace is another",
      (text) => text.replace("SAML:2.0:metadata", "SAML:1.0:metadata"),
      /got EntityDescriptor$/,
    ],
    [
      "it has no entity id",
      (text) => text.replace(/entityID="[^"]*"/, ""),
      /^have an entityID/,
    ],
    [
      "its entity id is empty",
      (text) => text.replace(/entityID="[^"]*"/, 'entityID=" "'),
      /^have an entityID/,
    ],
    [
      "it is that of a service provider",
      (text) => text.replaceAll("IDPSSODescriptor", "SPSSODescriptor"),
      /^have an IDPSSODescriptor .* service provider/,
    ],
    [
      "it is for another protocol",
      (text) => text.replace("SAML:2.0:protocol", "SAML:1.1:protocol"),
      /^have an IDPSSODescriptor .* another protocol/,
    ],
    [
      "it has no URL for sign-in",
      (text) => text.replaceAll("SingleSignOnService", "SingleLogoutService"),
      /^have a SingleSignOnService/,
    ],
    [
      "its binding is another",
      (text) => text.replaceAll(/bindings:HTTP-\w+/g, "bindings:SOAP"),
      /^have a SingleSignOnService/,
    ],
    [
      "its URLs are not https",
      (text) => text.replaceAll("https://idp.example.edu/", "http://a/"),
      /^have a SingleSignOnService/,
    ],
    [
      "it has no certificate",
      (text) => text.replace(/<KeyDescriptor[\s\S]*<\/KeyDescriptor>/, ""),
      /^have a signing certificate, got none/,
    ],
    [
      "it has a certificate for encryption only",
      (text) => text.replace('use="signing"', 'use="encryption"'),
      /^have a signing certificate, got none/,
    ],
    [
      "its certificate is none",
      (text) => text.replace(/(<ds:X509Certificate>)[^<]+/, "$1 AAAA"),
      /^have signing certificates in X\.509/,
    ],
    [
      "its validity is no time",
      (text) => text.replace("entityID", 'validUntil="soon" entityID'),
      /^have a time as validUntil/,
    ],
    [
      "it is longer than AWS allows",
      (text) => text + " ".repeat(131_073 - text.length),
      /^have at most 131072 characters, got 131073$/,
    ],
  ])("fails when %s", (_name, change, message) => {
    const text = format();
    expect(change(text)).not.toBe(text);
    expect(parse(change(text))).toEqual(expect.stringMatching(message));
  });

  test("of the greatest length is accepted", () => {
    const text = format();
    expect(parse(text + " ".repeat(131_072 - text.length))).toBeInstanceOf(
      Object,
    );
  });

  test("fails when it is in UTF-16 or not in UTF-8", () => {
    for (const encoding of ["utf16le", "latin1"] as const)
      expect(
        parseSamlMetadata(Buffer.from(`\uFEFFé${format()}`, encoding)),
      ).toMatch(/UTF-8/);
  });
});

describe("the expiry of SAML metadata", () => {
  const now = new Date();
  const getEnd = (metadata: SamlMetadata) =>
    Math.max(...metadata.certificates.map(({ to }) => to.getTime()));

  test("is that of the last certificate, to the second", () => {
    const metadata = parseValid(
      format({ certificates: [expired, certificate] }),
    );
    const end = getEnd(metadata);
    expect(findExpiry(metadata, now)).toBeUndefined();
    expect(findExpiry(metadata, new Date(end - 1))).toBeUndefined();
    expect(findExpiry(metadata, new Date(end))).toMatch(
      /^have a valid signing certificate, got one that expired on \d{4}-\d\d-\d\d: /,
    );
  });

  test("is an error if all certificates are expired or not valid yet", async () => {
    const future = await createSigningCertificate(10, 20);
    expect(
      findExpiry(parseValid(format({ certificates: [expired] })), now),
    ).toMatch(/expired on/);
    expect(
      findExpiry(parseValid(format({ certificates: [future] })), now),
    ).toMatch(/not valid yet$/);
  });

  test.each(["attributes", "roleAttributes"] as const)(
    "can be validUntil among the %s",
    (part) => {
      const until = new Date(now.getTime() + 40 * DAY_MS);
      const text = format().replace(
        part === "attributes" ? "entityID=" : "protocolSupport",
        `validUntil="${until.toISOString()}" $&`,
      );
      const metadata = parseValid(text);
      expect(findExpiry(metadata, new Date(until.getTime() - 1))).toBe(
        undefined,
      );
      expect(findExpiry(metadata, until)).toMatch(/^be valid, got validUntil /);
      const warning = new Date(until.getTime() - 30 * DAY_MS);
      expect(warnOfExpiry(metadata, new Date(warning.getTime() - 1))).toBe(
        undefined,
      );
      expect(warnOfExpiry(metadata, warning)).toMatch(/^expires on /);
    },
  );

  test("is a warning in the last 30 days of a certificate, and no longer one after them", () => {
    const metadata = parseValid(format());
    const end = getEnd(metadata);
    const warn = (time: number) => warnOfExpiry(metadata, new Date(time));
    expect(warn(end - 30 * DAY_MS - 1)).toBeUndefined();
    expect(warn(end - 30 * DAY_MS)).toMatch(
      `expires on ${new Date(end).toISOString().slice(0, 10)}: `,
    );
    expect(warn(end)).toBeUndefined();
  });
});
