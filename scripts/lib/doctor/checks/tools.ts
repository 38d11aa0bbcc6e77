import { getTerraformEnvironment } from "../../terraform/environment";
import { inspectTerraform } from "../../terraform/terraform";
import type { Check } from "../check";

/** First version of Node that the commands support, as in package.json. */
const OLDEST_NODE = "20.19.0";

export const NODE: Check = {
  id: "node",
  section: "Tools and account",
  runsWithoutState: true,
  run: () => {
    const { node } = process.versions;
    return Promise.resolve(
      compareVersions(node, OLDEST_NODE) < 0
        ? {
            status: "failed",
            message: `Node must be ${OLDEST_NODE} or newer, got ${node}`,
            fix: "install a newer Node (https://nodejs.org/)",
          }
        : { status: "ok", message: `Node ${node} is supported` },
    );
  },
};

export const TERRAFORM: Check = {
  id: "terraform",
  section: "Tools and account",
  runsWithoutState: true,
  run: async ({ state }) => {
    const found = await inspectTerraform(getTerraformEnvironment());
    if (typeof found === "string" || found.problem !== undefined) {
      const problem = typeof found === "string" ? found : found.problem;
      const [message = "", ...fix] = (problem ?? "").split(/: (?=install )/);
      return { status: "failed", message, fix: fix.join("") };
    }
    const { product, version } = found;
    const reading = await state;
    const written =
      reading.kind === "read" ? reading.state.terraformVersion : version;
    return compareVersions(version, written) < 0
      ? {
          status: "warning",
          message: `${product} must not be older than the version that wrote the state, which is ${written}, got ${version}`,
          fix: `install version ${written} or newer`,
        }
      : { status: "ok", message: `${product} ${version} is supported` };
  },
};

/** Compares the numbers of two versions, such as `1.11.4`; negative if the first is older. */
function compareVersions(one: string, other: string): number {
  const parse = (version: string): readonly number[] =>
    (/^\d+(\.\d+)*/.exec(version)?.[0] ?? "").split(".").map(Number);
  const [left, right] = [parse(one), parse(other)];
  for (let index = 0; index < 3; index += 1) {
    const difference = (left[index] ?? 0) - (right[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
