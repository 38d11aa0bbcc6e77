import {
  BROWSER_SIGN_IN_PORTS,
  getBrowserCallbackUrl,
  getServiceClientName,
} from "../../../stacks/naming";
import { formatCommand } from "../cli/invocation";
import { formatStageOptions, type StageTarget } from "../cli/options";
import { formatSecretCommands } from "../plan/placeholder-secrets";
import type { PlanJson } from "../plan/plan-json";
import { isJsonObject } from "../system/json-object";
import { quoteShellWord } from "../system/shell";

const SERVICE_CLIENT_SUFFIX = getServiceClientName("");
const BROWSER_URL = getBrowserCallbackUrl(BROWSER_SIGN_IN_PORTS[0]);

/**
 * Formats the commands that a user can run after a deployment of a stage: those without which people cannot sign in, and after
 * the first deployment those that try the stage.
 */
export function formatNextSteps(
  target: StageTarget,
  plan: PlanJson,
): readonly string[] {
  const commands = [
    ...formatSecretCommands(plan, target, "all"),
    ...(isFirstDeployment(plan) ? listFirstCommands(target, plan) : []),
  ];
  return commands.length === 0
    ? []
    : ["Next steps:", ...commands.map((command) => `  ${command}`)];
}

/** Returns whether a plan creates a user pool, and does not replace one. */
function isFirstDeployment({ resource_changes }: PlanJson): boolean {
  return resource_changes.some(
    ({ type, change }) =>
      type === "aws_cognito_user_pool" && change.actions.join() === "create",
  );
}

function listFirstCommands(
  target: StageTarget,
  plan: PlanJson,
): readonly string[] {
  const option = formatStageOptions(target);
  const { services, providers } = readClients(plan);
  return [
    ...providers.map((name) =>
      formatCommand(
        "credentials",
        option,
        `--identity-provider ${quoteShellWord(name)}`,
      ),
    ),
    formatCommand(
      "create-user",
      option,
      "--user-name <name> --email <address>",
    ),
    ...services.map((id) =>
      formatCommand("token", option, `--service-id ${id}`),
    ),
    formatCommand("outputs", option, "--format env"),
  ];
}

/** Returns the ids of the service clients, and the identity providers with which people get AWS credentials. */
function readClients({ resource_changes }: PlanJson) {
  const services: string[] = [];
  const providers = new Set<string>();
  const hasIdentityPool = resource_changes.some(
    ({ type }) => type === "aws_cognito_identity_pool",
  );
  for (const { type, change } of resource_changes) {
    if (type !== "aws_cognito_user_pool_client" || !isJsonObject(change.after))
      continue;
    const { name, ...client } = change.after;
    if (toTexts(client.allowed_oauth_flows).includes("client_credentials"))
      services.push(String(name).replace(SERVICE_CLIENT_SUFFIX, ""));
    if (hasIdentityPool && toTexts(client.callback_urls).includes(BROWSER_URL))
      for (const one of toTexts(client.supported_identity_providers))
        if (one !== "COGNITO") providers.add(one);
  }
  return { services, providers: [...providers] };
}

function toTexts(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.map(String) : [];
}
