import { UserError } from "../../../constructs/errors";
import type { AdoptionContext } from "./adoption-context";
import { rehearse } from "./adoption-plan";
import { adoptionReport } from "./adoption-report";
import { readFacts } from "./facts";
import {
  done,
  requireAgreement,
  requireJourney,
  requireRetained,
  stopped,
  type StepResult,
} from "./step";
import type { Survey } from "./survey";
import { isRetaining, notRetained, retainingTemplate } from "./template";
import { withTemplate } from "./template-upload";

/**
 * Has the stack keep everything that is taken over when it goes. Before that, everything is planned, and what users
 * rely on is written down.
 */
export async function retain(context: AdoptionContext): Promise<StepResult> {
  const { choice, record, cloudFormation, leaves, log } = context;
  const plan = await rehearse(context);
  log(adoptionReport(plan, choice.stage, leaves));
  if (plan.stops.length > 0)
    return stopped(
      "Nothing has been changed: this stops the adoption",
      plan.stops,
    );
  const { stack, matching } = plan.survey;
  const kept = keptOf(plan.survey);
  const isBegun = record.journey() !== undefined;
  if (isBegun) requireJourney(context, stack);
  const isDone =
    isRetaining(stack.template) &&
    notRetained(stack.template, kept).length === 0;
  if (isBegun && isDone && record.facts !== undefined)
    return done(`stack ${stack.name} retains ${kept.length} resources already`);

  if (!isDone)
    await requireAgreement(
      context,
      `Have stack ${stack.name} retain ${kept.length} resources?`,
    );
  // what was written down before, by a run that did not come so far, stays
  if (!isRetaining(stack.template)) record.keepTemplate(stack.templateText);
  record.keepStack(stack);
  record.keepFacts(
    await readFacts(
      [...matching.adopted, ...matching.createdOver],
      choice.place,
      log,
    ),
  );
  record.write({
    stage: choice.stage,
    stackId: stack.id,
    kept,
    isApplied: record.journey()?.isApplied ?? false,
  });
  if (!isDone) {
    log(`updating stack ${stack.name}`);
    await withTemplate(
      retainingTemplate(stack.templateText, kept),
      stack,
      { place: choice.place, stateBucket: choice.settings.STATE_BUCKET_NAME },
      (template) => cloudFormation.update(stack, template),
    );
  }
  const updated = await cloudFormation.read();
  if (updated === undefined)
    throw new UserError(`stack ${stack.name} must still be there, got none`);
  requireRetained(updated, { kept });
  return done(
    `stack ${stack.name} retains ${kept.length} resources: read back from CloudFormation`,
    "undo takes that back",
  );
}

/** Everything of the stack but what is of no use without it. */
function keptOf({ stack, matching }: Survey): readonly string[] {
  return stack.resources
    .map(({ logicalId }) => logicalId)
    .filter(
      (id) =>
        id in stack.template.Resources &&
        !matching.leftBehind.some(({ logicalId }) => logicalId === id),
    );
}
