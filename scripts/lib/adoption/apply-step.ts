import { verdictParts } from "../review/render/sentences";
import type { AdoptionContext } from "./adoption-context";
import { reviewed, stopsOf } from "./adoption-plan";
import { allowedLines } from "./adoption-report";
import { adoptionTable, tableText } from "./adoption-table";
import {
  done,
  leftToDo,
  lostFacts,
  requireAgreement,
  requireImported,
  requireJourney,
  requireRetained,
  stopped,
  type StepResult,
} from "./step";
import { providerMadeBefore } from "./oidc-settings";
import { managed, type StateFile } from "./state-file";
import { survey, type Survey } from "./survey";

/** Has the live system be what the stage's code says, once nothing of it is a loss. */
export async function apply(context: AdoptionContext): Promise<StepResult> {
  const { choice, folder, record, leaves, log } = context;
  const found = await survey(context);
  const journey = requireJourney(context, found.stack);
  if (!found.isGone) requireRetained(found.stack, journey);
  await folder.open("stage");
  const state = await folder.pull();
  requireImported(state, found.matching);
  if (journey.isApplied) await takeProvider(context, found, state);
  await folder.writeGenerateSecret(found.code);

  const { file, json } = await folder.plan();
  const review = reviewed(context, json);
  const { stops, allowed } = stopsOf(context, found, review, json);
  log(tableText(adoptionTable(found, review, leaves)));
  for (const line of allowedLines(allowed)) log(line);
  if (stops.length > 0)
    return stopped("Nothing has been changed: this stops the adoption", stops);
  const verdict = verdictParts(review)
    .map(({ text }) => text)
    .join(", ");
  if (!review.verdict.isEmpty) {
    await requireAgreement(
      context,
      `Apply this to stage ${choice.stage} (${verdict})?`,
    );
    record.write({ ...journey, isApplied: true });
    log(`applying: ${verdict}`);
    await folder.applyFile(file);
  }
  const left = await leftToDo(context);
  if (left.length > 0)
    return differing("After the apply a second plan is not empty", left);
  const lost = await lostFacts(context, await survey(context));
  return lost.length > 0
    ? differing("After the apply this is not as it was", lost)
    : done(
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
  { matching }: Survey,
  state: StateFile | undefined,
): Promise<void> {
  const made = await providerMadeBefore(matching, choice.place);
  if (made === undefined || managed(state).has(made.code.address)) return;
  log(
    `importing ${made.importId}, which an apply has made that was interrupted`,
  );
  await folder.import([made]);
}

/** What is not as it has to be, after something was changed. */
export function differing(what: string, lines: readonly string[]): StepResult {
  return { isDone: false, told: [what, ...lines.map((line) => `- ${line}`)] };
}
