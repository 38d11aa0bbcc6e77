import type { Check } from "../check";
import { ACCOUNT, CLOCK, ENDPOINT } from "./account";
import { DRIFT } from "./drift";
import { IDENTITY_POOL } from "./identity-pool-exists";
import { INTERRUPTED_RUN } from "./interrupted-run";
import { ISSUER } from "./issuer";
import { SETTINGS_IN_STEP } from "./settings";
import { OUTPUT_VALUES, STATE, STATE_RESOURCES } from "./state";
import { STATE_LOCK, STATE_VERSIONING } from "./state-bucket";
import { NODE, TERRAFORM } from "./tools";
import {
  DELETION_PROTECTION,
  EMAIL_SENDER,
  FEATURE_PLAN,
  USER_POOL,
} from "./user-pool";
import { DOMAIN } from "./user-pool-domain";

/** All checks but slow ones. The report sorts them by section, and otherwise has them in this order. */
export const CHECKS: readonly Check[] = [
  NODE,
  TERRAFORM,
  ACCOUNT,
  ENDPOINT,
  CLOCK,
  SETTINGS_IN_STEP,
  STATE,
  STATE_RESOURCES,
  OUTPUT_VALUES,
  STATE_VERSIONING,
  STATE_LOCK,
  INTERRUPTED_RUN,
  USER_POOL,
  DOMAIN,
  ISSUER,
  DELETION_PROTECTION,
  FEATURE_PLAN,
  EMAIL_SENDER,
  IDENTITY_POOL,
];

/** Checks that take longer than all others together. */
export const SLOW_CHECKS: readonly Check[] = [DRIFT];
