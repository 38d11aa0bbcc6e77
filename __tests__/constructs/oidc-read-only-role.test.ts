import { Fn } from "cdktf";
import { OidcReadOnlyRole } from "../../constructs/oidc-read-only-role";
import type { OidcRoleProps } from "../../constructs/oidc-role";
import type { IdentityStatement } from "../../constructs/policy-document";
import { removeTemporaryDirectories } from "../support/stage";
import {
  collectErrors,
  createUnknownText,
  getOnlyResource,
  synthesizeConstructs,
} from "../support/synth";
import { TerraformSyntax } from "../support/terraform-syntax";
import { createUnknownList } from "../support/unknown-collections";

afterAll(removeTemporaryDirectories);

const ISSUER = "token.actions.githubusercontent.com";
const MINIMAL_PROPS: OidcRoleProps = {
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

describe("an action that only Terraform knows", () => {
  const getLifecycle = (
    Effect: "Allow" | "Deny",
    Action: string | string[],
  ): unknown => {
    const statements = [{ Effect, Action, Resource: "*" }];
    expect(validateProps({ statements })).toEqual([]);
    return getOnlyResource(
      synthesizeConstructs((scope) => {
        new OidcReadOnlyRole(scope, "role", { ...MINIMAL_PROPS, statements });
      }),
      "aws_iam_role",
    ).lifecycle;
  };

  test("is not checked if it is denied", () => {
    expect(getLifecycle("Deny", createUnknownList("s3:Put*"))).toBeUndefined();
  });

  test("does not hide another action", () => {
    const actions = ["s3:PutObject", createUnknownText()];
    expect(validateProps(createProps(actions))).toEqual([
      'action of a read-only role must be Get, List or Describe, got "s3:PutObject"',
    ]);
  });

  test.each([
    ["a list that reads", createUnknownList("s3:GetObject", "kms:Decrypt"), ""],
    ["a text that reads", Fn.join(":", ["iam", "ListRoles"]), ""],
    [
      "a list that writes",
      createUnknownList("s3:GetObject", "s3:PutObject"),
      "Actions of a read-only role must be Get, List or Describe.",
    ],
    [
      "a text with a wildcard",
      ["s3:GetObject", Fn.lower("S3:*")],
      "Actions of a read-only role must be Get, List or Describe.",
    ],
  ])("is checked by Terraform: %s", (name, action, message) => {
    const syntax = new TerraformSyntax();
    const here = syntax.write(name, {
      "main.tf.json": JSON.stringify({
        resource: {
          terraform_data: { x: { lifecycle: getLifecycle("Allow", action) } },
        },
      }),
    });
    syntax.terraform(here, "init", "-no-color");
    const { status, output } = syntax.run(here, "plan", "-no-color");
    expect(status).toBe(message === "" ? 0 : 1);
    expect(output).toContain(message);
  });
});
