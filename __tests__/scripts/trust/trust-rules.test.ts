import {
  validatePolicySize,
  findTrustingStatements,
  findTrustProblems,
} from "../../../scripts/lib/trust/trust-rules";

const POOLS = "cognito-identity.amazonaws.com";
const POOL = "us-west-2:01234567-89ab-cdef-0123-456789abcdef";
const WEB = "sts:AssumeRoleWithWebIdentity";
const AUD = { StringEquals: { [`${POOLS}:aud`]: POOL } };
const AMR = {
  "ForAnyValue:StringLike": { [`${POOLS}:amr`]: "authenticated" },
};

function trust(change: Readonly<Record<string, unknown>> = {}) {
  return {
    Effect: "Allow",
    Principal: { Federated: POOLS },
    Action: WEB,
    Condition: { ...AUD, ...AMR },
    ...change,
  };
}

/** What a statement lacks. */
function lacks(statement: Readonly<Record<string, unknown>>): string {
  return findTrustProblems([statement])
    .map((problem) => (problem.includes(":aud") ? "aud" : "amr"))
    .join();
}

describe("trust in identity pools", () => {
  test("names a pool, and users who have signed in", () => {
    expect(findTrustProblems([trust()])).toEqual([]);
  });

  test.each([
    ["a principal", { Principal: { Federated: POOLS } }],
    ["one of a list", { Principal: { Federated: ["x", POOLS] } }],
    ["one of kinds", { Principal: { AWS: "x", Federated: [POOLS] } }],
    [
      "GovCloud's",
      { Principal: { Federated: "cognito-identity-us-gov.amazonaws.com" } },
    ],
    ["in capitals", { Principal: { Federated: POOLS.toUpperCase() } }],
    ["one action of a list", { Action: ["sts:TagSession", WEB] }],
    ["all actions of sts", { Action: "sts:*" }],
    ["all actions", { Action: ["*"] }],
    ["an action in small letters", { Action: WEB.toLowerCase() }],
    ["actions by a pattern", { Action: "sts:AssumeRoleWith???Identity" }],
    [
      "all actions but some",
      { Action: undefined, NotAction: "sts:AssumeRole" },
    ],
  ])("is %s", (_, change) => {
    expect(lacks(trust({ Condition: undefined, ...change }))).toBe("aud,amr");
  });

  test.each([
    ["is denied", { Effect: "Deny" }],
    ["is another's", { Principal: { Federated: "accounts.google.com" } }],
    ["is a service's", { Principal: { Service: POOLS } }],
    ["is an account's", { Principal: { AWS: "123456789012" } }],
    ["has a name like it", { Principal: { Federated: `${POOLS}.example` } }],
    ["is for another action", { Action: ["sts:AssumeRole", "sts:Tag*"] }],
    ["is for all other actions", { Action: undefined, NotAction: "sts:*" }],
  ])("is none that %s", (_, change) => {
    expect(lacks(trust({ Condition: {}, ...change }))).toBe("");
  });

  test.each([
    ["aud", "none", {}],
    ["", "StringLike", { StringLike: { [`${POOLS}:aud`]: POOL } }],
    ["", "in capitals", { StringEquals: { [`${POOLS}:AUD`]: [POOL] } }],
    ["", "any of pools", { StringEquals: { [`${POOLS}:aud`]: [POOL, "b"] } }],
    ["aud", "everything", { StringLike: { [`${POOLS}:aud`]: "*" } }],
    [
      "aud",
      "a variable",
      { StringEquals: { [`${POOLS}:aud`]: "${aws:PrincipalTag/p, '*'}" } },
    ],
    ["aud", "a pattern", { StringLike: { [`${POOLS}:aud`]: "us-west-2:*" } }],
    ["aud", "also all", { StringLike: { [`${POOLS}:aud`]: [POOL, "*"] } }],
    ["aud", "not one", { StringNotEquals: { [`${POOLS}:aud`]: POOL } }],
    ["aud", "if any", { StringEqualsIfExists: { [`${POOLS}:aud`]: POOL } }],
    [
      "aud",
      "all of none",
      { "ForAllValues:StringEquals": { [`${POOLS}:aud`]: POOL } },
    ],
    [
      "aud",
      "of another",
      { StringEquals: { "accounts.google.com:aud": POOL } },
    ],
    ["aud", "a list of none", { StringEquals: { [`${POOLS}:aud`]: [] } }],
    [
      "",
      "any value",
      { "ForAnyValue:StringEquals": { [`${POOLS}:aud`]: POOL } },
    ],
    ["aud", "an empty text", { StringEquals: { [`${POOLS}:aud`]: "" } }],
  ])("lacks %j with the audience %s", (lack, _, condition) => {
    expect(lacks(trust({ Condition: { ...AMR, ...condition } }))).toBe(lack);
  });

  const amr = (operator: string, value: unknown) => ({
    [operator]: { [`${POOLS}:amr`]: value },
  });

  test.each([
    ["amr", "none", {}],
    ["", "equal", amr("ForAnyValue:StringEquals", "authenticated")],
    ["", "a provider", amr("ForAnyValue:StringLike", ["graph.facebook.com"])],
    ["", "a pattern", amr("ForAnyValue:StringLike", "auth*")],
    ["amr", "a guest", amr("ForAnyValue:StringLike", "unauthenticated")],
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
      "a guest in capitals",
      amr("ForAnyValue:StringEqualsIgnoreCase", "Unauthenticated"),
    ],
    ["amr", "a variable", amr("ForAnyValue:StringLike", "${aws:userid}")],
    ["amr", "if any", amr("ForAnyValue:StringLikeIfExists", "authenticated")],
    ["amr", "not one", amr("ForAnyValue:StringNotEquals", "unauthenticated")],
    ["amr", "without a set", amr("StringLike", "authenticated")],
    ["amr", "a list of none", amr("ForAnyValue:StringLike", [])],
  ])("lacks %j with the sign-in %s", (lack, _, condition) => {
    expect(lacks(trust({ Condition: { ...AUD, ...condition } }))).toBe(lack);
  });

  test("is told by the statement's Sid, else its number", () => {
    const [first, , third] = findTrustProblems([
      trust({ Condition: AMR }),
      trust(),
      trust({ Sid: "Old", Condition: {} }),
    ]);
    expect(first).toBe(
      "statement 1 must name the identity pools that it trusts, by StringEquals with cognito-identity.amazonaws.com:aud, or any pool of any account can take the role",
    );
    expect(third).toBe(
      'statement "Old" must be for users who have signed in, by ForAnyValue:StringLike with cognito-identity.amazonaws.com:amr "authenticated", or guests of the pool can take the role',
    );
  });

  test("in one pool is found in every statement that names it", () => {
    const other = trust({ Sid: "Old", Condition: AUD });
    expect(findTrustingStatements(POOL, [{}, trust(), other])).toEqual([
      "statement 2",
      'statement "Old"',
    ]);
    expect(findTrustingStatements("us-west-2:x", [trust()])).toEqual([]);
  });
});

