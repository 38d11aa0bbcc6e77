import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { StageTarget } from "../../../scripts/lib/cli/options";
import type { Check } from "../../../scripts/lib/doctor/check";
import { createDoctorContext } from "../../../scripts/lib/doctor/context";
import {
  type DoctorRun,
  runChecks,
} from "../../../scripts/lib/doctor/run-checks";
import type { Environment } from "../../../stacks/config/environment";
import { setEnvironment, withoutAwsVariables } from "../environment";
import { createTemporaryDirectory } from "../stage";
import {
  type AwsAnswer,
  AwsFailure,
  type AwsInput,
  type FakeAwsApis,
} from "./fake-aws-apis";

export const STAGE = "dev";
export const STACK = "our-auth-dev";
export const REGION = "us-west-2";
export const ACCOUNT = "000000000000";
export const STATE_BUCKET = "our-auth-state";
export const STATE_KEY = "our-auth/dev/terraform.tfstate";
export const USER_POOL_ID = `${REGION}_Example01`;
export const IDENTITY_POOL_ID = `${REGION}:11111111-2222-3333-4444-555555555555`;
export const ISSUER_URL = `https://cognito-idp.${REGION}.amazonaws.com/${USER_POOL_ID}`;
/** Value of every secret, which no output of the doctor may have. */
export const CANARY = "canary-3f9d2c7a51e84b60";

/** One instance of a managed resource in a state file. */
export interface StateResource {
  readonly type: string;
  readonly name: string;
  attributes: Record<string, unknown>;
  status?: "tainted";
  deposed?: string;
  module?: string;
  index_key?: string | number;
}

/** A stage whose parts a test changes before it is checked. */
export interface DoctorStage {
  settings: Record<string, string>;
  /** @default that of the process */
  nodeVersion?: string;
  /** Variables of the process, in addition to those of the fake AWS, whose endpoint is `{endpoint}`. */
  variables: Environment;
  terraformVersion: string;
  stateTerraformVersion: string;
  outputs: Record<string, string>;
  resources: StateResource[];
  /** Replaces the text of the state file; `null` removes the file. */
  stateText: string | null | undefined;
  /** Responses of AWS by IAM action. */
  answers: Record<string, AwsAnswer | ((input: AwsInput) => AwsAnswer)>;
  documents: FakeAwsApis["documents"];
  clockAheadSeconds: number;
  /**
   * Expiry of the certificate of the custom domain, or why it cannot be read.
   *
   * @default none is read
   */
  certificate?: Date | string;
  /** Plan of the drift, as JSON of Terraform. */
  refreshPlan: object;
  /** Texts by their paths in the working directory. */
  files: Record<string, string>;
}

/** Runs checks of a stage with a fake AWS. */
export async function runDoctor(
  checks: readonly Check[],
  stage: DoctorStage,
  aws: FakeAwsApis,
  denied: readonly string[] = [],
): Promise<DoctorRun> {
  const directory = createTemporaryDirectory();
  for (const [name, text] of Object.entries(stage.files)) {
    const file = path.join(directory, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
  const terraform = path.join(directory, "terraform");
  writeFileSync(
    terraform,
    `#!/bin/sh\necho "Terraform v${stage.terraformVersion}"\n`,
  );
  chmodSync(terraform, 0o755);
  setEnvironment({
    ...withoutAwsVariables(),
    AWS_ENDPOINT_URL: aws.endpoint,
    COGNITO_DOMAIN_ENDPOINT: aws.endpoint,
    AWS_ACCESS_KEY_ID: "test",
    AWS_SECRET_ACCESS_KEY: CANARY,
    AWS_CONFIG_FILE: "/dev/null",
    AWS_SHARED_CREDENTIALS_FILE: "/dev/null",
    TERRAFORM_BINARY_NAME: terraform,
    ...Object.fromEntries(
      Object.entries(stage.variables).map(([name, value]) => [
        name,
        value?.replace("{endpoint}", aws.endpoint),
      ]),
    ),
  });
  aws.answers = { ...createStateAnswers(stage), ...stage.answers };
  aws.documents = stage.documents;
  aws.denied = denied;
  aws.clockAheadSeconds = stage.clockAheadSeconds;
  aws.actions.length = 0;
  const before = process.cwd();
  const { node } = process.versions;
  process.chdir(directory);
  setNodeVersion(stage.nodeVersion ?? node);
  try {
    return await runChecks(
      checks,
      createDoctorContext(createTarget(stage), () => undefined),
    );
  } finally {
    process.chdir(before);
    setNodeVersion(node);
  }
}

function setNodeVersion(value: string): void {
  Object.defineProperty(process.versions, "node", { value });
}

function createTarget({ settings }: DoctorStage): StageTarget {
  const { AWS_REGION: region = REGION } = settings;
  return {
    stage: STAGE,
    stackName: STACK,
    settings: { APP_NAME: "our-auth", ...settings },
    origins: Object.fromEntries(
      Object.keys(settings).map((name) => [name, `.env.${STAGE}`]),
    ),
    awsTarget: { region },
  };
}

/** Returns the answers of S3 for the state of a stage. */
function createStateAnswers(stage: DoctorStage): DoctorStage["answers"] {
  const { stateText = formatState(stage) } = stage;
  return {
    "s3:GetObject": ({ key }) =>
      key === STATE_KEY && stateText !== null ? stateText : NO_SUCH_KEY,
    "s3:ListBucket": { Contents: { Key: STATE_KEY } },
  };
}

const NO_SUCH_KEY = new AwsFailure(
  "NoSuchKey",
  "The specified key does not exist.",
  404,
);

/** Formats a state file as Terraform does. */
export function formatState({
  outputs,
  resources,
  stateTerraformVersion,
}: DoctorStage): string {
  return JSON.stringify({
    version: 4,
    terraform_version: stateTerraformVersion,
    serial: 7,
    lineage: "11111111-2222-3333-4444-555555555555",
    outputs: Object.fromEntries(
      Object.entries(outputs).map(([name, value]) => [
        name,
        { value, type: "string" },
      ]),
    ),
    resources: [
      { mode: "data", type: "aws_caller_identity", name: "a", instances: [{}] },
      ...resources.map(({ type, name, module, ...instance }) => ({
        mode: "managed",
        type,
        name,
        ...(module !== undefined && { module }),
        provider: 'provider["registry.terraform.io/hashicorp/aws"]',
        instances: [{ schema_version: 0, ...instance }],
      })),
    ],
    check_results: null,
  });
}
