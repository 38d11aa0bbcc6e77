import { OidcReadOnlyRole } from "../../constructs/oidc-read-only-role";
import type { OidcRoleProps } from "../../constructs/oidc-role";
import type { IdentityStatement } from "../../constructs/policy-document";
import {
  collectErrors,
  getOnlyResource,
  synthesizeConstructs,
} from "../support/synth";

const ISSUER = "token.actions.githubusercontent.com";
const MINIMAL_PROPS: OidcRoleProps = {
  region: "us-west-2",
  provider: {
    issuer: ISSUER,
    providerArn: `arn:aws:iam::123456789012:oidc-provider/${ISSUER}`,
  },
  roleName: "auth-dev-plan",
  subjects: ["repo:octo/auth:pull_request"],
};

function validateProps(props: Partial<OidcRoleProps>): string[] {
  return collectErrors((scope) => {
    new OidcReadOnlyRole(scope, "role", { ...MINIMAL_PROPS, ...props });
  });
}

function createProps(
  Action: string | string[],
  Resource: string | string[] = "*",
): { readonly statements: readonly IdentityStatement[] } {
  return { statements: [{ Effect: "Allow", Action, Resource }] };
}

describe("a read-only OIDC role", () => {
  test("can trust pull requests", () => {
    const role = getOnlyResource(
      synthesizeConstructs((scope) => {
        new OidcReadOnlyRole(scope, "role", MINIMAL_PROPS);
      }),
      "aws_iam_role",
    );
    expect(role.assume_role_policy).toContain('"repo:octo/auth:pull_request"');
    expect(validateProps({})).toEqual([]);
  });

  test("can read and decrypt", () => {
    expect(
      validateProps(
        createProps([
          "iam:GetRole",
          "iam:ListRoles",
          "kms:Decrypt",
          "kms:DescribeKey",
        ]),
      ),
    ).toEqual([]);
    expect(
      validateProps({
        statements: [
          { Effect: "Deny", Action: "iam:CreateRole", Resource: "*" },
        ],
      }),
    ).toEqual([]);
  });

  test.each([
    ["iam:PutRolePolicy", "*"],
    ["s3:*", "*"],
    ["*", "*"],
    ["s3:Get*Delete", "*"],
    ["s3:PutObject", "arn:aws:s3:::ours/state"],
    ["s3:PutObject", "arn:aws:s3:::ours/state.tflock"],
    ["s3:DeleteObject", "arn:aws:s3:::ours/state.tflock"],
    ["kms:Encrypt", "*"],
    ["kms:GenerateDataKey", "*"],
  ])("fails when it may %s on %s", (action, resource) => {
    expect(validateProps(createProps(action, resource))).toEqual([
      `action of a read-only role must be Get, List or Describe, got "${action}"`,
    ]);
  });

  test("fails when it has a managed policy", () => {
    expect(
      validateProps({
        managedPolicyArns: ["arn:aws:iam::aws:policy/ReadOnlyAccess"],
      }),
    ).toEqual(["managed policies of a read-only role must be none, got 1"]);
  });

  test("fails when its subject is a pattern", () => {
    expect(validateProps({ subjects: ["repo:octo/*"] })).toEqual([
      expect.stringMatching(/^OIDC subject of a read-only role must be/),
    ]);
  });
});
