import { readFileSync } from "node:fs";
import path from "node:path";
import { createPlanStatements } from "../../../constructs/deployment/plan-permissions";
import { COMMANDS } from "../../../scripts/commands";
import type { Violation } from "./check-value";

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
  return FREE.test(operation)
    ? undefined
    : (ACTIONS[operation] ?? operation.replace(/^sesv2:/, "ses:"));
}

/** Returns the current name of a command. */
export function getCommandName(nameOrAlias: string): string {
  const entry = Object.values(COMMANDS)
    .flat()
    .find(({ aliases = [] }) => aliases.includes(nameOrAlias));
  return entry?.name ?? nameOrAlias;
}

/** Commands that run another one at their end, and have its actions. */
const INCLUDED: Readonly<Record<string, string>> = { deploy: "doctor" };

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

/** Commands whose Terraform reads a stage as its plan role can. */
const READING_COMMANDS = [
  "token",
  "verify",
  "credentials",
  "outputs",
  "sync-env",
  "plan",
  "review",
  "access",
  "drift",
  "orphans",
];
const PLAN_ACTIONS = createPlanStatements({
  stage: "any",
  stackName: "any",
  region: "us-west-2",
  accountId: "000000000000",
  stateBucket: "any",
  stateKey: "any",
  stateEncryptionKeyArn: null,
  boundaryPolicyArn: "any",
  deployRolePath: "/",
  userPoolId: "any",
  environmentSecretName: "any",
  triggerArns: ["any"],
  webAclArn: "any",
  customDomain: { domain: "any", zoneId: "any" },
})
  .filter(({ Effect }) => Effect === "Allow")
  .flatMap(({ Action }) => Action);

/**
 * Returns the problem of a command's call that needs another IAM action than the documentation or, for its Terraform, the plan
 * role lists. The Terraform of other commands needs the apply role or an administrator.
 */
export function findPermissionProblem(
  documented: ReadonlyMap<string, readonly string[]>,
  operation: string,
  sender: string,
): Violation | undefined {
  const [, name = "", program] =
    /^([\w-]+) \((aws-sdk-js|Terraform)\)$/.exec(sender) ?? [];
  const action = getIamAction(operation);
  if (program === undefined || action === undefined) return undefined;
  const command = getCommandName(name);
  const own = program === "aws-sdk-js";
  if (!own && !READING_COMMANDS.includes(command)) return undefined;
  const allowed = own
    ? documented.get(INCLUDED[command] ?? command)
    : PLAN_ACTIONS;
  return allowed?.includes(action) === true
    ? undefined
    : {
        member: action,
        rule: `must be ${own ? "in docs/security.md" : "an action of the plan role"}`,
      };
}
