import { UserError } from "../../../../constructs/errors";
import { assessInDetail } from "../assessment";
import type { AdoptionContext } from "../context";
import { findAssessmentBlockers, listImports } from "../plan";
import type { Matching } from "../read/matching";
import { getManagedIds, type StateFile } from "../read/state-file";
import {
  reportBlocked,
  reportDone,
  requireAdoptionState,
  requireImported,
  requireRetained,
  type StepResult,
} from "./requirements";

/** Imports all adopted resources into the stage's state, and changes nothing live. */
export async function importResources(
  context: AdoptionContext,
): Promise<StepResult> {
  const { workspace, record, log } = context;
  const assessment = await assessInDetail(context);
  const { stack, isDeleted, matching, configuration } = assessment;
  const { retainedIds } = requireAdoptionState(context, stack);
  if (!isDeleted) requireRetained(stack, retainedIds);
  const blockers = findAssessmentBlockers(context, assessment);
  if (blockers.length > 0) return reportBlocked(blockers);

  await workspace.initialize();
  const state = await workspace.pullState();
  requireSameIds(state, matching);
  if (record.read("terraformState") === undefined)
    record.save("terraformState", state ? JSON.stringify(state) : "");
  log("Importing into the stage's state…");
  const ids = getManagedIds(state);
  await workspace.import(
    listImports(matching).filter(
      ({ configured }) => !ids.has(configured.address),
    ),
  );
  await workspace.writeGenerateSecret(configuration);
  requireImported(await workspace.pullState(), matching);
  return reportDone(
    `the stage's state contains ${matching.adopted.length} resources; nothing live has changed`,
    "the step undo reverts this",
  );
}

/** @throws UserError when the state contains another resource at the address of an adopted one */
function requireSameIds(
  state: StateFile | undefined,
  matching: Matching,
): void {
  const ids = getManagedIds(state);
  for (const { configured, importId } of listImports(matching)) {
    const id = ids.get(configured.address);
    if (id === undefined || id === importId || importId.endsWith(`/${id}`))
      continue;
    throw new UserError(
      `the stage's state must be empty or contain the stack's resources, got ${configured.address} with id ${id}`,
      "the stage was deployed in addition to the stack: find out who uses it, or adopt with another STATE_BUCKET_KEY",
    );
  }
}
