import { UserError } from "../../../../constructs/errors";
import type { Assessment } from "../assessment";
import { readBaseline } from "../checks/baseline";
import type { AdoptionContext } from "../context";
import { planAdoption } from "../plan";
import { findUnretained } from "../read/live-stack";
import { addRetainPolicies, hasRetainHandle } from "../read/template";
import { formatAdoptionReport } from "../report";
import {
  getStateLocation,
  listRetainedIds,
  reportBlocked,
  reportDone,
  requireAdoptionState,
  requireConfirmation,
  requireRetained,
  type StepResult,
} from "./requirements";
import { updateStack } from "./update-stack";

/** Plans the adoption, records the baseline, and makes the stack retain every adopted resource. */
export async function retain(context: AdoptionContext): Promise<StepResult> {
  const { stageTarget, record, cloudFormation, unmanagedIds, log } = context;
  const plan = await planAdoption(context);
  log(formatAdoptionReport(plan, stageTarget.stage, unmanagedIds));
  if (plan.blockers.length > 0) return reportBlocked(plan.blockers);
  const { stack, isDeleted } = plan.assessment;
  if (isDeleted)
    throw new UserError(
      `stack ${stack.name} must exist to retain resources, got a deleted stack`,
      "continue with import, apply and finish: the retained resources still exist",
    );
  const retainedIds = listRetainedIds(plan.assessment);
  const before = record.readState();
  if (before !== undefined) requireAdoptionState(context, stack);
  const hasHandle = hasRetainHandle(stack.template);
  const isRetained =
    hasHandle && findUnretained(stack, retainedIds).length === 0;
  const state = {
    stage: stageTarget.stage,
    stackId: stack.id,
    retainedIds,
    stateLocation: getStateLocation(context),
    unmanagedIds,
    createAddresses: context.createAddresses,
    isApplyStarted: before?.isApplyStarted ?? false,
  };
  const count = retainedIds.length;
  if (before !== undefined && isRetained && record.baseline !== undefined) {
    record.writeState(state);
    return reportDone(`stack ${stack.name} already retains ${count} resources`);
  }

  if (!isRetained)
    await requireConfirmation(
      context,
      `Update stack ${stack.name} so that it retains ${count} resources?`,
    );
  if (before === undefined && hasHandle)
    log(
      `stack ${stack.name} already retains resources, but ${record.directory} has no record: the adoption was started in another directory, whose baseline cannot be compared here`,
    );
  if (!hasHandle) {
    const template = record.read("template");
    if (template !== undefined && template !== stack.templateText)
      log(
        `stack ${stack.name} was deployed again since the start of the adoption: undo will restore its current template`,
      );
    record.save("template", stack.templateText);
  }
  // an apply changes live values on purpose
  if (
    record.baseline === undefined ||
    (!hasHandle && before?.isApplyStarted !== true)
  )
    await saveBaseline(context, plan.assessment);
  record.writeState(state);
  if (!isRetained)
    await updateStack(
      context,
      stack,
      addRetainPolicies(stack.templateText, retainedIds),
    );
  const updated = await cloudFormation.read();
  if (updated === undefined)
    throw new UserError(
      `stack ${stack.name} must exist after the update, got none`,
    );
  requireRetained(updated, retainedIds);
  return reportDone(
    `stack ${stack.name} retains ${count} resources, as CloudFormation confirms`,
    ...(record.baseline?.untested ?? []).map(
      (problem) =>
        `${problem}; the adoption cannot verify this secret afterwards`,
    ),
    "the step undo reverts this",
  );
}

async function saveBaseline(
  { record, stageTarget, log }: AdoptionContext,
  { stack, matching: { adopted, overwritten } }: Assessment,
): Promise<void> {
  record.save("stack", JSON.stringify(stack));
  const { awsTarget } = stageTarget;
  const pairs = [...adopted, ...overwritten];
  const baseline = await readBaseline(pairs, awsTarget, log);
  record.save("baseline", JSON.stringify(baseline, null, 2));
}
