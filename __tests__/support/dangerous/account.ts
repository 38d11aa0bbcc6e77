import { githubTrust } from "../plan-cases";
import {
  combineEdits,
  editBlock,
  removeResources,
  editPolicy,
  setAttributes,
  type Json,
} from "../plan-edits";
import {
  ADMINISTRATOR,
  policyDocument,
  FOREIGN,
  GITHUB,
  UNKNOWN_TEXT,
  UNKNOWN_BOOLEAN,
  setUnknown,
  addResource,
  trustPolicy,
  type DangerousCases,
} from "./resources";

const KEY = "aws_kms_key.state-encryption-key";
const BUCKET = "aws_s3_bucket.state-bucket";
const SSE =
  "aws_s3_bucket_server_side_encryption_configuration.state-bucket_encryption";
const LIFECYCLE =
  "aws_s3_bucket_lifecycle_configuration.state-bucket_lifecycle";
const BUCKET_POLICY = "aws_s3_bucket_policy.state-bucket_policy";
const PUBLIC_ACCESS =
  "aws_s3_bucket_public_access_block.state-bucket_public-access";
const VERSIONING = "aws_s3_bucket_versioning.state-bucket_versioning";
const OWNERSHIP = "aws_s3_bucket_ownership_controls.state-bucket_ownership";
const BOUNDARY = "aws_iam_policy.boundary";
const APPLY = "aws_iam_role.deploy-roles_dev-apply";
const PLAN = "aws_iam_role.deploy-roles_dev-plan";
const PLAN_POLICY = "aws_iam_role_policy.deploy-roles_dev-plan_policy";
const APPLY_POLICY = "aws_iam_role_policy.deploy-roles_dev-apply_policy";
const ALIAS = "aws_kms_alias.state-encryption-key_alias";
const STATES = ["arn:aws:s3:::our-auth-state", "arn:aws:s3:::our-auth-state/*"];

const read = (Principal: unknown) => ({
  Effect: "Allow",
  Principal,
  Action: "s3:GetObject",
  Resource: "arn:aws:s3:::our-auth-state/*",
});
const bucketPolicy = (...added: readonly Json[]) =>
  editPolicy(BUCKET_POLICY, (statements) => [...statements, ...added]);
const subject = (operator: string, value: string): string => {
  const audience = { [`${GITHUB}:aud`]: "sts.amazonaws.com" };
  const own = { [`${GITHUB}:sub`]: value };
  return githubTrust(
    operator === "StringEquals"
      ? { StringEquals: { ...audience, ...own } }
      : { StringEquals: audience, [operator]: own },
  );
};
const keyPolicy = (statement: Json) =>
  editPolicy(KEY, (statements) => [...statements, statement]);
const rule = (values: Json) =>
  editBlock(LIFECYCLE, (configuration) => {
    configuration.rule = [
      ...(configuration.rule as Json[]),
      { id: "another", status: "Enabled", filter: [{ prefix: "" }], ...values },
    ];
  });

