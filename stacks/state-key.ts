import { ACCOUNT_STAGE, defaultStateKey } from "../constructs/names";
import { STAGE_NAME } from "./settings";

/**
 * Returns why a stage must not keep its state under a key: another stack has it by default, an account stack of any app or
 * another stage of the stage's app, whether that one is known here or not.
 */
export function stateKeyProblems(
  key: string,
  appName: string,
  stage: string,
): string[] {
  const [app = "", owner = "", ...rest] = key.split("/");
  if (key !== defaultStateKey(app, owner) || rest.length !== 1) return [];
  const problem = (whose: string): string[] => [
    `STATE_BUCKET_KEY must be another key than ${whose}, got "${key}"`,
  ];
  if (owner === ACCOUNT_STAGE) return problem("an account stack's");
  return app === appName && owner !== stage && STAGE_NAME.test(owner)
    ? problem(`the default of stage "${owner}"`)
    : [];
}
