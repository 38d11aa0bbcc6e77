import { CognitoUserPool } from "@cdktf/provider-aws/lib/cognito-user-pool";
import { IamRole } from "@cdktf/provider-aws/lib/iam-role";
import { Aspects } from "cdktf";
import { Construct } from "constructs";
import {
  BoundaryPolicy,
  PermissionsBoundary,
} from "../../../constructs/deployment/permissions-boundary";
import type { IdentityStatement } from "../../../constructs/policy-document";
import {
  collectErrors,
  getOnlyResource,
  parsePolicy,
  synthesizeConstructs,
} from "../../support/synth";

const BOUNDARY = "arn:aws:iam::123456789012:policy/boundary";

function addRole(scope: Construct, id: string, boundary?: string): IamRole {
  return new IamRole(scope, id, {
    assumeRolePolicy: "{}",
    ...(boundary !== undefined && { permissionsBoundary: boundary }),
  });
}

function listBoundaries(build: (scope: Construct) => void): unknown[] {
  const { resource } = synthesizeConstructs((scope) => {
    build(scope);
  });
  return Object.values(resource.aws_iam_role ?? {}).map(
    (block) => block.permissions_boundary,
  );
}

describe("a permissions boundary", () => {
  test("is set on every role, at every depth and added at any time", () => {
    expect(
      listBoundaries((scope) => {
        addRole(scope, "before");
        Aspects.of(scope).add(new PermissionsBoundary(BOUNDARY));
        addRole(scope, "after");
        addRole(new Construct(new Construct(scope, "a"), "b"), "deep");
      }),
    ).toEqual([BOUNDARY, BOUNDARY, BOUNDARY]);
  });

  test("replaces another boundary", () => {
    expect(
      listBoundaries((scope) => {
        addRole(scope, "role", "arn:aws:iam::123456789012:policy/other");
        Aspects.of(scope).add(new PermissionsBoundary(BOUNDARY));
      }),
    ).toEqual([BOUNDARY]);
  });

  test("is on no role without the aspect", () => {
    expect(
      listBoundaries((scope) => {
        addRole(scope, "role");
      }),
    ).toEqual([undefined]);
  });

  test("is only on roles", () => {
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

function validatePolicy(
  policyName: string,
  statements: readonly IdentityStatement[],
): string[] {
  return collectErrors((scope) => {
    new BoundaryPolicy(scope, "boundary", { policyName, statements });
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

describe("a boundary policy", () => {
  test("is a managed policy with a name", () => {
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

  test("allows the maximum number of characters", () => {
    expect(validatePolicy("auth-boundary", [createStatement(6144)])).toEqual(
      [],
    );
  });

  test("fails when it has more characters", () => {
    expect(validatePolicy("auth-boundary", [createStatement(6145)])).toEqual([
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
