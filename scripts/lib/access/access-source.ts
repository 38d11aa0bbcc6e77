import { readFileSync } from "node:fs";
import path from "node:path";
import type { StageTarget } from "../cli/options";
import { hashPlan } from "../plan/plan-hash";
import { parsePlanJson } from "../plan/plan-json";
import { buildPlanModel } from "../plan/plan-model";
import { findTaggedStage } from "../plan/plan-origin";
import { type PlanSource, readPlanJson } from "../review/plan-source";
import { withTemporaryDirectory } from "../system/temporary-directory";
import { findJson } from "../terraform/output";
import { StackDirectory } from "../terraform/stack-directory";
import type { AccessGraph, AccessOrigin } from "./access-graph";
import { buildAccessGraph } from "./build-access-graph";
import { parseSnapshot, parseStackJson } from "./stack-snapshot";

/** Synthesizes a stage and returns its access. */
export async function loadStageGraph(
  { stage, stackName, settings, awsTarget }: StageTarget,
  log: (line: string) => void,
): Promise<AccessGraph> {
  return withTemporaryDirectory(async (outputDirectory) => {
    const directory = new StackDirectory({
      stackName,
      outputDirectory,
      target: awsTarget,
      log,
    });
    log(`Synthesizing ${stackName}…`);
    await directory.synthesize({ ...settings, STAGE: stage });
    const file = path.join(directory.directory, "cdk.tf.json");
    return buildAccessGraph(parseSnapshot(readFileSync(file, "utf8")));
  });
}

/**
 * Returns the access of a plan with its changes, of a state, or of a synthesized stack.
 *
 * @throws UserError if the file is none of these
 */
export async function loadFileGraph(source: PlanSource): Promise<{
  readonly graph: AccessGraph;
  /** Empty for a state or a stack. */
  readonly origin: AccessOrigin;
}> {
  const output = await readPlanJson(source);
  const text = findJson(output)?.text ?? output;
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
