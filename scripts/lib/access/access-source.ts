import { readFileSync } from "node:fs";
import path from "node:path";
import type { StageTarget } from "../cli/options";
import { parsePlanJson } from "../plan/plan-json";
import { hashPlan } from "../plan/plan-hash";
import { buildPlanModel } from "../plan/plan-model";
import { findTaggedStage } from "../plan/plan-origin";
import { type PlanSource, readPlanJson } from "../review/plan-source";
import { withTemporaryDirectory } from "../system/temporary-directory";
import { findJson } from "../terraform/output";
import { StackDirectory } from "../terraform/stack-directory";
import type { AccessGraph, AccessOrigin } from "./access-graph";
import { buildAccessGraph } from "./build-access-graph";
import { parseSnapshot, parseStackJson } from "./stack-snapshot";

/** Returns who can do what in a stage, as its code has it. */
export async function loadStageGraph(
  { stage, stackName, settings, awsTarget: place }: StageTarget,
  log: (line: string) => void,
): Promise<AccessGraph> {
  return withTemporaryDirectory(async (outdir) => {
    const folder = new StackDirectory({
      stackName,
      outputDirectory: outdir,
      target: place,
      log,
    });
    log(`synthesizing ${stackName}`);
    await folder.synthesize({ ...settings, STAGE: stage });
    const file = path.join(folder.directory, "cdk.tf.json");
    return buildAccessGraph(parseSnapshot(readFileSync(file, "utf8")));
  });
}

/**
 * Returns who can do what, as a plan leaves it and with what it changes, or as a state or a synthesized stack has it.
 *
 * @throws UserError if it is none of these
 */
export async function loadFileGraph(source: PlanSource): Promise<{
  readonly graph: AccessGraph;
  /** Empty for a state and for a stack. */
  readonly origin: AccessOrigin;
}> {
  const printed = await readPlanJson(source);
  const text = findJson(printed)?.text ?? printed;
  if (parseStackJson(text).planned_values === undefined)
    return { graph: buildAccessGraph(parseSnapshot(text)), origin: {} };
  const json = parsePlanJson(text);
  const plan = buildPlanModel(json);
  return {
    graph: buildAccessGraph(plan.after, plan.before),
    origin: {
      stage: findTaggedStage(plan),
      hash: hashPlan(json),
      date:
        typeof json.timestamp === "string"
          ? plan.redactor.redact(json.timestamp)
          : undefined,
    },
  };
}
