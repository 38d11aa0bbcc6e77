import type { AdoptionContext } from "../context";
import { getManagedIds } from "../read/state-file";
import { reportDone, listRemainingChanges, type StepResult } from "./step";
import { assessStack } from "../assessment";
import { hasRetainHandle, findUnretained } from "../read/template";

/** Says how far an adoption has come, from what is live and from its record, and what is next. */
export async function reportStatus(
  context: AdoptionContext,
): Promise<StepResult> {
  const { cloudFormation, record, folder, choice } = context;
  const journey = record.journey();
  const stack = await cloudFormation.read();
  const next = (step: string): string =>
    `next: npm run -s adopt -- ${step} --stage ${choice.stage}`;
  if (stack === undefined)
    return journey === undefined
      ? reportDone(
          `there is no stack ${cloudFormation.name}, and no adoption of it has begun here: nothing to do`,
        )
      : reportDone(
          `stack ${cloudFormation.name} is gone`,
          next(journey.isApplied ? "finish" : "import"),
        );
  if (journey !== undefined && stack.status.startsWith("DELETE_"))
    return reportDone(
      `stack ${stack.name} is ${stack.status}`,
      next(journey.isApplied ? "finish" : "import"),
    );
  if (journey === undefined)
    return reportDone(
      `stack ${stack.name} is ${stack.status}, and ${hasRetainHandle(stack.template) ? "retains what an adoption elsewhere takes over" : "no adoption of it has begun"}`,
      next("plan"),
    );
  const lines = [`stack ${stack.name} is ${stack.status}`];
  const lost = findUnretained(stack, journey.kept);
  if (lost.length > 0)
    return reportDone(
      ...lines,
      `retain: ${journey.kept.length - lost.length} of ${journey.kept.length}`,
      next("retain"),
    );
  lines.push(`retain: done, ${journey.kept.length} resources`);
  const { matching } = await assessStack(context);
  await folder.open("stage");
  const known = getManagedIds(await folder.pull());
  const imported = matching.adopted.filter(({ code }) =>
    known.has(code.address),
  );
  lines.push(`import: ${imported.length} of ${matching.adopted.length}`);
  if (imported.length < matching.adopted.length)
    return reportDone(...lines, next("import"));
  const left = await listRemainingChanges(context);
  return left.length > 0
    ? reportDone(
        ...lines,
        `apply: ${journey.isApplied ? "begun, " : ""}${left.length} changes to do`,
        next("apply"),
      )
    : reportDone(...lines, "apply: done, the plan is empty", next("finish"));
}
