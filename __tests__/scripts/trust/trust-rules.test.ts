import {
  validatePolicySize,
  findTrustingStatements,
  findTrustProblems,
} from "../../../scripts/lib/trust/trust-rules";

const HOST = "cognito-identity.amazonaws.com";
const POOL = "us-west-2:01234567-89ab-cdef-0123-456789abcdef";
const WEB_IDENTITY = "sts:AssumeRoleWithWebIdentity";
const AUD = { StringEquals: { [`${HOST}:aud`]: POOL } };
const AMR = {
  "ForAnyValue:StringLike": { [`${HOST}:amr`]: "authenticated" },
};

function createStatement(change: Readonly<Record<string, unknown>> = {}) {
  return {
    Effect: "Allow",
    Principal: { Federated: HOST },
    Action: WEB_IDENTITY,
    Condition: { ...AUD, ...AMR },
    ...change,
  };
}

/** Returns the conditions that a statement lacks. */
function listMissing(statement: Readonly<Record<string, unknown>>): string {
  return findTrustProblems([statement])
    .map((problem) => (problem.includes(":aud") ? "aud" : "amr"))
    .join();
}

describe("trust in identity pools", () => {
  test("is accepted with both conditions", () => {
    expect(findTrustProblems([createStatement()])).toEqual([]);
  });

  test.each([
    ["a principal", { Principal: { Federated: HOST } }],
    ["one of a list", { Principal: { Federated: ["x", HOST] } }],
    ["one of several kinds", { Principal: { AWS: "x", Federated: [HOST] } }],
    [
      "the GovCloud principal",
      { Principal: { Federated: "cognito-identity-us-gov.amazonaws.com" } },
    ],
    [
      "an upper-case principal",
      { Principal: { Federated: HOST.toUpperCase() } },
    ],
    ["one action of a list", { Action: ["sts:TagSession", WEB_IDENTITY] }],
    ["all actions of sts", { Action: "sts:*" }],
    ["all actions", { Action: ["*"] }],
    ["a lower-case action", { Action: WEB_IDENTITY.toLowerCase() }],
    ["an action pattern", { Action: "sts:AssumeRoleWith???Identity" }],
    [
      "all actions except one",
      { Action: undefined, NotAction: "sts:AssumeRole" },
    ],
  ])("requires both conditions for %s", (_, change) => {
    expect(
      listMissing(createStatement({ Condition: undefined, ...change })),
    ).toBe("aud,amr");
  });

  test.each([
    ["a denial", { Effect: "Deny" }],
    ["another provider", { Principal: { Federated: "accounts.google.com" } }],
    ["a service", { Principal: { Service: HOST } }],
    ["an account", { Principal: { AWS: "123456789012" } }],
    ["a similar host name", { Principal: { Federated: `${HOST}.example` } }],
    ["other actions", { Action: ["sts:AssumeRole", "sts:Tag*"] }],
    ["NotAction of all STS actions", { Action: undefined, NotAction: "sts:*" }],
  ])("requires no condition for %s", (_, change) => {
    expect(listMissing(createStatement({ Condition: {}, ...change }))).toBe("");
  });

  test.each([
    ["aud", "none", {}],
    ["", "StringLike", { StringLike: { [`${HOST}:aud`]: POOL } }],
    ["", "in capitals", { StringEquals: { [`${HOST}:AUD`]: [POOL] } }],
    ["", "any of pools", { StringEquals: { [`${HOST}:aud`]: [POOL, "b"] } }],
    ["aud", "everything", { StringLike: { [`${HOST}:aud`]: "*" } }],
    [
      "aud",
      "a variable",
      { StringEquals: { [`${HOST}:aud`]: "${aws:PrincipalTag/p, '*'}" } },
    ],
    ["aud", "a pattern", { StringLike: { [`${HOST}:aud`]: "us-west-2:*" } }],
    ["aud", "also all", { StringLike: { [`${HOST}:aud`]: [POOL, "*"] } }],
    ["aud", "not one", { StringNotEquals: { [`${HOST}:aud`]: POOL } }],
    ["aud", "if any", { StringEqualsIfExists: { [`${HOST}:aud`]: POOL } }],
    [
      "aud",
      "all of none",
      { "ForAllValues:StringEquals": { [`${HOST}:aud`]: POOL } },
    ],
    [
      "aud",
      "of another",
      { StringEquals: { "accounts.google.com:aud": POOL } },
    ],
    ["aud", "a list of none", { StringEquals: { [`${HOST}:aud`]: [] } }],
    [
      "",
      "any value",
      { "ForAnyValue:StringEquals": { [`${HOST}:aud`]: POOL } },
    ],
    ["aud", "an empty text", { StringEquals: { [`${HOST}:aud`]: "" } }],
  ])("misses %j with the audience %s", (missing, _, condition) => {
    expect(
      listMissing(createStatement({ Condition: { ...AMR, ...condition } })),
    ).toBe(missing);
  });

  const amr = (operator: string, value: unknown) => ({
    [operator]: { [`${HOST}:amr`]: value },
  });

  test.each([
    ["amr", "none", {}],
    ["", "equal", amr("ForAnyValue:StringEquals", "authenticated")],
    ["", "a provider", amr("ForAnyValue:StringLike", ["graph.facebook.com"])],
    ["", "a pattern", amr("ForAnyValue:StringLike", "auth*")],
    [
      "amr",
      "an unauthenticated identity",
      amr("ForAnyValue:StringLike", "unauthenticated"),
    ],
    ["amr", "both", amr("ForAnyValue:StringLike", "*authenticated")],
    [
      "amr",
      "either",
      amr("ForAnyValue:StringEquals", ["authenticated", "unauthenticated"]),
    ],
    ["amr", "all of none", amr("ForAllValues:StringLike", "authenticated")],
    [
      "",
      "equal in capitals",
      amr("ForAnyValue:StringEqualsIgnoreCase", "Authenticated"),
    ],
    [
      "amr",
      "an unauthenticated identity in upper case",
      amr("ForAnyValue:StringEqualsIgnoreCase", "Unauthenticated"),
    ],
    ["amr", "a variable", amr("ForAnyValue:StringLike", "${aws:userid}")],
    ["amr", "if any", amr("ForAnyValue:StringLikeIfExists", "authenticated")],
    ["amr", "not one", amr("ForAnyValue:StringNotEquals", "unauthenticated")],
    ["amr", "without a set", amr("StringLike", "authenticated")],
    ["amr", "a list of none", amr("ForAnyValue:StringLike", [])],
  ])("misses %j with the authentication %s", (missing, _, condition) => {
    expect(
      listMissing(createStatement({ Condition: { ...AUD, ...condition } })),
    ).toBe(missing);
  });

  test("is reported by the Sid or the number of the statement", () => {
    const [first, , third] = findTrustProblems([
      createStatement({ Condition: AMR }),
      createStatement(),
      createStatement({ Sid: "Old", Condition: {} }),
    ]);
    expect(first).toBe(
      "statement 1 must name its identity pools with StringEquals on cognito-identity.amazonaws.com:aud; any identity pool of any account can assume the role",
    );
    expect(third).toBe(
      'statement "Old" must require authenticated identities with ForAnyValue:StringLike on cognito-identity.amazonaws.com:amr "authenticated"; unauthenticated identities can assume the role',
    );
  });

  test("is found in every statement that names the pool", () => {
    const other = createStatement({ Sid: "Old", Condition: AUD });
    expect(
      findTrustingStatements(POOL, [{}, createStatement(), other]),
    ).toEqual(["statement 2", 'statement "Old"']);
    expect(findTrustingStatements("us-west-2:x", [createStatement()])).toEqual(
      [],
    );
  });
});

