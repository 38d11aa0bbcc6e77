import { ACCESS_RULES } from "./access";
import { APPLY_ORDER_RULES } from "./apply-order";
import { BUCKET_RULES, BUCKET_TYPES } from "./bucket";
import {
  BUCKET_LIFECYCLE_RULES,
  BUCKET_LIFECYCLE_TYPES,
} from "./bucket-lifecycle";
import { CLIENT_OAUTH_RULES } from "./client-oauth";
import { CLIENT_TOKEN_RULES } from "./client-tokens";
import {
  FUNCTION_PERMISSION_RULES,
  FUNCTION_PERMISSION_TYPES,
} from "./function-permission";
import { IDENTITY_POOL_RULES, IDENTITY_POOL_TYPES } from "./identity-pool";
import {
  IDENTITY_PROVIDER_RULES,
  IDENTITY_PROVIDER_TYPES,
} from "./identity-provider";
import { KEY_RULES, KEY_TYPES } from "./key";
import { NOT_REVIEWED_RULES } from "./not-reviewed";
import { OUTPUT_RULES } from "./output";
import { PLAN_PART_RULES } from "./plan-parts";
import { PROVIDER_RULES } from "./provider";
import { RECREATION_RULES } from "./recreation";
import { REMOVAL_RULES } from "./removal";
import {
  RESOURCE_SERVER_RULES,
  RESOURCE_SERVER_TYPES,
} from "./resource-server";
import { ROLE_RULES, ROLE_TYPES } from "./role";
import { ROLE_CLAIM_RULES } from "./role-claims";
import { definePlanRule, type ReviewedType, type Rule } from "./rule";
import { SECRET_RULES, SECRET_TYPES } from "./secret";
import { SECRET_ROTATION_RULES } from "./secret-rotation";
import { SIGN_IN_PAGE_RULES, SIGN_IN_PAGE_TYPES } from "./sign-in-page";
import {
  SIGN_IN_PROTECTION_RULES,
  SIGN_IN_PROTECTION_TYPES,
} from "./sign-in-protection";
import { STACK_TAG_RULES } from "./stack-tag";
import { USER_POOL_RULES, USER_POOL_TYPES } from "./user-pool";
import {
  USER_POOL_CLIENT_RULES,
  USER_POOL_CLIENT_TYPES,
} from "./user-pool-client";
import {
  USER_POOL_GROUP_RULES,
  USER_POOL_GROUP_TYPES,
} from "./user-pool-group";
import { MESSAGE_RULES } from "./user-pool-message";
import { SIGN_IN_RULES } from "./user-pool-sign-in";
import { TRIGGER_RULES } from "./user-pool-trigger";

const ADOPTION_RULES = {
  "adoption-change": definePlanRule(
    "The adoption of a CloudFormation stack changes a value that it does not change by design; only `adopt` reports it.",
  ),
} as const satisfies Readonly<Record<string, Rule>>;

const ALL_RULES = {
  ...ADOPTION_RULES,
  ...REMOVAL_RULES,
  ...RECREATION_RULES,
  ...USER_POOL_RULES,
  ...APPLY_ORDER_RULES,
  ...TRIGGER_RULES,
  ...FUNCTION_PERMISSION_RULES,
  ...SIGN_IN_RULES,
  ...SIGN_IN_PROTECTION_RULES,
  ...SIGN_IN_PAGE_RULES,
  ...MESSAGE_RULES,
  ...CLIENT_OAUTH_RULES,
  ...USER_POOL_CLIENT_RULES,
  ...CLIENT_TOKEN_RULES,
  ...USER_POOL_GROUP_RULES,
  ...RESOURCE_SERVER_RULES,
  ...IDENTITY_POOL_RULES,
  ...ROLE_CLAIM_RULES,
  ...IDENTITY_PROVIDER_RULES,
  ...ROLE_RULES,
  ...SECRET_RULES,
  ...SECRET_ROTATION_RULES,
  ...BUCKET_RULES,
  ...BUCKET_LIFECYCLE_RULES,
  ...KEY_RULES,
  ...OUTPUT_RULES,
  ...ACCESS_RULES,
  ...NOT_REVIEWED_RULES,
  ...PROVIDER_RULES,
  ...PLAN_PART_RULES,
  ...STACK_TAG_RULES,
};

/** The stable name of a rule, which allow-lists and code scanning depend on. */
export type RuleId = keyof typeof ALL_RULES;

/** Every rule of the review by its id. */
export const RULES: Readonly<Record<RuleId, Rule>> = ALL_RULES;

export const RULE_IDS = Object.keys(ALL_RULES) as readonly RuleId[];

/** Every resource type that the review knows; any other is reported. */
export const REVIEWED_TYPES: Readonly<Record<string, ReviewedType>> = {
  ...USER_POOL_TYPES,
  ...FUNCTION_PERMISSION_TYPES,
  ...SIGN_IN_PAGE_TYPES,
  ...SIGN_IN_PROTECTION_TYPES,
  ...USER_POOL_CLIENT_TYPES,
  ...USER_POOL_GROUP_TYPES,
  ...RESOURCE_SERVER_TYPES,
  ...IDENTITY_POOL_TYPES,
  ...IDENTITY_PROVIDER_TYPES,
  ...ROLE_TYPES,
  ...SECRET_TYPES,
  ...BUCKET_TYPES,
  ...BUCKET_LIFECYCLE_TYPES,
  ...KEY_TYPES,
};

export function isRuleId(name: string): name is RuleId {
  return Object.hasOwn(ALL_RULES, name);
}

/** Whether a rule reports a part of the plan that the review does not know, instead of a change. */
export function isNotReviewed(id: RuleId): boolean {
  return RULES[id].isNotReviewed === true;
}
