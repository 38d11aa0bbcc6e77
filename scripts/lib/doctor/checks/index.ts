import type { Check } from "../check";
import { accountCheck, clockCheck } from "./account";
import { stateCheck, stateResourcesCheck } from "./state";
import { nodeCheck, terraformCheck } from "./tools";

/** All checks but slow ones. The report sorts them by section, and otherwise has them in this order. */
export const CHECKS: readonly Check[] = [
  nodeCheck,
  terraformCheck,
  accountCheck,
  clockCheck,
  stateCheck,
  stateResourcesCheck,
];
