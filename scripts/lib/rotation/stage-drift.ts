import { CURRENT_LABEL } from "../../../constructs/secret-labels";
import type { AwsTarget } from "../aws/client";
import { isAwsError } from "../aws/errors";
import type { StageTarget } from "../cli/options";
import {
  type CurrentLabels,
  type Drift,
  findDrift,
  listChangedSecrets,
} from "../plan/drift";
import { buildPlanModel } from "../plan/plan-model";
import { withStageWorkspace } from "../plan/stage-workspace";
import { createRotationClients, SdkRotationReader } from "./rotation-reader";

type Log = (line: string) => void;

/** Compares a stage in AWS with its state, and asks AWS which changes of secrets are rotations. */
export async function findStageDrift(
  target: StageTarget,
  log: Log,
): Promise<readonly Drift[]> {
  return withStageWorkspace(target, { log }, async (workspace) => {
    const plan = buildPlanModel(await workspace.refresh());
    const secrets = listChangedSecrets(plan);
    return findDrift(
      plan,
      await readCurrentLabels(secrets, target.awsTarget, log),
    );
  });
}

/** Reads the labels of the current versions. A secret whose versions cannot be listed has none, which the log reports. */
async function readCurrentLabels(
  secretArns: readonly string[],
  target: AwsTarget,
  log: Log,
): Promise<CurrentLabels> {
  if (secretArns.length === 0) return new Map();
  const reader = new SdkRotationReader(
    await createRotationClients(target),
    async (action, send) => {
      try {
        return await send();
      } catch (error) {
        if (!isAwsError(error, "AccessDeniedException")) throw error;
        throw new DeniedCall(action);
      }
    },
  );
  const labels = new Map<string, readonly string[]>();
  for (const arn of secretArns)
    try {
      const versions = await reader.listVersions(arn, "labeled");
      const current = versions.find((version) =>
        version.labels.includes(CURRENT_LABEL),
      );
      labels.set(arn, current?.labels ?? []);
    } catch (error) {
      if (!(error instanceof DeniedCall)) throw error;
      log(
        `cannot check whether a rotation changed ${arn}: missing permission ${error.action}`,
      );
    }
  return labels;
}

class DeniedCall extends Error {
  constructor(readonly action: string) {
    super(action);
  }
}
