import { UserError } from "../../../../constructs/errors";
import type { AdoptionContext } from "../context";
import { importMatched, findAssessmentBlockers } from "../plan";
import type { Matching } from "../read/matching";
import { getManagedIds, type StateFile } from "../read/state-file";
import {
  reportDone,
  requireImported,
  requireAdoptionState,
  requireRetained,
  reportBlocked,
  type StepResult,
} from "./step";
import { assessStack } from "../assessment";

/** Takes everything into the stage's state, and changes nothing live. */
export async function importIntoState(
  context: AdoptionContext,
): Promise<StepResult> {
  const { folder, record, log } = context;
  const found = await assessStack(context);
  const journey = requireAdoptionState(context, found.stack);
  if (!found.isGone) requireRetained(found.stack, journey);
  const stops = findAssessmentBlockers(found, context);
  if (stops.length > 0)
    return reportBlocked(
      "Nothing has been changed: this stops the adoption",
      stops,
    );

  await folder.open("stage");
  const state = await folder.pull();
  requireOwn(state, found.matching);
  const known = getManagedIds(state);
  const count = found.matching.adopted.length;
  record.keepState(state === undefined ? "" : JSON.stringify(state));
  log("importing into the stage's state");
  await importMatched(context, found, new Set(known.keys()));
  requireImported(await folder.pull(), found.matching);
  return reportDone(
    `the stage's state has ${count} resources; nothing live has changed`,
    "undo takes them out of it",
  );
}

/** @throws UserError when the state has something else than what is live for anything that is taken over */
function requireOwn(state: StateFile | undefined, { adopted }: Matching): void {
  const expected = new Map(
    adopted.map(({ code, live }) => [code.address, live.importId]),
  );
  const stray = [...getManagedIds(state)].find(([address, id]) => {
    const importId = expected.get(address);
    return (
      importId !== undefined && importId !== id && !importId.endsWith(`/${id}`)
    );
  });
  if (stray === undefined) return;
  throw new UserError(
    `the stage's state must be empty, or have what the stack has, got ${stray[0]} as ${stray[1]}`,
    "the stage was deployed beside the stack: see who uses that deployment before anything is done with it, or adopt with another STATE_BUCKET_KEY",
  );
}
