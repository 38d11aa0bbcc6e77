import type { AwsTarget } from "../../aws/client";
import { findOrUndefined } from "../../aws/errors";
import type { LiveStack, StackResource } from "./live-stack";
import {
  AwsClients,
  describeOther,
  getResourceType,
  type ResourceDescription,
  ResourceIds,
} from "./resource-types";

/** A resource of the stack, as AWS describes it. */
export interface LiveResource extends StackResource, ResourceDescription {
  /** Absent if a stage has no resource of this type. */
  readonly terraformType?: string;
  /** Whether AWS has the resource: it may have been deleted outside CloudFormation. */
  readonly isPresent: boolean;
}

/** Reads every resource of a stack from AWS. */
export async function readLiveResources(
  stack: LiveStack,
  target: AwsTarget,
): Promise<readonly LiveResource[]> {
  const aws = new AwsClients(target);
  const all: LiveResource[] = [];
  for (const resource of stack.resources) {
    const [terraformType, describe = describeOther] =
      getResourceType(resource.type) ?? [];
    const ids = new ResourceIds(resource, stack);
    const found = await findOrUndefined(async () => describe(ids, aws));
    all.push({
      ...resource,
      ...(terraformType !== undefined && { terraformType }),
      ...(found ?? describeOther(ids)),
      isPresent: found !== undefined,
    });
  }
  return all;
}