describe("trust in anyone", () => {
  const OPEN = [
    "statement 1 must name its principals without wildcards and NotPrincipal; anyone can assume the role",
  ];
  const createOpen = (change: Readonly<Record<string, unknown>>) => ({
    Effect: "Allow",
    Principal: "*",
    Action: "sts:AssumeRole",
    ...change,
  });

  test.each([
    ["everyone", {}],
    ["everyone of AWS", { Principal: { AWS: "*" } }],
    [
      "everyone in a list",
      { Principal: { AWS: ["arn:aws:iam::123456789012:root", "*"] } },
    ],
    ["every provider", { Principal: { Federated: "*" }, Action: WEB_IDENTITY }],
    ["every service", { Principal: { Service: "*" } }],
    ["services of a pattern", { Principal: { Service: "*.amazonaws.com" } }],
    ["every canonical user", { Principal: { CanonicalUser: "*" } }],
    ["every account", { Principal: { AWS: "arn:aws:iam::*:root" } }],
    [
      "roles of a pattern",
      { Principal: { AWS: "arn:aws:iam::123456789012:role/x?" } },
    ],
    [
      "everyone in addition to one service",
      { Principal: { Service: "ec2.amazonaws.com", AWS: "*" } },
    ],
    [
      "all but some",
      { Principal: undefined, NotPrincipal: { AWS: "123456789012" } },
    ],
    ["everyone by SAML", { Action: "sts:AssumeRoleWithSAML" }],
    ["everyone by web identity", { Action: [WEB_IDENTITY] }],
    ["everyone by all actions", { Action: "*" }],
    ["everyone by actions of a pattern", { Action: "STS:assume*" }],
    [
      "everyone by all actions but one",
      { Action: undefined, NotAction: "sts:AssumeRole" },
    ],
    [
      "everyone with a condition",
      { Condition: { StringEquals: { "aws:PrincipalOrgID": "o-1" } } },
    ],
    [
      "everyone with the conditions of an identity pool",
      { Action: WEB_IDENTITY, Condition: { ...AUD, ...AMR } },
    ],
  ])("is an error for %s", (_, change) => {
    expect(findTrustProblems([createOpen(change)])).toEqual(OPEN);
  });

  test.each([
    ["a denial", { Effect: "Deny" }],
    ["another action", { Action: "sts:TagSession" }],
    [
      "all actions except assuming the role",
      { Action: undefined, NotAction: "sts:Assume*" },
    ],
  ])("requires no condition for %s", (_, change) => {
    expect(findTrustProblems([createOpen(change)])).toEqual([]);
  });

  test("is reported by the Sid of the statement", () => {
    expect(
      findTrustProblems([createStatement(), createOpen({ Sid: "Open" })]),
    ).toEqual([
      expect.stringMatching(/^statement "Open" must name its principals/),
    ]);
  });
});

