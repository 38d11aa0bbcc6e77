import { parsePlanJson } from "../../../scripts/lib/plan/plan-json";
import { Redactor } from "../../../scripts/lib/plan/redactor";
import { isSecretName } from "../../../scripts/lib/plan/secret-names";

const redactor = new Redactor();

test.each([
  ["password=hunter2pw", "password=(redacted)"],
  ["db password: correct-horse1", "db password: (redacted)"],
  ['{"password":"swordfish1"}', '{"password":"(redacted)"}'],
  ["https://x/?api_key=hunter2pw&b=1", "https://x/?api_key=(redacted)&b=1"],
  ["send Bearer abcDEF123.ghiJKL456-x", "send Bearer (redacted)"],
])("a value next to a name of a secret is redacted: %s", (text, expected) => {
  expect(redactor.redactFreeText(text)).toBe(expected);
});

/** Prefixes of tokens, and the rest of one: no scanner finds a token here. */
test.each([
  ["AIza", "SyA1234567890abcdefghijklmnopqrstuv"],
  ["npm_", "abcdefghijklmnopqrstuvwxyz0123456789"],
  ["glpat-", "AbCdEf123456GhIjKl78"],
  ["sk_live_", "4eC39HqLyjWDarjtT1zdp7dc"],
  ["SG.", "abcdefghijklmnopqrstuv.ABCDEFGHIJKLMNOPQRSTUVWXYZ"],
])("a token that begins with %s is redacted", (prefix, rest) => {
  expect(redactor.redact(`token ${prefix}${rest}`)).toBe("token (redacted)");
});

test.each([
  "Client secret, created by VEDA Auth CDK.",
  "token: used by the service",
  "Secret: created: see docs",
  "tokens=on",
  "Owner=platform",
  "The password policy: at least 12 characters",
])("ordinary text stays: %s", (text) => {
  expect(redactor.redactFreeText(text)).toBe(text);
});

test.each(["passcode", "db_pw", "PGPASSWORD", "sshKey", "connection_string"])(
  "%s names a secret",
  (name) => {
    expect(isSecretName(name, "x-y-z")).toBe(true);
  },
);

test("the message about another format does not repeat a text", () => {
  const plan = JSON.stringify({
    format_version: "2.hunter2pw",
    terraform_version: "1.11.4",
    planned_values: {},
  });
  expect(() => parsePlanJson(plan)).toThrow(
    /^plan must be of format 1, as Terraform 1 writes it, got format "\(redacted\)"$/,
  );
});
