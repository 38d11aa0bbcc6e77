import {
  getEnvironment,
  type Environment,
} from "../../../stacks/config/environment";
import { SETTING_NAMES } from "../../../stacks/config/settings";
import type { AwsTarget } from "../aws/client";
import { getCredentialVariables } from "../aws/credential-variables";
import { BUNDLE_VARIABLE, getBundlePath } from "../http/network-variables";

/** Variables that would change what Terraform does or prints, and tokens of a workflow that Terraform does not need. */
const EXCLUDED =
  /^(TF_(CLI_ARGS.*|DATA_DIR|LOG.*|REATTACH_PROVIDERS|WORKSPACE)|GITHUB_TOKEN|ACTIONS_\w+_TOKEN)$/;

/** Returns the environment for a Terraform process that calls no AWS. */
export function getTerraformEnvironment(): Environment {
  const variables = Object.entries(getEnvironment()).filter(
    ([name]) => !EXCLUDED.test(name),
  );
  const bundle = getBundlePath();
  return {
    ...Object.fromEntries(variables),
    // Terraform runs in the directory of a stack
    ...(bundle !== undefined && { [BUNDLE_VARIABLE]: bundle }),
  };
}

/**
 * Returns the environment for a Terraform process that calls AWS: with the credentials that SDK clients of the target have.
 *
 * @throws UserError if they cannot be loaded
 */
export async function createTerraformEnvironment(
  target: AwsTarget,
): Promise<Environment> {
  return {
    ...getTerraformEnvironment(),
    ...(await getCredentialVariables(target)),
  };
}

/** Returns the environment without the settings of a stage, for a process with other settings. */
export function getEnvironmentWithoutSettings(
  env: Environment = getEnvironment(),
): Environment {
  return Object.fromEntries(
    Object.entries(env).filter(
      ([name]) =>
        !SETTING_NAMES.includes(name.toUpperCase()) &&
        !/^(CI|ENV_FILE)$/i.test(name),
    ),
  );
}
