import { X509Certificate } from "node:crypto";
import type { Document, Element } from "@xmldom/xmldom";

const METADATA = "urn:oasis:names:tc:SAML:2.0:metadata";
const SIGNATURE = "http://www.w3.org/2000/09/xmldsig#";
const PROTOCOL = "urn:oasis:names:tc:SAML:2.0:protocol";
const BINDINGS = "urn:oasis:names:tc:SAML:2.0:bindings:";
/** Characters that AWS allows for a detail of an identity provider. */
const MAX_CHARACTERS = 131_072;
const WARNING_DAYS = 30;
const DAY_MS = 86_400_000;

/** The parts of a SAML identity provider's metadata that Cognito uses. */
export interface SamlMetadata {
  /** Text without a byte order mark. */
  readonly text: string;
  readonly entityId: string;
  /** URL that a sign-in redirects to. */
  readonly redirectUrl: string | undefined;
  /** URL that a sign-out redirects to. */
  readonly logoutRedirectUrl: string | undefined;
  /** Validity of the certificates that can sign responses. */
  readonly certificates: readonly Validity[];
  /** End of the metadata's own validity. */
  readonly validUntil: Date | undefined;
}

interface Validity {
  readonly from: Date;
  readonly to: Date;
}

/**
 * Parses the metadata of one SAML identity provider. It reads no other file and no network, and expands no entities.
 *
 * @returns the metadata, or the end of a sentence that starts with "must"
 */
export function parseSamlMetadata(bytes: Buffer): SamlMetadata | string {
  const text = decodeText(bytes);
  if (text === undefined) return "be in UTF-8, got another encoding";
  if (text.length > MAX_CHARACTERS)
    return `have at most ${MAX_CHARACTERS} characters, got ${text.length}`;
  if (/<!(?:DOCTYPE|ENTITY)/i.test(text))
    return "have no document type declaration";
  const document = parseXml(text);
  if (typeof document === "string") return `be XML, got an error: ${document}`;
  const root = document.documentElement;
  if (root?.namespaceURI !== METADATA)
    return `have the root EntityDescriptor of SAML 2.0, got ${root?.nodeName ?? "none"}`;
  if (root.localName === "EntitiesDescriptor")
    return "be that of one provider, got those of several in EntitiesDescriptor: save the EntityDescriptor of the provider in a file of its own";
  if (root.localName !== "EntityDescriptor")
    return `have the root EntityDescriptor, got ${root.localName ?? ""}`;
  return readEntity(text, root);
}

function readEntity(text: string, entity: Element): SamlMetadata | string {
  const entityId = (entity.getAttribute("entityID") ?? "").trim();
  if (entityId === "") return "have an entityID, got none";
  const roles = listChildren(entity, METADATA, "IDPSSODescriptor");
  const role = roles.find(({ attributes }) =>
    (attributes.getNamedItem("protocolSupportEnumeration")?.value ?? "")
      .split(/\s+/)
      .includes(PROTOCOL),
  );
  if (role === undefined)
    return `have an IDPSSODescriptor for SAML 2.0, got ${roles.length === 0 ? "that of a service provider, or none" : "one for another protocol"}`;
  const redirectUrl = findLocation(
    role,
    "SingleSignOnService",
    "HTTP-Redirect",
  );
  const postUrl = findLocation(role, "SingleSignOnService", "HTTP-POST");
  if (redirectUrl === undefined && postUrl === undefined)
    return "have a SingleSignOnService with an https URL and the binding HTTP-Redirect or HTTP-POST, got none";
  const certificates = listSigningCertificates(role);
  if (certificates === undefined)
    return "have signing certificates in X.509, got another text";
  if (certificates.length === 0) return "have a signing certificate, got none";
  const ends = [entity, role].flatMap((element) => {
    const end = element.getAttribute("validUntil");
    return end === null ? [] : [new Date(end.trim())];
  });
  if (ends.some((end) => Number.isNaN(end.getTime())))
    return "have a time as validUntil, got another text";
  const [validUntil] = ends.sort(
    (one, other) => one.getTime() - other.getTime(),
  );
  return {
    text,
    entityId,
    redirectUrl,
    logoutRedirectUrl: findLocation(
      role,
      "SingleLogoutService",
      "HTTP-Redirect",
    ),
    certificates,
    validUntil,
  };
}

