import {
  type Environment,
  getEnvironment,
} from "../../../stacks/config/environment";
import { type AwsTarget, STATIC_CREDENTIALS } from "../aws/client";
import { SETTING_NAMES } from "../../../stacks/config/settings";

/**
 * Variables of a person's own Terraform that would change what it does here, or have it print secrets, and what a workflow
 * talks to GitHub with, which is nothing of Terraform's.
 */
const MISLEADING =
  /^(TF_(CLI_ARGS.*|DATA_DIR|LOG.*|REATTACH_PROVIDERS|WORKSPACE)|GITHUB_TOKEN|ACTIONS_\w+_TOKEN)$/;

/** The process's environment for a Terraform child: its credentials, or a named profile's alone. */
export function getTerraformEnvironment({ profile }: AwsTarget): Environment {
  const own = Object.entries(getEnvironment()).filter(
    ([name]) =>
      !MISLEADING.test(name) &&
      (profile === undefined || !STATIC_CREDENTIALS.includes(name)),
  );
  return {
    ...Object.fromEntries(own),
    ...(profile !== undefined && { AWS_PROFILE: profile }),
  };
}

/** The process's environment without settings of a stage, for a child that is given its own. */
export function getEnvironmentWithoutSettings(
  env: Environment = getEnvironment(),
): Environment {
  const others = Object.entries(env).filter(
    ([name]) =>
      !SETTING_NAMES.includes(name.toUpperCase()) &&
      !/^(CI|ENV_FILE)$/i.test(name),
  );
  return Object.fromEntries(others);
}
