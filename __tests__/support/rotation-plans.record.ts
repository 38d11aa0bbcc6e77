import { BASE } from "./plan-cases";
import { recordPlans, STAGE_BASE } from "./plan-recorder";
import { ROTATION_PLANS } from "./rotation-plans";

/** Records `__tests__/fixtures/rotation-plans.json.br` again, as plans.record.ts does; always all of its cases, in order. */
recordPlans("rotation-plans", ROTATION_PLANS, { ...STAGE_BASE, edit: BASE });
