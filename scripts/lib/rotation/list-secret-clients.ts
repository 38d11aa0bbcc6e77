import type { StageTarget } from "../cli/options";
import { parseJsonObject, toJsonObject } from "../system/json-object";
import { readSynthesizedStage } from "../terraform/synthesized-stage";

/**
 * Synthesizes a stage, and returns the ids of its clients with a secret, in the order of main.ts. Calls no AWS.
 *
 * @throws UserError if the stage cannot be synthesized
 */
export async function listSecretClients(
  stage: StageTarget,
  log: (line: string) => void,
): Promise<readonly string[]> {
  return parseSecretClients(await readSynthesizedStage(stage, log));
}

/** Returns the ids of the clients with a secret in the text of `cdk.tf.json`. */
export function parseSecretClients(text: string): readonly string[] {
  const { aws_cognito_user_pool_client: clients } = toJsonObject(
    parseJsonObject(text).resource,
  );
  return Object.values(toJsonObject(clients)).flatMap((client) => {
    const { generate_secret, "//": comments } = toJsonObject(client);
    const { path: constructPath } = toJsonObject(
      toJsonObject(comments).metadata,
    );
    const [, id] =
      /^[^/]+\/clients\/([^/]+)\/Resource$/.exec(String(constructPath)) ?? [];
    return generate_secret === true && id !== undefined ? [id] : [];
  });
}
