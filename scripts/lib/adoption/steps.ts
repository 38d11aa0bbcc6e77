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

/** The steps that a name stands for, `all` for the whole way; `undefined` for another word. */
export function stepNamed(name: string): readonly Step[] | undefined {
  if (name === "all") return [retain, importStep, apply, finish];
  return Object.hasOwn(STEPS, name)
    ? [STEPS[name as keyof typeof STEPS]]
    : undefined;
}
