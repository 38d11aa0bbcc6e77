import type { AdoptionContext } from "./adoption-context";
import { managed } from "./state-file";
import { done, leftToDo, type StepResult } from "./step";
import { survey } from "./survey";
import { isRetaining, notRetained } from "./template";

/** Says how far an adoption has come, from what is live and from its record, and what is next. */
export async function status(context: AdoptionContext): Promise<StepResult> {
  const { cloudFormation, record, folder, choice } = context;
  const journey = record.journey();
  const stack = await cloudFormation.read();
  const next = (step: string): string =>
    `next: npm run -s adopt -- ${step} --stage ${choice.stage}`;
  if (stack === undefined)
    return journey === undefined
      ? done(
          `there is no stack ${cloudFormation.name}, and no adoption of it has begun here: nothing to do`,
        )
      : done(
          `stack ${cloudFormation.name} is gone`,
          next(journey.isApplied ? "finish" : "import"),
        );
  if (journey !== undefined && stack.status.startsWith("DELETE_"))
    return done(
      `stack ${stack.name} is ${stack.status}`,
      next(journey.isApplied ? "finish" : "import"),
    );
  if (journey === undefined)
    return done(
      `stack ${stack.name} is ${stack.status}, and ${isRetaining(stack.template) ? "retains what an adoption elsewhere takes over" : "no adoption of it has begun"}`,
      next("plan"),
    );
  const lines = [`stack ${stack.name} is ${stack.status}`];
  const lost = notRetained(stack, journey.kept);
  if (lost.length > 0)
    return done(
      ...lines,
      `retain: ${journey.kept.length - lost.length} of ${journey.kept.length}`,
      next("retain"),
    );
  lines.push(`retain: done, ${journey.kept.length} resources`);
  const { matching } = await survey(context);
  await folder.open("stage");
  const known = managed(await folder.pull());
  const imported = matching.adopted.filter(({ code }) =>
    known.has(code.address),
  );
  lines.push(`import: ${imported.length} of ${matching.adopted.length}`);
  if (imported.length < matching.adopted.length)
    return done(...lines, next("import"));
  const left = await leftToDo(context);
  return left.length > 0
    ? done(
        ...lines,
        `apply: ${journey.isApplied ? "begun, " : ""}${left.length} changes to do`,
        next("apply"),
      )
    : done(...lines, "apply: done, the plan is empty", next("finish"));
}
