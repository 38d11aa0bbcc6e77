import { COMMANDS } from "../../../scripts/commands";
import {
  findPermissionProblem,
  getIamAction,
  readCommandActions,
} from "./command-actions";

const actions = readCommandActions();

test("security.md lists IAM actions of commands", () => {
  const names = Object.values(COMMANDS)
    .flat()
    .map(({ name }) => name);
  expect([...actions.keys()].filter((name) => !names.includes(name))).toEqual(
    [],
  );
  expect(actions.get("token")).toEqual(["secretsmanager:GetSecretValue"]);
  for (const list of actions.values())
    expect(list).toEqual([...new Set(list)].sort());
});

test.each([
  ["cognito-idp:ListUsers", "cognito-idp:ListUsers"],
  ["cognito-idp:InitiateAuth", undefined],
  ["sts:GetCallerIdentity", undefined],
  ["s3:HeadBucket", "s3:ListBucket"],
  ["s3:GetBucketLifecycleConfiguration", "s3:GetLifecycleConfiguration"],
])("%s needs %s", (operation, action) => {
  expect(getIamAction(operation)).toBe(action);
});

test.each([
  [
    "get-service-token (aws-sdk-js)",
    "secretsmanager:GetSecretValue",
    undefined,
  ],
  ["token (aws-sdk-js)", "cognito-idp:InitiateAuth", undefined],
  [
    "outputs (aws-sdk-js)",
    "secretsmanager:GetSecretValue",
    "must be in docs/security.md",
  ],
  ["deploy (aws-sdk-js)", "cognito-idp:DescribeUserPool", undefined],
  [
    "deploy (aws-sdk-js)",
    "cognito-idp:DeleteUserPool",
    "must be in docs/security.md",
  ],
  ["diff (Terraform)", "iam:GetRole", undefined],
  ["plan (Terraform)", "s3:HeadObject", undefined],
  ["plan (Terraform)", "s3:PutObject", "must be an action of the plan role"],
  ["deploy (Terraform)", "s3:PutObject", undefined],
  ["aws-sdk-js", "s3:PutObject", undefined],
])("%s with %s has the problem %s", (sender, operation, rule) => {
  expect(findPermissionProblem(actions, operation, sender)?.rule).toBe(rule);
});
