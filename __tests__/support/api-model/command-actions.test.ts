import { COMMANDS } from "../../../scripts/commands";
import {
  findUndocumentedAction,
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
  ["get-service-token (aws-sdk-js)", undefined],
  ["outputs (aws-sdk-js)", "secretsmanager:GetSecretValue"],
  ["outputs (Terraform)", undefined],
  ["aws-sdk-js", undefined],
])("a secret that %s reads needs an undocumented %s", (sender, action) => {
  expect(
    findUndocumentedAction(actions, "secretsmanager:GetSecretValue", sender),
  ).toBe(action);
});
