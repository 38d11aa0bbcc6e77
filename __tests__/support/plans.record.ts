import { BASE, PLAN_CASES } from "./plan-cases";
import { recordPlans, STAGE_BASE } from "./plan-recorder";

/**
 * Records the plans of `__tests__/fixtures/plans.json.br` again, with Terraform, the AWS provider and the local AWS:
 * `npm run record-plans`, or with `-- --testPathPattern /plans.record -t <case>` one of them.
 */
recordPlans("plans", PLAN_CASES, { ...STAGE_BASE, edit: BASE });
