import { environment, type Environment } from "../../../stacks/config";
import { STATIC_KEYS, type AwsPlace } from "../aws-client";

/**
 * Variables of a person's own Terraform that would change what it does here, or have it print secrets, and what a workflow
 * talks to GitHub with, which is nothing of Terraform's.
 */
const MISLEADING =
  /^(TF_(CLI_ARGS.*|DATA_DIR|LOG.*|REATTACH_PROVIDERS|WORKSPACE)|GITHUB_TOKEN|ACTIONS_\w+_TOKEN)$/;

/** The process's environment for a Terraform child: its credentials, or a named profile's alone. */
export function ownEnvironment({ profile }: AwsPlace): Environment {
  const own = Object.entries(environment()).filter(
    ([name]) =>
      !MISLEADING.test(name) &&
      (profile === undefined || !STATIC_KEYS.includes(name)),
  );
  return {
    ...Object.fromEntries(own),
    ...(profile !== undefined && { AWS_PROFILE: profile }),
  };
}
