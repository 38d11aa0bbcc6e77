import { stageArns, type DeployScope } from "./deploy-scope";
import type { IdentityStatement } from "../policy-document";

/** Returns what reading a stage's state requires, and its lock, which names the run that writes it. */
export function createStateReadStatements(
  scope: DeployScope,
): IdentityStatement[] {
  const { state, lock } = stageArns(scope);
  return [
    findState(scope),
    {
      Sid: "ReadState",
      Effect: "Allow",
      Action: "s3:GetObject",
      Resource: [state, lock],
    },
    ...useStateKey(scope, ["kms:Decrypt", "kms:DescribeKey"]),
  ];
}

/** Returns what writing a stage's state under its lock requires; the state itself is never deleted. */
export function createStateWriteStatements(
  scope: DeployScope,
): IdentityStatement[] {
  const { state, lock } = stageArns(scope);
  return [
    findState(scope),
    {
      Sid: "WriteState",
      Effect: "Allow",
      Action: ["s3:GetObject", "s3:PutObject"],
      Resource: [state, lock],
    },
    {
      Sid: "UnlockState",
      Effect: "Allow",
      Action: "s3:DeleteObject",
      Resource: lock,
    },
    ...useStateKey(scope, [
      "kms:Decrypt",
      "kms:DescribeKey",
      "kms:GenerateDataKey",
    ]),
  ];
}

function findState(scope: DeployScope): IdentityStatement {
  return {
    Sid: "FindState",
    Effect: "Allow",
    Action: "s3:ListBucket",
    Resource: stageArns(scope).bucket,
    // Terraform looks for workspaces, which there are none of
    Condition: { StringEquals: { "s3:prefix": [scope.stateKey, "env:/"] } },
  };
}

function useStateKey(
  { stateEncryptionKeyArn }: DeployScope,
  actions: readonly string[],
): IdentityStatement[] {
  return stateEncryptionKeyArn === undefined
    ? []
    : [
        {
          Sid: "UseStateKey",
          Effect: "Allow",
          Action: actions,
          Resource: stateEncryptionKeyArn,
        },
      ];
}
