import {
  UserPoolGroup,
  type UserPoolGroupProps,
} from "../../constructs/user-pool-group";
import {
  collectErrors,
  createUnknownText,
  getOnlyResource,
  resolveValue,
  synthesizeConstructs,
} from "../support/synth";
import { createUserPool } from "../support/user-pools";

const MINIMAL_PROPS: UserPoolGroupProps = {
  userPool: createUserPool(),
  groupName: "veda-readers",
  description: "Users that have read-access to the VEDA store",
  precedence: 4,
  roleArn: "arn:aws:iam::123456789012:role/auth-dev-veda-readers",
};

function validateProps(props: Partial<UserPoolGroupProps>): string[] {
  return collectErrors((scope) => {
    new UserPoolGroup(scope, "group", { ...MINIMAL_PROPS, ...props });
  });
}

describe("a group", () => {
  test("has a name, a description, a precedence and a role", () => {
    expect(
      getOnlyResource(
        synthesizeConstructs((scope) => {
          new UserPoolGroup(scope, "group", MINIMAL_PROPS);
        }),
        "aws_cognito_user_group",
      ),
    ).toEqual({
      name: "veda-readers",
      description: "Users that have read-access to the VEDA store",
      precedence: 4,
      role_arn: "arn:aws:iam::123456789012:role/auth-dev-veda-readers",
      user_pool_id: "us-west-2_Example",
    });
    expect(validateProps({})).toEqual([]);
  });

  test("allows a role that only Terraform knows", () => {
    expect(validateProps({ roleArn: createUnknownText() })).toEqual([]);
  });

  test("allows precedence 1 and an empty description", () => {
    expect(validateProps({ precedence: 1, description: "" })).toEqual([]);
  });
});

describe("a group", () => {
  const readGroup = (read: (group: UserPoolGroup) => unknown, props = {}) =>
    resolveValue((scope) =>
      read(new UserPoolGroup(scope, "group", { ...MINIMAL_PROPS, ...props })),
    );

  test("exposes its name as a reference, its precedence and its role", () => {
    expect(readGroup(({ groupName }) => groupName)).toMatch(
      /^\$\{aws_cognito_user_group\.group_\w+\.name\}$/,
    );
    expect(readGroup(({ precedence }) => precedence)).toBe(4);
    expect(readGroup(({ role }) => role)).toEqual({
      roleArn: MINIMAL_PROPS.roleArn,
      roleName: "auth-dev-veda-readers",
    });
  });

  test("has a role without its path, or the role of the app", () => {
    const roleArn = "arn:aws:iam::123456789012:role/team/readers";
    expect(readGroup(({ role }) => role.roleName, { roleArn })).toBe("readers");
    expect(
      readGroup(({ role }) => role.roleName, { roleArn: createUnknownText() }),
    ).toMatch(/^\$\{basename\(/);
    const role = { roleArn, roleName: "other" };
    expect(readGroup((group) => group.role, { role })).toEqual(role);
  });

  test("is imported by its name", () => {
    expect(UserPoolGroup.fromGroupName("readers")).toEqual({
      groupName: "readers",
    });
    expect(() => UserPoolGroup.fromGroupName("a b")).toThrow(
      /^group name must be /,
    );
  });
});

describe("a group fails when", () => {
  test.each<[string, Partial<UserPoolGroupProps>, RegExp]>([
    [
      "its name has a space",
      { groupName: "veda readers" },
      /^group name must be .*got "veda readers"$/,
    ],
    [
      "its description is too long",
      { description: "d".repeat(2049) },
      /^group description must be 0-2048 /,
    ],
    [
      "its precedence is zero, which AWS drops",
      { precedence: 0 },
      /^group precedence must be .*got 0$/,
    ],
    [
      "its precedence is negative",
      { precedence: -1 },
      /^group precedence must be .*got -1$/,
    ],
    [
      "its role is a name",
      { roleArn: "reader" },
      /^role ARN must be .*got "reader"$/,
    ],
  ])("%s", (_, props, message) => {
    expect(validateProps(props)).toEqual([expect.stringMatching(message)]);
  });
});
