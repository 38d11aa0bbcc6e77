import { readFileSync } from "node:fs";
import path from "node:path";
import type { StageChoice } from "../arguments";
import { parsePlanJson } from "../plan/plan-json";
import { planHash } from "../plan/plan-hash";
import { planModel } from "../plan/plan-model";
import { taggedStage } from "../plan/plan-origin";
import { planJsonText, type PlanSource } from "../review/plan-source";
import { withTemporaryFolder } from "../temporary-folder";
import { findJson } from "../terraform/json-output";
import { StackFolder } from "../terraform/stack-folder";
import type { AccessGraph } from "./access-graph";
import type { AccessOrigin } from "./access-origin";
import { graphOf } from "./graph-of";
import { parseStack, snapshotOf } from "./stack-snapshot";

/** Returns who can do what in a stage, as its code has it. */
export async function graphOfStage(
  { stage, stackName, settings, place }: StageChoice,
  log: (line: string) => void,
): Promise<AccessGraph> {
  return withTemporaryFolder(async (outdir) => {
    const folder = new StackFolder({ stackName, outdir, place, log });
    log(`synthesizing ${stackName}`);
    await folder.synthesize({ ...settings, STAGE: stage });
    const file = path.join(folder.directory, "cdk.tf.json");
    return graphOf(snapshotOf(readFileSync(file, "utf8")));
  });
}

/**
 * Returns who can do what, as a plan leaves it and with what it changes, or as a state or a synthesized stack has it.
 *
 * @throws UserError if it is none of these
 */
export async function graphOfFile(source: PlanSource): Promise<{
  readonly graph: AccessGraph;
  /** Empty for a state and for a stack. */
  readonly origin: AccessOrigin;
}> {
  const printed = await planJsonText(source);
  const text = findJson(printed)?.text ?? printed;
  if (parseStack(text).planned_values === undefined)
    return { graph: graphOf(snapshotOf(text)), origin: {} };
  const json = parsePlanJson(text);
  const plan = planModel(json);
  return {
    graph: graphOf(plan.after, plan.before),
    origin: {
      stage: taggedStage(plan),
      hash: planHash(json),
      date:
        typeof json.timestamp === "string"
          ? plan.redactor.redact(json.timestamp)
          : undefined,
    },
  };
}
