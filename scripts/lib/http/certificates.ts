import { X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import path from "node:path";
import tls, {
  createSecureContext,
  rootCertificates,
  type SecureContext,
} from "node:tls";
import { UserError } from "../../../constructs/errors";
import {
  type Environment,
  getEnvironment,
} from "../../../stacks/config/environment";
import { resolveUserPath } from "../cli/invocation";
import { readInputFile } from "../system/input-file";
import { BUNDLE_VARIABLE, getBundlePath } from "./network-variables";

const CERTIFICATE =
  /-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/g;

/** Contexts by file: loading the certificates takes as long as a short request. */
const contexts = new Map<string, SecureContext>();

/**
 * Returns a TLS context that trusts the authorities of `AWS_CA_BUNDLE`, in addition to those that Node trusts; `undefined` if
 * Node trusts them already, or the variable is not set.
 *
 * @throws UserError if the file cannot be used
 */
export function loadSecureContext(env: Environment): SecureContext | undefined {
  const file = getBundlePath(env);
  if (file === undefined) return undefined;
  const known = contexts.get(file);
  if (known !== undefined) return known;
  const certificates = readBundle(file);
  const { NODE_EXTRA_CA_CERTS: extra = "" } = getEnvironment();
  if (extra !== "" && path.resolve(resolveUserPath(extra)) === file)
    return undefined;
  const context = createSecureContext({
    // the lists have most certificates in common
    ca: [...new Set([...certificates, ...listTrustedCertificates(extra)])],
  });
  contexts.set(file, context);
  return context;
}

function readBundle(file: string): readonly string[] {
  const hint = `set ${BUNDLE_VARIABLE} to a PEM file of certificate authorities, or unset it`;
  const text = readInputFile(file, `${BUNDLE_VARIABLE}:`, hint).toString();
  const certificates = listCertificates(text);
  // as in Terraform, a certificate that cannot be parsed is ignored if there are others
  if (!certificates.some(isCertificate))
    throw new UserError(
      `${BUNDLE_VARIABLE} must be a file of PEM certificates, got none in ${file}`,
      hint,
    );
  return certificates;
}

function listCertificates(text: string): readonly string[] {
  return (text.match(CERTIFICATE) ?? []).map((one) =>
    one.replaceAll("\r\n", "\n"),
  );
}

function isCertificate(text: string): boolean {
  try {
    new X509Certificate(text);
    return true;
  } catch {
    return false;
  }
}

/** Returns Node's own authorities and those of `NODE_EXTRA_CA_CERTS`, which a list of authorities replaces. */
function listTrustedCertificates(extra: string): readonly string[] {
  // since Node 22.15
  const { getCACertificates } = tls as {
    readonly getCACertificates?: (type: "default") => readonly string[];
  };
  return (
    getCACertificates?.("default").map((one) => one.trimEnd()) ?? [
      ...rootCertificates,
      ...readExtraCertificates(extra),
    ]
  );
}

/** Node has printed a warning if it cannot read the file. */
function readExtraCertificates(file: string): readonly string[] {
  try {
    return listCertificates(readFileSync(resolveUserPath(file), "utf8"));
  } catch {
    return [];
  }
}
