import fc from "fast-check";
import {
  compareAccess,
  listGrants,
  type Grant,
} from "../../../scripts/lib/iam/compare";
import { isGlobMatch } from "../../../scripts/lib/iam/patterns";
import { parsePolicy, type Statement } from "../../../scripts/lib/iam/policy";
import { PolicyTooLargeError } from "../../../scripts/lib/iam/request-space";

type Json = Readonly<Record<string, unknown>>;

function policy(...statements: readonly Json[]): readonly Statement[] {
  if (statements.length === 0) return [];
  const parsed = parsePolicy(
    JSON.stringify({ Version: "2012-10-17", Statement: statements }),
  );
  if (parsed.kind === "unreadable") throw new Error(parsed.reason);
  return parsed.statements;
}

function allow(action: unknown, resource: unknown, more: Json = {}): Json {
  return { Effect: "Allow", Action: action, Resource: resource, ...more };
}

function deny(action: unknown, resource: unknown, more: Json = {}): Json {
  return { Effect: "Deny", Action: action, Resource: resource, ...more };
}

function short(all: readonly Grant[]): readonly string[] {
  return all.map(
    ({ actions, resources, isPartial, conditions }) =>
      `${isPartial ? "part of " : ""}${actions.isInverted ? "not " : ""}${actions.patterns.join()} ${resources.patterns.join()}${conditions.map(({ values }) => ` ${values.join()}`).join("")}`,
  );
}

const BUCKET = "arn:aws:s3:::b";
const TLS = { Condition: { Bool: { "aws:SecureTransport": "false" } } };

test.each([
  [
    "statements in another order",
    [allow("s3:Get*", BUCKET), allow("s3:List*", BUCKET)],
    [allow("s3:List*", BUCKET), allow("s3:Get*", BUCKET)],
  ],
  [
    "a statement divided into two",
    [allow(["s3:Get*", "s3:List*"], BUCKET)],
    [allow("s3:List*", BUCKET), allow("s3:Get*", [BUCKET])],
  ],
  [
    "what a wider statement allows already",
    [allow("s3:*", "*")],
    [allow("s3:*", "*"), allow("s3:GetObject", `${BUCKET}/*`)],
  ],
  [
    "another name of a statement",
    [allow("s3:Get*", BUCKET, { Sid: "One" })],
    [allow("s3:Get*", BUCKET, { Sid: "Two" })],
  ],
  [
    "an action in another case",
    [allow("S3:getobject", BUCKET)],
    [allow("s3:GetObject", BUCKET)],
  ],
  [
    "a denial of what is not allowed",
    [allow("s3:Get*", BUCKET)],
    [allow("s3:Get*", BUCKET), deny("s3:PutObject", "*")],
  ],
  [
    "an account as its number and as its root",
    [allow("kms:*", "*", { Principal: { AWS: "111122223333" } })],
    [
      allow("kms:*", "*", {
        Principal: { AWS: "arn:aws:iam::111122223333:root" },
      }),
    ],
  ],
])("%s change nothing", (_, before, after) => {
  expect(compareAccess(policy(...before), policy(...after))).toEqual({
    gained: [],
    lost: [],
  });
});

test.each<
  [
    string,
    readonly Json[],
    readonly Json[],
    readonly string[],
    readonly string[],
  ]
