import { findDefinedKeys } from "../support/iam-reference";
import { evaluateRequest } from "../support/iam-evaluator";
import { evaluateStatements } from "../support/policy-evaluator";

type Statement = Parameters<typeof evaluateStatements>[0][number];
type Condition = NonNullable<Statement["Condition"]>;

const ROLE = "arn:aws:iam::123456789012:role/a";
const REQUEST = {
  principals: ["issuer.example.org"],
  action: "iam:GetRole",
  resource: ROLE,
  context: { "a:one": "Own", "a:many": ["x", "y"] },
};
const ALLOW: Statement = { Effect: "Allow", Action: "*", Resource: "*" };

function evaluate(statement: Partial<Statement>) {
  return evaluateStatements([{ ...ALLOW, ...statement }], REQUEST);
}

describe("a statement", () => {
  test.each<[Partial<Statement>]>([
    [{ Action: "IAM:get*" }],
    [{ Action: ["s3:*", "iam:GetRol?"] }],
    [{ Resource: "arn:aws:iam::*:role/*" }],
    [{ Principal: { Federated: ["b", "issuer.example.org"] } }],
  ])("%j matches", (statement) => {
    expect(evaluate(statement)).toBe("Allow");
  });

  test.each<[Partial<Statement>]>([
    [{ Action: "iam:Get" }],
    [{ Resource: "arn:aws:iam::123456789012:role/A" }],
    [{ Resource: "arn:aws:iam*role/a" }],
    [{ Principal: { Federated: "b" } }],
  ])("%j does not match", (statement) => {
    expect(evaluate(statement)).toBeUndefined();
  });

  test("that denies overrides one that allows", () => {
    const statements = [ALLOW, { ...ALLOW, Effect: "Deny" } as const];
    expect(evaluateStatements(statements, REQUEST)).toBe("Deny");
  });

  test.each([
    { NotAction: "a:B" },
    { NotResource: "*" },
    { Resource: "arn:aws:s3:::${aws:username}" },
    { Condition: { NumericEquals: { "a:one": "1" } } },
  ])("%j is refused", (statement) => {
    expect(() => evaluate(statement as Partial<Statement>)).toThrow(
      /^cannot evaluate|^unknown operator/,
    );
  });
});

describe("a condition", () => {
  test.each<[Condition]>([
    [{ StringEquals: { "A:ONE": ["other", "Own"] } }],
    [{ StringEqualsIgnoreCase: { "a:one": "own" } }],
    [{ StringLike: { "a:one": "O?*" } }],
    [{ StringNotEquals: { "a:none": "x" } }],
    [{ StringEqualsIfExists: { "a:none": "x" } }],
    [{ Null: { "a:none": "true", "a:one": "false" } }],
    [{ "ForAnyValue:StringEquals": { "a:many": "x" } }],
    [{ "ForAllValues:StringEquals": { "a:many": ["x", "y", "z"] } }],
    [{ "ForAllValues:StringEquals": { "a:none": "x" } }],
  ])("%j is true", (condition) => {
    expect(evaluate({ Condition: condition })).toBe("Allow");
  });

  test.each<[Condition]>([
    [{ StringEquals: { "a:one": "own" } }],
    [{ StringEquals: { "a:one": "Own", "a:none": "x" } }],
    [{ StringNotEquals: { "a:one": ["x", "Own"] } }],
    [{ StringNotEqualsIfExists: { "a:one": "Own" } }],
    [{ Null: { "a:one": "true" } }],
    // a key with multiple values requires a quantifier
    [{ StringEquals: { "a:many": ["x", "y"] } }],
    [{ "ForAnyValue:StringEquals": { "a:many": "z", "a:none": "x" } }],
    [{ "ForAllValues:StringEquals": { "a:many": "x" } }],
  ])("%j is false", (condition) => {
    expect(evaluate({ Condition: condition })).toBeUndefined();
  });
});

describe("the reference of actions", () => {
  test("has the condition keys of an action and of its resource", async () => {
    const keys = [
      "iam:PermissionsBoundary",
      "aws:resourcetag/Stack",
      "aws:RequestedRegion",
      "s3:prefix",
    ];
    const defined = await findDefinedKeys("iam:CreateRole", ROLE, keys);
    expect(defined).toEqual(keys.slice(0, 3));
    expect(await findDefinedKeys("iam:TagRole", ROLE, keys)).toEqual(
      keys.slice(1, 3),
    );
  });

  test.each([
    ["s3:Nope", "arn:aws:s3:::a"],
    ["nope:Get", "*"],
    ["s3:ListBucket", "arn:aws:s3:::a/b"],
    ["iam:GetRole", "arn:aws:iam::123456789012:user/a"],
    ["iam:GetAccountSummary", ROLE],
  ])("has no %s on %s", async (action, resource) => {
    await expect(findDefinedKeys(action, resource, [])).rejects.toThrow(action);
  });
});

describe("a resource-based policy", () => {
  const ACCOUNT = { AWS: "arn:aws:iam::000000000000:root" };
  const KEY = "arn:aws:kms:us-west-2:000000000000:key/1";
  const OBJECT = "arn:aws:s3:::a/b";
  const all = { Effect: "Allow", Action: "*", Resource: "*" } as const;

  test.each<[boolean, string, "own" | "none", Statement[]]>([
    [false, "kms:Decrypt", "own", []],
    [true, "kms:Decrypt", "own", [{ ...all, Principal: ACCOUNT }]],
    [false, "kms:Decrypt", "none", [{ ...all, Principal: ACCOUNT }]],
    [true, "s3:GetObject", "own", []],
    [false, "s3:GetObject", "none", [{ ...all, Principal: ACCOUNT }]],
    [true, "s3:GetObject", "none", [{ ...all, Principal: { AWS: "*" } }]],
    [
      false,
      "s3:GetObject",
      "own",
      [{ ...all, Effect: "Deny", Principal: ACCOUNT }],
    ],
  ])("allows (%s) %s with %s statements and %j", async (...row) => {
    const [isAllowed, action, own, Statement] = row;
    const decision = await evaluateRequest(
      own === "own" ? [all] : [],
      {
        action,
        resource: action.startsWith("kms") ? KEY : OBJECT,
        context: {},
      },
      { resourcePolicy: { Version: "2012-10-17", Statement } },
    );
    expect(decision).toEqual({ isAllowed, usedKeys: [] });
  });
});
