import type { Redacted } from "../../plan/redactor";
import type { RichText } from "../../plan/rich-text";
import type { Rule } from "./rule";

function rule(documentation: string): Rule {
  return { severity: "weakening", covers: {}, description: documentation };
}

/** What weakens the protection of resources by access that is gained. */
export const ACCESS_RULES = {
  "access-public": rule(
    "Anyone, or everyone except some, gains access or can assume a role.",
  ),
  "access-foreign-account": rule(
    "A principal of another account, or of an account that the plan does not know, gains access or can assume a role.",
  ),
  "access-unauthenticated": rule(
    "Users who have not signed in can assume a role, or users of an identity pool of any account, or of another one than those of the plan.",
  ),
  "trust-unbound": rule(
    "A role trusts more tokens than it names: any audience, any subject or a wildcard in it, a whole account, or a service that acts for any account.",
  ),
  "trust-widened": rule(
    "An existing role can be assumed by more principals than it named before, or a new one by a user or role that is not part of the plan.",
  ),
  "permissions-widened": rule(
    "A role gains permissions beyond reading and writing data of named buckets, such as any action, any resource, or actions on identities.",
  ),
  "managed-policy-attached": rule(
    "A role gains a managed policy whose text is not part of the plan.",
  ),
  "role-policies-removed": {
    severity: "breaking",
    covers: {},
    description: "A role loses policies that its own code lists.",
  },
  "boundary-widened": rule("A permissions boundary allows more than before."),
  "deny-removed": rule("A policy no longer denies what it denied before."),
  "resource-access-widened": rule(
    "More principals can read or change a secret, a bucket or a key.",
  ),
  "policy-not-readable": rule(
    "A policy cannot be read: it is not JSON, or has a part that the grammar of IAM policies does not have.",
  ),
  "policy-too-large": rule("Policies are too large to compare."),
} as const satisfies Readonly<Record<string, Rule>>;

export type AccessRuleId = keyof typeof ACCESS_RULES;

/** Access that is gained in a way that someone has to agree to. */
export interface AccessFinding {
  readonly rule: AccessRuleId;
  readonly address: Redacted;
  readonly message: RichText;
}
