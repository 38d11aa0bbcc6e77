import { readFileSync } from "node:fs";
import path from "node:path";
import { parsePlanJson } from "../plan/plan-json";
import { planJsonText, type PlanSource } from "../review/plan-source";
import { secretsOf, secretsOfState } from "../review/secrets";
import type { StageChoice } from "../arguments";
import { withTemporaryFolder } from "../temporary-folder";
import { StackFolder } from "../terraform/stack-folder";
import type { AccessGraph } from "./access-graph";
import { graphOf } from "./graph-of";
import { snapshotAfter, snapshotBefore } from "./plan-snapshot";
import { parseStack, snapshotOf } from "./stack-snapshot";

/** Who can do what in a stage, as its code has it. */
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
 * Who can do what, as a plan would have it and with what it changes, or as a state or a synthesized stack has it. No
 * text in it holds a secret.
 *
 * @throws UserError when it is none of these
 */
export async function graphOfFile(source: PlanSource): Promise<AccessGraph> {
  const text = await planJsonText(source);
  const whole = parseStack(text);
  if (whole.planned_values === undefined)
    return secretsOfState(whole).hideIn(graphOf(snapshotOf(text)));
  const plan = parsePlanJson(text);
  const before = snapshotBefore(plan);
  const graph = graphOf(snapshotAfter(plan, before), before);
  return secretsOf(plan).hideIn(graph);
}
