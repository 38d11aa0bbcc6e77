import { allow, type IdentityStatement } from "../policy-document";
import {
  createStageTagCondition,
  type DeployScope,
  getStageArns,
} from "./deploy-scope";
import { CLIENT_SECRET_ACTIONS } from "./pool-actions";
import { createLockReadStatements } from "./state-permissions";

/**
 * Returns the permissions to rotate the client secrets of a stage. They include its settings, and the lock of its state: a
 * rotation deletes no secret while the state is locked. They do not include the state.
 */
export function createRotateStatements(
  scope: DeployScope,
): IdentityStatement[] {
  const arn = getStageArns(scope);
  return [
    ...createLockReadStatements(scope),
    allow(
      "RotateSecrets",
      [
        "secretsmanager:GetSecretValue",
        "secretsmanager:ListSecretVersionIds",
        "secretsmanager:PutSecretValue",
        "secretsmanager:UpdateSecretVersionStage",
      ],
      arn.secrets,
    ),
    allow(
      "ReadSettings",
      "secretsmanager:GetSecretValue",
      arn.environmentSecret,
    ),
    scope.userPoolId === undefined
      ? allow(
          "RotateClients",
          CLIENT_SECRET_ACTIONS,
          arn.userPools,
          createStageTagCondition(scope),
        )
      : allow(
          "RotateClientsOfExistingPool",
          CLIENT_SECRET_ACTIONS,
          arn.userPool(scope.userPoolId),
        ),
  ];
}
