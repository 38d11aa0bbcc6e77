import { NODE, TERRAFORM } from "../../../scripts/lib/doctor/checks/tools";
import {
  ACCOUNT as ACCOUNT_CHECK,
  CLOCK,
  ENDPOINT,
} from "../../../scripts/lib/doctor/checks/account";
import { INTERRUPTED_RUN } from "../../../scripts/lib/doctor/checks/interrupted-run";
import { SETTINGS_IN_STEP } from "../../../scripts/lib/doctor/checks/settings";
import {
  OUTPUT_VALUES,
  STATE,
  STATE_RESOURCES,
} from "../../../scripts/lib/doctor/checks/state";
import {
  STATE_LOCK,
  STATE_VERSIONING,
} from "../../../scripts/lib/doctor/checks/state-bucket";
import { getEnvironmentSecretName } from "../../../stacks/naming";
import type { CheckCases } from "./check-cases";
import {
  CANARY,
  type DoctorStage,
  formatState,
  STACK,
  STAGE,
  STATE_KEY,
} from "./doctor-stage";
import { AwsFailure } from "./fake-aws-apis";
import { SETTINGS } from "./well-stage";

const LOCK_KEY = `${STATE_KEY}.tflock`;
const LOCK_ID = "6f1c1b0e-0000-4000-8000-000000000000";

/** Locks the state, since some minutes. */
function lock(stage: DoctorStage, minutes: number, text?: string): void {
  const info = {
    ID: LOCK_ID,
    Operation: "OperationTypeApply",
    Who: "ann@laptop",
    Version: "1.11.4",
    Created: new Date(Date.now() - minutes * 60_000).toISOString(),
    Path: STATE_KEY,
  };
  const state = formatState(stage);
  stage.answers["s3:ListBucket"] = { Contents: { Key: LOCK_KEY } };
  stage.answers["s3:GetObject"] = ({ key }) =>
    key === LOCK_KEY ? (text ?? JSON.stringify(info)) : state;
}

function changeSecret(stage: DoctorStage, text: string): void {
  stage.answers["secretsmanager:GetSecretValue"] = ({ SecretId: id }) =>
    id === getEnvironmentSecretName(STAGE)
      ? { SecretString: text }
      : new AwsFailure("ResourceNotFoundException", "not found");
}