describe("trust in anyone", () => {
  const OPEN = [
    "statement 1 must name the principals that it trusts, without wildcards and NotPrincipal, or anyone can assume the role",
  ];
  const everyone = (change: Readonly<Record<string, unknown>>) => ({
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
    ["every provider", { Principal: { Federated: "*" }, Action: WEB }],
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
    ["everyone by web identity", { Action: [WEB] }],
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
      { Action: WEB, Condition: { ...AUD, ...AMR } },
    ],
  ])("is refused: %s", (_, change) => {
    expect(findTrustProblems([everyone(change)])).toEqual(OPEN);
  });

  test.each([
    ["is denied", { Effect: "Deny" }],
    ["cannot assume the role", { Action: "sts:TagSession" }],
    [
      "may do all but assume it",
      { Action: undefined, NotAction: "sts:Assume*" },
    ],
  ])("is none that %s", (_, change) => {
    expect(findTrustProblems([everyone(change)])).toEqual([]);
  });

  test("is named by the statement's Sid, among other statements", () => {
    expect(findTrustProblems([trust(), everyone({ Sid: "Open" })])).toEqual([
      'statement "Open" must name the principals that it trusts, without wildcards and NotPrincipal, or anyone can assume the role',
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
      "an effect in other letters",
      { Effect: "allow" },
      "the Effect of a statement is neither Allow nor Deny",
    ],
    ["no action", { Action: undefined }, "a statement has no Action"],
    [
      "actions that are no texts",
      { Action: [1] },
      "the Action of a statement is not a string or a list of strings",
    ],
    [
      "a condition that is none",
      { Condition: "x" },
      "the Condition of a statement is unknown",
    ],
    [
      "principals and their opposite",
      { NotPrincipal: { AWS: "123456789012" } },
      "a statement has both Principal and NotPrincipal",
    ],
    [
      "a member that IAM has not",
      { Principals: "*" },
      "a statement has an unknown element",
    ],
  ])("is refused with the reason: %s", (_, change, reason) => {
    expect(
      findTrustProblems([trust(), trust({ Sid: "Odd", ...change })]),
    ).toEqual([`statement "Odd" is not readable: ${reason}`]);
  });
});

describe("the size of a trust policy", () => {
  test("does not count whitespace", () => {
    expect(
      validatePolicySize(`${" \n".repeat(2048)}${"x".repeat(2048)}`, undefined),
    ).toBe(undefined);
    expect(validatePolicySize("a b c", 3)).toBe(undefined);
  });

  test("fails when it is over the account's quota, else AWS's default", () => {
    expect(validatePolicySize("x".repeat(2049), undefined)).toBe(
      "number of characters of a trust policy must be at most 2048, got 2049",
    );
    expect(validatePolicySize("x".repeat(4097), 4096)).toBe(
      "number of characters of a trust policy must be at most 4096, got 4097",
    );
    expect(validatePolicySize("x".repeat(4096), 4096)).toBe(undefined);
  });
});
