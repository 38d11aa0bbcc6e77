import { CognitoUserPool } from "@cdktf/provider-aws/lib/cognito-user-pool";
import { IamRole } from "@cdktf/provider-aws/lib/iam-role";
import { Aspects } from "cdktf";
import { Construct } from "constructs";
import {
  BoundaryPolicy,
  PermissionsBoundary,
} from "../../../constructs/deployment/permissions-boundary";
import {
  collectProblems,
  getOnlyResource,
  parsePolicy,
  synthesizeConstructs,
} from "../../support/synth";
import type { IdentityStatement } from "../../../constructs/policy-document";

const BOUNDARY = "arn:aws:iam::123456789012:policy/boundary";

function role(scope: Construct, id: string, boundary?: string): IamRole {
  return new IamRole(scope, id, {
    assumeRolePolicy: "{}",
    ...(boundary !== undefined && { permissionsBoundary: boundary }),
  });
}

function boundaries(build: (scope: Construct) => void): unknown[] {
  const { resource } = synthesizeConstructs((scope) => {
    build(scope);
  });
  return Object.values(resource.aws_iam_role ?? {}).map(
    (block) => block.permissions_boundary,
  );
}

describe("a permissions boundary", () => {
  test("is put on every role, however deep and whenever it is added", () => {
    expect(
      boundaries((scope) => {
        role(scope, "before");
        Aspects.of(scope).add(new PermissionsBoundary(BOUNDARY));
        role(scope, "after");
        role(new Construct(new Construct(scope, "a"), "b"), "deep");
      }),
    ).toEqual([BOUNDARY, BOUNDARY, BOUNDARY]);
  });

  test("takes the place of another", () => {
    expect(
      boundaries((scope) => {
        role(scope, "role", "arn:aws:iam::123456789012:policy/other");
        Aspects.of(scope).add(new PermissionsBoundary(BOUNDARY));
      }),
    ).toEqual([BOUNDARY]);
  });

  test("is on no role where there is none", () => {
    expect(
      boundaries((scope) => {
        role(scope, "role");
      }),
    ).toEqual([undefined]);
  });

  test("is on nothing but roles", () => {
    const configuration = synthesizeConstructs((scope) => {
      new CognitoUserPool(scope, "pool", { name: "pool" });
      Aspects.of(scope).add(new PermissionsBoundary(BOUNDARY));
    });
    expect(getOnlyResource(configuration, "aws_cognito_user_pool")).toEqual({
      name: "pool",
    });
  });
});

const READ: IdentityStatement = {
  Effect: "Allow",
  Action: "s3:GetObject",
  Resource: "arn:aws:s3:::store/*",
};

function problems(
  policyName: string,
  statements: readonly IdentityStatement[],
): string[] {
  return collectProblems((scope) => {
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
    const block = getOnlyResource(
      synthesizeConstructs((scope) => {
        new BoundaryPolicy(scope, "boundary", {
          policyName: "auth-boundary",
          statements: [READ],
        });
      }),
      "aws_iam_policy",
    );
    expect(block.name).toBe("auth-boundary");
    expect(parsePolicy(block)).toEqual({
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
      'policy action must be service:Action, got "read"',
    ]);
  });
});
