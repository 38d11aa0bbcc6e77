import type { AdoptionContext } from "./adoption-context";
import { apply } from "./apply-step";
import { finish } from "./finish-step";
import { importStep } from "./import-step";
import { retain } from "./retain-step";
import { status } from "./status-step";
import type { StepResult } from "./step";
import { undo } from "./undo-step";

/** A part of the way. */
export type Step = (context: AdoptionContext) => Promise<StepResult>;

/** Steps by name, those of the way first, in their order. */
export const STEPS = {
  retain,
  import: importStep,
  apply,
  finish,
  status,
  undo,
} as const satisfies Readonly<Record<string, Step>>;

/** The step of a name; `undefined` for another word. */
export function stepNamed(name: string): Step | undefined {
  return Object.hasOwn(STEPS, name)
    ? STEPS[name as keyof typeof STEPS]
    : undefined;
}

/** The whole way, or what is left of it where the deletion of the stack has begun. */
export async function allSteps({
  record,
  cloudFormation,
}: AdoptionContext): Promise<readonly Step[]> {
  const whole = [retain, importStep, apply, finish];
  const journey = record.journey();
  if (journey === undefined) return whole;
  const stack = await cloudFormation.readAtRest();
  const isGoing = stack === undefined || stack.status.startsWith("DELETE_");
  if (!isGoing) return whole;
  return journey.isApplied ? [finish] : [importStep, apply, finish];
}
