import path from "node:path";
import {
  SamlIdentityProvider,
  type SamlIdentityProviderProps,
} from "../../constructs/saml-identity-provider";
import {
  createSigningCertificate,
  formatSamlMetadata,
} from "../support/saml-metadata";
import {
  createTemporaryDirectory,
  removeTemporaryDirectories,
} from "../support/stage";
import {
  collectErrors,
  createUnknownText,
  getOnlyResource,
  synthesizeConstructs,
} from "../support/synth";
import { createUserPool } from "../support/user-pools";

const URL = "https://idp.example.edu/metadata";
let directory = "";
let text = "";

beforeAll(async () => {
  text = formatSamlMetadata({
    certificates: [await createSigningCertificate()],
  });
  directory = createTemporaryDirectory({
    "idp.xml": text,
    "post.xml": text.replaceAll("HTTP-Redirect", "SOAP"),
    "template.xml": text.replace("<!-- metadata -->", "<!-- ${a} %{b} -->"),
    "soon.xml": formatSamlMetadata({
      certificates: [await createSigningCertificate(-1, 10)],
    }),
    "expired.xml": formatSamlMetadata({
      certificates: [await createSigningCertificate(-20, -10)],
    }),
    "empty.xml": "",
  });
});
afterAll(removeTemporaryDirectories);

type Options = Partial<SamlIdentityProviderProps>;

function createProps(options: Options): SamlIdentityProviderProps {
  return {
    userPool: createUserPool("us-west-2_Abc123"),
    providerName: "University",
    attributes: { email: "mail" },
    ...options,
  };
}

function synthesize(options: Options) {
  return getOnlyResource(
    synthesizeConstructs((scope) => {
      new SamlIdentityProvider(scope, "provider", createProps(options));
    }),
    "aws_cognito_identity_provider",
  );
}

function listErrors(options: Options): string[] {
  return collectErrors((scope) => {
    new SamlIdentityProvider(scope, "provider", createProps(options));
  });
}

function getFile(name: string): { metadataFile: string } {
  return { metadataFile: path.join(directory, name) };
}

describe("a SAML identity provider", () => {
  test("has the metadata of a file, and ignores the certificate that AWS creates", () => {
    expect(synthesize(getFile("idp.xml"))).toEqual({
      user_pool_id: "us-west-2_Abc123",
      provider_name: "University",
      provider_type: "SAML",
      attribute_mapping: { email: "mail" },
      idp_identifiers: [],
      provider_details: {
        MetadataFile: text,
        SSORedirectBindingURI: "https://idp.example.edu/sso?a=1&b=2",
        SLORedirectBindingURI: "https://idp.example.edu/logout",
        IDPSignout: "false",
      },
      lifecycle: {
        create_before_destroy: true,
        ignore_changes: ['provider_details["ActiveEncryptionCertificate"]'],
      },
    });
  });

  test("has only the URLs that AWS returns too", () => {
    const { provider_details: details } = synthesize(getFile("post.xml"));
    expect(Object.keys(details as object)).toEqual([
      "IDPSignout",
      "MetadataFile",
    ]);
  });

  test("has the metadata at a URL, and ignores what AWS reads from there", () => {
    expect(
      synthesize({ metadataUrl: URL, domains: ["example.edu"] }),
    ).toMatchObject({
      idp_identifiers: ["example.edu"],
      provider_details: { MetadataURL: URL, IDPSignout: "false" },
      lifecycle: {
        create_before_destroy: true,
        ignore_changes: [
          'provider_details["ActiveEncryptionCertificate"]',
          'provider_details["SSORedirectBindingURI"]',
          'provider_details["SLORedirectBindingURI"]',
        ],
      },
    });
  });

  test("signs out, signs requests and decrypts assertions", () => {
    expect(
      synthesize({
        metadataUrl: URL,
        signsOut: true,
        signsRequests: true,
        encryptsAssertions: true,
      }).provider_details,
    ).toEqual({
      MetadataURL: URL,
      IDPSignout: "true",
      RequestSigningAlgorithm: "rsa-sha256",
      EncryptedResponses: "true",
    });
  });

  test("escapes what Terraform would evaluate in the metadata", () => {
    const { provider_details: details } = synthesize(getFile("template.xml"));
    expect(details).toHaveProperty(
      "MetadataFile",
      text.replace("<!-- metadata -->", () => "<!-- $${a} %%{b} -->"),
    );
  });

  test("warns of metadata that expires soon, with the same configuration", () => {
    synthesizeConstructs((scope) => {
      const warn = (name: string) =>
        new SamlIdentityProvider(scope, name, createProps(getFile(name)))
          .warning;
      expect(warn("idp.xml")).toBeUndefined();
      expect(warn("soon.xml")).toMatch(/^SAML metadata ".*soon\.xml" expires /);
    });
    expect(listErrors(getFile("soon.xml"))).toEqual([]);
  });

  test("can have a URL that only Terraform knows", () => {
    expect(listErrors({ metadataUrl: createUnknownText() })).toEqual([]);
  });

  test.each<[string, () => Options, RegExp]>([
    ["file is missing", () => getFile("none.xml"), /can be read, got ENOENT$/],
    [
      "file is a directory",
      () => getFile("."),
      /can be read, got no regular file$/,
    ],
    [
      "file is a device without an end",
      () => ({ metadataFile: "/dev/zero" }),
      /can be read, got no regular file$/,
    ],
    ["file is empty", () => getFile("empty.xml"), /" must be XML, got /],
    ["certificate is expired", () => getFile("expired.xml"), /expired on/],
    [
      "file is unknown",
      () => ({ metadataFile: createUnknownText() }),
      /must be a file that is known at synth/,
    ],
    [
      "URL is not https",
      () => ({ metadataUrl: "http://idp.example.edu" }),
      /^SAML metadata URL must be an https URL/,
    ],
    ["source is missing", () => ({}), /either metadataFile or metadataUrl/],
    [
      "source is ambiguous",
      () => ({ ...getFile("idp.xml"), metadataUrl: URL }) as unknown as Options,
      /either metadataFile or metadataUrl/,
    ],
  ])("fails when its %s", (_name, createOptions, message) => {
    expect(listErrors(createOptions())).toEqual([
      expect.stringMatching(message),
    ]);
  });
});
