import path from "node:path";
import { isMainThread } from "node:worker_threads";
import {
  getEnvironment,
  type Environment,
} from "../../../stacks/config/environment";
import {
  EXIT_COMMAND_NOT_FOUND,
  runProcess,
  type ProcessOptions,
  type ProcessResult,
} from "../system/processes";
import { LOCAL_AWS_DIRECTORY } from "../local-aws/local-aws";
import {
  findMirrors,
  hasProviderInstallation,
  readCliConfiguration,
  writeCliConfiguration,
} from "./provider-mirror";

/** The first with write-only attributes and S3 lock files, of either product. */
const OLDEST = { major: 1, minor: 11 };
const INSTALL_PAGE = "https://developer.hashicorp.com/terraform/install";

/**
 * Why this machine's Terraform, the one that `TERRAFORM_BINARY_NAME` names, as for cdktf, else `terraform`, cannot be
 * used; `undefined` when it can. OpenTofu is as good.
 */
export async function findTerraformProblem(
  env: Environment,
): Promise<string | undefined> {
  const binary = getTerraformBinary(env);
  const wanted = `install Terraform ${OLDEST.major}.${OLDEST.minor} or newer (${INSTALL_PAGE})`;
  const { code, stdout } = await runProcess(binary, ["version"], {
    environment: { ...env, CHECKPOINT_DISABLE: "1" },
    timeoutSeconds: 60,
  });
  if (code === EXIT_COMMAND_NOT_FOUND)
    return `${binary} was not found: ${wanted}, or name another binary in TERRAFORM_BINARY_NAME`;
  const [, product, version, major, minor] =
    /^(Terraform|OpenTofu) v((\d+)\.(\d+)\.\S+)/m.exec(stdout) ?? [];
  if (code !== 0 || product === undefined || version === undefined)
    return `${binary} does not tell its version: ${wanted}`;
  const isOld =
    Number(major) < OLDEST.major ||
    (Number(major) === OLDEST.major && Number(minor) < OLDEST.minor);
  return isOld ? `${binary} is ${product} ${version}: ${wanted}` : undefined;
}

export interface ProviderEnvironmentOptions {
  /**
   * Folder that the CLI configuration is written to.
   *
   * @default {@link LOCAL_AWS_DIRECTORY} in the working directory
   */
  readonly directory?: string;
  /** @default the process's */
  readonly env?: Environment;
}

/**
 * Variables for a Terraform child: no calls home, and the AWS provider from this machine's mirror where it has one.
 *
 * A configuration of one's own that says where providers come from is left alone, unless `TF_PLUGIN_MIRROR` is set.
 *
 * @throws UserError when `TF_PLUGIN_MIRROR` holds no AWS provider for this platform
 */
export function createProviderEnvironment({
  directory = LOCAL_AWS_DIRECTORY,
  env = getEnvironment(),
}: ProviderEnvironmentOptions = {}): Environment {
  const always = { CHECKPOINT_DISABLE: "1" };
  const own = readCliConfiguration(env);
  const isNamed = (env.TF_PLUGIN_MIRROR ?? "") !== "";
  if (own !== undefined && hasProviderInstallation(own) && !isNamed)
    return always;
  const mirrors = findMirrors(env);
  if (mirrors.length > 0) {
    const file = path.resolve(directory, "terraform.tfrc");
    // a mirror that is named goes before what the configuration says
    const rest = own === undefined || hasProviderInstallation(own) ? "" : own;
    writeCliConfiguration(file, rest, mirrors);
    return {
      ...always,
      TF_CLI_CONFIG_FILE: file,
      // cdktf would have the registry's checksums for every platform, which only the registry has
      CDKTF_SKIP_PROVIDER_LOCK: "true",
    };
  }
  return own === undefined
    ? { ...always, TF_CLI_CONFIG_FILE: undefined }
    : always;
}

/** Permissions that no file of Terraform's has: a state, a plan and their copies hold secrets. */
const OTHERS = 0o077;

/**
 * Runs Terraform in a directory to its end, and returns its exit code and output. Only their owner can read the files that it
 * makes.
 *
 * The environment is what {@link createProviderEnvironment} and the local AWS give, put over the process's.
 */
export async function runTerraform(
  args: readonly string[],
  options: ProcessOptions & { readonly directory: string },
): Promise<ProcessResult> {
  return withUmask(OTHERS, async () =>
    runProcess(getTerraformBinary(options.environment), args, options),
  );
}

/** A child has the mask of the moment that it is started in, which is before `start` first waits. */
function withUmask<T>(mask: number, start: () => Promise<T>): Promise<T> {
  // a worker thread cannot set its process's mask
  if (!isMainThread) return start();
  const before = process.umask(mask);
  try {
    return start();
  } finally {
    process.umask(before);
  }
}

/** Returns the name or path of this machine's Terraform. */
export function getTerraformBinary(env: Environment): string {
  return env.TERRAFORM_BINARY_NAME === undefined ||
    env.TERRAFORM_BINARY_NAME === ""
    ? "terraform"
    : env.TERRAFORM_BINARY_NAME;
}
