import { isSecretName } from "../../../scripts/lib/plan/secret-names";

test.each([
  "SECRET_KEY",
  "AWS_SECRET_ACCESS_KEY",
  "apiKey",
  "APIKey",
  "api-key",
  "x-api-key",
  "apikey",
  "credentials",
  "credential",
  "db_pass",
  "dbPassword",
  "DB_PASSWORD_1",
  "password2",
  "client_secret",
  "client_secret_copy",
  "clientSecretCopy",
  "private_key",
  "privateKeyPem",
  "signing_key",
  "encryptionKey",
  "token",
  "tokens",
  "accessToken",
  "refresh_token",
  "id_token",
  "GITHUB_TOKEN",
  "webhook.secret",
  "secret_string",
  "secret_binary",
  "passphrase",
  "smtp_pwd",
  "hmac",
  "passcode",
  "db_pw",
  "PGPASSWORD",
  "sshKey",
  "connection_string",
])("%s names a secret", (name) => {
  expect(isSecretName(name, "hunter2")).toBe(true);
  expect(isSecretName(name, ["hunter2"])).toBe(true);
  expect(isSecretName(name, { part: "hunter2" })).toBe(true);
});

test.each([
  "",
  "name",
  "client_secret_arn",
  "clientSecretArn",
  "secret_id",
  "secret_name",
  "access_key_id",
  "kms_key_id",
  "token_validity_units",
  "access_token_validity",
  "password_policy",
  "token_endpoint",
  "token_url",
  "tokens_url_type",
  "secret_rotation",
  "enable_token_revocation",
  "explicit_auth_flows",
  "key",
  "keys",
  "key_name",
  "public_key",
  "author",
  "authorize_scopes",
  "secretary",
  "compass",
  "passenger",
  "tokenizer",
  "veda-stac-secretion-registry",
])("%s does not name a secret", (name) => {
  expect(isSecretName(name, "hunter2")).toBe(false);
});

test.each<[string, unknown]>([
  ["generate_secret", true],
  ["generate_secret", "false"],
  ["password_length", 12],
  ["id_token", "hours"],
  ["access_token", 60],
  ["access_token", "MINUTES"],
  ["use_password", "enabled"],
  ["client_secret", ""],
  ["client_secret", null],
  ["client_secret", undefined],
  ["tokens", []],
  ["tokens", { access: "minutes", refresh: 30 }],
  ["credentials", [{ unit: "days" }]],
])("%s with %j is not a secret", (name, value) => {
  expect(isSecretName(name, value)).toBe(false);
});

test("a block of settings is no secret by its own name", () => {
  const block = { lambda_arn: "arn:f", lambda_version: "V2_0" };
  expect(isSecretName("pre_token_generation_config", block)).toBe(false);
  expect(isSecretName("pre_token_generation_config", [block])).toBe(false);
  expect(isSecretName("db_password_config", "hunter2")).toBe(true);
  expect(isSecretName("db_password_config", ["hunter2"])).toBe(true);
});
