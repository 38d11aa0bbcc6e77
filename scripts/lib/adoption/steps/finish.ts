import { UserError } from "../../../../constructs/errors";
import type { AdoptionContext } from "../context";
import type { AdoptionState } from "../record";
import { reportDifferences } from "./apply";
import { findMacroResources } from "../plan";
import { isCustomResource } from "../read/stack-only";
import type { LiveStack } from "../read/live-stack";
import { readLiveResources } from "../read/live-resources";
import { matchResources, type Matching } from "../read/matching";
import {
  reportDone,
  listRetainedIds,
  listRemainingChanges,
  compareWithBaseline,
  requireConfirmation,
  requireAdoptionState,
  requireRetained,
  type StepResult,
} from "./step";
import { assessStack, type Assessment } from "../assessment";
import { isRetainHandle, findUnretained } from "../read/template";

/**
 * Deletes the stack, which keeps everything that was taken over, and forgets the adoption; both only when nothing
 * differs from what was so before it.
 */
export async function finish(context: AdoptionContext): Promise<StepResult> {
  const { cloudFormation, record } = context;
  const journey = requireAdoptionState(context, undefined);
  const stack = await cloudFormation.settled(journey.stackId);
  const isThere =
    stack !== undefined && stack.StackStatus !== "DELETE_COMPLETE";
  if (isThere) {
    // a deletion that failed halfway has left a stack that takes no update
    const isHalfDeleted = stack.StackStatus === "DELETE_FAILED";
    const found = isHalfDeleted ? undefined : await assessStack(context);
    if (found !== undefined) {
      requireAdoptionState(context, found.stack);
      requireTold(found);
    }
    const kept = new Set([
      ...journey.kept,
      ...(found === undefined ? [] : listRetainedIds(found)),
    ]);
    const problem = await problemOf(
      context,
      found?.matching ?? (await matchingOfRecord(context)),
    );
    if (problem !== undefined) return problem;
    await deleteStack(context, journey, [...kept], found?.stack);
  }
  const problem = await problemOf(context, await matchingOfRecord(context));
  if (problem !== undefined) return problem;
  const unproven = record.facts?.unproven ?? [];
  record.remove();
  return reportDone(
    `stack ${record.stackName} is gone; everything that was taken over is there, and the plan is empty`,
    ...unproven.map((told) => `not shown, as before the adoption: ${told}`),
    "the adoption is finished, and its record removed: from now on the stage is deployed as any other",
  );
}

/** @throws UserError when the stack has something that its template cannot have it keep */
function requireTold({ stack, matching }: Assessment): void {
  const [made] = findMacroResources(stack, matching);
  if (made === undefined) return;
  throw new UserError(
    `stack ${stack.name} must have nothing that only its macros know, got ${made.logicalId}`,
    "run the step plan, which says what to do about it",
  );
}

/**
 * @param kept logical ids of all that must not go with the stack
 * @param judged the stack that all checks were made of; none where a deletion has begun already
 * @throws UserError when something of that would, or the stack has changed since
 */
async function deleteStack(
  context: AdoptionContext,
  { stackId }: AdoptionState,
  kept: readonly string[],
  judged: LiveStack | undefined,
): Promise<void> {
  const { cloudFormation, record, log } = context;
  const stack = await cloudFormation.read();
  if (stack === undefined) return;
  requireKept(stack, kept);
  const going = stack.resources.filter(
    ({ logicalId, type }) =>
      !kept.includes(logicalId) &&
      !isRetainHandle(logicalId) &&
      type !== "AWS::CDK::Metadata",
  );
  if (going.length > 0)
    log(`to go with stack ${stack.name}, as nobody else has a use for it:`);
  for (const { type, physicalId } of going) log(`  ${type} ${physicalId}`);
  await requireConfirmation(
    context,
    `Delete stack ${record.stackName}, which retains everything that was taken over?`,
  );
  // whatever was deployed while a person thought about it
  const now = await cloudFormation.read();
  if (now === undefined) return;
  requireKept(now, kept);
  const added = now.resources.find(({ logicalId }) =>
    (judged ?? stack).resources.every((one) => one.logicalId !== logicalId),
  );
  if (added !== undefined)
    throw new UserError(
      `stack ${stack.name} must stay as it is while it is adopted, got ${added.logicalId} in it now`,
      "stop what deploys it, and run the step again",
    );
  if (stack.isTerminationProtected)
    await cloudFormation.protect(stackId, false);
  log(`deleting stack ${record.stackName}`);
  try {
    await cloudFormation.delete(stackId, failedRecords(stack));
  } catch (error) {
    if (stack.isTerminationProtected)
      await cloudFormation.protect(stackId, true).catch(() => {
        log(
          `stack ${record.stackName} is no longer protected from being deleted`,
        );
      });
    throw error;
  }
}

/** {@link requireRetained}, of a stack too whose deletion has failed halfway, so that it takes no update. */
function requireKept(stack: LiveStack, kept: readonly string[]): void {
  if (stack.status !== "DELETE_FAILED") {
    requireRetained(stack, { kept });
    return;
  }
  const lost = findUnretained(stack, kept);
  if (lost.length > 0)
    throw new UserError(
      `stack ${stack.name} must retain everything that was taken over, got ${lost.join(", ")} without DeletionPolicy and UpdateReplacePolicy Retain`,
      "delete it by hand with --retain-resources for each of them, and run finish again",
    );
}

/**
 * Custom resources that a deletion could not delete, such as when their function is gone: they are records of the stack,
 * and nothing in AWS.
 */
function failedRecords({ resources, status }: LiveStack): readonly string[] {
  if (status !== "DELETE_FAILED") return [];
  return resources
    .filter(
      (one) => one.status === "DELETE_FAILED" && isCustomResource(one.type),
    )
    .map(({ logicalId }) => logicalId);
}

async function problemOf(
  context: AdoptionContext,
  matching: Matching,
): Promise<StepResult | undefined> {
  await context.folder.open("stage");
  const left = await listRemainingChanges(context);
  if (left.length > 0)
    return reportDifferences(
      "The plan is not empty: the steps import and apply take in what is left",
      left,
    );
  const lost = await compareWithBaseline(context, { matching });
  return lost.length > 0
    ? reportDifferences("This is not as it was before the adoption", lost)
    : undefined;
}

/** What was taken over of a stack that is no longer there, by what was written down of it. */
async function matchingOfRecord({
  record,
  folder,
  choice,
}: AdoptionContext): Promise<Matching> {
  const stack = record.stack;
  const code = await folder.synthesize();
  return matchResources(
    await readLiveResources(stack, choice.awsTarget),
    code,
    stack,
  );
}
