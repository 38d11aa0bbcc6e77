import { UserError } from "../../../../constructs/errors";
import { formatStateLocation, readStateConfig } from "../../stage/stage-state";
import type { Assessment } from "../assessment";
import {
  compareBaselines,
  omitAllowed,
  readBaseline,
} from "../checks/baseline";
import type { Blocker } from "../checks/plan-blockers";
import type { AdoptionContext } from "../context";
import { getAllowedReasons, reviewChanges } from "../plan";
import {
  findUnretained,
  type LiveStack,
  requireAdoptable,
} from "../read/live-stack";
import type { Matching } from "../read/matching";
import { getManagedIds, type StateFile } from "../read/state-file";
import type { AdoptionState } from "../record";
import { formatBlocker } from "../report";
import { formatCommand } from "../../cli/invocation";

/** Result of a step that changed something, or found a reason not to. */
export interface StepResult {
  /** Whether the next step can run. */
  readonly isDone: boolean;
  readonly messages: readonly string[];
}

export function reportDone(...messages: readonly string[]): StepResult {
  return { isDone: true, messages };
}

/** Reports blockers that were found before the step changed anything. */
export function reportBlocked(blockers: readonly Blocker[]): StepResult {
  return {
    isDone: false,
    messages: [
      "The adoption is blocked; nothing has been changed:",
      ...blockers.map(formatBlocker),
    ],
  };
}

/** @throws UserError when the user does not confirm a change of live resources */
export async function requireConfirmation(
  { confirm }: AdoptionContext,
  question: string,
): Promise<void> {
  if (!(await confirm(question)))
    throw new UserError(
      "the step requires a confirmation; nothing was changed",
      "run it again and answer yes, or pass --yes",
    );
}

/**
 * Returns the recorded state of the adoption.
 *
 * @param stack `undefined` if it was deleted
 * @throws UserError when there is none, or it belongs to another stack, stage or Terraform state
 */
export function requireAdoptionState(
  context: AdoptionContext,
  stack: Pick<LiveStack, "id" | "name"> | undefined,
): AdoptionState {
  const { record, stageTarget } = context;
  const state = record.readState();
  if (state === undefined)
    throw new UserError(
      `the adoption of stack ${record.stackName} must have started in this directory, got no record in ${record.directory}`,
      `start it with ${formatCommand("adopt", "retain")}, or run the step in the directory where it was started`,
    );
  if (stack !== undefined && state.stackId !== stack.id)
    throw new UserError(
      `the record must belong to the existing stack ${stack.id}, got a record of ${state.stackId}`,
      getAccountAndRegion(state.stackId) === getAccountAndRegion(stack.id)
        ? `the stack was deleted and created again: move ${record.directory} away, and start again`
        : "the stack is in another account or Region: check --region, --profile and AWS_PROFILE",
    );
  const stateLocation = getStateLocation(context);
  if (state.stateLocation !== stateLocation)
    throw new UserError(
      `the stage's Terraform state must be in ${state.stateLocation}, where it was at the start of the adoption, got ${stateLocation}`,
      "restore STATE_BACKEND, STATE_BUCKET_NAME and STATE_BUCKET_KEY, or run undo with their former values first",
    );
  if (state.stage !== stageTarget.stage)
    throw new UserError(
      `stack ${record.stackName} must be adopted as stage ${state.stage}, as at the start, got ${stageTarget.stage}`,
      "run undo first",
    );
  return state;
}

function getAccountAndRegion(arn: string): string {
  return arn.split(":").slice(3, 5).join();
}

/** Returns the location of the stage's Terraform state. */
export function getStateLocation({
  stageTarget,
}: Pick<AdoptionContext, "stageTarget">): string {
  const config = readStateConfig(stageTarget);
  // the project directory may move
  return config.state.backend === "local"
    ? "local"
    : formatStateLocation(config);
}

