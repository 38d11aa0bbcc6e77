import type { LiveResource } from "../../scripts/lib/adoption/read/live-resources";
import type { LiveStack } from "../../scripts/lib/adoption/read/live-stack";

/** Returns a stack without resources. */
export function createLiveStack(parts: Partial<LiveStack> = {}): LiveStack {
  const template = { Resources: {} };
  return {
    name: "app-dev",
    id: "arn:aws:cloudformation:us-west-2:000000000000:stack/app-dev/1",
    status: "CREATE_COMPLETE",
    isTerminationProtected: false,
    parentId: undefined,
    capabilities: [],
    parameters: {},
    outputs: [],
    resources: [],
    templateText: "",
    template,
    processedTemplate: parts.template ?? template,
    ...parts,
  };
}

/** Returns a resource whose physical id and import id are its key. */
export function createLiveResource(
  type: string,
  key: string,
  parts: Partial<LiveResource> = {},
): LiveResource {
  return {
    logicalId: `Id${key.replace(/\W/g, "")}`,
    type,
    physicalId: key,
    status: "CREATE_COMPLETE",
    key,
    importId: key,
    isPresent: true,
    attributes: {},
    ...parts,
  };
}
