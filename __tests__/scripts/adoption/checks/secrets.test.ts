import { findLostReaders } from "../../../../scripts/lib/adoption/checks/secrets";

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

describe("what a secret's policy would lose", () => {
  test("is nothing where every reader stays, however statements are put together", () => {
    expect(
      findLostReaders(
        policy(read(ROLE), read(`${ROLE}-2`)),
        policy(read([`${ROLE}-2`, ROLE])),
      ),
    ).toEqual([]);
  });

  test("is nothing where there was no policy", () => {
    expect(findLostReaders(undefined, policy(read(ROLE)))).toEqual([]);
  });

  test("is nothing for a principal that is no longer there", () => {
    expect(
      findLostReaders(
        policy(read("AROAABCDEFGHIJKLMNOPQ")),
        policy(read(ROLE)),
      ),
    ).toEqual([]);
  });

  test("is nothing for a reader of one of the actions, of the secret by its ARN", () => {
    const before = read(ROLE, {
      Action: "secretsmanager:GetSecretValue",
      Resource: "arn:aws:secretsmanager:us-west-2:000000000000:secret:a-AbCdEf",
    });
    expect(findLostReaders(policy(before), policy(read(ROLE)))).toEqual([]);
  });

  test.each([
    ["{", "it is not JSON"],
    [policy(), "it has no statement"],
    [
      policy(read(ROLE, { Effect: "Sometimes" })),
      "the Effect of a statement is neither Allow nor Deny",
    ],
  ])("is not known of a policy that is not readable: %s", (before, reason) => {
    expect(findLostReaders(before, policy(read(ROLE)))).toEqual([
      `the live policy is not readable: ${reason}`,
    ]);
    expect(findLostReaders(policy(read(ROLE)), before)).toEqual([
      `the code's policy is not readable: ${reason}`,
    ]);
  });

  test("is each reader that the code does not name", () => {
    expect(
      findLostReaders(policy(read([ROLE, `${ROLE}-2`])), policy(read(ROLE))),
    ).toEqual([
      `${ROLE}-2 may read the secret, and could no more: add it to SECRET_ROLE_ACCESS`,
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
  ])("is a statement that %s", (_, statement) => {
    expect(findLostReaders(policy(statement), policy(read(ROLE)))).toEqual([
      expect.stringMatching(/^the secret's policy would lose the statement/),
    ]);
  });
});
