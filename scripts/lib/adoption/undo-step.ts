import { rmSync } from "node:fs";
import { UserError } from "../../../constructs/errors";
import { localStateFile, stateConfig } from "../stage/stage-state";
import type { AdoptionContext } from "./adoption-context";
import { emptied, managed, parseState } from "./state-file";
import {
  done,
  requireAgreement,
  requireJourney,
  type StepResult,
} from "./step";
import { isRetaining } from "./template";
import { withTemplate } from "./template-upload";

/** Has the stack and the stage's state be as they were before the adoption; what is live has not changed until then. */
export async function undo(context: AdoptionContext): Promise<StepResult> {
  const { cloudFormation, record, choice, log } = context;
  const stack = await cloudFormation.readAtRest();
  if (stack !== undefined && record.journey() === undefined)
    return done(`nothing of stack ${stack.name} was adopted from this folder`);
  const journey = requireJourney(context, stack);
  if (journey.isApplied || stack === undefined)
    throw new UserError(
      "an adoption can be undone until the step apply has begun, got one that came further",
      "go on with it: apply and finish may be run again",
    );
  await requireAgreement(
    context,
    `Put the state of stage ${choice.stage} and the template of stack ${stack.name} back?`,
  );
  const told: string[] = [];
  if (record.state !== undefined) {
    await putStateBack(context, record.state);
    removeLocalCopies(context, record.state);
    told.push("the stage's state is as it was");
  }
  const template = record.template;
  if (isRetaining(stack.template)) {
    if (template === undefined)
      throw new UserError(
        `${record.folder} must hold the stack's template as it was, got none`,
        "deploy it with the CDK as before, which puts its own template back",
      );
    log(`updating stack ${stack.name}`);
    await withTemplate(
      template,
      stack,
      { place: choice.place, stateBucket: choice.settings.STATE_BUCKET_NAME },
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
  return done(...told, "the adoption is undone, and its record removed");
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
  const was = parseState(before);
  const [is, had] = [managed(now), managed(was)];
  const isSame =
    is.size === had.size && [...had.keys()].every((one) => is.has(one));
  if (isSame) return;
  log("putting the stage's state back");
  await folder.push(
    was === undefined
      ? emptied(now)
      : { ...was, serial: now.serial + 1, lineage: now.lineage },
  );
}

/** Terraform keeps what a local state was before it was put back, with all its secrets. */
function removeLocalCopies({ choice }: AdoptionContext, before: string): void {
  const config = stateConfig(choice);
  if (config.state.backend !== "local") return;
  const file = localStateFile(config);
  rmSync(`${file}.backup`, { force: true });
  if (before === "") rmSync(file, { force: true });
}
