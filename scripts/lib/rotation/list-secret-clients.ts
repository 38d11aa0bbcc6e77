import { readFileSync } from "node:fs";
import path from "node:path";
import type { StageTarget } from "../cli/options";
import { parseJsonObject, toJsonObject } from "../system/json-object";
import { withTemporaryDirectory } from "../system/temporary-directory";
import { StackDirectory } from "../terraform/stack-directory";

/**
 * Synthesizes a stage, and returns the ids of its clients with a secret, in the order of main.ts. Calls no AWS.
 *
 * @throws UserError if the stage cannot be synthesized
 */
export async function listSecretClients(
  { stage, stackName, settings, awsTarget }: StageTarget,
  log: (line: string) => void,
): Promise<readonly string[]> {
  return withTemporaryDirectory(async (outputDirectory) => {
    const directory = new StackDirectory({
      stackName,
      outputDirectory,
      target: awsTarget,
      log,
    });
    log(`Synthesizing ${stackName}…`);
    await directory.synthesize({ ...settings, STAGE: stage });
    const file = path.join(directory.directory, "cdk.tf.json");
    return parseSecretClients(readFileSync(file, "utf8"));
  });
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
