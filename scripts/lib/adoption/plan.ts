import { UserError } from "../../../constructs/errors";
import type { PlanJson } from "../plan/plan-json";
import { hasExpired } from "../review/allowances";
import type { PlanReview } from "../review/review-model";
import { reviewPlan } from "../review/review-plan";
import { assessInDetail, type DetailedAssessment } from "./assessment";
import { OIDC_EXISTS_LINE } from "./checks/missing-settings";
import {
  type Blocker,
  createBlocker,
  findPlanBlockers,
} from "./checks/plan-blockers";
import type { AdoptionContext } from "./context";
import type { LiveStack, StackResource } from "./read/live-stack";
import type { Matching } from "./read/matching";
import type { ResourceImport } from "./read/terraform-configuration";

/** The changes of an adoption, and the reasons why it must not continue. */
export interface AdoptionPlan {
  readonly assessment: DetailedAssessment;
  readonly review: PlanReview;
  readonly blockers: readonly Blocker[];
  /** Blockers that the allow-list permits. */
  readonly allowed: readonly Blocker[];
}

/**
 * Plans the whole adoption: Terraform imports everything into an empty local state, and plans the changes. Changes
 * nothing.
 *
 * @throws UserError when the stage does not have the live names
 */
export async function planAdoption(
  context: AdoptionContext,
): Promise<AdoptionPlan> {
  const { workspace, log } = context;
  const assessment = await assessInDetail(context);
  requireNames(assessment);
  log("Rehearsing the import in an empty state…");
  await workspace.initializeRehearsal();
  const json = await workspace.planImport(listImports(assessment.matching));
  const review = reviewChanges(context, json);
  const blockers = findBlockers(context, assessment, review, json);
  return { assessment, review, ...blockers };
}

/**
 * Terraform would replace a user pool of another name, and rejects that plan because of `prevent_destroy`.
 *
 * @throws UserError with the settings of the live names
 */
function requireNames({ missingSettings }: DetailedAssessment): void {
  const names = missingSettings.filter(({ line }) =>
    /^(APP_NAME|STAGE)=/.test(line),
  );
  const [first] = names;
  if (first === undefined) return;
  throw new UserError(
    `the stage must have the names of the live resources: ${first.reason}`,
    `set ${names.map(({ line }) => line).join(" and ")}`,
  );
}

/** Lists the imports of all adopted resources. */
export function listImports({
  adopted,
}: Pick<Matching, "adopted">): readonly ResourceImport[] {
  return adopted.map(({ configured, live: { importId } }) => ({
    configured,
    importId,
  }));
}

/** Reviews a plan by the rules of every deployment. */
export function reviewChanges(
  { stageTarget, allowances }: AdoptionContext,
  plan: PlanJson,
): PlanReview {
  return reviewPlan(plan, {
    stage: stageTarget.stage,
    policy: "weakening",
    allowances,
    today: getToday(),
  });
}

/** Returns the reasons of the allow-list's entries for an adoption, by address. */
export function getAllowedReasons({
  stageTarget,
  allowances,
}: Pick<AdoptionContext, "stageTarget" | "allowances">): ReadonlyMap<
  string,
  string
> {
  return new Map(
    allowances
      .filter(
        (entry) =>
          (entry.stage === undefined || entry.stage === stageTarget.stage) &&
          entry.rules.includes("adoption-change") &&
          !hasExpired(entry, getToday()),
      )
      .map(({ address, reason }) => [address, reason]),
  );
}

/** Finds all blockers of an adoption, in the assessment and in the plan. */
export function findBlockers(
  context: AdoptionContext,
  assessment: DetailedAssessment,
  review: PlanReview,
  plan: PlanJson,
): Pick<AdoptionPlan, "blockers" | "allowed"> {
  const found = findPlanBlockers(review, plan, {
    allowed: getAllowedReasons(context),
    createAddresses: context.createAddresses,
  });
  const isAllowed = ({ allowReason }: Blocker): boolean =>
    allowReason !== undefined;
  return {
    blockers: [
      ...findAssessmentBlockers(context, assessment),
      ...found.filter((blocker) => !isAllowed(blocker)),
    ],
    allowed: found.filter(isAllowed),
  };
}

/** Finds the blockers that do not depend on a plan. */
export function findAssessmentBlockers(
  { unmanagedIds }: AdoptionContext,
  { matching, manualChanges, missingSettings, stack }: DetailedAssessment,
): readonly Blocker[] {
  return [
    ...findMacroResources(stack, matching).map(({ logicalId, type }) =>
      createBlocker(
        logicalId,
        `must be in the stack's template, got an ${type} that a macro adds; update the stack with its processed template (aws cloudformation get-template --template-stage Processed)`,
      ),
    ),
    ...matching.unmatched
      .filter(({ logicalId }) => !unmanagedIds.includes(logicalId))
      .map(({ logicalId, type, key }) =>
        createBlocker(
          logicalId,
          `must have a counterpart in the stage's configuration, got none for ${type} ${key}; add one, or pass --leave ${logicalId} to leave the resource unmanaged`,
        ),
      ),
    ...manualChanges,
    ...missingSettings
      .filter(({ line }) => line === OIDC_EXISTS_LINE)
      .map(({ line, reason }) =>
        createBlocker(
          "OIDC provider",
          `must not be created: ${reason}; set ${line} to look it up`,
        ),
      ),
  ];
}

/** Returns resources that only macros add: no change of the template can retain them. */
export function findMacroResources(
  { resources, template }: LiveStack,
  { stackOnly }: Matching,
): readonly StackResource[] {
  return resources.filter(
    ({ logicalId }) =>
      !(logicalId in template.Resources) &&
      !stackOnly.some((one) => one.logicalId === logicalId),
  );
}

function getToday(): string {
  return new Date().toISOString().slice(0, 10);
}
