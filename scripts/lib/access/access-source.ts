import { UserError } from "../../../constructs/errors";
import { formatCommand } from "../cli/invocation";
import type { StageTarget } from "../cli/options";
import { hashPlan } from "../plan/plan-hash";
import { parsePlanJson } from "../plan/plan-json";
import { buildPlanModel } from "../plan/plan-model";
import { findTaggedStage } from "../plan/plan-origin";
import { createStateRedactor } from "../plan/plan-secrets";
import { redactModuleResources, Snapshot } from "../plan/snapshot";
import {
  formatSource,
  type PlanSource,
  readPlanJson,
} from "../plan/plan-source";
import { nameInput } from "../system/input-file";
import {
  describeNonObject,
  isJsonObject,
  type JsonObject,
  parseJson,
} from "../system/json-object";
import { findJson } from "../terraform/output";
import { readSynthesizedStage } from "../terraform/synthesized-stage";
import type { AccessGraph, AccessOrigin } from "./access-graph";
import { buildAccessGraph } from "./build-access-graph";

/** Synthesizes a stage and returns its access. */
export async function loadStageGraph(
  target: StageTarget,
  log: (line: string) => void,
): Promise<AccessGraph> {
  return buildAccessGraph(
    parseSnapshot(await readSynthesizedStage(target, log)),
  );
}

/**
 * Returns the access of a plan with its changes, of a state, or of a synthesized stack.
 *
 * @throws UserError that names the file, if it is none of these
 */
export async function loadFileGraph(source: PlanSource): Promise<FileGraph> {
  const output = await readPlanJson(source, "file", formatInputHint());
  return nameInput(formatSource(source), () => parseFileGraph(output));
}

interface FileGraph {
  readonly graph: AccessGraph;
  /** Empty for a state or a stack. */
  readonly origin: AccessOrigin;
}

function parseFileGraph(output: string): FileGraph {
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

/**
 * Parses a synthesized stack (`cdk.tf.json`) or a state, as `terraform show -json` or `terraform state pull` prints it.
 *
 * @throws UserError if the text is neither
 */
export function parseSnapshot(text: string): Snapshot {
  const json = parseStackJson(text);
  const redactor = createStateRedactor(json);
  return new Snapshot(
    redactModuleResources(findRootModule(json), redactor),
    redactor,
  );
}

/** @throws UserError if the text is not a JSON object */
function parseStackJson(text: string): JsonObject {
  const json = parseJson(text);
  if (isJsonObject(json)) return json;
  throw new UserError(
    `the file must be a synthesized stack, a plan or a state, got ${describeNonObject(json)}`,
    formatInputHint(),
  );
}

/** Returns the root module in the form of `terraform show -json`. */
function findRootModule(json: JsonObject): unknown {
  if (isJsonObject(json.resource))
    return { resources: listStackResources(json.resource) };
  if (Array.isArray(json.resources) && json.version === 4)
    return {
      resources: json.resources.filter(isJsonObject).flatMap(listInstances),
    };
  if (typeof json.format_version === "string" && isJsonObject(json.values))
    return json.values.root_module;
  throw new UserError(
    "the file must be a synthesized stack, a plan or a state, got other JSON",
    formatInputHint(),
  );
}

function listStackResources(types: JsonObject): readonly JsonObject[] {
  return Object.entries(types).flatMap(([type, resources]) =>
    Object.entries(isJsonObject(resources) ? resources : {}).map(
      ([name, values]) => ({
        address: `${type}.${name}`,
        mode: "managed",
        type,
        values: unescapeTexts(values),
      }),
    ),
  );
}

/** Returns the instances of a resource in the format that Terraform stores. */
function listInstances({
  module,
  mode,
  type,
  name,
  instances,
}: JsonObject): readonly JsonObject[] {
  const modulePath = typeof module === "string" ? `${module}.` : "";
  return (Array.isArray(instances) ? instances : [])
    .filter(isJsonObject)
    .map(({ index_key: key, attributes }) => {
      const suffix = key === undefined ? "" : `[${JSON.stringify(key)}]`;
      const address = `${modulePath}${String(type)}.${String(name)}${suffix}`;
      return { address, mode, type, values: attributes };
    });
}

/** Replaces the escapes of `${` and `%{` in a stack, as Terraform does when it reads it. */
function unescapeTexts(value: unknown): unknown {
  if (typeof value === "string")
    return value.replaceAll("$${", "${").replaceAll("%%{", "%{");
  if (Array.isArray(value)) return value.map(unescapeTexts);
  return isJsonObject(value)
    ? Object.fromEntries(
        Object.entries(value).map(([key, part]) => [key, unescapeTexts(part)]),
      )
    : value;
}

function formatInputHint(): string {
  return `name a plan file, the output of terraform show -json for a plan or a state, or the cdk.tf.json that ${formatCommand("synth")} writes`;
}
