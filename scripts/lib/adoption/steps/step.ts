import { UserError } from "../../../../constructs/errors";
import type { AdoptionContext } from "../context";
import type { Blocker } from "../checks/plan-blockers";
import { getAllowedReasons, reviewChanges } from "../plan";
import type { AdoptionState } from "../record";
import { readStateConfig, formatStateLocation } from "../../stage/stage-state";
import {
  compareBaselines,
  readBaseline,
  omitAllowed,
} from "../checks/baseline";
import { validateStack, type LiveStack } from "../read/live-stack";
import type { Matching } from "../read/matching";
import { getManagedIds, type StateFile } from "../read/state-file";
import type { Assessment } from "../assessment";
import { findUnretained } from "../read/template";

/** How a step ended. */
export interface StepResult {
  /** Whether what it is for holds now; where not, something is lost or differs. */
  readonly isDone: boolean;
  /** What was done, and what undoes it. */
  readonly told: readonly string[];
}

export function reportDone(...told: readonly string[]): StepResult {
  return { isDone: true, told };
}

/** A step that changed nothing, for what it found. */
export function reportBlocked(
  what: string,
  stops: readonly Blocker[],
): StepResult {
  return {
    isDone: false,
    told: [what, ...stops.map(({ at, told }) => `- ${at}: ${told}`)],
  };
}

/** @throws UserError when a person does not agree to what changes something live */
export async function requireConfirmation(
  { agree }: AdoptionContext,
  question: string,
): Promise<void> {
  if (!(await agree(question)))
    throw new UserError(
      "the step was not agreed to: nothing was changed",
      "run it again and answer yes, or give --yes",
    );
}

/** @throws UserError when the adoption has not begun here, or is of another stack or stage */
export function requireAdoptionState(
  { record, choice }: AdoptionContext,
  stack: Pick<LiveStack, "id" | "name"> | undefined,
): AdoptionState {
  const journey = record.journey();
  if (journey === undefined)
    throw new UserError(
      `the adoption of stack ${record.stackName} must have begun in this folder, got no record of it in ${record.folder}`,
      "npm run -s adopt -- retain begins it; a step goes on where the one before it was run",
    );
  if (stack !== undefined && journey.stackId !== stack.id)
    throw new UserError(
      `the record of the adoption must be of the stack that is there, ${stack.id}, got one of ${journey.stackId}`,
      placeOf(journey.stackId) === placeOf(stack.id)
        ? `the stack was deleted and made again: move ${record.folder} away, and begin anew`
        : "that is another account or Region: check --region, --profile and AWS_PROFILE",
    );
  const state = getStateLocation({ choice });
  if (journey.state !== state)
    throw new UserError(
      `the stage's state must be where it was when the adoption began, ${journey.state}, got ${state}`,
      "put STATE_BACKEND, STATE_BUCKET_NAME and STATE_BUCKET_KEY back, or undo with them first",
    );
  if (journey.stage !== choice.stage)
    throw new UserError(
      `stack ${record.stackName} must be adopted as the stage it was begun as, ${journey.stage}, got ${choice.stage}`,
      "undo it first",
    );
  return journey;
}

/** Account and Region of an ARN. */
function placeOf(arn: string): string {
  return arn.split(":").slice(3, 5).join();
}

/** Where the stage's state is, by its settings. */
export function getStateLocation({
  choice,
}: Pick<AdoptionContext, "choice">): string {
  const config = readStateConfig(choice);
  // a folder may be moved
  return config.state.backend === "local"
    ? "local"
    : formatStateLocation(config);
}

/** Everything of the stack but what is of no use without it. */
export function listRetainedIds({
  stack,
  matching,
}: Pick<Assessment, "stack" | "matching">): readonly string[] {
  return stack.resources
    .map(({ logicalId }) => logicalId)
    .filter(
      (id) =>
        id in stack.template.Resources &&
        !matching.leftBehind.some(({ logicalId }) => logicalId === id),
    );
}

/** @throws UserError when something that is taken over would go with the stack */
export function requireRetained(
  stack: LiveStack,
  { kept }: Pick<AdoptionState, "kept">,
): void {
  const problem = validateStack(stack);
  if (problem !== undefined) throw problem;
  const lost = findUnretained(stack, kept);
  if (lost.length > 0)
    throw new UserError(
      `stack ${stack.name} must retain everything that is taken over, got ${lost.join(", ")} without DeletionPolicy and UpdateReplacePolicy Retain`,
      "run the step retain; a deployment of the stack in between has taken it back, or brought something new",
    );
}

/** @throws UserError when the state has not all that is taken over */
export function requireImported(
  state: StateFile | undefined,
  { adopted }: Matching,
): void {
  const known = getManagedIds(state);
  const missing = adopted.filter(({ code }) => !known.has(code.address));
  if (missing.length > 0)
    throw new UserError(
      `the stage's state must have everything that is taken over, got none of ${missing.map(({ code }) => code.address).join(", ")}`,
      "run the step import",
    );
}

/**
 * What a second plan would still do; nothing where it is empty. What is beside the code, such as a further policy of a
 * role, stays as it is.
 */
export async function listRemainingChanges(
  context: AdoptionContext,
): Promise<readonly string[]> {
  const { json } = await context.folder.plan();
  const review = reviewChanges(context, json);
  const left = [
    ...review.changes.map(
      ({ action, address, values }) =>
        `${action} of ${address} (${values.length === 0 ? "tags" : values.map(({ path }) => path).join(", ")})`,
    ),
    ...review.outputs.map(({ path }) => `output ${path}`),
  ];
  return left.length === 0 && json.complete === false
    ? ["the plan is not complete"]
    : left;
}

/** What of that which users rely on is no longer as it was when the adoption began. */
export async function compareWithBaseline(
  context: AdoptionContext,
  { matching }: Pick<Assessment, "matching">,
): Promise<readonly string[]> {
  const { record, choice, log } = context;
  const before = record.facts;
  if (before === undefined)
    throw new UserError(
      `${record.folder} must hold what was so before, got no facts`,
      "run the step retain",
    );
  log("checking what users rely on: ids, dates, secrets, tokens, trusts");
  const pairs = [...matching.adopted, ...matching.createdOver];
  return compareBaselines(
    omitAllowed(before, pairs, getAllowedReasons(context)),
    await readBaseline(pairs, choice.awsTarget, log),
  );
}
