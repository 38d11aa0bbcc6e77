import path from "node:path";
import { getOutputDirectory } from "../../../stacks/config/environment";

/** Returns the output directory in which the commands synthesize a stack alone. */
export function getPlanDirectory(stackName: string): string {
  return path.join(getOutputDirectory(), "plan", stackName);
}
