import { environment, type Environment } from "../../../stacks/config";
import { SETTINGS } from "../../../stacks/settings";

/** The process's environment without settings of a stage, for a child that is given its own. */
export function environmentWithoutSettings(
  env: Environment = environment(),
): Environment {
  const others = Object.entries(env).filter(
    ([name]) =>
      !(name.toUpperCase() in SETTINGS) && !/^(CI|ENV_FILE)$/i.test(name),
  );
  return Object.fromEntries(others);
}
