import {
  IdentityPoolRole,
  type IdentityPoolRoleProps,
} from "../../constructs/identity-pool-role";
import { createIdentityPoolTrustStatement } from "../../constructs/identity-pool-trust";
import type { IdentityStatement } from "../../constructs/policy-document";
import {
  collectErrors,
  createUnknownText,
  getOnlyResource,
  parsePolicy,
  resolveValue,
  synthesizeConstructs,
} from "../support/synth";

const POOL_ID = "us-west-2:12345678-1234-1234-1234-123456789012";
const MINIMAL_PROPS: IdentityPoolRoleProps = {
  identityPoolId: POOL_ID,
  roleName: "auth-dev-readers",
  statements: [],
};
const READ: IdentityStatement = {
  Effect: "Allow",
  Action: "s3:GetObject",
  Resource: "arn:aws:s3:::store/*",
};

function synthesizeRole(props: Partial<IdentityPoolRoleProps> = {}) {
  return synthesizeConstructs((scope) => {
    new IdentityPoolRole(scope, "role", { ...MINIMAL_PROPS, ...props });
  });
}

function validateProps(props: Partial<IdentityPoolRoleProps>): string[] {
  return collectErrors((scope) => {
    new IdentityPoolRole(scope, "role", { ...MINIMAL_PROPS, ...props });
  });
}

/** Creates a statement whose policy has `count` characters. */
function createStatement(count: number): IdentityStatement {
  const around = JSON.stringify({
    Version: "2012-10-17",
    Statement: [{ ...READ, Resource: "" }],
  }).length;
  return { ...READ, Resource: "a".repeat(count - around) };
}

describe("an identity pool role", () => {
  test("requires an identity pool and a name, and has no permissions", () => {
    const configuration = synthesizeRole();
    expect(getOnlyResource(configuration, "aws_iam_role")).toMatchObject({
      name: "auth-dev-readers",
    });
    expect(getOnlyResource(configuration, "aws_iam_role")).not.toHaveProperty(
      "description",
    );
    expect(Object.keys(configuration.resource)).toEqual(["aws_iam_role"]);
    expect(validateProps({})).toEqual([]);
  });

  test("trusts only authenticated identities of its identity pool", () => {
    expect(
      parsePolicy(
        getOnlyResource(synthesizeRole(), "aws_iam_role"),
        "assume_role_policy",
      ),
    ).toEqual({
      Version: "2012-10-17",
      Statement: [
        {
          Effect: "Allow",
          Principal: { Federated: "cognito-identity.amazonaws.com" },
          Action: "sts:AssumeRoleWithWebIdentity",
          Condition: {
            StringEquals: { "cognito-identity.amazonaws.com:aud": POOL_ID },
            "ForAnyValue:StringLike": {
              "cognito-identity.amazonaws.com:amr": "authenticated",
            },
          },
        },
      ],
    });
  });

  test("trusts an identity pool that only Terraform knows", () => {
    expect(
      parsePolicy(
        getOnlyResource(
          synthesizeRole({
            identityPoolId: createUnknownText(),
          }),
          "aws_iam_role",
        ),
        "assume_role_policy",
      ),
    ).toMatchObject({
      Statement: [
        createIdentityPoolTrustStatement(
          expect.stringContaining("timestamp()") as string,
          "us-west-2",
        ),
      ],
    });
  });

  test("has its statements in one inline policy with the role's name", () => {
    const configuration = synthesizeRole({ statements: [READ] });
    const policy = getOnlyResource(configuration, "aws_iam_role_policy");
    expect(policy.name).toBe("auth-dev-readers");
    expect(policy.role).toMatch(/^\$\{aws_iam_role\.role_\w+\.id\}$/);
    expect(parsePolicy(policy)).toEqual({
      Version: "2012-10-17",
      Statement: [READ],
    });
  });

  test("ignores changes of its name and path, and of its policy's name", () => {
    const configuration = synthesizeRole({ statements: [READ] });
    const [own, policy] = ["aws_iam_role", "aws_iam_role_policy"].map(
      (type) => getOnlyResource(configuration, type).lifecycle,
    );
    expect(own).toEqual({ ignore_changes: ["name", "path"] });
    expect(policy).toEqual({ ignore_changes: ["name"] });
  });

  test("has a description", () => {
    expect(
      getOnlyResource(
        synthesizeRole({ description: "Readers" }),
        "aws_iam_role",
      ).description,
    ).toBe("Readers");
  });

  test("exposes its ARN as a reference", () => {
    expect(
      resolveValue(
        (scope) => new IdentityPoolRole(scope, "role", MINIMAL_PROPS).roleArn,
      ),
    ).toMatch(/^\$\{aws_iam_role\.role_\w+\.arn\}$/);
  });

  test("allows an inline policy of 10,240 characters", () => {
    expect(validateProps({ statements: [createStatement(10_240)] })).toEqual(
      [],
    );
  });

  test("allows statements that only Terraform knows", () => {
    expect(
      validateProps({
        statements: [{ ...READ, Resource: createUnknownText() }],
      }),
    ).toEqual([]);
  });
});

describe("an identity pool role fails when", () => {
  test.each<[string, Partial<IdentityPoolRoleProps>, RegExp]>([
    [
      "its name is too long",
      { roleName: "a".repeat(65) },
      /^role name must be 1-64 .*got/,
    ],
    [
      "its name has a space",
      { roleName: "a b" },
      /^role name must be .*got "a b"$/,
    ],
    [
      "its description is too long",
      { description: "a".repeat(1001) },
      /^role description must be 0-1000 /,
    ],
    [
      "its inline policy is too long",
      { statements: [createStatement(10_241)] },
      /^number of characters of a role's inline policies must be at most 10240, got 10241$/,
    ],
  ])("%s", (_, props, message) => {
    expect(validateProps(props)).toEqual([expect.stringMatching(message)]);
  });
});

test("an identity pool role fails when a statement has an invalid action", () => {
  expect(
    validateProps({ statements: [{ ...READ, Action: "nonsense" }] }),
  ).toEqual(['policy action must be service:Action, got "nonsense"']);
});
