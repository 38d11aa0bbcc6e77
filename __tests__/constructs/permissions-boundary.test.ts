import { CognitoUserPool } from "@cdktf/provider-aws/lib/cognito-user-pool";
import { IamRole } from "@cdktf/provider-aws/lib/iam-role";
import { Aspects } from "cdktf";
import { Construct } from "constructs";
import { PermissionsBoundary } from "../../constructs/permissions-boundary";
import { only, synthesized } from "../support/synth";

const BOUNDARY = "arn:aws:iam::123456789012:policy/boundary";

function role(scope: Construct, id: string, boundary?: string): IamRole {
  return new IamRole(scope, id, {
    assumeRolePolicy: "{}",
    ...(boundary !== undefined && { permissionsBoundary: boundary }),
  });
}

function boundaries(build: (scope: Construct) => void): unknown[] {
  const { resource } = synthesized((scope) => {
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
    const configuration = synthesized((scope) => {
      new CognitoUserPool(scope, "pool", { name: "pool" });
      Aspects.of(scope).add(new PermissionsBoundary(BOUNDARY));
    });
    expect(only(configuration, "aws_cognito_user_pool")).toEqual({
      name: "pool",
    });
  });
});
