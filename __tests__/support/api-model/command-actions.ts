import { readFileSync } from "node:fs";
import path from "node:path";
import { COMMANDS } from "../../../scripts/commands";

const PAGE = path.resolve(__dirname, "../../../docs/security.md");

/** Operations whose actions in IAM have other names. */
const ACTIONS: Readonly<Record<string, string>> = {
  "s3:GetBucketEncryption": "s3:GetEncryptionConfiguration",
  "s3:GetBucketLifecycleConfiguration": "s3:GetLifecycleConfiguration",
  "s3:GetPublicAccessBlock": "s3:GetBucketPublicAccessBlock",
  "s3:HeadBucket": "s3:ListBucket",
  "s3:HeadObject": "s3:GetObject",
  "s3:ListBuckets": "s3:ListAllMyBuckets",
  "s3:ListObjectsV2": "s3:ListBucket",
  "s3:PutBucketEncryption": "s3:PutEncryptionConfiguration",
  "s3:PutBucketLifecycleConfiguration": "s3:PutLifecycleConfiguration",
  "s3:PutPublicAccessBlock": "s3:PutBucketPublicAccessBlock",
};

/** Operations that need no permission, or a token of the user. */
const FREE =
  /^(sts:GetCallerIdentity|cognito-identity:(GetId|GetCredentialsForIdentity)|cognito-idp:(InitiateAuth|RespondToAuthChallenge|AssociateSoftwareToken|VerifySoftwareToken|ForgotPassword|ConfirmForgotPassword|GetTokensFromRefreshToken|RevokeToken))$/;

/** Returns the IAM action that an operation needs; `undefined` if it needs none. */
export function getIamAction(operation: string): string | undefined {
  return FREE.test(operation) ? undefined : (ACTIONS[operation] ?? operation);
}

/** Returns the current name of a command. */
export function getCommandName(nameOrAlias: string): string {
  const entry = Object.values(COMMANDS)
    .flat()
    .find(({ aliases = [] }) => aliases.includes(nameOrAlias));
  return entry?.name ?? nameOrAlias;
}

/** Reads the IAM actions of each command from its row in the documentation. */
export function readCommandActions(
  page = readFileSync(PAGE, "utf8"),
): Map<string, readonly string[]> {
  const rows = page.matchAll(/^\| `([\w-]+)` +\| (`\w[\w-]*:.*) \|$/gm);
  return new Map(
    [...rows].map(([, command = "", actions = ""]) => [
      command,
      [...actions.matchAll(/`([\w-]+:\w+)`/g)].map(([, action = ""]) => action),
    ]),
  );
}

/**
 * Returns the IAM action of a command's own call that the documentation does not list. The calls of its Terraform are those
 * of a deploy role or an administrator.
 */
export function findUndocumentedAction(
  documented: ReadonlyMap<string, readonly string[]>,
  operation: string,
  sender: string,
): string | undefined {
  const command = /^([\w-]+) \(aws-sdk-js\)$/.exec(sender)?.[1];
  const action = getIamAction(operation);
  return command === undefined ||
    action === undefined ||
    documented.get(getCommandName(command))?.includes(action) === true
    ? undefined
    : action;
}
