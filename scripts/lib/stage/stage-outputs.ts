import { existsSync, writeFileSync } from "node:fs";
import path from "node:path";
import { UserError } from "../../../constructs/errors";
import type { StageConfig } from "../../../stacks/config/config";
import type { Environment } from "../../../stacks/config/environment";
import type { StageTarget } from "../cli/options";
import { requireRunningEndpoints } from "../http/local-endpoint";
import { requireValidNetwork } from "../http/network";
import type { ProcessResult } from "../system/processes";
import { withTemporaryDirectory } from "../system/temporary-directory";
import {
  createTerraformEnvironment,
  getTerraformEnvironment,
} from "../terraform/environment";
import { parseJsonOutput } from "../terraform/output";
import {
  createProviderEnvironment,
  findTerraformProblem,
  runTerraform,
} from "../terraform/terraform";
import { AWS_PROVIDER_ADDRESSES } from "../terraform/dependency-lock";
import {
  buildBackendConfiguration,
  formatStateLocation,
  getLocalStateFile,
  readStateConfig,
} from "./stage-state";
import { explainStateError } from "./state-errors";

const TIMEOUT_SECONDS = 120;

export interface StageOutput {
  readonly name: string;
  readonly value: unknown;
  readonly isSensitive: boolean;
}

/**
 * Reads the outputs of a deployed stage that are text and not sensitive, by name.
 *
 * @throws UserError if Terraform or the state is missing, or the state cannot be read
 */
export async function readTextOutputs(
  stage: StageTarget,
  log: (line: string) => void,
): Promise<Readonly<Record<string, string>>> {
  const outputs = await readStageOutputs(stage, log);
  return Object.fromEntries(
    outputs.flatMap(({ name, value, isSensitive }) =>
      typeof value === "string" && !isSensitive ? [[name, value]] : [],
    ),
  );
}

/**
 * Reads the id of the user pool of a deployed stage from its outputs.
 *
 * @throws UserError if the outputs cannot be read, or have no user pool
 */
export async function readUserPoolId(
  stage: StageTarget,
  log: (line: string) => void,
): Promise<string> {
  const { userpool_id: id } = await readTextOutputs(stage, log);
  if (id !== undefined) return id;
  throw new UserError(
    `stage "${stage.stage}" has no user pool in its outputs`,
    "deploy the stage again",
  );
}

/**
 * Reads all outputs of a deployed stage from its Terraform state, sorted by name, without synthesizing the stage or
 * installing a provider.
 *
 * @throws UserError if Terraform or the state is missing, or the state cannot be read
 */
export async function readStageOutputs(
  stage: StageTarget,
  log: (line: string) => void,
): Promise<readonly StageOutput[]> {
  const config = readStateConfig(stage);
  const location = formatStateLocation(config);
  const noOutputs = new UserError(
    `stage "${stage.stage}" has no outputs: there is no state with outputs at ${location}`,
    "check --stage, --stack-name-base and the STATE_ settings, or deploy the stage",
  );
  const isLocal = config.state.backend === "local";
  if (isLocal && !existsSync(getLocalStateFile(config))) throw noOutputs;

  const problem = await findTerraformProblem(getTerraformEnvironment());
  if (problem !== undefined) throw new UserError(problem);
  // a local state is read without AWS
  const env = isLocal
    ? getTerraformEnvironment()
    : await createTerraformEnvironment(stage.awsTarget);

  log(`Reading ${location}…`);
  const { code, stdout, stderr } = await withTemporaryDirectory(
    async (directory) =>
      runOutput(config, directory, {
        ...env,
        ...createProviderEnvironment({ directory, env }),
        TF_REATTACH_PROVIDERS: formatRunningProviders(directory),
      }),
  );
  if (code !== 0) throw explainStateError(stderr, location);
  const outputs = parseOutputs(stdout);
  if (outputs.length === 0) throw noOutputs;
  return outputs;
}

/** Runs `terraform output -json` in an empty directory. */
async function runOutput(
  config: StageConfig,
  directory: string,
  environment: Environment,
): Promise<ProcessResult> {
  const terraform = (...args: string[]): Promise<ProcessResult> =>
    runTerraform([...args, "-no-color"], {
      directory,
      environment,
      timeoutSeconds: TIMEOUT_SECONDS,
    });
  if (config.state.backend === "local")
    return terraform("output", "-json", `-state=${getLocalStateFile(config)}`);

  await requireValidNetwork(environment);
  await requireRunningEndpoints(environment);
  writeFileSync(
    path.join(directory, "main.tf.json"),
    JSON.stringify(buildBackendConfiguration(config)),
  );
  const init = await terraform("init", "-input=false");
  const output = await terraform("output", "-json");
  // init configures the backend before it looks for a provider, so outputs can be read without one
  return output.code !== 0 && init.code !== 0 ? init : output;
}

/**
 * Declares the AWS provider as running, at an address without a process. Outputs need no provider, but `init` would
 * download hundreds of megabytes.
 */
function formatRunningProviders(directory: string): string {
  const running = {
    Protocol: "grpc",
    ProtocolVersion: 5,
    Pid: process.pid,
    Test: true,
    Addr: { Network: "unix", String: path.join(directory, "no-provider") },
  };
  return JSON.stringify(
    Object.fromEntries(
      AWS_PROVIDER_ADDRESSES.map((provider) => [provider, running]),
    ),
  );
}

function parseOutputs(stdout: string): readonly StageOutput[] {
  const outputs = parseJsonOutput(stdout, "output").value as Readonly<
    Record<string, { readonly value: unknown; readonly sensitive: boolean }>
  >;
  return Object.entries(outputs)
    .map(([name, { value, sensitive: isSensitive }]) => ({
      name,
      value,
      isSensitive,
    }))
    .sort((one, other) => (one.name < other.name ? -1 : 1));
}
