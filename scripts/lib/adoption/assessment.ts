import { UserError } from "../../../constructs/errors";
import { UsageError } from "../cli/command";
import { findManualChanges, type ManualChanges } from "./checks/manual-changes";
import { type LiveResource, readLiveResources } from "./read/live-resources";
import { type LiveStack, validateStack } from "./read/live-stack";
import { type Matching, matchResources } from "./read/matching";
import {
  findMissingSettings,
  type MissingSetting,
} from "./checks/missing-settings";
import type { AdoptionContext } from "./context";
import { listImportedExports } from "./read/cloudformation-stack";
import type { TerraformConfiguration } from "./read/terraform-configuration";

/** What is live, what the code has, and how both go together. */
export interface Assessment {
  /** As it is, or as it was before it was deleted while it was adopted. */
  readonly stack: LiveStack;
  /** Whether somebody has deleted it, which what it retained has outlived. */
  readonly isGone: boolean;
  readonly resources: readonly LiveResource[];
  readonly code: TerraformConfiguration;
  readonly matching: Matching;
  readonly handMade: ManualChanges;
  readonly missing: readonly MissingSetting[];
}

/**
 * Reads the stack and the stage's code, and changes nothing.
 *
 * @throws UserError when there is no stack, or it is none that can be taken over
 */
export async function assessStack(
  context: AdoptionContext,
): Promise<Assessment> {
  const { choice, cloudFormation, folder, log } = context;
  log(`reading stack ${cloudFormation.name}`);
  const [live, code] = await Promise.all([
    cloudFormation.readAtRest(),
    folder.synthesize(),
  ]);
  const isGone =
    (live === undefined || live.status.startsWith("DELETE_")) &&
    context.record.journey() !== undefined;
  const stack = isGone ? context.record.stack : live;
  if (stack === undefined)
    throw new UserError(
      `stack ${cloudFormation.name} must be one of CloudFormation in ${choice.awsTarget.region}, got none of that name`,
      "name it with --stack-name, and check --region, --profile and AWS_PROFILE",
    );
  const problem = validateStack(stack);
  if (problem !== undefined) throw problem;
  const imports = isGone
    ? []
    : await listImportedExports(stack, choice.awsTarget);
  if (imports.length > 0)
    throw new UserError(
      `exports of stack ${stack.name} must be imported by no other stack, got ${imports.map(({ name, by }) => `${name} by ${by.join(" and ")}`).join(", ")}`,
      "CloudFormation deletes no stack whose exports are in use: write the values into those stacks first",
    );
  const resources = await readLiveResources(stack, choice.awsTarget);
  const matching = withLeaves(
    matchResources(resources, code, stack),
    context.leaves,
  );
  requireKnown(context, stack, code);
  const made = await findManualChanges(matching, resources, choice.awsTarget);
  return {
    stack,
    isGone,
    resources,
    code,
    matching,
    handMade: made,
    missing: await findMissingSettings({
      choice,
      stack,
      resources,
      code,
      matching,
      isApplied: context.record.journey()?.isApplied ?? false,
    }),
  };
}

/** What is to be left in AWS does not go with the stack, even where nobody else seems to have a use for it. */
function withLeaves(matching: Matching, leaves: readonly string[]): Matching {
  const isLeft = ({ logicalId }: LiveResource) => leaves.includes(logicalId);
  return {
    ...matching,
    leftBehind: matching.leftBehind.filter((one) => !isLeft(one)),
    unmatched: [...matching.unmatched, ...matching.leftBehind.filter(isLeft)],
  };
}

/** @throws UsageError when an option names what neither the stack nor the code has */
function requireKnown(
  { given: { leaves, mayCreate } }: AdoptionContext,
  { name, resources }: LiveStack,
  code: TerraformConfiguration,
): void {
  const stray = leaves.find((id) =>
    resources.every(({ logicalId }) => logicalId !== id),
  );
  if (stray !== undefined)
    throw new UsageError(
      `--leave must be the logical id of a resource of stack ${name}, got ${JSON.stringify(stray)}; plan lists them`,
    );
  const unknown = mayCreate.find((wanted) =>
    code.resources.every(({ address }) => address !== wanted),
  );
  if (unknown !== undefined)
    throw new UsageError(
      `--create must be an address in the stage's code, got ${JSON.stringify(unknown)}; plan lists them`,
    );
}
