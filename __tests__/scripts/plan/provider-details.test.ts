import { shortenDocument } from "../../../scripts/lib/plan/provider-details";
import { createStateRedactor } from "../../../scripts/lib/plan/plan-secrets";
import {
  REDACTED,
  REDACTED_CHANGED,
  Redactor,
} from "../../../scripts/lib/plan/redactor";

const REDACTOR = new Redactor();
const KEY =
  "-----BEGIN PRIVATE KEY-----\nMIGTcanary\n-----END PRIVATE KEY-----";

const redactDetails = (details: object, mark?: unknown): unknown =>
  REDACTOR.redactValue(details, "provider_details", mark);

describe("a connection shows its public keys, and no other, of", () => {
  test.each<[string, Record<string, string>, Record<string, string>]>([
    [
      "OIDC",
      {
        client_id: "veda",
        oidc_issuer: "https://idp.example/realms/veda",
        authorize_scopes: "openid email",
        attributes_request_method: "GET",
        authorize_url: "https://idp.example/auth",
        token_url: "https://idp.example/token",
        attributes_url: "https://idp.example/userinfo",
        attributes_url_add_attributes: "false",
        jwks_uri: "https://idp.example/certs",
      },
      { client_secret: "canary-1" },
    ],
    [
      "SAML",
      {
        MetadataURL: "https://idp.example/metadata",
        IDPSignout: "true",
        IDPInit: "false",
        RequestSigningAlgorithm: "rsa-sha256",
        EncryptedResponses: "true",
        SSORedirectBindingURI: "https://idp.example/sso",
        SLORedirectBindingURI: "https://idp.example/slo",
      },
      {},
    ],
    [
      "Google",
      {
        client_id: "1234567890-a1b2c3d4e5f6g7h8i9j0k1l2m3n4o5p6.apps.google",
        authorize_scopes: "openid",
        token_request_method: "POST",
      },
      { client_secret: "GOCSPX-canary2" },
    ],
    [
      "Facebook",
      { client_id: "1234567890123456", api_version: "v17.0" },
      { client_secret: "0123456789abcdef0123456789abcdef" },
    ],
    [
      "SignInWithApple",
      { client_id: "org.example", team_id: "TEAM123456", key_id: "KEY1234567" },
      { private_key: KEY },
    ],
    [
      "a newer provider",
      { client_id: "veda" },
      {
        future_key: "canary-3",
        signing: "canary-4",
        Assertion: "canary-5",
        client_assertion_jwk: '{"d":"canary-6"}',
        short: "x",
      },
    ],
  ])("%s", (_, shown, secrets) => {
    expect(redactDetails({ ...shown, ...secrets })).toEqual({
      ...shown,
      ...Object.fromEntries(Object.keys(secrets).map((key) => [key, REDACTED])),
    });
  });
});

test("a connection is found in lists and other values, and by CloudFormation's name", () => {
  const details = { client_id: "veda", future_key: "canary" };
  const shown = { client_id: "veda", future_key: REDACTED };
  expect(
    REDACTOR.redactValue({
      provider_details: [details],
      Properties: { ProviderDetails: details },
    }),
  ).toEqual({
    provider_details: [shown],
    Properties: { ProviderDetails: shown },
  });
});

test("a key that is not a text, or that is marked as a secret, is redacted", () => {
  expect(
    redactDetails(
      { client_id: "veda", oidc_issuer: { a: "canary" }, future_key: null },
      { client_id: true },
    ),
  ).toEqual({ client_id: REDACTED, oidc_issuer: REDACTED, future_key: null });
});

test("a secret in a public URL is redacted", () => {
  expect(
    redactDetails({
      token_url: "https://idp.example/token?client_secret=canary",
      MetadataURL: "https://user:canary@idp.example/metadata",
    }),
  ).toEqual({
    token_url: `https://idp.example/token?client_secret=${REDACTED}`,
    MetadataURL: `https://user:${REDACTED}@idp.example/metadata`,
  });
});

test("a changed secret is visible as a change", () => {
  const before = { client_secret: "canary-1", client_id: "a" };
  expect(
    REDACTOR.redactChanged(
      { provider_details: { client_secret: "canary-2", client_id: "b" } },
      undefined,
      {
        raw: { provider_details: before },
        redacted: REDACTOR.redactValue({ provider_details: before }),
      },
    ),
  ).toEqual({
    provider_details: { client_secret: REDACTED_CHANGED, client_id: "b" },
  });
});

test("a secret of a connection is redacted elsewhere too", () => {
  const redactor = createStateRedactor({
    values: { provider_details: { future_key: "canary-4711", client_id: "a" } },
  });
  expect(redactor.redact("see canary-4711 of a")).toBe(`see ${REDACTED} of a`);
});

test("the name of a resource of a stack does not make its values secrets", () => {
  const redactor = createStateRedactor({
    resource: {
      aws_lambda_permission: {
        "user-pool_preTokenGeneration-permission_8BF7D43C": {
          function_name: "arn:aws:lambda:us-west-2:111122223333:function:f-1",
        },
      },
      aws_cognito_user_pool_client: {
        "clients_token-service_8BF7D43C": { client_secret: "canary-4711" },
      },
    },
  });
  expect(
    redactor.redact("arn:aws:lambda:us-west-2:111122223333:function:f-1"),
  ).toBe("arn:aws:lambda:us-west-2:111122223333:function:f-1");
  expect(redactor.redact("canary-4711")).toBe(REDACTED);
});

describe("a document is shown", () => {
  const metadata = `<EntityDescriptor entityID="https://idp.example/saml">${"x".repeat(200)}</EntityDescriptor>`;

  test("by its entity id and digest if it is metadata", () => {
    expect(shortenDocument("MetadataFile", metadata)).toMatch(
      /^\(metadata of https:\/\/idp\.example\/saml, sha256:[0-9a-f]{12}\)$/,
    );
    expect(shortenDocument("saml_metadata_document", metadata)).toBe(
      shortenDocument("MetadataFile", metadata),
    );
  });

  test.each(["MetadataFile", "saml_metadata_document"])(
    "as %s without the secrets of its entity id",
    (name) => {
      const secret = metadata.replace("/saml", "/saml?token=canary-77");
      expect(
        JSON.stringify(REDACTOR.redactValue({ [name]: secret })),
      ).toContain(`/saml?token=${REDACTED}`);
    },
  );

  test("by its digest if it has no entity id", () => {
    expect(
      shortenDocument("ActiveEncryptionCertificate", "M".repeat(200)),
    ).toMatch(/^\(document, sha256:[0-9a-f]{12}\)$/);
  });

  test("as it is if it is short, or of another attribute", () => {
    expect(shortenDocument("MetadataFile", "<a/>")).toBe("<a/>");
    expect(shortenDocument("css", metadata)).toBe(metadata);
  });

  test("by another digest if one character differs", () => {
    expect(shortenDocument("MetadataFile", `${metadata} `)).not.toBe(
      shortenDocument("MetadataFile", metadata),
    );
  });
});