/** Changes of the account stack that a reviewer must see. */
export const ACCOUNT_CASES: DangerousCases = {
  "account-key-disabled": {
    edit: setAttributes(KEY, { is_enabled: false }),
    expect: ["key of the states is disabled: no state can be read"],
  },
  "account-key-enabled-unknown": {
    edit: setUnknown(KEY, { is_enabled: UNKNOWN_BOOLEAN }),
    expect: ["is_enabled of the key: known only after apply"],
  },
  "account-key-rotation-off": {
    edit: setAttributes(KEY, { enable_key_rotation: false }),
    expect: ["key of the states is no longer rotated"],
  },
  "account-key-rotation-slower": {
    edit: setAttributes(KEY, { rotation_period_in_days: 2560 }),
    expect: ["key of the states is rotated every 2560 days"],
  },
  "account-key-window-shorter": {
    edit: setAttributes(KEY, { deletion_window_in_days: 7 }),
    expect: ["a deleted key can be recovered for 7 days, not 30"],
  },
  "account-key-policy-anyone": {
    edit: keyPolicy({
      Effect: "Allow",
      Principal: { AWS: "*" },
      Action: "kms:*",
      Resource: "*",
    }),
    expect: ["key of the states: everyone in AWS can use it"],
  },
  "account-key-policy-foreign-account": {
    edit: keyPolicy({
      Effect: "Allow",
      Principal: { AWS: `${FOREIGN}:root` },
      Action: "kms:Decrypt",
      Resource: "*",
    }),
    expect: ["key of the states: account 111122223333 can decrypt"],
  },
  "account-key-policy-check-bypassed": {
    edit: setAttributes(KEY, { bypass_policy_lockout_safety_check: true }),
    expect: ["key of the states: the check against lockout is bypassed"],
  },
  "account-key-policy-resource": {
    edit: (stack) => {
      const keys = (stack.resource as Record<string, Json>).aws_kms_key ?? {};
      addResource("aws_kms_key_policy", "open", {
        key_id: `\${aws_kms_key.${Object.keys(keys).join("")}.id}`,
        policy: policyDocument({
          Effect: "Allow",
          Principal: { AWS: `${FOREIGN}:root` },
          Action: "kms:*",
          Resource: "*",
        }),
      })(stack);
    },
    expect: ["key of the states: account 111122223333 can use it"],
  },
  "account-key-destroyed": {
    edit: combineEdits(
      removeResources(KEY, ALIAS),
      setAttributes(SSE, { rule: [aes()] }),
      withoutKey,
    ),
    expect: ["key of the states is destroyed"],
  },
  "account-alias-target": {
    edit: setAttributes(ALIAS, {
      target_key_id: "arn:aws:kms:us-west-2:111122223333:key/k",
    }),
    expect: ["states are encrypted with a key of account 111122223333"],
  },
  "account-encryption-lowered": {
    edit: setAttributes(SSE, { rule: [aes()] }),
    expect: ["states are encrypted with AES256 instead of the key"],
  },
  "account-encryption-foreign-key": {
    edit: setAttributes(SSE, {
      rule: [
        {
          apply_server_side_encryption_by_default: {
            sse_algorithm: "aws:kms",
            kms_master_key_id: "arn:aws:kms:us-west-2:111122223333:key/k",
          },
        },
      ],
    }),
    expect: ["states are encrypted with a key of account 111122223333"],
  },
  "account-encryption-unknown": {
    edit: setUnknown(SSE, {
      rule: [
        {
          apply_server_side_encryption_by_default: {
            sse_algorithm: UNKNOWN_TEXT,
          },
        },
      ],
    }),
    expect: ["sse_algorithm: known only after apply"],
  },
  "account-encryption-removed": {
    edit: removeResources(SSE),
    expect: ["encryption of the states is no longer set"],
  },
  "account-lifecycle-expires-states": {
    edit: rule({ expiration: [{ days: 1 }] }),
    expect: ["states are deleted after 1 day"],
  },
  "account-lifecycle-expires-versions": {
    edit: rule({ noncurrent_version_expiration: [{ noncurrent_days: 1 }] }),
    expect: ["old versions of states are deleted after 1 day"],
  },
  "account-lifecycle-archives-states": {
    edit: rule({ transition: [{ days: 1, storage_class: "DEEP_ARCHIVE" }] }),
    expect: ["states are archived after 1 day: they cannot be read"],
  },
  "account-lifecycle-retains-fewer-versions": {
    edit: editBlock(LIFECYCLE, (values) => {
      const [first] = values.rule as Json[];
      Object.assign(first ?? {}, {
        noncurrent_version_expiration: [
          { newer_noncurrent_versions: 1, noncurrent_days: 1 },
        ],
      });
    }),
    expect: ["1 old version of a state is retained, not 50"],
  },
  "account-bucket-policy-anyone": {
    edit: bucketPolicy(read("*")),
    expect: ["state bucket: everyone can read it"],
  },
  "account-bucket-policy-foreign-account": {
    edit: bucketPolicy(read({ AWS: `${FOREIGN}:root` })),
    expect: ["state bucket: account 111122223333 can read it"],
  },
  "account-bucket-policy-role": {
    edit: bucketPolicy(read({ AWS: "arn:aws:iam::000000000000:role/other" })),
    expect: ["state bucket: role other can read it"],
  },
  "account-bucket-policy-deny-removed": {
    edit: editPolicy(BUCKET_POLICY, (statements) =>
      statements.filter(({ Sid }) => Sid !== "NothingIsLost"),
    ),
    expect: ["state bucket: Deny NothingIsLost is removed"],
  },
  "account-bucket-policy-deny-narrowed": {
    edit: editPolicy(BUCKET_POLICY, (statements) =>
      statements.map((statement) =>
        statement.Sid === "NothingIsLost"
          ? { ...statement, Action: "s3:DeleteBucket" }
          : statement,
      ),
    ),
    expect: ["state bucket: versions of states can be deleted"],
  },
  "account-bucket-policy-removed": {
    edit: removeResources(BUCKET_POLICY),
    expect: ["state bucket: its policy, with every Deny, is removed"],
  },
  "account-bucket-policy-unknown": {
    edit: setUnknown(BUCKET_POLICY, { policy: UNKNOWN_TEXT }),
    expect: ["policy of the state bucket: known only after apply"],
  },
  "account-public-access-open": {
    edit: setAttributes(PUBLIC_ACCESS, {
      block_public_policy: false,
      restrict_public_buckets: false,
    }),
    expect: ["state bucket: public access is no longer blocked"],
  },
  "account-public-access-removed": {
    edit: combineEdits(
      editBlock(BUCKET_POLICY, (values) => {
        values.depends_on = undefined;
      }),
      removeResources(PUBLIC_ACCESS),
    ),
    expect: ["state bucket: public access is no longer blocked"],
  },
  "account-public-access-unknown": {
    edit: setUnknown(PUBLIC_ACCESS, { block_public_acls: UNKNOWN_BOOLEAN }),
    expect: ["block_public_acls: known only after apply"],
  },
  "account-versioning-suspended": {
    edit: setAttributes(VERSIONING, {
      versioning_configuration: { status: "Suspended" },
    }),
    expect: ["state bucket: no version of a state is retained"],
  },
  "account-ownership-lowered": {
    edit: setAttributes(OWNERSHIP, {
      rule: { object_ownership: "ObjectWriter" },
    }),
    expect: ["state bucket: access control lists are on again"],
  },
  "account-bucket-force-destroy": {
    edit: setAttributes(BUCKET, { force_destroy: true }),
    expect: ["state bucket: is deleted with all states in it"],
  },
  "account-bucket-replaced": {
    edit: setAttributes(BUCKET, { bucket: "another", lifecycle: undefined }),
    expect: ["state bucket is replaced: all states are lost"],
  },
  "account-boundary-widened": {
    edit: editPolicy(BOUNDARY, (statements) => [
      ...statements,
      { Effect: "Allow", Action: "iam:*", Resource: "*" },
    ]),
    expect: ["boundary of every role: iam:* on everything"],
  },
  "account-boundary-deny-removed": {
    edit: editPolicy(BOUNDARY, (statements) =>
      statements.filter(({ Effect }) => Effect !== "Deny"),
    ),
    expect: ["boundary of every role: Deny NoStates, NoStateKey are removed"],
  },
  "account-boundary-any-bucket": {
    edit: editPolicy(BOUNDARY, (statements) =>
      statements.map((statement) =>
        statement.Effect === "Allow"
          ? { ...statement, Resource: "*" }
          : statement,
      ),
    ),
    expect: ["boundary of every role: every bucket"],
  },
  "account-boundary-unknown": {
    edit: setUnknown(BOUNDARY, { policy: UNKNOWN_TEXT }),
    expect: ["boundary of every role: known only after apply"],
  },
  "account-apply-role-any-ref": {
    edit: setAttributes(APPLY, {
      assume_role_policy: subject("StringLike", "repo:octo@1/auth@2:*"),
    }),
    expect: ["apply role: any branch or pull request, not environment dev"],
  },
  "account-apply-role-pull-request": {
    edit: setAttributes(APPLY, {
      assume_role_policy: subject(
        "StringEquals",
        "repo:octo@1/auth@2:pull_request",
      ),
    }),
    expect: ["apply role: pull requests can assume it"],
  },
  "account-apply-role-any-repository": {
    edit: setAttributes(APPLY, {
      assume_role_policy: subject("StringLike", "repo:*:*"),
    }),
    expect: ["apply role: every repository of GitHub"],
  },
  "account-plan-role-organization": {
    edit: setAttributes(PLAN, {
      assume_role_policy: subject("StringLike", "repo:octo*/*:*"),
    }),
    expect: ["plan role: every repository of octo, and of octo…"],
  },
  "account-apply-role-without-ids": {
    edit: setAttributes(APPLY, {
      assume_role_policy: subject(
        "StringEquals",
        "repo:octo/auth:environment:dev",
      ),
    }),
    expect: ["apply role: a repository of this name, regardless of its owner"],
  },
  "account-apply-role-any-principal": {
    edit: setAttributes(APPLY, { assume_role_policy: trustPolicy("*") }),
    expect: ["apply role: everyone in AWS can assume it"],
  },
  "account-plan-role-writes": {
    edit: editPolicy(PLAN_POLICY, (statements) => [
      ...statements,
      { Effect: "Allow", Action: "s3:PutObject", Resource: STATES },
    ]),
    expect: ["plan role: can write states"],
  },
  "account-plan-role-deletes-users": {
    edit: editPolicy(PLAN_POLICY, (statements) => [
      ...statements,
      { Effect: "Allow", Action: "cognito-idp:*", Resource: "*" },
    ]),
    expect: ["plan role: can change every user pool"],
  },
  "account-plan-role-read-only-policy": {
    edit: setAttributes(PLAN, { managed_policy_arns: [ADMINISTRATOR] }),
    expect: ["plan role: AdministratorAccess"],
  },
  "account-apply-role-passes-any-role": {
    edit: editPolicy(APPLY_POLICY, (statements) => [
      ...statements,
      { Effect: "Allow", Action: "iam:PassRole", Resource: "*" },
    ]),
    expect: ["apply role: can pass every role"],
  },
  "account-apply-role-deny-removed": {
    edit: editPolicy(APPLY_POLICY, (statements) =>
      statements.filter(({ Effect }) => Effect !== "Deny"),
    ),
    expect: ["apply role: every Deny is removed"],
  },
  "account-apply-role-conditions-dropped": {
    edit: editPolicy(APPLY_POLICY, (statements) =>
      statements.map((statement) => ({ ...statement, Condition: undefined })),
    ),
    expect: ["apply role: is no longer limited to what has the stage's tag"],
  },
  "account-tag-stack": {
    edit: setAttributes(APPLY, { tags: { Stack: "dev" } }),
    expect: ["apply role: tag Stack, on which IAM conditions depend"],
  },
};

function aes(): Json {
  return {
    apply_server_side_encryption_by_default: { sse_algorithm: "AES256" },
  };
}

/** Puts an ARN into the policies that refer to the key. */
function withoutKey(stack: Json): void {
  const text = JSON.stringify(stack).replace(
    /\$\{aws_kms_key\.[\w-]+\.arn\}/g,
    "arn:aws:kms:us-west-2:000000000000:key/k",
  );
  Object.assign(stack, JSON.parse(text) as Json);
}
