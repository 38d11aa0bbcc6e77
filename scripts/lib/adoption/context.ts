import path from "node:path";
import { UserError } from "../../../constructs/errors";
import { getOutputDirectory } from "../../../stacks/config/environment";
import type { StageTarget } from "../cli/options";
import { InterruptedRunMarker } from "../terraform/interrupted-run-marker";
import { withLock } from "../system/file-lock";
import { onExit } from "../system/exit-hooks";
import type { Allowance } from "../review/allowances";
import { getTerraformEnvironment } from "../terraform/environment";
import { TerraformError } from "../terraform/stack-directory";
import { parseStateLock } from "../terraform/state-lock";
import { findTerraformProblem } from "../terraform/terraform";
import { AdoptionWorkspace } from "./workspace";
import { AdoptionRecord } from "./record";
import { CloudFormationStack } from "./read/cloudformation-stack";

/** Another run may be at work in the same folder. */
const LOCK_SECONDS = 300;
/** What nobody else may read, whoever writes it: plans and states hold secrets. */
const PRIVATE_UMASK = 0o077;

export interface AdoptionOptions {
  readonly choice: StageTarget;
  /** Name or ARN of the stack. */
  readonly stackName: string;
  /** Addresses that may be made, since somebody deleted what they are for. */
  readonly mayCreate: readonly string[];
  /** Logical ids of what stays in AWS and is nobody's from now on. */
  readonly leaves: readonly string[];
  readonly allowances: readonly Allowance[];
  /** Whether something that is live may be changed. */
  readonly agree: (question: string) => Promise<boolean>;
  /** Told what happens, a line at a time. */
  readonly log: (line: string) => void;
}

/** What every step of an adoption works with. */
export interface AdoptionContext extends AdoptionOptions {
  /** Those of the options that this command was given, and that name something; the others are remembered. */
  readonly given: Pick<AdoptionOptions, "leaves" | "mayCreate">;
  readonly cloudFormation: CloudFormationStack;
  readonly record: AdoptionRecord;
  readonly folder: AdoptionWorkspace;
}

/**
 * Gives `job` what it works with, while no other run adopts the same stack. What holds secrets is gone afterwards, and
 * a lock of the state that a run which was killed has left is removed.
 */
export async function withAdoption<T>(
  options: AdoptionOptions,
  job: (context: AdoptionContext) => Promise<T>,
): Promise<T> {
  const { choice, stackName, log } = options;
  const record = new AdoptionRecord(stackName);
  const problem = await findTerraformProblem(
    getTerraformEnvironment(choice.awsTarget),
  );
  if (problem !== undefined) throw new UserError(problem);
  process.umask(PRIVATE_UMASK);
  const lock = path.join(getOutputDirectory(), "adopt.lock");
  return withLock(lock, { log, waitSeconds: LOCK_SECONDS }, async () => {
    const work = record.work();
    const settle = onExit(() => {
      record.clean();
    });
    const folder = new AdoptionWorkspace(choice, work, log);
    const mark = new InterruptedRunMarker(record.folder);
    try {
      const begun = record.journey();
      const context = {
        ...options,
        given: options,
        leaves: union(options.leaves, begun?.leaves),
        mayCreate: union(options.mayCreate, begun?.mayCreate),
        cloudFormation: new CloudFormationStack(
          stackName,
          choice.awsTarget,
          log,
        ),
        record,
        folder,
      };
      const result = await withoutStaleLock(context, mark, () => job(context));
      mark.remove();
      return result;
    } catch (error) {
      mark.release();
      throw error;
    } finally {
      record.clean();
      AdoptionRecord.removeEmpty();
      settle();
    }
  });
}

function union(
  given: readonly string[],
  before: readonly string[] = [],
): readonly string[] {
  return [...new Set([...given, ...before])];
}

/** Does a job again when nothing but a lock that a killed run has left was in its way. */
async function withoutStaleLock<T>(
  { folder, log }: AdoptionContext,
  mark: InterruptedRunMarker,
  job: () => Promise<T>,
): Promise<T> {
  try {
    return await job();
  } catch (error) {
    const lock =
      error instanceof TerraformError
        ? parseStateLock(`${error.result.stdout}\n${error.result.stderr}`)
        : undefined;
    if (lock === undefined || !mark.isOwnerOf(lock)) throw error;
    log(`removing the lock that the interrupted run has left: ${lock.id}`);
    await folder.synthesize();
    await folder.open("stage");
    await folder.forceUnlock(lock.id);
    return job();
  }
}
