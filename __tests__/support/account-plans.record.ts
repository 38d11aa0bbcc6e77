import { ACCOUNT_SETTINGS, GITHUB_SETTINGS } from "./account";
import { ACCOUNT_PLANS } from "./dangerous-plans";
import { recordPlans } from "./plan-recorder";

/** Records `__tests__/fixtures/account-plans.json.br` again, as plans.record.ts does. */
recordPlans("account-plans", ACCOUNT_PLANS, {
  stack: "veda-auth-stack-account",
  files: {
    ".env.account": {
      ...ACCOUNT_SETTINGS,
      ...GITHUB_SETTINGS,
      STATE_CUSTOMER_KEY: "true",
      ACCOUNT_STAGES: "dev",
    },
  },
  edit: () => undefined,
});
