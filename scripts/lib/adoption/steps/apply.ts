import { formatVerdict } from "../../review/render/sentences";
import type { AdoptionContext } from "../context";
import { findBlockers, reviewChanges } from "../plan";
import {
  buildAdoptionTable,
  formatAdoptionTable,
  formatAllowed,
} from "../report";
import {
  compareWithBaseline,
  listRemainingChanges,
  reportBlocked,
  reportDone,
  requireAdoptionState,
  requireConfirmation,
  requireImported,
  requireRetained,
  type StepResult,
} from "./step";
import { findInterruptedProvider } from "../checks/oidc-settings";
import { getManagedIds, type StateFile } from "../read/state-file";
import { type Assessment, assessStack } from "../assessment";

/** Has the live system be what the stage's code says, once nothing of it is a loss. */
export async function apply(context: AdoptionContext): Promise<StepResult> {
  const { choice, folder, record, leaves, log } = context;
  const found = await assessStack(context);
  const journey = requireAdoptionState(context, found.stack);
  if (!found.isGone) requireRetained(found.stack, journey);
  await folder.open("stage");
  const state = await folder.pull();
  requireImported(state, found.matching);
  if (journey.isApplied) await takeProvider(context, found, state);
  await folder.writeGenerateSecret(found.code);

  const { file, json } = await folder.plan();
  const review = reviewChanges(context, json);
  const { stops, allowed } = findBlockers(context, found, review, json);
  log(formatAdoptionTable(buildAdoptionTable(found, review, leaves)));
  for (const line of formatAllowed(allowed)) log(line);
  if (stops.length > 0)
    return reportBlocked(
      "Nothing has been changed: this stops the adoption",
      stops,
    );
  const verdict = formatVerdict(review)
    .map(({ text }) => text)
    .join(", ");
  if (!review.verdict.isEmpty) {
    await requireConfirmation(
      context,
      `Apply this to stage ${choice.stage} (${verdict})?`,
    );
    record.write({ ...journey, isApplied: true });
    log(`applying: ${verdict}`);
    await folder.applyFile(file);
  }
  const left = await listRemainingChanges(context);
  if (left.length > 0)
    return reportDifferences(
      "After the apply a second plan is not empty",
      left,
    );
  const lost = await compareWithBaseline(context, await assessStack(context));
  return lost.length > 0
    ? reportDifferences("After the apply this is not as it was", lost)
    : reportDone(
        `applied (${verdict}); a second plan is empty, and everything that users rely on is as it was`,
        ...(record.facts?.unproven ?? []).map(
          (told) => `not shown, as before the adoption: ${told}`,
        ),
        "nothing undoes it: the stack is still there, and has no part in it any more",
      );
}

/** Takes an OIDC provider in that a killed run has made, of which an account has one at most. */
async function takeProvider(
  { choice, folder, log }: AdoptionContext,
  { matching }: Assessment,
  state: StateFile | undefined,
): Promise<void> {
  const made = await findInterruptedProvider(matching, choice.awsTarget);
  if (made === undefined || getManagedIds(state).has(made.code.address)) return;
  log(
    `importing ${made.importId}, which an apply has made that was interrupted`,
  );
  await folder.import([made]);
}

/** What is not as it has to be, after something was changed. */
export function reportDifferences(
  what: string,
  lines: readonly string[],
): StepResult {
  return { isDone: false, told: [what, ...lines.map((line) => `- ${line}`)] };
}
