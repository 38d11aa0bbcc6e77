import { ManagedPolicy } from "../../constructs/managed-policy";
import type { IdentityStatement } from "../../constructs/policy-document";
import {
  collectErrors,
  getOnlyResource,
  parsePolicy,
  synthesizeConstructs,
} from "../support/synth";

const READ: IdentityStatement = {
  Effect: "Allow",
  Action: "s3:GetObject",
  Resource: "arn:aws:s3:::store/*",
};

const description = "Readers of the store";

function validatePolicy(
  policyName: string,
  statements: readonly IdentityStatement[],
): string[] {
  return collectErrors((scope) => {
    new ManagedPolicy(scope, "policy", { policyName, statements, description });
  });
}

/** Creates a statement whose policy has `count` characters. */
function createStatement(count: number): IdentityStatement {
  const around = JSON.stringify({
    Version: "2012-10-17",
    Statement: [{ ...READ, Resource: "" }],
  });
  return { ...READ, Resource: "a".repeat(count - around.length) };
}

describe("a managed policy", () => {
  test("has a name and statements", () => {
    const block = getOnlyResource(
      synthesizeConstructs((scope) => {
        new ManagedPolicy(scope, "policy", {
          policyName: "auth-policy",
          statements: [READ],
          description,
        });
      }),
      "aws_iam_policy",
    );
    expect(block.name).toBe("auth-policy");
    expect(parsePolicy(block)).toEqual({
      Version: "2012-10-17",
      Statement: [READ],
    });
  });

  test("allows the maximum number of characters", () => {
    expect(validatePolicy("auth-policy", [createStatement(6144)])).toEqual([]);
  });

  test("fails when it has more characters", () => {
    expect(validatePolicy("auth-policy", [createStatement(6145)])).toEqual([
      "number of characters of a managed policy must be at most 6144, got 6145",
    ]);
  });

  test("fails when its name is an ARN or an action is invalid", () => {
    expect(validatePolicy("a:b", [{ ...READ, Action: "read" }])).toEqual([
      expect.stringMatching(/^policy name must be /),
      'policy action must be service:Action, got "read"',
    ]);
  });
});