describe("a statement that is not readable", () => {
  test.each<[string, object, string]>([
    [
      "a list of principals",
      { Principal: ["*"] },
      "the Principal of a statement is unknown",
    ],
    [
      "principals of any kind",
      { Principal: { "*": "*" } },
      "the Principal of a statement is unknown",
    ],
    [
      "no principal of a kind",
      { Principal: { AWS: [] } },
      "the Principal of a statement is unknown",
    ],
    [
      "a lower-case effect",
      { Effect: "allow" },
      "the Effect of a statement is neither Allow nor Deny",
    ],
    ["no action", { Action: undefined }, "a statement has no Action"],
    [
      "an action that is a number",
      { Action: [1] },
      "the Action of a statement is not a string or a list of strings",
    ],
    [
      "a condition that is a text",
      { Condition: "x" },
      "the Condition of a statement is unknown",
    ],
    [
      "Principal and NotPrincipal",
      { NotPrincipal: { AWS: "123456789012" } },
      "a statement has both Principal and NotPrincipal",
    ],
    [
      "an unknown member",
      { Principals: "*" },
      "a statement has an unknown element",
    ],
  ])("is an error with the reason: %s", (_, change, reason) => {
    expect(
      findTrustProblems([
        createStatement(),
        createStatement({ Sid: "Odd", ...change }),
      ]),
    ).toEqual([`statement "Odd" is not readable: ${reason}`]);
  });
});

describe("the size of a trust policy", () => {
  test("does not include whitespace", () => {
    expect(
      validatePolicySize(`${" \n".repeat(2048)}${"x".repeat(2048)}`, undefined),
    ).toBe(undefined);
    expect(validatePolicySize("a b c", 3)).toBe(undefined);
  });

  test("must not exceed the quota, or the default without one", () => {
    expect(validatePolicySize("x".repeat(2049), undefined)).toBe(
      "number of characters of a trust policy must be at most 2048, got 2049",
    );
    expect(validatePolicySize("x".repeat(4097), 4096)).toBe(
      "number of characters of a trust policy must be at most 4096, got 4097",
    );
    expect(validatePolicySize("x".repeat(4096), 4096)).toBe(undefined);
  });
});
