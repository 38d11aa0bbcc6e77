import { type Assessment, assessInDetail, assessStack } from "../assessment";
import { findInterruptedProvider } from "../checks/missing-settings";
import type { AdoptionContext } from "../context";
import { findBlockers, reviewChanges } from "../plan";
import { getManagedIds, type StateFile } from "../read/state-file";
import {
  buildAdoptionTable,
  formatAdoptionTable,
  formatAllowed,
  formatChangeCounts,
} from "../report";
import {
  findDifferences,
  listUntested,
  reportBlocked,
  reportDone,
  requireAdoptionState,
  requireConfirmation,
  requireImported,
  requireRetained,
  type StepResult,
} from "./requirements";

/** Applies the stage's configuration unless there are blockers, and verifies the result. */
export async function apply(context: AdoptionContext): Promise<StepResult> {
  const { stageTarget, workspace, record, unmanagedIds, log } = context;
  const assessment = await assessInDetail(context);
  const { stack, isDeleted, matching, configuration } = assessment;
  const state = requireAdoptionState(context, stack);
  if (!isDeleted) requireRetained(stack, state.retainedIds);
  await workspace.initialize("stage");
  const terraformState = await workspace.pullState();
  requireImported(terraformState, matching);
  if (state.isApplyStarted)
    await importCreatedProvider(context, assessment, terraformState);
  await workspace.writeGenerateSecret(configuration);

  const { file, json } = await workspace.plan();
  const review = reviewChanges(context, json);
  const { blockers, allowed } = findBlockers(context, assessment, review, json);
  const table = buildAdoptionTable(assessment, review, unmanagedIds);
  log(formatAdoptionTable(table));
  for (const line of formatAllowed(allowed)) log(line);
  if (blockers.length > 0) return reportBlocked(blockers);
  const counts = formatChangeCounts(review);
  if (!review.verdict.isEmpty) {
    await requireConfirmation(
      context,
      `Apply these changes to stage ${stageTarget.stage} (${counts})?`,
    );
    record.writeState({ ...state, isApplyStarted: true });
    log(`applying: ${counts}`);
    await workspace.applyPlanFile(file);
  }
  const differences = await findDifferences(context, async () => {
    const after = await assessStack(context);
    return after.matching;
  });
  return (
    differences ??
    reportDone(
      `applied (${counts}); a second plan is empty, and the values that users rely on are unchanged`,
      ...listUntested(context),
      "this cannot be undone; the stack still exists, and no longer manages the resources",
    )
  );
}

/** Imports an OIDC provider that an interrupted apply created: an account has at most one of an issuer. */
async function importCreatedProvider(
  { stageTarget, workspace, log }: AdoptionContext,
  { matching }: Assessment,
  state: StateFile | undefined,
): Promise<void> {
  const found = await findInterruptedProvider(matching, stageTarget);
  if (found === undefined) return;
  if (getManagedIds(state).has(found.configured.address)) return;
  log(`importing ${found.importId}, which an interrupted apply created`);
  await workspace.import([found]);
}
