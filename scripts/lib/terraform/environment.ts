import {
  getEnvironment,
  type Environment,
} from "../../../stacks/config/environment";
import { SETTING_NAMES } from "../../../stacks/config/settings";
import { STATIC_CREDENTIALS, type AwsTarget } from "../aws/client";

/** Variables that would change what Terraform does or prints, and tokens of a workflow that Terraform does not need. */
const EXCLUDED =
  /^(TF_(CLI_ARGS.*|DATA_DIR|LOG.*|REATTACH_PROVIDERS|WORKSPACE)|GITHUB_TOKEN|ACTIONS_\w+_TOKEN)$/;

/** Returns the environment for a Terraform process. With a profile, it has no static credentials. */
export function getTerraformEnvironment({ profile }: AwsTarget): Environment {
  const variables = Object.entries(getEnvironment()).filter(
    ([name]) =>
      !EXCLUDED.test(name) &&
      (profile === undefined || !STATIC_CREDENTIALS.includes(name)),
  );
  return {
    ...Object.fromEntries(variables),
    ...(profile !== undefined && { AWS_PROFILE: profile }),
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
