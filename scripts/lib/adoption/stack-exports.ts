import { awsClient, type AwsPlace } from "../aws-client";
import type { LiveStack } from "./live-stack";

/** An export that other stacks import. */
export interface UsedExport {
  readonly name: string;
  /** Names of those stacks. */
  readonly by: readonly string[];
}

/** Exports of a stack that other stacks import: CloudFormation does not delete it as long as there are any. */
export async function usedExports(
  { outputs }: LiveStack,
  place: AwsPlace,
): Promise<readonly UsedExport[]> {
  const sdk = await import("@aws-sdk/client-cloudformation");
  const client = await awsClient(sdk.CloudFormationClient, place);
  const used: UsedExport[] = [];
  for (const { exportName } of outputs) {
    if (exportName === undefined) continue;
    const by: string[] = [];
    try {
      for await (const { Imports = [] } of sdk.paginateListImports(
        { client },
        { ExportName: exportName },
      ))
        by.push(...Imports);
    } catch (error) {
      // of an export that nobody imports AWS says so as an error
      if (!(error instanceof Error) || error.name !== "ValidationError")
        throw error;
    }
    if (by.length > 0) used.push({ name: exportName, by });
  }
  return used;
}
