import { rmSync } from "node:fs";
import { UserError } from "../../../../constructs/errors";
import { getLocalStateFile, readStateConfig } from "../../stage/stage-state";
import type { AdoptionContext } from "../context";
import { isCreatedByAdoption } from "../checks/plan-blockers";
import {
  createEmptyState,
  getManagedIds,
  parseStateFile,
} from "../read/state-file";
import {
  reportDone,
  requireConfirmation,
  requireAdoptionState,
  type StepResult,
} from "./step";
import {
  hasRetainHandle,
  isSameExceptPolicies,
  parseTemplate,
} from "../read/template";
import { withTemplateSource } from "./template-upload";

/** Has the stack and the stage's state be as they were before the adoption; what is live has not changed until then. */
export async function undo(context: AdoptionContext): Promise<StepResult> {
  const { cloudFormation, record, choice, log } = context;
  const stack = await cloudFormation.readAtRest();
  if (stack !== undefined && record.journey() === undefined) {
    if (!hasRetainHandle(stack.template))
      return reportDone(`no adoption of stack ${stack.name} has begun`);
    throw new UserError(
      `stack ${stack.name} must have been retained from this folder to be undone here, got no record of it in ${record.folder}`,
      "run undo in the folder where it was begun; where that is lost, deploy the stack with the CDK as before, and see to it that the stage's state is empty",
    );
  }
  const journey = requireAdoptionState(context, stack);
  if (journey.isApplied || stack === undefined)
    throw new UserError(
      "an adoption can be undone until the step apply has begun, got one that came further",
      "go on with it: apply and finish may be run again",
    );
  await requireConfirmation(
    context,
    `Put the state of stage ${choice.stage} and the template of stack ${stack.name} back?`,
  );
  const { template } = record;
  if (
    hasRetainHandle(stack.template) &&
    (template === undefined ||
      !isSameExceptPolicies(parseTemplate(template), stack.template))
  )
    throw new UserError(
      `stack ${stack.name} must have the template that it was adopted with, but for what keeps its resources, got another`,
      "it was deployed since then: deploy it once more with the CDK, which takes the policies back, and run undo again",
    );
  const told: string[] = [];
  if (record.state !== undefined) {
    await putStateBack(context, record.state);
    removeLocalCopies(context, record.state);
    told.push("the stage's state is as it was");
  }
  if (hasRetainHandle(stack.template) && template !== undefined) {
    log(`updating stack ${stack.name}`);
    await withTemplateSource(
      template,
      stack,
      {
        place: choice.awsTarget,
        stateBucket: choice.settings.STATE_BUCKET_NAME,
        log,
      },
      (sent) => cloudFormation.update(stack, sent),
    );
    if ((await cloudFormation.read())?.templateText !== template)
      throw new UserError(
        `stack ${stack.name} must have its former template, got another`,
        `it lies in ${record.folder}; run undo again`,
      );
    told.push(`stack ${stack.name} has the template that it had`);
  }
  record.remove();
  return reportDone(...told, "the adoption is undone, and its record removed");
}

/** Terraform takes a state only where it is newer than what is there, and of the same lineage. */
async function putStateBack(
  { folder, log }: AdoptionContext,
  before: string,
): Promise<void> {
  await folder.synthesize();
  await folder.open("stage");
  const now = await folder.pull();
  if (now === undefined) return;
  const was = parseStateFile(before);
  const [is, had] = [getManagedIds(now), getManagedIds(was)];
  const applied = [...is.keys()].find(
    (address) => isCreatedByAdoption(address) && !had.has(address),
  );
  if (applied !== undefined)
    throw new UserError(
      `the stage's state must be that of an import to be undone, got one that was applied: it has ${applied}`,
      "somebody deployed the stage: go on with apply and finish",
    );
  const isSame =
    is.size === had.size && [...had.keys()].every((one) => is.has(one));
  if (isSame) return;
  log("putting the stage's state back");
  await folder.push(
    was === undefined
      ? createEmptyState(now)
      : { ...was, serial: now.serial + 1, lineage: now.lineage },
  );
}

/** Terraform keeps what a local state was before it was put back, with all its secrets. */
function removeLocalCopies({ choice }: AdoptionContext, before: string): void {
  const config = readStateConfig(choice);
  if (config.state.backend !== "local") return;
  const file = getLocalStateFile(config);
  rmSync(`${file}.backup`, { force: true });
  if (before === "") rmSync(file, { force: true });
}
