import * as fc from "fast-check";
import {
  policyCharacters,
  policyDocument,
  policyJson,
  type PolicyStatement,
} from "../../constructs/policy-document";
import { resolved, unknownText } from "../support/synth";

const READ: PolicyStatement = {
  Effect: "Allow",
  Action: "s3:GetObject",
  Resource: "arn:aws:s3:::store/*",
};

describe("a policy", () => {
  test("has the version with policy variables, and its statements in order", () => {
    expect(policyDocument()).toEqual({ Version: "2012-10-17", Statement: [] });
    const deny = { ...READ, Effect: "Deny" } as const;
    expect(policyDocument(deny, READ).Statement).toEqual([deny, READ]);
  });

  test("is written as JSON without whitespace", () => {
    expect(policyJson(policyDocument(READ))).toBe(
      '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::store/*"}]}',
    );
  });

  test("keeps references to other resources", () => {
    expect(
      resolved(() =>
        policyJson(policyDocument({ ...READ, Resource: unknownText() })),
      ),
    ).toContain('"Resource":"${timestamp()}"');
  });

  test("has its policy variables escaped, and its references not", () => {
    const json = resolved(() =>
      policyJson(
        policyDocument({
          ...READ,
          Resource: ["a/${aws:username}", unknownText()],
        }),
      ),
    );
    expect(json).toContain('"a/$${aws:username}","${timestamp()}"');
  });

  test("has what Terraform would take for a directive escaped", () => {
    expect(
      policyJson(policyDocument({ ...READ, Resource: "a%{b}%{c}" })),
    ).toContain('"Resource":"a%%{b}%%{c}"');
  });

  test("is itself again once it is decoded", () => {
    const text = fc
      .string({ unit: "grapheme" })
      .filter((value) => !/[$%]/.test(value));
    fc.assert(
      fc.property(text, fc.array(text), (action, resources) => {
        const document = policyDocument({
          Effect: "Allow",
          Action: action,
          Resource: resources,
        });
        expect(JSON.parse(policyJson(document))).toEqual(document);
      }),
    );
  });

  test("is counted as AWS counts it", () => {
    expect(policyCharacters(policyDocument())).toBe(
      '{"Version":"2012-10-17","Statement":[]}'.length,
    );
    expect(policyCharacters(policyDocument(READ))).toBe(
      policyJson(policyDocument(READ)).length,
    );
  });

  test("is not counted where Terraform alone will know a part of it", () => {
    expect(
      policyCharacters(policyDocument({ ...READ, Resource: unknownText() })),
    ).toBeUndefined();
  });
});
