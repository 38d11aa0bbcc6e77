import { assessInDetail, assessStack } from "../assessment";
import { OIDC_PROVIDER } from "../checks/missing-settings";
import type { AdoptionContext } from "../context";
import { findBlockers, reviewChanges } from "../plan";
import { findOidcProvider, parseOidcIssuer } from "../read/live-resources";
import type { Matching } from "../read/matching";
import { getManagedIds, type StateFile } from "../read/state-file";
import { toText } from "../read/terraform-configuration";
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
  await workspace.initialize();
  const terraformState = await workspace.pullState();
  requireImported(terraformState, matching);
  if (state.isApplyStarted)
    await importCreatedProvider(context, matching, terraformState);
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
    log(`Applying ${counts}…`);
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

/**
 * Imports an OIDC provider that an interrupted apply created: an account has at most one of an issuer. A provider that
 * existed before the apply blocks the adoption.
 */
async function importCreatedProvider(
  { stageTarget: { awsTarget }, workspace, log }: AdoptionContext,
  { missing }: Matching,
  state: StateFile | undefined,
): Promise<void> {
  const configured = missing.find(({ type }) => type === OIDC_PROVIDER);
  if (configured === undefined) return;
  if (getManagedIds(state).has(configured.address)) return;
  const issuer = parseOidcIssuer(toText(configured.values.url));
  const importId = await findOidcProvider(issuer, awsTarget);
  if (importId === undefined) return;
  log(`Importing ${importId}, which an interrupted apply created…`);
  await workspace.import([{ configured, importId }]);
}
