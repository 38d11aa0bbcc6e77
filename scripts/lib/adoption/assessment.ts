import { UserError } from "../../../constructs/errors";
import { UsageError } from "../cli/usage-error";
import { findManualChanges, listUnmanaged } from "./checks/manual-changes";
import { findMissingSettings } from "./checks/missing-settings";
import type { Blocker } from "./checks/plan-blockers";
import type { MissingSetting } from "./checks/settings-finder";
import type { AdoptionContext } from "./context";
import type { LiveResource } from "./read/live-resources";
import { type LiveStack, requireAdoptable } from "./read/live-stack";
import { type Matching, matchResources } from "./read/matching";
import { readResources } from "./read/outside-resources";
import type { TerraformConfiguration } from "./read/terraform-configuration";

/** The live stack, the stage's configuration, and how their resources match. */
export interface Assessment {
  /** The current stack, or the recorded one if it was deleted during the adoption. */
  readonly stack: LiveStack;
  readonly isDeleted: boolean;
  readonly resources: readonly LiveResource[];
  readonly configuration: TerraformConfiguration;
  readonly matching: Matching;
}

/** An assessment with the problems that no plan shows. */
export interface DetailedAssessment extends Assessment {
  readonly manualChanges: readonly Blocker[];
  /** Contents of the stack's user pool that are not in the stack; an adoption does not change them. */
  readonly unmanaged: readonly string[];
  readonly missingSettings: readonly MissingSetting[];
}

/**
 * Reads the stack and the stage's configuration; changes nothing.
 *
 * @throws UserError when there is no stack, or it cannot be adopted
 */
export async function assessStack(
  context: AdoptionContext,
): Promise<Assessment> {
  const { stageTarget, cloudFormation, workspace, record, log } = context;
  const { awsTarget } = stageTarget;
  log(`Reading stack ${cloudFormation.name}…`);
  const [live, configuration] = await Promise.all([
    cloudFormation.readWhenStable(),
    workspace.synthesize(),
  ]);
  const isDeleted =
    (live === undefined || live.status.startsWith("DELETE_")) &&
    record.readState() !== undefined;
  const stack = isDeleted ? record.stack : live;
  if (stack === undefined)
    throw new UserError(
      `stack ${cloudFormation.name} must exist in ${awsTarget.region}, got none of that name`,
      "pass its name as --stack-name, and check --region, --profile and AWS_PROFILE",
    );
  requireAdoptable(stack);
  const imported = isDeleted
    ? []
    : await cloudFormation.listImportedExports(stack);
  if (imported.length > 0)
    throw new UserError(
      `exports of stack ${stack.name} must not be imported by other stacks, got ${imported.join(", ")}`,
      "CloudFormation cannot delete the stack while its exports are imported: replace the imports with their values first",
    );
  const resources = await readResources(stack, configuration, awsTarget);
  requireKnownOptions(context, stack, configuration);
  const matching = matchResources(resources, configuration, stack);
  return {
    stack,
    isDeleted,
    resources,
    configuration,
    matching: excludeUnmanaged(matching, context.unmanagedIds),
  };
}

/**
 * Assesses the stack, and finds manual changes and missing settings.
 *
 * @throws UserError when the stack cannot be adopted
 */
export async function assessInDetail(
  context: AdoptionContext,
): Promise<DetailedAssessment> {
  const { stageTarget, record } = context;
  const { awsTarget } = stageTarget;
  const assessment = await assessStack(context);
  const { matching, resources } = assessment;
  return {
    ...assessment,
    manualChanges: await findManualChanges(matching, awsTarget),
    unmanaged: await listUnmanaged(resources, awsTarget),
    missingSettings: await findMissingSettings({
      ...assessment,
      stageTarget,
      isApplyStarted: record.readState()?.isApplyStarted ?? false,
    }),
  };
}

/** A resource that stays unmanaged is not deleted with the stack, even if only the stack seems to use it. */
function excludeUnmanaged(
  matching: Matching,
  unmanagedIds: readonly string[],
): Matching {
  const isUnmanaged = ({ logicalId }: LiveResource): boolean =>
    unmanagedIds.includes(logicalId);
  const { stackOnly, unmatched } = matching;
  return {
    ...matching,
    stackOnly: stackOnly.filter((one) => !isUnmanaged(one)),
    unmatched: [...unmatched, ...stackOnly.filter(isUnmanaged)],
  };
}

/** @throws UsageError when an option names a resource that does not exist */
function requireKnownOptions(
  { explicit: { unmanagedIds, createAddresses } }: AdoptionContext,
  { name, resources }: LiveStack,
  configuration: TerraformConfiguration,
): void {
  const unknownId = unmanagedIds.find((id) =>
    resources.every(({ logicalId }) => logicalId !== id),
  );
  if (unknownId !== undefined)
    throw new UsageError(
      `--leave must be the logical id of a resource in stack ${name}, got ${JSON.stringify(unknownId)}; the step plan lists them`,
    );
  const unknownAddress = createAddresses.find((wanted) =>
    configuration.resources.every(({ address }) => address !== wanted),
  );
  if (unknownAddress !== undefined)
    throw new UsageError(
      `--create must be an address in the stage's configuration, got ${JSON.stringify(unknownAddress)}; the step plan lists them`,
    );
}
