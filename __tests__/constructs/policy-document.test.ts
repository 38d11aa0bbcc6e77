import * as fc from "fast-check";
import {
  countPolicyCharacters,
  createPolicyDocument,
  type PolicyStatement,
  validateStatements,
} from "../../constructs/policy-document";
import { toPolicyJson } from "../../constructs/policy-json";
import { createUnknownText, resolveValue } from "../support/synth";

const READ = {
  Effect: "Allow",
  Action: "s3:GetObject",
  Resource: "arn:aws:s3:::store/*",
} as const satisfies PolicyStatement;

describe("a policy", () => {
  test("has the version with policy variables, and its statements in order", () => {
    expect(createPolicyDocument()).toEqual({
      Version: "2012-10-17",
      Statement: [],
    });
    const deny = { ...READ, Effect: "Deny" } as const;
    expect(createPolicyDocument(deny, READ).Statement).toEqual([deny, READ]);
  });

  test("is written as JSON without whitespace", () => {
    expect(toPolicyJson(createPolicyDocument(READ))).toBe(
      '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::store/*"}]}',
    );
  });

  test("preserves references to other resources", () => {
    expect(
      resolveValue(() =>
        toPolicyJson(
          createPolicyDocument({ ...READ, Resource: createUnknownText() }),
        ),
      ),
    ).toMatch(/"Resource":"\$\{[^"]*timestamp\(\)[^"]*\}"\}/);
  });

  test("escapes policy variables, but not references", () => {
    const json = resolveValue(() =>
      toPolicyJson(
        createPolicyDocument({
          ...READ,
          Resource: ["a/${aws:username}", createUnknownText()],
        }),
      ),
    );
    expect(json).toMatch(
      /"a\/\$\$\{aws:username\}","\$\{[^"]*timestamp\(\)[^"]*\}"\]/,
    );
  });

  test("escapes template directives", () => {
    expect(
      toPolicyJson(createPolicyDocument({ ...READ, Resource: "a%{b}%{c}" })),
    ).toContain('"Resource":"a%%{b}%%{c}"');
  });

  test("is the same policy after decoding", () => {
    const text = fc
      .string({ unit: "grapheme" })
      .filter((value) => !/[$%]/.test(value));
    fc.assert(
      fc.property(text, fc.array(text), (action, resources) => {
        const document = createPolicyDocument({
          Effect: "Allow",
          Action: action,
          Resource: resources,
        });
        expect(JSON.parse(toPolicyJson(document))).toEqual(document);
      }),
    );
  });

  test("is counted as AWS counts it", () => {
    expect(countPolicyCharacters(createPolicyDocument())).toBe(
      '{"Version":"2012-10-17","Statement":[]}'.length,
    );
    expect(countPolicyCharacters(createPolicyDocument(READ))).toBe(
      toPolicyJson(createPolicyDocument(READ)).length,
    );
  });

  test("is not counted if only Terraform knows a part of it", () => {
    expect(
      countPolicyCharacters(
        createPolicyDocument({ ...READ, Resource: createUnknownText() }),
      ),
    ).toBeUndefined();
  });
});

describe("the statements of a role", () => {
  test.each(["a/é", "ÿ", "\u00a0", createUnknownText()])(
    "can have the text %j",
    (text) => {
      const Resource = `arn:aws:s3:::store/${text}/*`;
      expect(validateStatements([{ ...READ, Resource }])).toEqual([]);
    },
  );

  test.each(["Ā", "日本", "😀"])(
    "fail when one has the text %s, which IAM refuses",
    (text) => {
      const Condition = { StringEquals: { "aws:PrincipalTag/team": text } };
      expect(validateStatements([{ ...READ, Condition }])).toEqual([
        expect.stringMatching(
          /^policy statement must have characters of Latin-1 only, got /,
        ),
      ]);
    },
  );
});
