import { UserError } from "../../../../constructs/errors";
import { type Assessment, assessStack } from "../assessment";
import type { AdoptionContext } from "../context";
import { findMacroResources } from "../plan";
import { type Matching, matchResources } from "../read/matching";
import { readResources } from "../read/outside-resources";
import { isCustomResource } from "../read/stack-only";
import { isRetainHandle } from "../read/template";
import type { AdoptionState } from "../record";
import {
  findDifferences,
  listRetainedIds,
  listUntested,
  reportDone,
  requireAdoptionState,
  requireConfirmation,
  requireRetained,
  type StepResult,
} from "./requirements";

/**
 * Deletes the stack, which retains every adopted resource, and removes the record. Verifies the plan and the baseline
 * before and after the deletion.
 */
export async function finish(context: AdoptionContext): Promise<StepResult> {
  const { cloudFormation, record } = context;
  const state = requireAdoptionState(context, undefined);
  const stack = await cloudFormation.waitUntilStable(state.stackId);
  if (stack !== undefined && stack.StackStatus !== "DELETE_COMPLETE") {
    // a stack whose deletion failed cannot be assessed, since it allows no update
    const isHalfDeleted = stack.StackStatus === "DELETE_FAILED";
    const assessment = isHalfDeleted ? undefined : await assessStack(context);
    if (assessment !== undefined) {
      requireAdoptionState(context, assessment.stack);
      requireNoMacroResources(assessment);
    }
    const differences = await verify(context, assessment?.matching);
    if (differences !== undefined) return differences;
    await deleteStack(context, state, assessment);
  }
  const differences = await verify(context);
  if (differences !== undefined) return differences;
  const untested = listUntested(context);
  record.remove();
  return reportDone(
    `stack ${record.stackName} is deleted; all adopted resources exist, and the plan is empty`,
    ...untested,
    "the adoption is finished, and its record is removed: deploy the stage like any other from now on",
  );
}

/** Verifies the plan and the baseline; reads the recorded stack if no matching is passed. */
async function verify(
  context: AdoptionContext,
  matching?: Matching,
): Promise<StepResult | undefined> {
  const current = matching ?? (await readRecordedMatching(context));
  await context.workspace.initialize();
  return findDifferences(context, () => Promise.resolve(current));
}

async function readRecordedMatching({
  record: { stack },
  workspace,
  stageTarget,
}: AdoptionContext): Promise<Matching> {
  const configuration = await workspace.synthesize();
  const { awsTarget } = stageTarget;
  const resources = await readResources(stack, configuration, awsTarget);
  return matchResources(resources, configuration, stack);
}

/** @throws UserError when the template cannot retain a resource, because a macro adds it */
function requireNoMacroResources({ stack, matching }: Assessment): void {
  const [resource] = findMacroResources(stack, matching);
  if (resource === undefined) return;
  throw new UserError(
    `stack ${stack.name} must contain only resources of its template, got ${resource.logicalId}, which a macro adds`,
    "run the step plan, which describes the solution",
  );
}

/**
 * @param assessment of the stack that was verified; `undefined` if a deletion failed before
 * @throws UserError when the deletion would delete an adopted resource, or the stack has changed since
 */
async function deleteStack(
  context: AdoptionContext,
  { stackId, retainedIds }: AdoptionState,
  assessment: Assessment | undefined,
): Promise<void> {
  const { cloudFormation, record, log } = context;
  const retained = new Set([
    ...retainedIds,
    ...(assessment === undefined ? [] : listRetainedIds(assessment)),
  ]);
  const stack = await cloudFormation.read();
  if (stack === undefined) return;
  requireRetained(stack, [...retained]);
  const deleted = stack.resources.filter(
    ({ logicalId, type }) =>
      !retained.has(logicalId) &&
      !isRetainHandle(logicalId) &&
      type !== "AWS::CDK::Metadata",
  );
  if (deleted.length > 0)
    log(`resources that are deleted with stack ${stack.name}:`);
  for (const { type, physicalId } of deleted) log(`  ${type} ${physicalId}`);
  await requireConfirmation(
    context,
    `Delete stack ${record.stackName}, which retains every adopted resource?`,
  );
  // a deployment may have changed the stack before the answer
  const current = await cloudFormation.read();
  if (current === undefined) return;
  requireRetained(current, [...retained]);
  const known = (assessment?.stack ?? stack).resources;
  const added = current.resources.find(({ logicalId }) =>
    known.every((one) => one.logicalId !== logicalId),
  );
  if (added !== undefined)
    throw new UserError(
      `stack ${stack.name} must not change during its adoption, got the new resource ${added.logicalId}`,
      "disable its deployments, and run the step again",
    );
  if (stack.isTerminationProtected)
    await cloudFormation.setTerminationProtection(stackId, false);
  // AWS has nothing for a custom resource whose function could not delete it
  const failed = stack.resources.filter(
    ({ status, type }) => status === "DELETE_FAILED" && isCustomResource(type),
  );
  const leftIds = stack.status === "DELETE_FAILED" ? failed : [];
  log(`Deleting stack ${record.stackName}…`);
  try {
    await cloudFormation.delete(
      stackId,
      leftIds.map(({ logicalId }) => logicalId),
    );
  } catch (error) {
    if (stack.isTerminationProtected)
      await cloudFormation.setTerminationProtection(stackId, true).catch(() => {
        log(`cannot restore the termination protection of ${record.stackName}`);
      });
    throw error;
  }
}
