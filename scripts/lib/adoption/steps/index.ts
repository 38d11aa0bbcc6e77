import type { AdoptionContext } from "../context";
import { apply } from "./apply";
import { finish } from "./finish";
import { importResources } from "./import";
import type { StepResult } from "./requirements";
import { retain } from "./retain";
import { reportStatus } from "./status";
import { undo } from "./undo";

export type Step = (context: AdoptionContext) => Promise<StepResult>;

/** Steps by name: first those of the adoption, in their order. */
export const STEPS = {
  retain,
  import: importResources,
  apply,
  finish,
  status: reportStatus,
  undo,
} as const satisfies Readonly<Record<string, Step>>;

/** Returns the step of a name; `undefined` if there is none. */
export function getStep(name: string): Step | undefined {
  return Object.hasOwn(STEPS, name)
    ? STEPS[name as keyof typeof STEPS]
    : undefined;
}

/** Lists the steps of the adoption, without those that a deletion of the stack makes impossible. */
export async function listRemainingSteps({
  record,
  cloudFormation,
}: AdoptionContext): Promise<readonly Step[]> {
  const all = [retain, importResources, apply, finish];
  const state = record.readState();
  if (state === undefined) return all;
  const stack = await cloudFormation.readWhenStable();
  const isDeleted = stack === undefined || stack.status.startsWith("DELETE_");
  if (!isDeleted) return all;
  return state.isApplyStarted ? [finish] : [importResources, apply, finish];
}
