import {
  getOutputName,
  IDENTITY_PROVIDER_CLIENT,
  PROGRAMMATIC_CLIENT,
} from "../../../stacks/naming";
import { formatCommand } from "../cli/invocation";
import { formatStageOptions, type StageTarget } from "../cli/options";

/** Outputs of the secrets that no service reads. */
const OTHER_SECRETS: readonly string[] = [
  PROGRAMMATIC_CLIENT,
  IDENTITY_PROVIDER_CLIENT,
].map((id) => getOutputName(id, "secret_id"));

/**
 * Formats the commands that a user can run after a deployment of a stage.
 *
 * @param secretCommands commands without which people cannot sign in
 * @param isFirst whether the stage was deployed for the first time
 */
export function formatNextSteps(
  target: StageTarget,
  outputs: Readonly<Record<string, unknown>>,
  secretCommands: readonly string[],
  isFirst: boolean,
): readonly string[] {
  const commands = [
    ...secretCommands,
    ...(isFirst ? listFirstCommands(target, outputs) : []),
  ];
  return commands.length === 0
    ? []
    : ["Next steps:", ...commands.map((command) => `  ${command}`)];
}

function listFirstCommands(
  target: StageTarget,
  outputs: Readonly<Record<string, unknown>>,
): readonly string[] {
  const option = formatStageOptions(target);
  const services = Object.entries(outputs).flatMap(([name, value]) =>
    name.endsWith("_secret_id") && !OTHER_SECRETS.includes(name)
      ? [String(value).replace(/^.*\//, "")]
      : [],
  );
  return [
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