>([
  [
    "a pattern of a condition that is made wider",
    [
      allow("s3:PutObject", BUCKET, {
        Condition: { StringLike: { "aws:x": "a?" } },
      }),
    ],
    [
      allow("s3:PutObject", BUCKET, {
        Condition: { StringLike: { "aws:x": "a*" } },
      }),
    ],
    [`part of s3:PutObject ${BUCKET} a*`],
    [],
  ],
  [
    "a pattern that is excluded no longer",
    [
      allow("s3:PutObject", BUCKET, {
        Condition: { StringNotLike: { "aws:x": "a*" } },
      }),
    ],
    [
      allow("s3:PutObject", BUCKET, {
        Condition: { StringNotEquals: { "aws:x": "a*" } },
      }),
    ],
    [`part of s3:PutObject ${BUCKET} a*`],
    [`part of s3:PutObject ${BUCKET} a*`],
  ],
  [
    "a test without values that a missing key passes",
    [],
    [
      allow("s3:PutObject", BUCKET, {
        Condition: { StringEqualsIfExists: { "aws:x": [] } },
      }),
    ],
    [`s3:PutObject ${BUCKET} `],
    [],
  ],
  [
    "everything but one resource",
    [],
    [{ Effect: "Allow", Action: "s3:*", NotResource: BUCKET }],
    [`s3:* ${BUCKET}`],
    [],
  ],
  [
    "an action that is added",
    [allow("s3:GetObject", BUCKET)],
    [allow(["s3:GetObject", "s3:PutObject"], BUCKET)],
    [`s3:PutObject ${BUCKET}`],
    [],
  ],
  [
    "an action that is made wider",
    [allow("s3:GetObject", BUCKET)],
    [allow("s3:Get*", BUCKET)],
    [`part of s3:Get* ${BUCKET}`],
    [],
  ],
  [
    "a resource that is made narrower",
    [allow("s3:GetObject", `${BUCKET}/*`)],
    [allow("s3:GetObject", `${BUCKET}/raw/*`)],
    [],
    [`part of s3:GetObject ${BUCKET}/*`],
  ],
  [
    "a denial that is added",
    [allow("s3:*", BUCKET)],
    [allow("s3:*", BUCKET), deny("s3:Put*", BUCKET)],
    [],
    [`part of s3:* ${BUCKET}`],
  ],
  [
    "a denial that is removed",
    [allow("s3:PutObject", BUCKET), deny("s3:*", "*")],
    [allow("s3:PutObject", BUCKET)],
    [`s3:PutObject ${BUCKET}`],
    [],
  ],
  [
    "a denial of what two patterns share",
    [allow("s3:Get*", BUCKET), deny("s3:*Acl", "*")],
    [allow("s3:Get*", BUCKET)],
    [`part of s3:Get* ${BUCKET}`],
    [],
  ],
  [
    "a denial under a condition",
    [allow("s3:PutObject", BUCKET)],
    [allow("s3:PutObject", BUCKET), deny("s3:*", "*", TLS)],
    [],
    [`part of s3:PutObject ${BUCKET}`],
  ],
  [
    "a condition that is added",
    [allow("s3:PutObject", BUCKET)],
    [allow("s3:PutObject", BUCKET, TLS)],
    [],
    [`part of s3:PutObject ${BUCKET}`],
  ],
  [
    "a condition that is removed",
    [allow("s3:PutObject", BUCKET, TLS)],
    [allow("s3:PutObject", BUCKET)],
    [`part of s3:PutObject ${BUCKET}`],
    [],
  ],
  [
    "one more value in a condition",
    [
      allow("s3:PutObject", BUCKET, {
        Condition: { StringEquals: { "aws:x": "a" } },
      }),
    ],
    [
      allow("s3:PutObject", BUCKET, {
        Condition: { StringEquals: { "aws:X": ["b", "a"] } },
      }),
    ],
    [`s3:PutObject ${BUCKET} b`],
    [],
  ],
  [
    "one more value that all can be of",
    [
      allow("s3:PutObject", BUCKET, {
        Condition: { "ForAllValues:StringEquals": { "aws:x": ["a"] } },
      }),
    ],
    [
      allow("s3:PutObject", BUCKET, {
        Condition: { "ForAllValues:StringEquals": { "aws:x": ["a", "b"] } },
      }),
    ],
    [`part of s3:PutObject ${BUCKET} a,b`],
    [],
  ],
  [
    "everything but one action",
    [allow("s3:GetObject", "*")],
    [{ Effect: "Allow", NotAction: "iam:*", Resource: "*" }],
    ["part of not iam:* *"],
    [],
  ],
  [
    "a principal that is added",
    [
      allow("sts:AssumeRole", "*", {
        Principal: { AWS: "arn:aws:iam::1:role/a" },
      }),
    ],
    [allow("sts:AssumeRole", "*", { Principal: "*" })],
    ["part of sts:AssumeRole *"],
    [],
  ],
])("%s", (_, before, after, gained, lost) => {
  const found = compareAccess(policy(...before), policy(...after));
  expect({ gained: short(found.gained), lost: short(found.lost) }).toEqual({
    gained,
    lost,
  });
});

