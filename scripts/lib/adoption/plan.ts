import { UserError } from "../../../constructs/errors";
import type { PlanJson } from "../plan/plan-json";
import { hasExpired } from "../review/allowances";
import { reviewPlan } from "../review/review-plan";
import type { PlanReview } from "../review/review-model";
import type { AdoptionContext } from "./context";
import { findPlanBlockers, type Blocker } from "./checks/plan-blockers";
import type { ResourceImport } from "./workspace";
import type { LiveStack, StackResource } from "./read/live-stack";
import type { Matching } from "./read/matching";
import { OIDC_EXISTS_LINE } from "./checks/oidc-settings";
import { assessStack, type Assessment } from "./assessment";

/** What an adoption would do, and why it must not. */
export interface AdoptionPlan {
  readonly survey: Assessment;
  readonly review: PlanReview;
  readonly stops: readonly Blocker[];
  /** What would stop it, had nobody allowed it. */
  readonly allowed: readonly Blocker[];
}

/**
 * Plans the whole adoption without changing anything: Terraform says what it would change once everything that is live
 * was imported into a state that has nothing.
 */
export async function planAdoption(
  context: AdoptionContext,
): Promise<AdoptionPlan> {
  const { folder, log } = context;
  const found = await assessStack(context);
  requireNames(found);
  log("rehearsing the import, without a state");
  await folder.open("rehearsal");
  const json = await folder.rehearse(importsOf(found));
  const review = reviewChanges(context, json);
  return {
    survey: found,
    review,
    ...findBlockers(context, found, review, json),
  };
}

/**
 * A user pool of another name would be made anew, which its own protection has Terraform refuse to plan.
 *
 * @throws UserError with the settings that give the stage the names that are live
 */
function requireNames({ missing }: Assessment): void {
  const named = missing.filter(({ line }) => /^(APP_NAME|STAGE)=/.test(line));
  const [first] = named;
  if (first === undefined) return;
  throw new UserError(
    `the stage must be named as what is live: ${first.why}`,
    `set ${named.map(({ line }) => line).join(" and ")}`,
  );
}

/** Takes everything that is adopted into the state that is open, but what it knows. */
export async function importMatched(
  { folder }: AdoptionContext,
  found: Assessment,
  known: ReadonlySet<string>,
): Promise<void> {
  await folder.import(
    importsOf(found).filter(({ code }) => !known.has(code.address)),
  );
  await folder.writeGenerateSecret(found.code);
}

function importsOf({ matching }: Assessment): readonly ResourceImport[] {
  return matching.adopted.map(({ code, live }) => ({
    code,
    importId: live.importId,
  }));
}

/** The review of a plan, as the review of any deployment has it. */
export function reviewChanges(
  { choice, allowances }: AdoptionContext,
  plan: PlanJson,
): PlanReview {
  return reviewPlan(plan, {
    stage: choice.stage,
    policy: "weakening",
    allowances,
    today: today(),
  });
}

/** Returns why values may change all the same, by address: an entry for other rules does not count here. */
export function getAllowedReasons({
  choice,
  allowances,
}: Pick<AdoptionContext, "choice" | "allowances">): ReadonlyMap<
  string,
  string
> {
  return new Map(
    allowances
      .filter(
        (entry) =>
          (entry.stage === undefined || entry.stage === choice.stage) &&
          entry.rules.includes("adoption-change") &&
          !hasExpired(entry, today()),
      )
      .map(({ address, reason }) => [address, reason]),
  );
}

/** What keeps an adoption from going on, and what of a plan would, had nobody allowed it. */
export function findBlockers(
  context: AdoptionContext,
  found: Assessment,
  review: PlanReview,
  plan: PlanJson,
): Pick<AdoptionPlan, "stops" | "allowed"> {
  const ofPlan = findPlanBlockers(review, plan, {
    allowed: getAllowedReasons(context),
    mayCreate: context.mayCreate,
  });
  return {
    stops: [
      ...findAssessmentBlockers(found, context),
      ...ofPlan.filter(({ allowedFor }) => allowedFor === undefined),
    ],
    allowed: ofPlan.filter(({ allowedFor }) => allowedFor !== undefined),
  };
}

/** What keeps an adoption from going on, whatever the plan is. */
export function findAssessmentBlockers(
  { matching, handMade, missing, stack }: Assessment,
  { leaves }: AdoptionContext,
): readonly Blocker[] {
  return [
    ...findMacroResources(stack, matching).map(({ logicalId, type }) => ({
      at: logicalId,
      told: `${type} is none of the template's own resources, so that nothing can have the stack keep it: update the stack with the template that its macros make (aws cloudformation get-template --template-stage Processed)`,
      isFinal: true,
    })),
    ...matching.unmatched
      .filter(({ logicalId }) => !leaves.includes(logicalId))
      .map(({ logicalId, type, key }) => ({
        at: logicalId,
        told: `${type} ${key} is live, and the stage's code has nothing for it: add it, or have it stay unmanaged with --leave ${logicalId}`,
        isFinal: true,
      })),
    ...handMade.stops,
    ...missing
      .filter(({ line }) => line === OIDC_EXISTS_LINE)
      .map(({ line, why }) => ({
        at: "OIDC provider",
        told: `${why}: ${line} has it looked up`,
        isFinal: true,
      })),
  ];
}

/** What macros have made, which a template that goes through them again cannot say anything of. */
export function findMacroResources(
  { resources, template }: LiveStack,
  { leftBehind }: Matching,
): readonly StackResource[] {
  return resources.filter(
    ({ logicalId }) =>
      !(logicalId in template.Resources) &&
      !leftBehind.some((one) => one.logicalId === logicalId),
  );
}

function today(): string {
  return new Date().toISOString().slice(0, 10);
}
