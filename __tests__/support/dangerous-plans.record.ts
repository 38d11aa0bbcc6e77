import { DANGEROUS_PLANS } from "./dangerous-plans";
import { BASE } from "./plan-cases";
import { recordPlans, STAGE_BASE } from "./plan-recorder";

/** Records `__tests__/fixtures/dangerous-plans.json.br` again, as plans.record.ts does. */
recordPlans("dangerous-plans", DANGEROUS_PLANS, { ...STAGE_BASE, edit: BASE });
