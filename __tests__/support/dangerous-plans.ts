import { ACCOUNT_CASES } from "./dangerous/account";
import { IDENTITY_CASES } from "./dangerous/identities";
import { MODULE_CASES } from "./dangerous/modules";
import type { DangerousCases } from "./dangerous/resources";
import { POLICY_CASES } from "./dangerous/policies";
import { TRUST_CASES } from "./dangerous/trusts";
import { USER_POOL_CASES } from "./dangerous/user-pools";
import { OPENTOFU_CASES, WHOLE_PLAN_CASES } from "./dangerous/whole-plans";

/** Changes of the full stage that a reviewer must see; their plans are in the archive `dangerous-plans`. */
export const DANGEROUS_PLANS: DangerousCases = {
  ...POLICY_CASES,
  ...TRUST_CASES,
  ...IDENTITY_CASES,
  ...USER_POOL_CASES,
  ...MODULE_CASES,
  ...WHOLE_PLAN_CASES,
  ...OPENTOFU_CASES,
};

/** Changes of the account stack that a reviewer must see; their plans are in the archive `account-plans`. */
export const ACCOUNT_PLANS: DangerousCases = ACCOUNT_CASES;
