import { existsSync } from "node:fs";
import path from "node:path";
import { getOutputDirectory } from "../../../../stacks/config/environment";
import { getPlanDirectory } from "../../plan/plan-directory";
import { ERRORED_STATE } from "../../terraform/terraform-error";
import { quoteShellWord } from "../../system/shell";
import type { Check } from "../check";
import { formatTerraformFix } from "../format-fix";

export const INTERRUPTED_RUN: Check = {
  id: "interrupted-run",
  section: "Settings and state",
  runsWithoutState: true,
  run: (context) => {
    const { stackName } = context.target;
    const output = getOutputDirectory();
    const errored = [output, getPlanDirectory(stackName)]
      .map((directory) =>
        path.join(directory, "stacks", stackName, ERRORED_STATE),
      )
      .find((file) => existsSync(file));
    const adoption = path.join(".adoption", stackName, "running");
    if (errored !== undefined)
      return Promise.resolve({
        status: "failed",
        message: `the state must have the changes of every run, but an earlier run could not write them: ${errored} has them`,
        fix: `${formatTerraformFix(context, path.dirname(errored), `state push ${ERRORED_STATE}`)} && rm ${quoteShellWord(errored)}`,
      });
    return Promise.resolve(
      existsSync(adoption)
        ? {
            status: "warning",
            message: `a step of the adoption of ${stackName} runs, or was interrupted`,
            fix: `run the step again`,
          }
        : {
            status: "ok",
            message: "no earlier run in this directory was interrupted",
          },
    );
  },
};