describe("compared with evaluating every request", () => {
  const ACTIONS = ["x:a", "x:b", "x:ab"];
  const RESOURCES = ["r", "rr", "q"];
  const STATEMENT = fc.record({
    Effect: fc.constantFrom("Allow", "Allow", "Deny"),
    Action: fc.uniqueArray(fc.constantFrom("x:*", "x:a", "x:a*", "x:?", "*"), {
      minLength: 1,
      maxLength: 2,
    }),
    Resource: fc.uniqueArray(fc.constantFrom("*", "r", "r*", "?"), {
      minLength: 1,
      maxLength: 2,
    }),
  });
  const POLICY = fc.array(STATEMENT, { maxLength: 4 });

  function allowed(statements: readonly Statement[]): readonly string[] {
    return ACTIONS.flatMap((action) =>
      RESOURCES.filter((resource) => {
        const about = statements.filter(
          ({ actions, resources }) =>
            actions.patterns.some((one) => isGlobMatch(one, action)) &&
            resources.patterns.some((one) => isGlobMatch(one, resource)),
        );
        return (
          about.length > 0 && about.every(({ effect }) => effect === "Allow")
        );
      }).map((resource) => `${action} ${resource}`),
    );
  }

  test("grants are gained if newly allowed, and lost if no longer allowed", () => {
    fc.assert(
      fc.property(POLICY, POLICY, (one, other) => {
        const [before, after] = [policy(...one), policy(...other)];
        const { gained, lost } = compareAccess(before, after);
        const [had, has] = [allowed(before), allowed(after)];
        const isNew = has.some((request) => !had.includes(request));
        const isGone = had.some((request) => !has.includes(request));
        expect(gained.length > 0 || !isNew).toBe(true);
        expect(lost.length > 0 || !isGone).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  test("a policy equals itself in any order", () => {
    fc.assert(
      fc.property(POLICY, (one) => {
        const [before, after] = [policy(...one), policy(...[...one].reverse())];
        expect(compareAccess(before, after)).toEqual({ gained: [], lost: [] });
      }),
    );
  });
});

describe("policies that are too large to be compared", () => {
  function large(count: number, ending: string): readonly Statement[] {
    return policy(
      ...Array.from({ length: count }, (_, index) =>
        allow(`s:Act${index}*${ending}`, `arn:${index}:*`),
      ),
    );
  }

  test("fails if there are too many patterns", () => {
    expect(() => compareAccess(large(700, "a"), large(700, "b"))).toThrow(
      PolicyTooLargeError,
    );
  });

  test("hundreds of patterns are compared", () => {
    const { gained, lost } = compareAccess(large(150, ""), large(150, "b"));
    expect(gained).toHaveLength(0);
    expect(lost).toHaveLength(150);
  });
});

test("grants are listed without applying denials", () => {
  const all = listGrants(
    policy(
      allow(["s3:a", "s3:b"], ["x", "y"], {
        Condition: { StringEquals: { k: ["1", "2"] } },
      }),
      deny("s3:a", "*"),
    ),
  );
  expect(short(all)).toEqual([
    "s3:a x 1",
    "s3:a x 2",
    "s3:a y 1",
    "s3:a y 2",
    "s3:b x 1",
    "s3:b x 2",
    "s3:b y 1",
    "s3:b y 2",
  ]);
});

test("a grant has the address of the resource with the statement", () => {
  const [statement] = policy(allow("s3:a", "x"));
  if (statement === undefined) throw new Error("no statement");
  expect(
    listGrants([{ ...statement, origin: "aws_iam_role.a" }]),
  ).toMatchObject([{ origin: "aws_iam_role.a" }]);
});
