import { ACCESS_RULES } from "./access";
import { BUCKET_RULES } from "./bucket";
import { IDENTITY_POOL_RULES } from "./identity-pool";
import { IDENTITY_PROVIDER_RULES } from "./identity-provider";
import { KEY_RULES } from "./key";
import { MESSAGE_RULES } from "./user-pool-message";
import { NOT_REVIEWED_RULES } from "./not-reviewed";
import { REMOVAL_RULES } from "./removal";
import { RESOURCE_SERVER_RULES } from "./resource-server";
import { ROLE_RULES } from "./role";
import type { Rule } from "./rule";
import { SECRET_RULES } from "./secret";
import { USER_POOL_RULES } from "./user-pool";
import { USER_POOL_CLIENT_RULES } from "./user-pool-client";
import { USER_POOL_GROUP_RULES } from "./user-pool-group";

/** What an adoption changes, which the allow-list permits there. */
const ADOPTION_RULES = {
  "adoption-change": {
    severity: "weakening",
    covers: {},
    description:
      "The adoption of a CloudFormation stack changes a value that it does not change by design; only `adopt` reports it.",
  },
} as const satisfies Readonly<Record<string, Rule>>;

const ALL = {
  ...ADOPTION_RULES,
  ...REMOVAL_RULES,
  ...USER_POOL_RULES,
  ...MESSAGE_RULES,
  ...USER_POOL_CLIENT_RULES,
  ...USER_POOL_GROUP_RULES,
  ...RESOURCE_SERVER_RULES,
  ...IDENTITY_POOL_RULES,
  ...IDENTITY_PROVIDER_RULES,
  ...ROLE_RULES,
  ...SECRET_RULES,
  ...BUCKET_RULES,
  ...KEY_RULES,
  ...ACCESS_RULES,
  ...NOT_REVIEWED_RULES,
};

/** The stable name of a rule, which allow-lists and code scanning depend on. */
export type RuleId = keyof typeof ALL;

/** Every rule of the review by its name. */
export const RULES: Readonly<Record<RuleId, Rule>> = ALL;

export const RULE_IDS = Object.keys(ALL) as readonly RuleId[];

export function isRuleId(name: string): name is RuleId {
  return Object.hasOwn(ALL, name);
}
