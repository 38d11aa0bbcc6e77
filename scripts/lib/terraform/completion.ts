import { formatPage } from "../../../stacks/config/documentation";
import { formatCommand } from "../cli/invocation";
import { fenceText } from "../cli/log-fence";
import type { Completion } from "../system/processes";
import { TerraformError } from "./terraform-error";

/** Lets a command of Terraform finish after a signal: an interrupted request can create a resource that the state does not have. */
export function createCompletion(
  command: string,
  {
    stage,
    log,
  }: {
    /** @default the stack is of the account */
    readonly stage?: string;
    readonly log: (line: string) => void;
  },
): Completion {
  let isInterrupted = false;
  return {
    onWait: () => {
      log(
        `Stopping after terraform ${command}, which finishes its changes. Press Ctrl-C again to interrupt it: resources that are being created can then be missing from the state.`,
      );
    },
    onInterrupt: () => {
      isInterrupted = true;
      log(
        `Interrupting Terraform, which writes its state. Press Ctrl-C again to kill it: the state can then be incomplete, and stays locked (${formatPage("troubleshooting")}).`,
      );
    },
    onEnd: (result) => {
      if (result.code === 0) log(`Stopped: terraform ${command} is complete`);
      else if (isInterrupted) {
        const options = stage === undefined ? [] : ["--stage", stage];
        log(
          `Stopped: the state has all finished changes; ${formatCommand("orphans", ...options)} lists resources that it does not have`,
        );
      } else log(fenceText(new TerraformError(command, result).message));
    },
  };
}