/** Cases of the checks of tools, the account, settings and the state. */
export const STAGE_CASES: readonly CheckCases[] = [
  {
    check: NODE,
    well: "is supported",
    broken: [
      {
        problem: "Node is too old",
        change: (stage) => {
          stage.nodeVersion = "20.18.3";
        },
        status: "failed",
        message: "Node must be 20.19.0 or newer, got 20.18.3",
        fix: "install a newer Node",
      },
    ],
    actions: [],
  },
  {
    check: TERRAFORM,
    well: "Terraform 1.11.4 is supported",
    broken: [
      {
        problem: "Terraform is missing",
        change: (stage) => {
          stage.variables = { TERRAFORM_BINARY_NAME: "no-terraform-here" };
        },
        status: "failed",
        message: "no-terraform-here was not found",
        fix: "install Terraform 1.11 or newer",
      },
      {
        problem: "Terraform is too old",
        change: (stage) => {
          stage.terraformVersion = "1.9.8";
        },
        status: "failed",
        message: "is Terraform 1.9.8",
        fix: "install Terraform 1.11 or newer",
      },
      {
        problem: "the binary is not Terraform",
        change: (stage) => {
          stage.variables = { TERRAFORM_BINARY_NAME: "true" };
        },
        status: "failed",
        message: "true does not print its version",
        fix: "install Terraform 1.11 or newer",
      },
      {
        problem: "a newer Terraform wrote the state",
        change: (stage) => {
          stage.stateTerraformVersion = "1.14.0";
        },
        status: "warning",
        message: "which is 1.14.0, got 1.11.4",
        fix: "install version 1.14.0 or newer",
      },
    ],
    actions: [],
  },
  {
    check: ACCOUNT_CHECK,
    well: "the credentials are of account 000000000000",
    broken: [
      {
        problem: "the credentials are of another account",
        change: (stage) => {
          stage.settings.AWS_ACCOUNT_ID = "111122223333";
        },
        status: "failed",
        message:
          '.env.dev: AWS_ACCOUNT_ID must be the account of the credentials, got "111122223333"',
        fix: "name a profile of account 111122223333 with --profile",
      },
    ],
    actions: [],
  },
  {
    check: ENDPOINT,
    well: "requests are sent to the local AWS at http://127.0.0.1",
    broken: [
      {
        problem: "tokens are from another AWS",
        change: (stage) => {
          stage.variables = { COGNITO_DOMAIN_ENDPOINT: "" };
        },
        status: "warning",
        message: "tokens must be from the local AWS",
        fix: "set COGNITO_DOMAIN_ENDPOINT=http://127.0.0.1",
      },
      {
        problem: "another endpoint replaces that of AWS",
        change: (stage) => {
          stage.variables = { AWS_ENDPOINT_URL: "https://127.0.0.2:9" };
        },
        status: "warning",
        message: "requests should be sent to AWS in us-west-2",
        detail: "https://127.0.0.2:9",
        fix: "unset AWS_ENDPOINT_URL, COGNITO_DOMAIN_ENDPOINT",
      },
    ],
    actions: [],
  },
  {
    check: CLOCK,
    well: "the clock of this machine is that of AWS",
    broken: [
      {
        problem: "the clock is two minutes behind",
        change: (stage) => {
          stage.clockAheadSeconds = 120;
        },
        status: "warning",
        message: "s behind",
        fix: "synchronize the clock",
      },
      {
        problem: "the clock is ten minutes ahead",
        change: (stage) => {
          stage.clockAheadSeconds = -600;
        },
        status: "failed",
        message: "s ahead",
        fix: "synchronize the clock",
      },
    ],
    actions: [],
  },
  {
    check: SETTINGS_IN_STEP,
    well: ".env.dev has the settings in the secret veda-auth-dev-env",
    broken: [
      {
        problem: "the secret has another value",
        change: (stage) => {
          changeSecret(stage, JSON.stringify({ ...SETTINGS, OWNER: CANARY }));
        },
        status: "warning",
        message: ".env.dev should have the settings in the secret",
        detail: "added: OWNER",
        fix: "npx veda-auth sync-env --stage dev",
      },
      {
        problem: "there is no file",
        change: (stage) => {
          stage.files = {};
        },
        status: "warning",
        message: "but does not exist",
        fix: "npx veda-auth sync-env --stage dev",
      },
      {
        problem: "the secret is of another stage",
        change: (stage) => {
          changeSecret(stage, JSON.stringify({ STAGE: "prod" }));
        },
        status: "failed",
        message: 'STAGE in secret "veda-auth-dev-env" must be "dev"',
        fix: "use --stage or --secret",
      },
    ],
    actions: ["secretsmanager:GetSecretValue"],
  },
  {
    check: STATE,
    well: "the state has 6 resources (serial 7, s3://our-auth-state/",
    broken: [
      {
        problem: "there is no state",
        change: (stage) => {
          stage.stateText = null;
        },
        status: "failed",
        message:
          "the stage must have a state, got none at s3://our-auth-state/",
        detail: "check APP_NAME",
        fix: "npx veda-auth deploy --stage dev",
      },
      {
        problem: "the stage was destroyed",
        change: (stage) => {
          stage.resources = [];
        },
        status: "failed",
        message: "the stage was destroyed",
        fix: "npx veda-auth deploy --stage dev",
      },
      {
        problem: "the state is no state",
        change: (stage) => {
          stage.stateText = `{"secret": "${CANARY}`;
        },
        status: "failed",
        message:
          "must be a Terraform state, got text that is not a JSON object",
        fix: "restore an earlier version of the state",
      },
      {
        problem: "OpenTofu has encrypted the state",
        change: (stage) => {
          stage.stateText = JSON.stringify({ encrypted_data: CANARY });
        },
        status: "failed",
        message: "is encrypted by OpenTofu",
        fix: "remove the state encryption of OpenTofu",
      },
      {
        problem: "the state has a newer format",
        change: (stage) => {
          stage.stateText = JSON.stringify({ version: 5, resources: [] });
        },
        status: "failed",
        message: "must have format version 4, got 5",
        fix: "restore an earlier version of the state",
      },
      {
        problem: "the bucket does not exist",
        change: (stage) => {
          stage.answers["s3:GetObject"] = new AwsFailure(
            "NoSuchBucket",
            "The specified bucket does not exist",
            404,
          );
        },
        status: "failed",
        message: "the state bucket our-auth-state does not exist",
        fix: "check STATE_BUCKET_NAME",
      },
      {
        problem: "the bucket is in another Region",
        change: (stage) => {
          stage.answers["s3:GetObject"] = new AwsFailure(
            "PermanentRedirect",
            "The bucket must be addressed with another endpoint",
            301,
          );
        },
        status: "failed",
        message: "the state bucket our-auth-state is not in us-west-2",
        fix: "set the Region of the stage",
      },
      {
        problem: "the key of the bucket is disabled",
        change: (stage) => {
          stage.answers["s3:GetObject"] = new AwsFailure(
            "KMS.DisabledException",
            "arn:aws:kms:… is disabled.",
          );
        },
        status: "failed",
        message: "the KMS key of the state bucket our-auth-state",
        fix: "enable the key",
      },
    ],
    actions: ["s3:GetObject"],
  },
  {
    check: STATE_RESOURCES,
    well: "no resource in the state is tainted or deposed",
    broken: [
      {
        problem: "a resource is tainted",
        change: ({ resources: [first] }) => {
          if (first !== undefined) first.status = "tainted";
        },
        status: "failed",
        message: "no resource in the state must be tainted or deposed",
        detail: "aws_cognito_user_pool.user-pool is tainted",
        fix: "npx veda-auth plan --stage dev",
      },
      {
        problem: "a resource in a module is deposed",
        change: ({ resources }) => {
          resources.push({
            type: "aws_iam_role",
            name: "role",
            module: 'module.apps["a"]',
            index_key: "b",
            deposed: "1a2b3c4d",
            attributes: {},
          });
        },
        status: "failed",
        message: "no resource in the state must be tainted or deposed",
        detail: 'module.apps["a"].aws_iam_role.role["b"] is deposed',
        fix: "npx veda-auth plan --stage dev",
      },
    ],
    actions: [],
  },
  {
    check: OUTPUT_VALUES,
    well: "the outputs are those of the resources",
    broken: [
      {
        problem: "an output is of an earlier client",
        change: (stage) => {
          stage.outputs.client_id = "earlier";
        },
        status: "failed",
        message: "the outputs must be those of the resources",
        detail: "client_id",
        fix: "npx veda-auth deploy --stage dev",
      },
      {
        problem: "the deployment ended before its outputs",
        change: (stage) => {
          stage.outputs = {};
        },
        status: "failed",
        message: "the outputs must be those of the resources",
        detail: "userpool_id",
        fix: "npx veda-auth deploy --stage dev",
      },
      {
        problem: "an output is of an earlier secret",
        change: (stage) => {
          stage.outputs.workflows_client_secret_arn = "arn:aws:earlier";
        },
        status: "failed",
        message: "the outputs must be those of the resources",
        detail: "workflows_client_secret_arn",
        fix: "npx veda-auth deploy --stage dev",
      },
    ],
    actions: [],
  },
  {
    check: STATE_VERSIONING,
    well: "the state bucket our-auth-state has versions",
    broken: [
      {
        problem: "the bucket has no versions",
        change: (stage) => {
          stage.answers["s3:GetBucketVersioning"] = {};
        },
        status: "failed",
        message: "the state bucket our-auth-state must have versions",
        fix: "aws s3api put-bucket-versioning --bucket our-auth-state",
      },
    ],
    actions: ["s3:GetBucketVersioning"],
  },
  {
    check: STATE_LOCK,
    well: "no run has locked the state",
    broken: [
      {
        problem: "a run holds the lock",
        change: (stage) => {
          lock(stage, 5);
        },
        status: "warning",
        message: "the state is locked: a run may be changing the stage",
        detail: "locked by ann@laptop, for OperationTypeApply, 5 minutes ago",
        fix: "wait until the run has ended",
      },
      {
        problem: "a killed run has left the lock",
        change: (stage) => {
          lock(stage, 26 * 60);
        },
        status: "failed",
        message: "the state must not be locked by a run that was killed",
        detail: "26 hours ago",
        fix: `/terraform -chdir=cdktf.out/plan/${STACK}/stacks/${STACK} force-unlock ${LOCK_ID}`,
      },
      {
        problem: "the lock is not from Terraform",
        change: (stage) => {
          lock(stage, 5, CANARY);
        },
        status: "failed",
        message: "the state must not be locked by a run that was killed",
        detail: "the lock file is not from Terraform",
        fix: "look at the lock file",
      },
    ],
    actions: ["s3:ListBucket"],
  },
  {
    check: INTERRUPTED_RUN,
    well: "no earlier run in this directory was interrupted",
    broken: [
      {
        problem: "a run could not write the state",
        change: (stage) => {
          stage.files[
            `cdktf.out/plan/${STACK}/stacks/${STACK}/errored.tfstate`
          ] = CANARY;
        },
        status: "failed",
        message: "an earlier run could not write them",
        fix: "state push errored.tfstate",
      },
      {
        problem: "a step of an adoption was killed",
        change: (stage) => {
          stage.files[`.adoption/${STACK}/running`] =
            "2026-01-01T00:00:00.000Z";
        },
        status: "warning",
        message: `a step of the adoption of ${STACK} runs, or was interrupted`,
        fix: "run the step again",
      },
    ],
    actions: [],
  },
];
