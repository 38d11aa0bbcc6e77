import { getStageArns, type DeployScope } from "./deploy-scope";
import type { IdentityStatement } from "../policy-document";

/** Returns the permissions to read a stage's state and its lock, which names the run that holds it. */
export function createStateReadStatements(
  scope: DeployScope,
): IdentityStatement[] {
  const { state, lock } = getStageArns(scope);
  return [
    createListStatement(scope),
    {
      Sid: "ReadState",
      Effect: "Allow",
      Action: "s3:GetObject",
      Resource: [state, lock],
    },
    ...createKeyStatements(scope, ["kms:Decrypt", "kms:DescribeKey"]),
  ];
}

/** Returns the permissions to write a stage's state and its lock, but not to delete the state. */
export function createStateWriteStatements(
  scope: DeployScope,
): IdentityStatement[] {
  const { state, lock } = getStageArns(scope);
  return [
    createListStatement(scope),
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
    ...createKeyStatements(scope, [
      "kms:Decrypt",
      "kms:DescribeKey",
      "kms:GenerateDataKey",
    ]),
  ];
}

function createListStatement(scope: DeployScope): IdentityStatement {
  return {
    Sid: "FindState",
    Effect: "Allow",
    Action: "s3:ListBucket",
    Resource: getStageArns(scope).bucket,
    // Terraform lists workspaces under env:/
    Condition: { StringEquals: { "s3:prefix": [scope.stateKey, "env:/"] } },
  };
}

function createKeyStatements(
  { stateEncryptionKeyArn }: DeployScope,
  actions: readonly string[],
): IdentityStatement[] {
  return stateEncryptionKeyArn === null
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
