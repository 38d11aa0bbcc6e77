import { existsSync } from "node:fs";
import { getEnvironment } from "../../../../stacks/config/environment";
import { getEnvironmentSecretName } from "../../../../stacks/naming";
import { findOrUndefined } from "../../aws/errors";
import { inspectEnvironmentFile } from "../../stage/environment-file";
import { compareWithSecret } from "../../stage/sync-environment";
import type { Check, DoctorContext } from "../check";
import { formatFix } from "../format-fix";

export const SETTINGS_IN_STEP: Check = {
  id: "settings",
  section: "Settings and state",
  runsWithoutState: true,
  run: async (context) => {
    const { stage } = context.target;
    const secret = getEnvironmentSecretName(stage);
    const text = await readSecretText(context, secret);
    if (text === undefined)
      return {
        status: "skipped",
        message: `there is no secret ${secret}`,
      };
    const { ENV_FILE: name = "" } = getEnvironment();
    const file = inspectEnvironmentFile(name === "" ? `.env.${stage}` : name);
    const { isSame, differences } = compareWithSecret({
      file,
      text,
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
        ...(name === "" ? [] : [`--file ${name}`]),
      ),
    };
  },
};

async function readSecretText(
  context: DoctorContext,
  SecretId: string,
): Promise<string | undefined> {
  const { SecretsManagerClient, GetSecretValueCommand } =
    await import("@aws-sdk/client-secrets-manager");
  const client = await context.getClient(SecretsManagerClient);
  return findOrUndefined(async () => {
    const { SecretString } = await context.call(
      "secretsmanager:GetSecretValue",
      () => client.send(new GetSecretValueCommand({ SecretId })),
    );
    return SecretString;
  });
}
