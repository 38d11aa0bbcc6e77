import { existsSync } from "node:fs";
import { getEnvironment } from "../../../../stacks/config/environment";
import { getEnvironmentSecretName } from "../../../../stacks/naming";
import { inspectEnvironmentFile } from "../../stage/environment-file";
import { compareWithSecret } from "../../stage/sync-environment";
import { quoteShellWord } from "../../system/shell";
import { getAwsReader } from "../aws-reader";
import type { Check } from "../check";
import { formatFix } from "../format-fix";

export const SETTINGS_IN_STEP: Check = {
  id: "settings",
  section: "Settings and state",
  runsWithoutState: true,
  run: async (context) => {
    const { stage } = context.target;
    const secret = getEnvironmentSecretName(stage);
    const found = await getAwsReader(context).findSecret(secret);
    if (found === undefined)
      return {
        status: "skipped",
        message: `there is no secret ${secret}`,
      };
    const { ENV_FILE: name = "" } = getEnvironment();
    const file = inspectEnvironmentFile(name === "" ? `.env.${stage}` : name);
    const { isSame, differences } = compareWithSecret({
      file,
      text: found.text,
      secret,
      stage,
    });
    if (isSame)
      return {
        status: "ok",
        message: `${file.name} has the settings in the secret ${secret}`,
      };
    return {
      status: "warning",
      message: existsSync(file.path)
        ? `${file.name} should have the settings in the secret ${secret}, got others`
        : `${file.name} should have the settings in the secret ${secret}, but does not exist`,
      details: differences.map((line) => line.trim()),
      fix: formatFix(
        context,
        "sync-env",
        ...(name === "" ? [] : [`--file ${quoteShellWord(name)}`]),
      ),
    };
  },
};
