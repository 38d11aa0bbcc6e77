import { ORDINARY_PLANS } from "./ordinary-plans";
import { BASE } from "./plan-cases";
import { recordPlans, STAGE_BASE } from "./plan-recorder";

/** Records `__tests__/fixtures/ordinary-plans.json.br` again, as plans.record.ts does. */
recordPlans("ordinary-plans", ORDINARY_PLANS, { ...STAGE_BASE, edit: BASE });
