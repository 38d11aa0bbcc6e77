import { readFileSync } from "node:fs";
import path from "node:path";
import type { StageTarget } from "../cli/options";
import { withTemporaryDirectory } from "../system/temporary-directory";
import { StackDirectory } from "./stack-directory";

/**
 * Synthesizes a stage, and returns the text of its `cdk.tf.json`. Calls no AWS.
 *
 * @throws UserError if the stage cannot be synthesized
 */
export async function readSynthesizedStage(
  { stage, stackName, settings, awsTarget }: StageTarget,
  log: (line: string) => void,
): Promise<string> {
  return withTemporaryDirectory(async (outputDirectory) => {
    const stack = new StackDirectory({
      stackName,
      outputDirectory,
      target: awsTarget,
      log,
    });
    log(`Synthesizing ${stackName}…`);
    await stack.synthesize({ ...settings, STAGE: stage });
    return readFileSync(path.join(stack.directory, "cdk.tf.json"), "utf8");
  });
}
