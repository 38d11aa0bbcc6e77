import { readFileSync, statSync } from "node:fs";
import { Token } from "cdktf";
import type { Construct } from "constructs";
import { LIMITS } from "./constraints";
import {
  IdentityProvider,
  type IdentityProviderProps,
} from "./identity-provider";
import {
  findExpiry,
  parseSamlMetadata,
  type SamlMetadata,
  warnOfExpiry,
} from "./saml-metadata";
import { addValidationErrors, check } from "./validation";

/** Details that AWS reads from metadata: the first one also if the metadata is in the request. */
const READ_FROM_METADATA = [
  "ActiveEncryptionCertificate",
  "SSORedirectBindingURI",
  "SLORedirectBindingURI",
];

/** Metadata of a SAML identity provider: a file, which is checked at synth, or a URL, from which AWS reads it. */
export type SamlMetadataSource =
  | {
      /** Path from the directory of the project. */
      readonly metadataFile: string;
      readonly metadataUrl?: undefined;
    }
  | {
      /** Later plans do not show what AWS reads from there, so prefer a file. */
      readonly metadataUrl: string;
      readonly metadataFile?: undefined;
    };

interface SamlOptions extends IdentityProviderProps {
  /**
   * Whether signing out of the user pool signs out of the provider too.
   *
   * @default false
   */
  readonly signsOut?: boolean;
  /**
   * Whether Cognito signs its requests.
   *
   * @default false
   */
  readonly signsRequests?: boolean;
  /**
   * Whether the provider encrypts its assertions, with the certificate that Cognito shows.
   *
   * @default false
   */
  readonly encryptsAssertions?: boolean;
}

/** Configuration of {@link SamlIdentityProvider}. */
export type SamlIdentityProviderProps = SamlOptions & SamlMetadataSource;

/**
 * A SAML identity provider of a user pool.
 *
 * @see https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pools-saml-idp.html
 */
export class SamlIdentityProvider extends IdentityProvider {
  /** Sentence about metadata that expires soon. It is no part of the configuration, which would change with time. */
  readonly warning: string | undefined;

  constructor(scope: Construct, id: string, props: SamlIdentityProviderProps) {
    const { metadataFile: file, metadataUrl: url } = props;
    const metadata = file === undefined ? undefined : readMetadata(file);
    const { signsOut = false, signsRequests, encryptsAssertions } = props;
    super(scope, id, {
      ...props,
      providerType: "SAML",
      providerDetails: {
        ...(url !== undefined && { MetadataURL: url }),
        ...(typeof metadata === "object" && listDetails(metadata)),
        IDPSignout: String(signsOut),
        ...(signsRequests === true && {
          RequestSigningAlgorithm: "rsa-sha256",
        }),
        ...(encryptsAssertions === true && { EncryptedResponses: "true" }),
      },
      ignoredDetails: READ_FROM_METADATA.slice(0, url === undefined ? 1 : 3),
      fixedAttributes: {},
    });
    const subject = `SAML metadata ${JSON.stringify(file)}`;
    const { violation, warning } = checkMetadata(metadata, new Date());
    this.warning = warning === undefined ? undefined : `${subject} ${warning}`;
    addValidationErrors(
      this,
      violation === undefined ? undefined : `${subject} must ${violation}`,
      (file === undefined) === (url === undefined)
        ? "SAML identity provider must have either metadataFile or metadataUrl, got both or none"
        : undefined,
      check(LIMITS.samlMetadataUrl, url),
    );
  }
}

/** Returns the metadata in a file, or the end of a sentence that starts with "must". */
function readMetadata(file: string): SamlMetadata | string {
  if (Token.isUnresolved(file))
    return "be a file that is known at synth, got a text that only Terraform knows";
  try {
    // reading a device or a pipe can last forever
    return statSync(file).isFile()
      ? parseSamlMetadata(readFileSync(file))
      : "be a file that can be read, got no regular file";
  } catch (error) {
    const { code = "an error" } = error as NodeJS.ErrnoException;
    return `be a file that can be read, got ${code}`;
  }
}

/** Returns how metadata is invalid, or when it expires. */
function checkMetadata(
  metadata: SamlMetadata | string | undefined,
  now: Date,
): {
  readonly violation?: string | undefined;
  readonly warning?: string | undefined;
} {
  if (typeof metadata !== "object") return { violation: metadata };
  return {
    violation: findExpiry(metadata, now),
    warning: warnOfExpiry(metadata, now),
  };
}

/** Returns the details of a provider. AWS returns the URLs too, and a later plan would remove them. */
function listDetails({
  text,
  redirectUrl,
  logoutRedirectUrl,
}: SamlMetadata): Readonly<Record<string, string>> {
  return {
    MetadataFile: escapeTemplate(text),
    ...(redirectUrl !== undefined && {
      SSORedirectBindingURI: escapeTemplate(redirectUrl),
    }),
    ...(logoutRedirectUrl !== undefined && {
      SLORedirectBindingURI: escapeTemplate(logoutRedirectUrl),
    }),
  };
}

/** Escapes what Terraform would evaluate. */
function escapeTemplate(text: string): string {
  return text.replace(/([$%])\{/g, "$1$1{");
}
