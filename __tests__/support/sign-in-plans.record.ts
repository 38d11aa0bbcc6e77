import { SIGN_IN_BASE, SIGN_IN_CASES } from "./dangerous/sign-in";
import { recordPlans, STAGE_BASE } from "./plan-recorder";

/** Records `__tests__/fixtures/sign-in-plans.json.br` again, as plans.record.ts does. */
recordPlans("sign-in-plans", SIGN_IN_CASES, {
  ...STAGE_BASE,
  edit: SIGN_IN_BASE,
});
