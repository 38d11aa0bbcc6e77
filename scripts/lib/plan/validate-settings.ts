import { readAppConfig } from "../../../stacks/config/app-config";
import type { StageTarget } from "../cli/options";
import { getTerraformEnvironment } from "../terraform/environment";

/**
 * Reads the settings and the files of a stage again, so that a problem names its file.
 *
 * @throws UserError if a setting is invalid
 */
export function validateSettings({
  stage,
  settings,
  origins = {},
}: StageTarget): void {
  const overrides = Object.entries(settings).filter(
    ([name]) => origins[name] === undefined,
  );
  readAppConfig(
    {
      ...getTerraformEnvironment(),
      ...Object.fromEntries(overrides),
      STAGE: stage,
    },
    process.cwd(),
    () => undefined,
  );
}
