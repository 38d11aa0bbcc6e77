import { existsSync, writeFileSync } from "node:fs";
import path from "node:path";
import { UserError } from "../../../constructs/errors";
import type { Environment } from "../../../stacks/config/environment";
import type { StageConfig } from "../../../stacks/config/config";
import type { StageTarget } from "../cli/options";
import type { ProcessResult } from "../system/processes";
import {
  buildBackendConfiguration,
  getLocalStateFile,
  readStateConfig,
  formatStateLocation,
} from "./stage-state";
import { explainStateError } from "./state-errors";
import { withTemporaryDirectory } from "../system/temporary-directory";
import { parseJsonOutput } from "../terraform/output";
import { getTerraformEnvironment } from "../terraform/environment";
import {
  runTerraform,
  createProviderEnvironment,
  findTerraformProblem,
} from "../terraform/terraform";

const TIMEOUT_SECONDS = 120;

/** Addresses of the AWS provider, as Terraform and as OpenTofu name it. */
const PROVIDERS = [
  "registry.terraform.io/hashicorp/aws",
  "registry.opentofu.org/hashicorp/aws",
];

/** One output of a stage. */
export interface StageOutput {
  readonly name: string;
  readonly value: unknown;
  readonly isSensitive: boolean;
}

/**
 * Outputs of a deployed stage by name: those that are text and no secret.
 *
 * @param log told what is done, a line at a time
 * @throws UserError when there is no Terraform, no state, or it cannot be read
 */
export async function readTextOutputs(
  choice: StageTarget,
  log: (line: string) => void,
): Promise<Readonly<Record<string, string>>> {
  const outputs = await readStageOutputs(choice, log);
  const plain = outputs.flatMap(({ name, value, isSensitive }) =>
    typeof value === "string" && !isSensitive ? [[name, value]] : [],
  );
  return Object.fromEntries(plain) as Record<string, string>;
}

/**
 * Every output of a deployed stage, in the order of their names, as Terraform has them in its state; nothing is
 * synthesized, and no provider is installed.
 *
 * @param log told what is done, a line at a time
 * @throws UserError when there is no Terraform, no state, or it cannot be read
 */
export async function readStageOutputs(
  choice: StageTarget,
  log: (line: string) => void,
): Promise<readonly StageOutput[]> {
  const config = readStateConfig(choice);
  const location = formatStateLocation(config);
  const isLocal = config.state.backend === "local";
  if (isLocal && !existsSync(getLocalStateFile(config)))
    throw notDeployed(choice, location);

  const own = getTerraformEnvironment(choice.awsTarget);
  const problem = await findTerraformProblem(own);
  if (problem !== undefined) throw new UserError(problem);

  log(`reading ${location}`);
  const { code, stdout, stderr } = await withTemporaryDirectory(
    async (folder) =>
      terraformOutput(config, folder, {
        ...own,
        ...createProviderEnvironment({ directory: folder, env: own }),
        TF_REATTACH_PROVIDERS: providersInPlace(folder),
      }),
  );
  if (code !== 0) throw explainStateError(stderr, location);
  const outputs = parseOutputs(stdout);
  if (outputs.length === 0) throw notDeployed(choice, location);
  return outputs;
}

/** `terraform output -json` in a folder of its own. */
async function terraformOutput(
  config: StageConfig,
  directory: string,
  env: Environment,
): Promise<ProcessResult> {
  const terraform = (...args: string[]): Promise<ProcessResult> =>
    runTerraform([...args, "-no-color"], {
      directory,
      environment: env,
      timeoutSeconds: TIMEOUT_SECONDS,
    });
  if (config.state.backend === "local")
    return terraform("output", "-json", `-state=${getLocalStateFile(config)}`);

  writeFileSync(
    path.join(directory, "main.tf.json"),
    JSON.stringify(buildBackendConfiguration(config)),
  );
  const init = await terraform("init", "-input=false");
  const output = await terraform("output", "-json");
  // a provider that cannot be had does not keep the outputs from being read: the backend is set up before
  return output.code !== 0 && init.code !== 0 ? init : output;
}

/**
 * Tells Terraform that the AWS provider runs already, at an address where nothing is: outputs need none, and `init`
 * would fetch the one that the state names, of hundreds of megabytes.
 */
function providersInPlace(folder: string): string {
  const running = {
    Protocol: "grpc",
    ProtocolVersion: 5,
    Pid: process.pid,
    Test: true,
    Addr: { Network: "unix", String: path.join(folder, "no-provider") },
  };
  return JSON.stringify(
    Object.fromEntries(PROVIDERS.map((provider) => [provider, running])),
  );
}

function parseOutputs(stdout: string): readonly StageOutput[] {
  const outputs = parseJsonOutput(stdout, "output").value as Readonly<
    Record<string, { readonly value: unknown; readonly sensitive: boolean }>
  >;
  return Object.entries(outputs)
    .map(([name, { value, sensitive }]) => ({
      name,
      value,
      isSensitive: sensitive,
    }))
    .sort((one, other) => (one.name < other.name ? -1 : 1));
}

function notDeployed({ stage }: StageTarget, location: string): UserError {
  return new UserError(
    `stage "${stage}" has no outputs: there is no state with any at ${location}`,
    "check --stage, --stack-name-base and the STATE_ settings, or deploy the stage",
  );
}
