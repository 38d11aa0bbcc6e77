import { UserError } from "../../../../constructs/errors";
import type { AdoptionContext } from "../context";
import { planAdoption } from "../plan";
import { formatAdoptionReport } from "../report";
import { readBaseline } from "../checks/baseline";
import {
  reportDone,
  listRetainedIds,
  requireConfirmation,
  requireAdoptionState,
  requireRetained,
  getStateLocation,
  reportBlocked,
  type StepResult,
} from "./step";
import type { Assessment } from "../assessment";
import {
  hasRetainHandle,
  findUnretained,
  addRetainPolicies,
} from "../read/template";
import { withTemplateSource } from "./template-upload";

/**
 * Has the stack keep everything that is taken over when it goes. Before that, everything is planned, and what users
 * rely on is written down.
 */
export async function retainResources(
  context: AdoptionContext,
): Promise<StepResult> {
  const { choice, record, cloudFormation, leaves, log } = context;
  const plan = await planAdoption(context);
  log(formatAdoptionReport(plan, choice.stage, leaves));
  if (plan.stops.length > 0)
    return reportBlocked(
      "Nothing has been changed: this stops the adoption",
      plan.stops,
    );
  const { stack, isGone } = plan.survey;
  if (isGone)
    throw new UserError(
      `stack ${stack.name} must be there to retain anything, got one that is deleted`,
      "go on with import, apply and finish: what it retained is there",
    );
  const kept = listRetainedIds(plan.survey);
  const before = record.journey();
  if (before !== undefined) requireAdoptionState(context, stack);
  const isRetained = hasRetainHandle(stack.template);
  const isDone = isRetained && findUnretained(stack, kept).length === 0;
  const journey = {
    stage: choice.stage,
    stackId: stack.id,
    kept,
    state: getStateLocation(context),
    leaves: context.leaves,
    mayCreate: context.mayCreate,
    isApplied: before?.isApplied ?? false,
  };
  if (before !== undefined && isDone && record.facts !== undefined) {
    record.write(journey);
    return reportDone(
      `stack ${stack.name} retains ${kept.length} resources already`,
    );
  }

  if (!isDone)
    await requireConfirmation(
      context,
      `Have stack ${stack.name} retain ${kept.length} resources?`,
    );
  if (before === undefined && isRetained)
    log(
      `stack ${stack.name} retains already, and ${record.folder} has no record of it: an adoption was begun in another folder, and what it wrote down of the time before cannot be compared with from here`,
    );
  if (!isRetained) {
    if (record.template !== undefined && record.template !== stack.templateText)
      log(
        `stack ${stack.name} was deployed again since the adoption began: what it has now is what undo puts back`,
      );
    record.keepTemplate(stack.templateText);
  }
  // once applied, what is live is no longer what was before
  if (record.facts === undefined || (!isRetained && before?.isApplied !== true))
    await writeDown(context, plan.survey);
  record.write(journey);
  if (!isDone) {
    log(`updating stack ${stack.name}`);
    await withTemplateSource(
      addRetainPolicies(stack.templateText, kept),
      stack,
      {
        place: choice.awsTarget,
        stateBucket: choice.settings.STATE_BUCKET_NAME,
        log,
      },
      (template) => cloudFormation.update(stack, template),
    );
  }
  const updated = await cloudFormation.read();
  if (updated === undefined)
    throw new UserError(`stack ${stack.name} must still be there, got none`);
  requireRetained(updated, { kept });
  return reportDone(
    `stack ${stack.name} retains ${kept.length} resources: read back from CloudFormation`,
    ...(record.facts?.unproven ?? []).map(
      (told) =>
        `${told}: whether it gets one afterwards will say nothing of the adoption`,
    ),
    "undo takes that back",
  );
}

/** Writes down the stack and what users rely on. */
async function writeDown(
  { record, choice, log }: AdoptionContext,
  { stack, matching }: Assessment,
): Promise<void> {
  record.keepStack(stack);
  record.keepFacts(
    await readBaseline(
      [...matching.adopted, ...matching.createdOver],
      choice.awsTarget,
      log,
    ),
  );
}
