import { BoundaryPolicy } from "../../constructs/boundary-policy";
import type { IdentityStatement } from "../../constructs/policy-document";
import { only, policyOf, problemsOf, synthesized } from "../support/synth";

const READ: IdentityStatement = {
  Effect: "Allow",
  Action: "s3:GetObject",
  Resource: "arn:aws:s3:::store/*",
};

function problems(
  policyName: string,
  statements: readonly IdentityStatement[],
): string[] {
  return problemsOf((scope) => {
    new BoundaryPolicy(scope, "boundary", { policyName, statements });
  });
}

/** A statement that makes a policy of so many characters. */
function ofCharacters(count: number): IdentityStatement {
  const around = JSON.stringify({
    Version: "2012-10-17",
    Statement: [{ ...READ, Resource: "" }],
  });
  return { ...READ, Resource: "a".repeat(count - around.length) };
}

describe("a boundary policy", () => {
  test("is a policy of the account by its name", () => {
    const block = only(
      synthesized((scope) => {
        new BoundaryPolicy(scope, "boundary", {
          policyName: "auth-boundary",
          statements: [READ],
        });
      }),
      "aws_iam_policy",
    );
    expect(block.name).toBe("auth-boundary");
    expect(policyOf(block)).toEqual({
      Version: "2012-10-17",
      Statement: [READ],
    });
  });

  test("may be as long as AWS lets it", () => {
    expect(problems("auth-boundary", [ofCharacters(6144)])).toEqual([]);
  });

  test("fails when it is longer", () => {
    expect(problems("auth-boundary", [ofCharacters(6145)])).toEqual([
      "number of characters of a managed policy must be at most 6144, got 6145",
    ]);
  });

  test("fails when its name is an ARN, or an action is none", () => {
    expect(problems("a:b", [{ ...READ, Action: "read" }])).toEqual([
      expect.stringMatching(/^policy name must be /),
      'action of a policy must be service:Action, got "read"',
    ]);
  });
});
