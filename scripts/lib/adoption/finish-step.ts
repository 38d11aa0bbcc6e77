import { UserError } from "../../../constructs/errors";
import type { AdoptionContext } from "./adoption-context";
import type { Journey } from "./adoption-record";
import { differing } from "./apply-step";
import { isCustom } from "./left-behind";
import { liveResources } from "./live-resources";
import { match, type Matching } from "./matching";
import {
  done,
  leftToDo,
  lostFacts,
  requireAgreement,
  requireJourney,
  requireRetained,
  type StepResult,
} from "./step";
import { survey } from "./survey";
import { notRetained } from "./template";

/**
 * Deletes the stack, which keeps everything that was taken over, and forgets the adoption; both only when nothing
 * differs from what was so before it.
 */
export async function finish(context: AdoptionContext): Promise<StepResult> {
  const { cloudFormation, record, folder, log } = context;
  const journey = requireJourney(context, undefined);
  const stack = await cloudFormation.settled(journey.stackId);
  const isThere =
    stack !== undefined && stack.StackStatus !== "DELETE_COMPLETE";
  // a deletion that failed halfway has left a stack that takes no update
  const isHalfDeleted = stack?.StackStatus === "DELETE_FAILED";
  if (isThere && !isHalfDeleted) {
    const found = await survey(context, folder);
    requireJourney(context, found.stack);
    requireRetained(found.stack, journey);
    const problem = await problemOf(context, found.matching);
    if (problem !== undefined) return problem;
  }
  const records = isHalfDeleted ? await failedRecords(context, journey) : [];
  if (isThere) {
    await requireAgreement(
      context,
      `Delete stack ${record.stackName}, which retains everything that was taken over?`,
    );
    if (stack.EnableTerminationProtection === true)
      await cloudFormation.allowDeletion();
    log(`deleting stack ${record.stackName}`);
    await cloudFormation.delete(journey.stackId, records);
  }
  const problem = await problemOf(context, await matchingOfRecord(context));
  if (problem !== undefined) return problem;
  record.remove();
  return done(
    `stack ${record.stackName} is gone; everything that was taken over is there, and the plan is empty`,
    "the adoption is finished, and its record removed: from now on the stage is deployed as any other",
  );
}

/**
 * Custom resources that a deletion could not delete, such as when their function is gone: they are records of the stack,
 * and nothing in AWS.
 *
 * @throws UserError when the stack would not keep everything that was taken over
 */
async function failedRecords(
  { cloudFormation, record }: AdoptionContext,
  { kept }: Journey,
): Promise<readonly string[]> {
  const stack = await cloudFormation.read();
  if (stack === undefined) return [];
  const lost = notRetained(stack.template, kept);
  if (lost.length > 0)
    throw new UserError(
      `stack ${record.stackName} must retain everything that was taken over, got ${lost.join(", ")} without DeletionPolicy and UpdateReplacePolicy Retain`,
      "delete it by hand with --retain-resources for each of them, and run finish again",
    );
  return stack.resources
    .filter(({ type, status }) => status === "DELETE_FAILED" && isCustom(type))
    .map(({ logicalId }) => logicalId);
}

async function problemOf(
  context: AdoptionContext,
  matching: Matching,
): Promise<StepResult | undefined> {
  await context.folder.open("stage");
  const left = await leftToDo(context);
  if (left.length > 0) return differing("The plan is not empty", left);
  const lost = await lostFacts(context, { matching });
  return lost.length > 0
    ? differing("This is not as it was before the adoption", lost)
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
  return match(await liveResources(stack, choice.place), code, stack);
}