/** Returns the end of a sentence that starts with "must" if metadata is expired. */
export function findExpiry(
  { certificates, validUntil }: SamlMetadata,
  now: Date,
): string | undefined {
  if (validUntil !== undefined && validUntil <= now)
    return `be valid, got validUntil ${formatDay(validUntil)}: save the provider's current metadata`;
  if (certificates.some(({ from, to }) => from <= now && now < to))
    return undefined;
  const ends = certificates.map(({ to }) => to.getTime());
  const end = new Date(Math.max(...ends));
  return end <= now
    ? `have a valid signing certificate, got one that expired on ${formatDay(end)}: save the provider's current metadata`
    : "have a valid signing certificate, got one that is not valid yet";
}

/** Returns a warning if metadata expires soon. */
export function warnOfExpiry(
  { certificates, validUntil }: SamlMetadata,
  now: Date,
): string | undefined {
  const ends = certificates.map(({ to }) => to.getTime());
  const end = Math.min(Math.max(...ends), validUntil?.getTime() ?? Infinity);
  return end > now.getTime() && end - now.getTime() <= WARNING_DAYS * DAY_MS
    ? `expires on ${formatDay(new Date(end))}: save the provider's current metadata before`
    : undefined;
}

function formatDay(date: Date): string {
  return date.toISOString().slice(0, 10);
}

/** Returns text without a byte order mark, or `undefined` if the bytes are not UTF-8. */
function decodeText(bytes: Buffer): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

function parseXml(text: string): Document | string {
  // loaded here, since most stages have no such file
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- a constructor cannot await an import
  const xml = require("@xmldom/xmldom") as typeof import("@xmldom/xmldom");
  try {
    return new xml.DOMParser({
      onError: xml.onErrorStopParsing,
    }).parseFromString(text, xml.MIME_TYPE.XML_TEXT);
  } catch (error) {
    return error instanceof Error
      ? (error.message.split("\n")[0] ?? "")
      : String(error);
  }
}

function listChildren(
  parent: Element,
  namespace: string,
  name: string,
): readonly Element[] {
  return [...parent.childNodes].filter(
    (node): node is Element =>
      node.nodeType === node.ELEMENT_NODE &&
      node.namespaceURI === namespace &&
      node.localName === name,
  );
}

/** Returns the first https URL of a service with a binding. */
function findLocation(
  role: Element,
  service: string,
  binding: string,
): string | undefined {
  return listChildren(role, METADATA, service)
    .filter((one) => one.getAttribute("Binding") === BINDINGS + binding)
    .map((one) => (one.getAttribute("Location") ?? "").trim())
    .find((url) => /^https:\/\/[^\s/]/.test(url));
}

/** Lists the validity of the certificates that can sign, or returns `undefined` if one is no certificate. */
function listSigningCertificates(
  role: Element,
): readonly Validity[] | undefined {
  const texts = listChildren(role, METADATA, "KeyDescriptor")
    .filter((key) => key.getAttribute("use") !== "encryption")
    .flatMap((key) =>
      [...key.getElementsByTagNameNS(SIGNATURE, "X509Certificate")].map(
        ({ textContent }) => textContent ?? "",
      ),
    );
  try {
    return texts.map((text) => {
      const { validFrom, validTo } = new X509Certificate(
        Buffer.from(text.replace(/-----[A-Z ]+-----/g, ""), "base64"),
      );
      return { from: new Date(validFrom), to: new Date(validTo) };
    });
  } catch {
    return undefined;
  }
}
