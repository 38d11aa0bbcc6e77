import path from "node:path";
import { UserError } from "../../../constructs/errors";
import { getOutputDirectory } from "../../../stacks/config/environment";
import type { StageTarget } from "../cli/options";
import type { Allowance } from "../review/allowances";
import { onExit } from "../system/exit-hooks";
import { withLock } from "../system/file-lock";
import { getTerraformEnvironment } from "../terraform/environment";
import { InterruptedRunMarker } from "../terraform/interrupted-run-marker";
import { findTerraformProblem } from "../terraform/terraform";
import { CloudFormationStack } from "./read/cloudformation-stack";
import { AdoptionRecord, type RecordedOptions } from "./record";
import { AdoptionWorkspace } from "./workspace";

const LOCK_SECONDS = 300;
/** Plans and states contain secrets: only the user may read files that any process of the run writes. */
const PRIVATE_UMASK = 0o077;

export interface AdoptionOptions extends RecordedOptions {
  readonly stageTarget: StageTarget;
  /** Name or ARN of the stack. */
  readonly stackName: string;
  readonly allowances: readonly Allowance[];
  /** Asks whether a live resource may be changed. */
  readonly confirm: (question: string) => Promise<boolean>;
  /** Receives progress, one line per call. */
  readonly log: (line: string) => void;
}

/** The options and tools of every adoption step. */
export interface AdoptionContext extends AdoptionOptions {
  /** Options of this command, without those that an earlier step recorded. */
  readonly explicit: RecordedOptions;
  readonly cloudFormation: CloudFormationStack;
  readonly record: AdoptionRecord;
  readonly workspace: AdoptionWorkspace;
}

/**
 * Runs `job` while no other run adopts a stack in this directory. Removes files with secrets afterwards, and a state lock
 * that a killed run holds.
 *
 * @throws UserError when Terraform cannot be used
 */
export async function withAdoption<T>(
  options: AdoptionOptions,
  job: (context: AdoptionContext) => Promise<T>,
): Promise<T> {
  const { stageTarget, stackName, log } = options;
  const { awsTarget } = stageTarget;
  const record = new AdoptionRecord(stackName);
  const problem = await findTerraformProblem(getTerraformEnvironment());
  if (problem !== undefined) throw new UserError(problem);
  process.umask(PRIVATE_UMASK);
  const lock = path.join(getOutputDirectory(), "adopt.lock");
  return withLock(lock, { log, waitSeconds: LOCK_SECONDS }, async () => {
    const workDirectory = record.createWorkDirectory();
    const dispose = onExit(() => {
      record.removeWorkFiles();
    });
    const workspace = new AdoptionWorkspace(stageTarget, workDirectory, log);
    try {
      return await new InterruptedRunMarker(record.directory).run(
        async () => {
          const state = record.readState();
          return job({
            ...options,
            explicit: options,
            unmanagedIds: unite(options.unmanagedIds, state?.unmanagedIds),
            createAddresses: unite(
              options.createAddresses,
              state?.createAddresses,
            ),
            cloudFormation: new CloudFormationStack(stackName, awsTarget, log),
            record,
            workspace,
          });
        },
        async (lockId) => {
          log(`Removing the state lock of the interrupted run: ${lockId}`);
          await workspace.synthesize();
          await workspace.initialize();
          await workspace.forceUnlock(lockId);
        },
      );
    } finally {
      record.removeWorkFiles();
      AdoptionRecord.removeEmptyParent();
      dispose();
    }
  });
}

function unite(
  one: readonly string[],
  other: readonly string[] = [],
): readonly string[] {
  return [...new Set([...one, ...other])];
}
