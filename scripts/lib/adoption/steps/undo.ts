import { rmSync } from "node:fs";
import { UserError } from "../../../../constructs/errors";
import { getLocalStateFile, readStateConfig } from "../../stage/stage-state";
import { isCreatedByAdoption } from "../checks/plan-blockers";
import type { AdoptionContext } from "../context";
import {
  createEmptyState,
  getManagedIds,
  parseStateFile,
} from "../read/state-file";
import {
  hasRetainHandle,
  isSameExceptPolicies,
  parseTemplate,
} from "../read/template";
import {
  reportDone,
  requireAdoptionState,
  requireConfirmation,
  type StepResult,
} from "./requirements";
import { updateStack } from "./update-stack";

/** Restores the stage's state and the stack's template. Possible until an apply is started. */
export async function undo(context: AdoptionContext): Promise<StepResult> {
  const { cloudFormation, record, stageTarget } = context;
  const stack = await cloudFormation.readWhenStable();
  if (stack !== undefined && record.readState() === undefined) {
    if (!hasRetainHandle(stack.template))
      return reportDone(`no adoption of stack ${stack.name} was started`);
    throw new UserError(
      `the adoption of stack ${stack.name} must have started in this directory, got no record in ${record.directory}`,
      "run undo in the directory where it was started; if that is lost, deploy the stack with the CDK, and verify that the stage's state is empty",
    );
  }
  const state = requireAdoptionState(context, stack);
  if (state.isApplyStarted || stack === undefined)
    throw new UserError(
      `undo requires an existing stack and an adoption without an apply, got ${stack === undefined ? "a deleted stack" : "one whose apply was started"}`,
      "continue with apply and finish, which may be run again",
    );
  await requireConfirmation(
    context,
    `Restore the state of stage ${stageTarget.stage} and the template of stack ${stack.name}?`,
  );
  const template = record.read("template");
  const terraformState = record.read("terraformState");
  const hasHandle = hasRetainHandle(stack.template);
  if (
    hasHandle &&
    (template === undefined ||
      !isSameExceptPolicies(parseTemplate(template), stack.template))
  )
    throw new UserError(
      `stack ${stack.name} must have its original template, except for the retain policies, got another one`,
      "it was deployed since: deploy it again with the CDK, which removes the policies, and run undo again",
    );
  const messages: string[] = [];
  if (terraformState !== undefined) {
    await restoreState(context, terraformState);
    removeLocalCopies(context, terraformState);
    messages.push("restored the stage's state");
  }
  if (hasHandle && template !== undefined) {
    await updateStack(context, stack, template);
    if ((await cloudFormation.read())?.templateText !== template)
      throw new UserError(
        `stack ${stack.name} must have its original template after the update, got another one`,
        `the template is in ${record.directory}; run undo again`,
      );
    messages.push(`restored the template of stack ${stack.name}`);
  }
  record.remove();
  return reportDone(
    ...messages,
    "the adoption is undone, and its record is removed",
  );
}

/** Terraform allows only a state of the same lineage with a newer serial. */
async function restoreState(
  { workspace, log }: AdoptionContext,
  original: string,
): Promise<void> {
  await workspace.synthesize();
  await workspace.initialize();
  const current = await workspace.pullState();
  if (current === undefined) return;
  const before = parseStateFile(original);
  const [ids, idsBefore] = [getManagedIds(current), getManagedIds(before)];
  const created = [...ids.keys()].find(
    (address) => isCreatedByAdoption(address) && !idsBefore.has(address),
  );
  if (created !== undefined)
    throw new UserError(
      `the stage's state must contain imported resources only, got ${created}, which an apply created`,
      "the stage was deployed: continue with apply and finish",
    );
  const isSame =
    ids.size === idsBefore.size &&
    [...idsBefore.keys()].every((address) => ids.has(address));
  if (isSame) return;
  log("Restoring the stage's state…");
  const { serial, lineage } = current;
  await workspace.pushState(
    before === undefined
      ? createEmptyState(current)
      : { ...before, serial: serial + 1, lineage },
  );
}

/** Removes the copies of a local state that Terraform leaves: they contain secrets. */
function removeLocalCopies(
  { stageTarget }: AdoptionContext,
  original: string,
): void {
  const config = readStateConfig(stageTarget);
  if (config.state.backend !== "local") return;
  const file = getLocalStateFile(config);
  rmSync(`${file}.backup`, { force: true });
  if (original === "") rmSync(file, { force: true });
}