/** Returns the logical ids of all resources except those that only the stack uses. */
export function listRetainedIds({
  stack,
  matching,
}: Pick<Assessment, "stack" | "matching">): readonly string[] {
  return stack.resources
    .map(({ logicalId }) => logicalId)
    .filter(
      (id) =>
        id in stack.template.Resources &&
        !matching.stackOnly.some(({ logicalId }) => logicalId === id),
    );
}

/** @throws UserError when the stack cannot be updated, or its deletion would delete an adopted resource */
export function requireRetained(
  stack: LiveStack,
  retainedIds: readonly string[],
): void {
  const isHalfDeleted = stack.status === "DELETE_FAILED";
  if (!isHalfDeleted) requireAdoptable(stack);
  const unretained = findUnretained(stack, retainedIds);
  if (unretained.length > 0)
    throw new UserError(
      `stack ${stack.name} must retain every adopted resource, got ${unretained.join(", ")} without DeletionPolicy and UpdateReplacePolicy Retain`,
      isHalfDeleted
        ? "delete the stack with `aws cloudformation delete-stack --retain-resources` for these resources, and run finish again"
        : "run the step retain: a deployment of the stack removed the policies or added a resource",
    );
}

/** @throws UserError when the state does not contain every adopted resource */
export function requireImported(
  state: StateFile | undefined,
  { adopted }: Matching,
): void {
  const ids = getManagedIds(state);
  const missing = adopted
    .map(({ configured }) => configured.address)
    .filter((address) => !ids.has(address));
  if (missing.length > 0)
    throw new UserError(
      `the stage's state must contain every adopted resource, got none for ${missing.join(", ")}`,
      "run the step import",
    );
}

/** Returns the changes of a plan that is expected to be empty. Resources outside the configuration do not count. */
export async function listRemainingChanges(
  context: AdoptionContext,
): Promise<readonly string[]> {
  const { json } = await context.workspace.plan();
  const { changes, outputs } = reviewChanges(context, json);
  const remaining = [
    ...changes.map(({ action, address, values }) => {
      const paths = values.map(({ path }) => path).join(", ");
      return `${action} of ${address} (${paths === "" ? "tags" : paths})`;
    }),
    ...outputs.map(({ path }) => `output ${path}`),
  ];
  return remaining.length === 0 && json.complete === false
    ? ["the plan is not complete"]
    : remaining;
}

/**
 * Verifies that the plan is empty and that the values of the baseline are unchanged; returns `undefined` if so.
 *
 * @param getMatching called once the plan is empty
 */
export async function findDifferences(
  context: AdoptionContext,
  getMatching: () => Promise<Matching>,
): Promise<StepResult | undefined> {
  const { record, stageTarget, log } = context;
  const remaining = await listRemainingChanges(context);
  if (remaining.length > 0)
    return reportDifferences(
      "The plan must be empty, got changes (run the steps import and apply again):",
      remaining,
    );
  const before = record.baseline;
  if (before === undefined)
    throw new UserError(
      `a baseline in ${record.directory} is required`,
      "run the step retain",
    );
  log("Checking ids, dates, secrets, tokens and trust policies…");
  const { adopted, overwritten } = await getMatching();
  const pairs = [...adopted, ...overwritten];
  const differences = compareBaselines(
    omitAllowed(before, pairs, getAllowedReasons(context)),
    await readBaseline(pairs, stageTarget.awsTarget, log),
  );
  return differences.length > 0
    ? reportDifferences(
        "Values that users rely on must be the same as before the adoption:",
        differences,
      )
    : undefined;
}

function reportDifferences(
  title: string,
  lines: readonly string[],
): StepResult {
  return {
    isDone: false,
    messages: [title, ...lines.map((line) => `- ${line}`)],
  };
}

/** Returns the checks that were impossible at the start already, as messages. */
export function listUntested({ record }: AdoptionContext): readonly string[] {
  return (record.baseline?.untested ?? []).map(
    (problem) => `not tested, as before the adoption: ${problem}`,
  );
}
