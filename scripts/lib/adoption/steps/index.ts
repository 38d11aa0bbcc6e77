import type { AdoptionContext } from "../context";
import { apply } from "./apply";
import { finish } from "./finish";
import { importIntoState } from "./import";
import { retainResources } from "./retain";
import { reportStatus } from "./status";
import type { StepResult } from "./step";
import { undo } from "./undo";

/** A part of the way. */
export type Step = (context: AdoptionContext) => Promise<StepResult>;

/** Steps by name, those of the way first, in their order. */
export const STEPS = {
  retain: retainResources,
  import: importIntoState,
  apply,
  finish,
  status: reportStatus,
  undo,
} as const satisfies Readonly<Record<string, Step>>;

/** The step of a name; `undefined` for another word. */
export function getStep(name: string): Step | undefined {
  return Object.hasOwn(STEPS, name)
    ? STEPS[name as keyof typeof STEPS]
    : undefined;
}

/** The whole way, or what is left of it where the deletion of the stack has begun. */
export async function listRemainingSteps({
  record,
  cloudFormation,
}: AdoptionContext): Promise<readonly Step[]> {
  const whole = [retainResources, importIntoState, apply, finish];
  const journey = record.journey();
  if (journey === undefined) return whole;
  const stack = await cloudFormation.readAtRest();
  const isGoing = stack === undefined || stack.status.startsWith("DELETE_");
  if (!isGoing) return whole;
  return journey.isApplied ? [finish] : [importIntoState, apply, finish];
}
