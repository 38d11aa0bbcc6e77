import { allow, type IdentityStatement } from "../policy-document";
import { type DeployScope, getStageArns } from "./deploy-scope";

/** Returns the permissions to read the lock of a stage's state, which names the run that holds it; not the state. */
export function createLockReadStatements(
  scope: DeployScope,
): IdentityStatement[] {
  const { bucket, lock } = getStageArns(scope);
  return [
    // otherwise S3 denies access to a lock that does not exist
    allow("FindLock", "s3:ListBucket", bucket, {
      StringEquals: { "s3:prefix": `${scope.stateKey}.tflock` },
    }),
    allow("ReadLock", "s3:GetObject", lock),
    ...createKeyStatements(scope, ["kms:Decrypt"]),
  ];
}

/** Returns the permissions to read a stage's state and its lock, which names the run that holds it. */
export function createStateReadStatements(
  scope: DeployScope,
): IdentityStatement[] {
  const { state, lock } = getStageArns(scope);
  return [
    createListStatement(scope),
    allow("ReadState", "s3:GetObject", [state, lock]),
    ...createKeyStatements(scope, ["kms:Decrypt", "kms:DescribeKey"]),
  ];
}

/** Returns the permissions to write a stage's state and its lock, but not to delete the state. */
export function createStateWriteStatements(
  scope: DeployScope,
): IdentityStatement[] {
  const { state, lock } = getStageArns(scope);
  const keyActions = ["kms:Decrypt", "kms:DescribeKey", "kms:GenerateDataKey"];
  return [
    createListStatement(scope),
    allow("WriteState", ["s3:GetObject", "s3:PutObject"], [state, lock]),
    allow("UnlockState", "s3:DeleteObject", lock),
    ...createKeyStatements(scope, keyActions),
  ];
}

function createListStatement(scope: DeployScope): IdentityStatement {
  return allow("FindState", "s3:ListBucket", getStageArns(scope).bucket, {
    // Terraform lists workspaces under env:/
    StringEquals: { "s3:prefix": [scope.stateKey, "env:/"] },
  });
}

function createKeyStatements(
  { stateEncryptionKeyArn }: DeployScope,
  actions: readonly string[],
): IdentityStatement[] {
  return stateEncryptionKeyArn === null
    ? []
    : [allow("UseStateKey", actions, stateEncryptionKeyArn)];
}
