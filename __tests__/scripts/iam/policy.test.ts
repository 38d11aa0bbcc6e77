import fc from "fast-check";
import {
  toCanonicalKey,
  mapTexts,
  parsePolicy,
  toPolicyKey,
  getStatements,
  type Policy,
  type Statement,
} from "../../../scripts/lib/iam/policy";

type Json = Readonly<Record<string, unknown>>;

const PLAIN = { Effect: "Allow", Action: "s3:GetObject", Resource: "*" };

function parse(...statements: readonly unknown[]): Policy {
  return parsePolicy(
    JSON.stringify({ Version: "2012-10-17", Statement: statements }),
  );
}

function only(statement: Json): Statement {
  const [first] = getStatements(parse(statement));
  if (first === undefined) throw new Error("the policy is not readable");
  return first;
}

test("parses the smallest statement", () => {
  expect(only(PLAIN)).toEqual({
    effect: "Allow",
    actions: { patterns: ["s3:GetObject"], isInverted: false },
    resources: { patterns: ["*"], isInverted: false },
    conditions: [],
  });
});

test("parses every element of a statement", () => {
  expect(
    only({
      Sid: "One",
      Effect: "Deny",
      NotPrincipal: {
        AWS: ["111122223333", "*"],
        Service: "lambda.amazonaws.com",
        Federated: "cognito-identity.amazonaws.com",
      },
      NotAction: ["s3:b", "s3:a", "s3:b"],
      NotResource: "arn:x",
      Condition: {
        StringLike: { "AWS:X": "v" },
        Bool: { "aws:SecureTransport": false },
        NumericLessThan: { "aws:MultiFactorAuthAge": [300] },
      },
    }),
  ).toEqual({
    sid: "One",
    effect: "Deny",
    principals: {
      patterns: [
        "*",
        "AWS:arn:aws:iam::111122223333:root",
        "Federated:cognito-identity.amazonaws.com",
        "Service:lambda.amazonaws.com",
      ],
      isInverted: true,
    },
    actions: { patterns: ["s3:a", "s3:b"], isInverted: true },
    resources: { patterns: ["arn:x"], isInverted: true },
    conditions: [
      { operator: "Bool", key: "aws:securetransport", values: ["false"] },
      {
        operator: "NumericLessThan",
        key: "aws:multifactorauthage",
        values: ["300"],
      },
      { operator: "StringLike", key: "aws:x", values: ["v"] },
    ],
  });
});

test("a single statement can be outside a list, and an empty Sid is ignored", () => {
  const policy = parsePolicy(
    JSON.stringify({ Statement: { ...PLAIN, Sid: "" } }),
  );
  expect(getStatements(policy)).toEqual([only(PLAIN)]);
});

describe("a policy is unreadable", () => {
  test.each<[string, string]>([
    ["without JSON", "nothing"],
    ["if its text ends early", '{"Statement":'],
    ["as a list", "[]"],
    ["as null", "null"],
    ["as a text", '"Allow"'],
    ["without a statement", "{}"],
    ["with a list without statements", '{"Statement":[]}'],
    ["with null instead of statements", '{"Statement":null}'],
  ])("%s", (_, text) => {
    expect(parsePolicy(text)).toMatchObject({ kind: "unreadable", text });
  });

  test.each<[string, Json]>([
    ["a member in another case", { statement: [PLAIN] }],
    ["an unknown member", { Statement: [PLAIN], Statements: [PLAIN] }],
    ["an unknown Version", { Version: "2099-01-01", Statement: [PLAIN] }],
    ["a Version that is a number", { Version: 2012, Statement: [PLAIN] }],
    ["a Version that is null", { Version: null, Statement: [PLAIN] }],
  ])("with %s", (_, document) => {
    expect(parsePolicy(JSON.stringify(document)).kind).toBe("unreadable");
  });

  test.each<[string, unknown]>([
    ["a text", "Allow"],
    ["null", null],
    ["a list in a list", [PLAIN]],
    ["an Effect in lower case", { ...PLAIN, Effect: "allow" }],
    ["an Effect in upper case", { ...PLAIN, Effect: "DENY" }],
    ["an Effect with a space", { ...PLAIN, Effect: "Allow " }],
    ["an Effect that is a list", { ...PLAIN, Effect: ["Allow"] }],
    ["no Effect", { Action: "s3:*", Resource: "*" }],
    ["no Action", { Effect: "Allow", Resource: "*" }],
    ["both Action and NotAction", { ...PLAIN, NotAction: "iam:*" }],
    ["both Resource and NotResource", { ...PLAIN, NotResource: "x" }],
    [
      "both Principal and NotPrincipal",
      { ...PLAIN, Principal: "*", NotPrincipal: { AWS: "1" } },
    ],
    ["a member in another case", { ...PLAIN, condition: {} }],
    ["an unknown member", { ...PLAIN, Actions: ["iam:*"] }],
    ["an Action that is a number", { ...PLAIN, Action: 1 }],
    ["an Action that is an object", { ...PLAIN, Action: { a: "s3:*" } }],
    ["a list of Actions with a number", { ...PLAIN, Action: ["s3:a", 1] }],
    ["a list of Actions with a list", { ...PLAIN, Action: [["s3:a"]] }],
    ["a list without Actions", { ...PLAIN, Action: [] }],
    ["an Action that is null", { ...PLAIN, Action: null }],
    ["a NotAction without members", { Effect: "Allow", NotAction: [] }],
    ["a Resource that is a switch", { ...PLAIN, Resource: true }],
    ["a list without Resources", { ...PLAIN, Resource: [] }],
    ["a Principal that is a name", { ...PLAIN, Principal: "arn:aws:x" }],
    ["a Principal that is a list", { ...PLAIN, Principal: ["*"] }],
    ["a Principal without a kind", { ...PLAIN, Principal: {} }],
    ["a NotPrincipal without a kind", { ...PLAIN, NotPrincipal: {} }],
    ["an unknown kind of principal", { ...PLAIN, Principal: { aws: "*" } }],
    ["a principal that is a number", { ...PLAIN, Principal: { AWS: 1 } }],
    ["a Condition that is a text", { ...PLAIN, Condition: "x" }],
    ["a Condition that is a list", { ...PLAIN, Condition: [] }],
    ["tests that are a text", { ...PLAIN, Condition: { Bool: "x" } }],
    ["tests that are a list", { ...PLAIN, Condition: { Bool: [] } }],
    ["tests that are null", { ...PLAIN, Condition: { Bool: null } }],
    [
      "a test of an object",
      { ...PLAIN, Condition: { StringEquals: { a: { b: "c" } } } },
    ],
    [
      "a test of a list in a list",
      { ...PLAIN, Condition: { StringEquals: { a: [["c"]] } } },
    ],
    ["a test of null", { ...PLAIN, Condition: { StringEquals: { a: null } } }],
  ])("if a statement is or has %s", (_, statement) => {
    const policy = parse(PLAIN, statement);
    expect(policy.kind).toBe("unreadable");
    expect(getStatements(policy)).toEqual([]);
  });

  test("with the reason", () => {
    expect(parse({ ...PLAIN, Effect: "allow" })).toMatchObject({
      reason: "the Effect of a statement is neither Allow nor Deny",
    });
  });

  test.each([null, 1, "", [], {}, "x", true, [{}]])(
    "or readable, and never throws, with %j as any element",
    (value) => {
      const documents: readonly unknown[] = [
        value,
        { Statement: value },
        ...[
          "Effect",
          "Action",
          "Resource",
          "Principal",
          "Condition",
          "Sid",
        ].map((name) => ({ Statement: [{ ...PLAIN, [name]: value }] })),
      ];
      for (const document of documents)
        expect(["readable", "unreadable"]).toContain(
          parsePolicy(JSON.stringify(document)).kind,
        );
    },
  );
});

