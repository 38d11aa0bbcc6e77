import path from "node:path";
import { isMainThread } from "node:worker_threads";
import {
  getEnvironment,
  getOutputDirectory,
  type Environment,
} from "../../../stacks/config/environment";
import {
  EXIT_COMMAND_NOT_FOUND,
  runProcess,
  type ProcessOptions,
  type ProcessResult,
} from "../system/processes";
import {
  findMirrors,
  hasProviderInstallation,
  readCliConfiguration,
  writeCliConfiguration,
} from "./provider-mirror";

/** First version of Terraform and OpenTofu with write-only attributes and S3 lock files. */
const MIN_VERSION = { major: 1, minor: 11 };
const INSTALL_PAGE = "https://developer.hashicorp.com/terraform/install";
/** Mask for files of Terraform: states and plans contain secrets, so only their owner can read them. */
const PRIVATE_UMASK = 0o077;

/** Terraform or OpenTofu, as it is installed. */
export interface InstalledTerraform {
  readonly product: string;
  readonly version: string;
  /** Why it cannot be used. @default it can */
  readonly problem?: string;
}

/**
 * Returns why Terraform or OpenTofu cannot be used; `undefined` if it can. As with cdktf, `TERRAFORM_BINARY_NAME` selects the
 * binary.
 */
export async function findTerraformProblem(
  env: Environment,
): Promise<string | undefined> {
  const found = await inspectTerraform(env);
  return typeof found === "string" ? found : found.problem;
}

/** Returns the version of Terraform or OpenTofu, or why it is not known. */
export async function inspectTerraform(
  env: Environment,
): Promise<InstalledTerraform | string> {
  const binary = getTerraformBinary(env);
  const advice = `install Terraform ${MIN_VERSION.major}.${MIN_VERSION.minor} or newer (${INSTALL_PAGE})`;
  const { code, stdout } = await runProcess(binary, ["version"], {
    environment: { ...env, CHECKPOINT_DISABLE: "1" },
    timeoutSeconds: 60,
  });
  if (code === EXIT_COMMAND_NOT_FOUND)
    return `${binary} was not found: ${advice}, or name another binary in TERRAFORM_BINARY_NAME`;
  const [, product, version, major, minor] =
    /^(Terraform|OpenTofu) v((\d+)\.(\d+)\.\S+)/m.exec(stdout) ?? [];
  if (code !== 0 || product === undefined || version === undefined)
    return `${binary} does not print its version: ${advice}`;
  const isOld =
    Number(major) < MIN_VERSION.major ||
    (Number(major) === MIN_VERSION.major && Number(minor) < MIN_VERSION.minor);
  return {
    product,
    version,
    ...(isOld && { problem: `${binary} is ${product} ${version}: ${advice}` }),
  };
}

export interface ProviderEnvironmentOptions {
  /**
   * Directory for the CLI configuration.
   *
   * @default the output directory of cdktf
   */
  readonly directory?: string;
  /** @default the environment of the process */
  readonly env?: Environment;
}

/**
 * Returns variables for a Terraform process: no update checks, and the AWS provider from a local mirror if there is one. A
 * CLI configuration of the user with its own `provider_installation` stays in effect, unless `TF_PLUGIN_MIRROR` is set.
 *
 * @throws UserError if `TF_PLUGIN_MIRROR` has no AWS provider for this platform
 */
export function createProviderEnvironment({
  directory = getOutputDirectory(),
  env = getEnvironment(),
}: ProviderEnvironmentOptions = {}): Environment {
  const variables = { CHECKPOINT_DISABLE: "1" };
  const configuration = readCliConfiguration(env);
  const hasInstallation = hasProviderInstallation(configuration ?? "");
  if (hasInstallation && (env.TF_PLUGIN_MIRROR ?? "") === "") return variables;
  const mirrors = findMirrors(env);
  if (mirrors.length === 0)
    return configuration === undefined
      ? { ...variables, TF_CLI_CONFIG_FILE: undefined }
      : variables;
  const file = path.resolve(directory, "terraform.tfrc");
  writeCliConfiguration(
    file,
    hasInstallation ? "" : (configuration ?? ""),
    mirrors,
  );
  return {
    ...variables,
    TF_CLI_CONFIG_FILE: file,
    // cdktf requests checksums for every platform, which only the registry has
    CDKTF_SKIP_PROVIDER_LOCK: "true",
  };
}

/** Runs Terraform in a directory and returns its exit code and output. Only their owner can read the files that it writes. */
export async function runTerraform(
  args: readonly string[],
  options: ProcessOptions & { readonly directory: string },
): Promise<ProcessResult> {
  const start = async (): Promise<ProcessResult> =>
    runProcess(getTerraformBinary(options.environment), args, options);
  // a worker thread cannot set the umask of its process
  if (!isMainThread) return start();
  const umask = process.umask(PRIVATE_UMASK);
  // the process inherits the umask, since it starts before the first await
  const result = start();
  process.umask(umask);
  return result;
}

/** Returns the name or path of the Terraform binary. */
export function getTerraformBinary({
  TERRAFORM_BINARY_NAME: binary = "",
}: Environment): string {
  return binary === "" ? "terraform" : binary;
}
