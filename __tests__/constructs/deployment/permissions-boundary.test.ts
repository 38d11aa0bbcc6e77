import { CognitoUserPool } from "@cdktf/provider-aws/lib/cognito-user-pool";
import { IamRole } from "@cdktf/provider-aws/lib/iam-role";
import { Aspects } from "cdktf";
import { Construct } from "constructs";
import {
  BoundaryPolicy,
  PermissionsBoundary,
} from "../../../constructs/deployment/permissions-boundary";
import {
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

test("a boundary policy is a managed policy in the partition of its Region", () => {
  const block = getOnlyResource(
    synthesizeConstructs((scope) => {
      new BoundaryPolicy(scope, "boundary", {
        policyName: "auth-boundary",
        buckets: ["store"],
        stateBucket: "our-state",
        stateEncryptionKeyArn: null,
      });
    }, "us-gov-west-1"),
    "aws_iam_policy",
  );
  expect(block.name).toBe("auth-boundary");
  expect(parsePolicy(block)).toMatchObject({
    Statement: [
      {
        Resource: ["arn:aws-us-gov:s3:::store", "arn:aws-us-gov:s3:::store/*"],
      },
      { Effect: "Deny", Action: "s3:*" },
    ],
  });
});