describe("policies are equal", () => {
  const other = { ...PLAIN, Effect: "Deny", Sid: "Other" };

  test("in another order, with other names and lists for single values", () => {
    const one = parse(PLAIN, other);
    const same = parse(
      { ...other, Sid: "Name", Action: ["s3:GetObject"] },
      { ...PLAIN, Sid: "X" },
    );
    expect(toPolicyKey(one)).toBe(toPolicyKey(same));
  });

  test.each<[string, Json]>([
    ["another effect", { Effect: "Deny" }],
    ["another action", { Action: "s3:PutObject" }],
    ["another resource", { Resource: "x" }],
    ["a principal", { Principal: "*" }],
    ["a condition", { Condition: { Bool: { a: "true" } } }],
  ])("unless one has %s", (_, change) => {
    expect(toPolicyKey(parse({ ...PLAIN, ...change }))).not.toBe(
      toPolicyKey(parse(PLAIN)),
    );
  });

  test("if they are unreadable and have the same text", () => {
    const [one, same, spaced] = ["{}", "{}", "{ }"].map((text) =>
      toPolicyKey(parsePolicy(text)),
    );
    expect(one).toBe(same);
    expect(one).not.toBe(spaced);
  });

  test("never if one of them is unreadable", () => {
    const readable = parse(PLAIN);
    expect(toPolicyKey(parsePolicy(toPolicyKey(readable)))).not.toBe(
      toPolicyKey(readable),
    );
  });

  test("whatever the order of keys, statements and lists", () => {
    const texts = fc.uniqueArray(fc.constantFrom("a:b", "a:c", "a:*"), {
      minLength: 1,
    });
    const statement = fc.record({
      Effect: fc.constantFrom("Allow", "Deny"),
      Action: texts,
      Resource: texts,
    });
    fc.assert(
      fc.property(fc.array(statement, { minLength: 1 }), (statements) => {
        const turned = [...statements]
          .reverse()
          .map(({ Effect, Action, Resource }) => ({
            Resource: [...Resource].reverse(),
            Action: [...Action].reverse(),
            Effect,
          }));
        expect(toPolicyKey(parse(...turned))).toBe(
          toPolicyKey(parse(...statements)),
        );
      }),
    );
  });
});

test("the origin of a statement is not part of its key", () => {
  const statement = only(PLAIN);
  expect(toCanonicalKey([{ ...statement, origin: "a" }])).toBe(
    toCanonicalKey([{ ...statement, sid: "b" }]),
  );
});

test("texts are replaced in principals, resources and conditions, not in actions", () => {
  const changed = mapTexts(
    only({
      ...PLAIN,
      Action: "x",
      Resource: ["x", "y"],
      Principal: { AWS: "x" },
      Condition: { StringEquals: { x: "x" } },
    }),
    (text) => text.replace("x", "y"),
  );
  expect(changed).toMatchObject({
    actions: { patterns: ["x"] },
    resources: { patterns: ["y"] },
    principals: { patterns: ["AWS:y"] },
    conditions: [{ key: "x", values: ["y"] }],
  });
});
