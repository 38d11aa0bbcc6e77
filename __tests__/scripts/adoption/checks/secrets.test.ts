import {
  checkSecretPolicy,
  getExpectedFields,
} from "../../../../scripts/lib/adoption/checks/secrets";
import type { JsonObject } from "../../../../scripts/lib/system/json-object";

const ROLE = "arn:aws:iam::000000000000:role/reader";

const policy = (...Statement: readonly object[]): string =>
  JSON.stringify({ Version: "2012-10-17", Statement });

const read = (AWS: string | readonly string[], more: object = {}): object => ({
  Effect: "Allow",
  Principal: { AWS },
  Action: ["secretsmanager:GetSecretValue", "secretsmanager:DescribeSecret"],
  Resource: "*",
  ...more,
});

describe("a change of a secret's policy", () => {
  test("is accepted if every reader remains, however the statements are grouped", () => {
    expect(
      checkSecretPolicy(
        policy(read(ROLE), read(`${ROLE}-2`)),
        policy(read([`${ROLE}-2`, ROLE])),
      ),
    ).toEqual([]);
  });

  test("is accepted if there was no policy", () => {
    expect(checkSecretPolicy(undefined, policy(read(ROLE)))).toEqual([]);
  });

  test("is accepted if only a deleted principal loses access", () => {
    expect(
      checkSecretPolicy(
        policy(read("AROAABCDEFGHIJKLMNOPQ")),
        policy(read(ROLE)),
      ),
    ).toEqual([]);
  });

  test("is accepted for a reader with one action on the secret's ARN", () => {
    const before = read(ROLE, {
      Action: "secretsmanager:GetSecretValue",
      Resource: "arn:aws:secretsmanager:us-west-2:000000000000:secret:a-AbCdEf",
    });
    expect(checkSecretPolicy(policy(before), policy(read(ROLE)))).toEqual([]);
  });

  test.each([
    ["{", "it is not JSON"],
    [policy(), "it has no statement"],
    [
      policy(read(ROLE, { Effect: "Sometimes" })),
      "the Effect of a statement is neither Allow nor Deny",
    ],
  ])("is reported if a policy is not readable: %s", (before, reason) => {
    expect(checkSecretPolicy(before, policy(read(ROLE)))).toEqual([
      `cannot be compared: the live policy is not readable: ${reason}`,
    ]);
    expect(checkSecretPolicy(policy(read(ROLE)), before)).toEqual([
      `cannot be compared: the configured policy is not readable: ${reason}`,
    ]);
  });

  test("is reported for each reader that is not configured", () => {
    expect(
      checkSecretPolicy(policy(read([ROLE, `${ROLE}-2`])), policy(read(ROLE))),
    ).toEqual([
      `must still allow ${ROLE}-2 to read the secret; add it to SECRET_ROLE_ACCESS`,
    ]);
  });

  test.each<[string, object]>([
    ["denies", read(ROLE, { Effect: "Deny" })],
    [
      "has a condition",
      read(ROLE, { Condition: { Bool: { "aws:SecureTransport": "true" } } }),
    ],
    ["allows more", read(ROLE, { Action: "secretsmanager:PutSecretValue" })],
    ["names a service", read(ROLE, { Principal: { Service: "a" } })],
    ["names everyone", read("*")],
    [
      "names everyone except some",
      { ...read([]), Principal: undefined, NotPrincipal: { AWS: ROLE } },
    ],
  ])("is reported for a statement that %s", (_, statement) => {
    expect(checkSecretPolicy(policy(statement), policy(read(ROLE)))).toEqual([
      expect.stringMatching(/^must still contain the statement /),
    ]);
  });
});

describe("the expected value of a secret", () => {
  const target = { region: "us-west-2" };
  const fields = {
    cognito_domain: "https://auth.auth.us-west-2.amazoncognito.com",
    client_id: "abc",
    userpool_id: "us-west-2_Abc",
    aws_region: "us-west-2",
  };
  const client = { ClientId: "abc", UserPoolId: "us-west-2_Abc" };

  test.each<[string, JsonObject, Readonly<Record<string, string>>]>([
    ["programmatic", {}, { flow: "user_password" }],
    [
      "service",
      {
        ClientSecret: "s",
        AllowedOAuthFlows: ["client_credentials"],
        AllowedOAuthScopes: ["a/b", "a/c"],
      },
      { flow: "client_credentials", client_secret: "s", scope: "a/b a/c" },
    ],
    [
      "service, after the deletion of its first secret,",
      {
        AllowedOAuthFlows: ["client_credentials"],
        AllowedOAuthScopes: ["a/b"],
      },
      { flow: "client_credentials", client_secret: "", scope: "a/b" },
    ],
    [
      "web",
      {
        ClientSecret: "s",
        AllowedOAuthFlows: ["code"],
        AllowedOAuthScopes: ["openid", "email"],
      },
      { flow: "authorization_code", client_secret: "s", scope: "openid email" },
    ],
  ])("has the flow of a %s client", (_, attributes, expected) => {
    expect(
      getExpectedFields(
        { ...client, ...attributes },
        { Domain: "auth" },
        target,
      ),
    ).toEqual({ ...fields, ...expected });
  });
});
