import { UserError } from "../../../constructs/errors";
import { checkoutTree, requireCleanCheckout } from "./checkout";
import { formatReviewedPlan } from "./reviewed-plan";

/** The line that `apply-reviewed` accepts for a plan, or why there is none. */
export type PlanLine =
  | { readonly line: string }
  | { readonly line: undefined; readonly reason: string };

/** Returns the line of a plan that was made from the checkout in the working directory. */
export async function planLine(hash: string): Promise<PlanLine> {
  try {
    await requireCleanCheckout();
    return { line: formatReviewedPlan({ hash, tree: await checkoutTree() }) };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return {
      line: undefined,
      reason: `no line for apply-reviewed: ${error.message}`,
    };
  }
}
