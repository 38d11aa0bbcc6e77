import {
  IdentityPoolRole,
  type IdentityPoolRoleProps,
} from "../../constructs/identity-pool-role";
import { createIdentityPoolTrustStatement } from "../../constructs/identity-pool-trust";
import type { IdentityStatement } from "../../constructs/policy-document";
import {
  getOnlyResource,
  parsePolicy,
  collectProblems,
  resolveValue,
  synthesizeConstructs,
  createUnknownText,
} from "../support/synth";

const POOL_ID = "us-west-2:12345678-1234-1234-1234-123456789012";
const SMALLEST: IdentityPoolRoleProps = {
  identityPoolId: POOL_ID,
  region: "us-west-2",
  roleName: "auth-dev-readers",
  statements: [],
};
const READ: IdentityStatement = {
  Effect: "Allow",
  Action: "s3:GetObject",
  Resource: "arn:aws:s3:::store/*",
};

function role(props: Partial<IdentityPoolRoleProps> = {}) {
  return synthesizeConstructs((scope) => {
    new IdentityPoolRole(scope, "role", { ...SMALLEST, ...props });
  });
}

function problems(props: Partial<IdentityPoolRoleProps>): string[] {
  return collectProblems((scope) => {
    new IdentityPoolRole(scope, "role", { ...SMALLEST, ...props });
  });
}

/** A statement that makes a policy of so many characters. */
function ofCharacters(count: number): IdentityStatement {
  const around = JSON.stringify({
    Version: "2012-10-17",
    Statement: [{ ...READ, Resource: "" }],
  }).length;
  return { ...READ, Resource: "a".repeat(count - around) };
}

describe("a group's role", () => {
  test("needs an identity pool and a name, and allows nothing", () => {
    const configuration = role();
    expect(getOnlyResource(configuration, "aws_iam_role")).toMatchObject({
      name: "auth-dev-readers",
    });
    expect(getOnlyResource(configuration, "aws_iam_role")).not.toHaveProperty(
      "description",
    );
    expect(Object.keys(configuration.resource)).toEqual(["aws_iam_role"]);
    expect(problems({})).toEqual([]);
  });

  test("is assumed by signed-in users of its own identity pool alone", () => {
    expect(
      parsePolicy(
        getOnlyResource(role(), "aws_iam_role"),
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

  test("trusts an identity pool that Terraform alone will know", () => {
    expect(
      parsePolicy(
        getOnlyResource(
          role({
            identityPoolId: createUnknownText(),
          }),
          "aws_iam_role",
        ),
        "assume_role_policy",
      ),
    ).toMatchObject({
      Statement: [
        createIdentityPoolTrustStatement("${timestamp()}", "us-west-2"),
      ],
    });
  });

  test("allows its statements in one inline policy of its own name", () => {
    const configuration = role({ statements: [READ] });
    const policy = getOnlyResource(configuration, "aws_iam_role_policy");
    expect(policy.name).toBe("auth-dev-readers");
    expect(policy.role).toMatch(/^\$\{aws_iam_role\.role_\w+\.id\}$/);
    expect(parsePolicy(policy)).toEqual({
      Version: "2012-10-17",
      Statement: [READ],
    });
  });

  test("keeps the name and the path that it was taken over with, and its policy the name", () => {
    const configuration = role({ statements: [READ] });
    const [own, policy] = ["aws_iam_role", "aws_iam_role_policy"].map(
      (type) => getOnlyResource(configuration, type).lifecycle,
    );
    expect(own).toEqual({ ignore_changes: ["name", "path"] });
    expect(policy).toEqual({ ignore_changes: ["name"] });
  });

  test("is described as was said", () => {
    expect(
      getOnlyResource(role({ description: "Readers" }), "aws_iam_role")
        .description,
    ).toBe("Readers");
  });

  test("offers its ARN by reference", () => {
    expect(
      resolveValue(
        (scope) => new IdentityPoolRole(scope, "role", SMALLEST).roleArn,
      ),
    ).toMatch(/^\$\{aws_iam_role\.role_\w+\.arn\}$/);
  });

  test("may have an inline policy of 10,240 characters", () => {
    expect(problems({ statements: [ofCharacters(10_240)] })).toEqual([]);
  });

  test("may have statements that Terraform alone will know", () => {
    expect(
      problems({ statements: [{ ...READ, Resource: createUnknownText() }] }),
    ).toEqual([]);
  });
});

describe("a group's role fails when", () => {
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
      { statements: [ofCharacters(10_241)] },
      /^number of characters of a role's inline policies must be at most 10240, got 10241$/,
    ],
  ])("%s", (_, props, message) => {
    expect(problems(props)).toEqual([expect.stringMatching(message)]);
  });
});

test("a group role fails when a statement has an action that is none", () => {
  expect(problems({ statements: [{ ...READ, Action: "nonsense" }] })).toEqual([
    'policy action must be service:Action, got "nonsense"',
  ]);
});
