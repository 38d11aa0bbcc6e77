import type { RuleId } from "../../scripts/lib/review/rules/registry";

/** Expected review of a recorded plan. */
export interface Expectation {
  /** Number of resources by action. */
  readonly verdict: string;
  /** Rules, the most severe first; with the number of consequences. */
  readonly findings: readonly (RuleId | `${RuleId} +${number}`)[];
  /** Number of sentences about access that is gained, lost, unknown, and the same in other words. */
  readonly access: readonly [
    gained: number,
    lost: number,
    unknown: number,
    same: number,
  ];
  /** @default 0 */
  readonly drift?: number;
}

export const EXPECTATIONS: Readonly<Record<string, Expectation>> = {
  "boundary-changed": {
    verdict: "change 1",
    findings: ["boundary-changed"],
    access: [0, 0, 0, 0],
  },
  "boundary-removed": {
    verdict: "change 1",
    findings: ["boundary-removed"],
    access: [0, 0, 0, 0],
  },
  "callback-added": {
    verdict: "change 1",
    findings: ["callback-url-unsafe"],
    access: [1, 0, 0, 0],
  },
  "callback-removed": {
    verdict: "change 1",
    findings: ["callback-url-removed"],
    access: [0, 1, 0, 0],
  },
  "classic-flow": {
    verdict: "change 1",
    findings: ["classic-flow-on"],
    access: [0, 0, 0, 0],
  },
  "client-destroyed": {
    verdict: "destroy 1",
    findings: ["client-destroyed"],
    access: [0, 6, 0, 0],
  },
  "client-secret-left-out": {
    verdict: "replace 2",
    findings: ["client-replaced"],
    access: [0, 0, 0, 0],
  },
  "client-secret-off": {
    verdict: "replace 2",
    findings: ["client-replaced"],
    access: [0, 0, 0, 0],
  },
  "client-user-pool": {
    verdict: "replace 1",
    findings: ["client-replaced"],
    access: [0, 0, 0, 0],
  },
  "create-before-destroy": {
    verdict: "replace 1",
    findings: ["role-replaced"],
    access: [1, 1, 0, 0],
  },
  "data-read-later": {
    verdict: "add 1, change 1",
    findings: ["value-unknown", "type-not-reviewed"],
    access: [0, 0, 1, 0],
  },
  "deletion-protection-off": {
    verdict: "change 1",
    findings: ["deletion-protection-off"],
    access: [0, 0, 0, 0],
  },
  "domain-certificate": {
    verdict: "replace 1",
    findings: ["domain-replaced"],
    access: [0, 0, 0, 0],
  },
  "domain-name": {
    verdict: "replace 1",
    findings: ["domain-replaced"],
    access: [0, 0, 0, 0],
  },
  "drifted-alone": {
    verdict: "no resource",
    findings: [],
    access: [0, 0, 0, 0],
    drift: 1,
  },
  "drifted-and-restored": {
    verdict: "change 1",
    findings: ["callback-url-removed"],
    access: [0, 1, 0, 0],
    drift: 1,
  },
  "everything-destroyed": {
    verdict: "destroy 32",
    findings: [
      "identity-pool-destroyed +1",
      "user-pool-destroyed +26",
      "oidc-provider-destroyed",
      "role-destroyed",
      "role-destroyed",
    ],
    access: [0, 32, 0, 0],
  },
  "everything-created": {
    verdict: "add 32",
    findings: ["boundary-missing"],
    access: [32, 0, 0, 0],
  },
  forgotten: {
    verdict: "forget 1",
    findings: ["resource-forgotten"],
    access: [0, 0, 0, 0],
  },
  "group-added": { verdict: "add 3", findings: [], access: [2, 0, 0, 0] },
  "group-and-role-destroyed": {
    verdict: "destroy 3",
    findings: ["group-destroyed +2"],
    access: [0, 2, 0, 0],
  },
  "group-destroyed": {
    verdict: "destroy 1",
    findings: ["group-destroyed"],
    access: [0, 1, 0, 0],
  },
  "group-name": {
    verdict: "replace 1",
    findings: ["group-replaced"],
    access: [1, 1, 0, 0],
  },
  "group-precedence": {
    verdict: "change 1",
    findings: ["group-precedence-changed"],
    access: [0, 0, 0, 0],
  },
  "group-role-changed": {
    verdict: "change 1",
    findings: ["group-role-changed"],
    access: [1, 1, 0, 0],
  },
  "unauthenticated-identities-on": {
    verdict: "change 1",
    findings: ["unauthenticated-identities-on"],
    access: [1, 0, 0, 0],
  },
  "hostile-names": { verdict: "change 3", findings: [], access: [0, 0, 0, 0] },
  "identity-pool-developer-name": {
    verdict: "change 5, replace 2",
    findings: ["identity-pool-replaced +1", "identity-pool-provider-added"],
    access: [1, 0, 0, 5],
  },
  "identity-pool-name": {
    verdict: "change 5, replace 2",
    findings: ["identity-pool-replaced +1"],
    access: [2, 2, 0, 5],
  },
  "implicit-flow": {
    verdict: "change 1",
    findings: ["oauth-flow-added"],
    access: [0, 0, 0, 0],
  },
  imported: { verdict: "import 1", findings: [], access: [0, 0, 0, 0] },
  "imported-client": {
    verdict: "replace 1, import 1",
    findings: ["client-replaced"],
    access: [0, 0, 0, 0],
  },
  "lambda-trigger": {
    verdict: "change 1",
    findings: ["token-trigger-changed"],
    access: [1, 0, 0, 0],
  },
  "deposed-role": {
    verdict: "destroy 1",
    findings: ["role-destroyed"],
    access: [0, 0, 0, 0],
  },
  "login-flow-added": {
    verdict: "change 1",
    findings: ["auth-flow-added"],
    access: [0, 0, 0, 0],
  },
  "logout-removed": {
    verdict: "change 1",
    findings: ["logout-url-removed"],
    access: [0, 0, 0, 0],
  },
  "mfa-from-on-to-optional": {
    verdict: "change 1",
    findings: ["mfa-weakened"],
    access: [0, 0, 0, 0],
  },
  "mfa-off": {
    verdict: "change 1",
    findings: ["mfa-weakened", "totp-off"],
    access: [0, 0, 0, 0],
  },
  moved: { verdict: "move 1", findings: [], access: [0, 0, 0, 0] },
  "nothing-changes": {
    verdict: "no changes",
    findings: [],
    access: [0, 0, 0, 0],
  },
  "oidc-provider-url": {
    verdict: "replace 1",
    findings: ["oidc-provider-replaced"],
    access: [0, 0, 0, 0],
  },
  "output-changed": {
    verdict: "no resource",
    findings: [],
    access: [0, 0, 0, 0],
  },
  "partial-plan": {
    verdict: "no resource",
    findings: ["plan-partial"],
    access: [0, 0, 0, 0],
  },
  "password-policy-left-out": {
    verdict: "no changes",
    findings: [],
    access: [0, 0, 0, 0],
  },
  "password-policy-weaker": {
    verdict: "change 1",
    findings: ["password-policy-weakened"],
    access: [0, 0, 0, 0],
  },
  "planted-secrets": {
    verdict: "add 4, change 2",
    findings: [
      "identity-provider-added",
      "message-changed",
      "secret-value-in-state",
      "secret-value-in-state",
    ],
    access: [1, 0, 0, 0],
  },
  "policy-condition-added": {
    verdict: "change 1",
    findings: [],
    access: [0, 1, 0, 0],
  },
  "policy-denial-added": {
    verdict: "change 1",
    findings: [],
    access: [0, 1, 0, 0],
  },
  "policy-denial-removed": {
    verdict: "change 1",
    findings: ["deny-removed"],
    access: [1, 0, 0, 0],
  },
  "policy-in-other-words": {
    verdict: "change 1",
    findings: [],
    access: [0, 0, 0, 1],
  },
  "policy-not-known-yet": {
    verdict: "add 1, change 1",
    findings: ["value-unknown", "type-not-reviewed"],
    access: [0, 0, 1, 0],
  },
  "policy-wider": {
    verdict: "change 1",
    findings: ["permissions-widened"],
    access: [1, 0, 0, 0],
  },
  "recovery-window-zero": {
    verdict: "change 1",
    findings: ["recovery-window-shorter"],
    access: [0, 0, 0, 0],
  },
  "resource-server-identifier": {
    verdict: "change 1, replace 1",
    findings: ["resource-server-replaced +1"],
    access: [1, 1, 0, 0],
  },
  "resource-server-name": {
    verdict: "replace 1",
    findings: ["resource-server-replaced"],
    access: [0, 0, 0, 0],
  },
  "role-name": {
    verdict: "replace 1",
    findings: ["role-replaced"],
    access: [1, 1, 0, 0],
  },
  "role-path": {
    verdict: "replace 1",
    findings: ["role-replaced"],
    access: [0, 0, 0, 0],
  },
  "role-policy-name": {
    verdict: "replace 1",
    findings: ["role-policy-replaced"],
    access: [0, 0, 0, 0],
  },
  "role-policy-role": {
    verdict: "replace 1",
    findings: ["role-policy-replaced"],
    access: [0, 1, 0, 1],
  },
  "roles-attachment-pool": {
    verdict: "replace 1",
    findings: ["identity-pool-roles-replaced"],
    access: [0, 0, 0, 0],
  },
  "roles-attachment-roles": {
    verdict: "replace 1",
    findings: ["identity-pool-roles-replaced", "default-role-changed"],
    access: [1, 0, 0, 0],
  },
  "schema-added": { verdict: "change 1", findings: [], access: [0, 0, 0, 0] },
  "schema-changed": {
    verdict: "change 1",
    findings: ["schema-attribute-changed"],
    access: [0, 0, 0, 0],
  },
  "scope-added": { verdict: "change 1", findings: [], access: [0, 0, 0, 0] },
  "scope-granted": { verdict: "change 1", findings: [], access: [1, 0, 0, 0] },
  "scope-removed": {
    verdict: "change 1",
    findings: ["scope-removed"],
    access: [0, 0, 0, 0],
  },
  "scope-renamed": {
    verdict: "change 1",
    findings: ["scope-renamed"],
    access: [0, 0, 0, 0],
  },
  "scope-revoked": {
    verdict: "change 1",
    findings: ["client-scope-removed"],
    access: [1, 1, 0, 0],
  },
  "secret-name": {
    verdict: "replace 3",
    findings: ["secret-replaced +2", "resource-access-widened"],
    access: [1, 1, 0, 0],
  },
  "secret-reader-added": {
    verdict: "change 1",
    findings: ["resource-access-widened", "access-foreign-account"],
    access: [2, 1, 0, 0],
  },
  "secret-value-in-state": {
    verdict: "replace 1",
    findings: ["secret-value-replaced", "secret-value-in-state"],
    access: [0, 0, 0, 0],
  },
  "secret-value-version": {
    verdict: "replace 1",
    findings: [],
    access: [0, 0, 0, 0],
  },
  "self-sign-up": {
    verdict: "change 1",
    findings: ["self-sign-up-on"],
    access: [0, 0, 0, 0],
  },
  "service-destroyed": {
    verdict: "destroy 4",
    findings: ["client-destroyed +3"],
    access: [0, 2, 0, 0],
  },
  "thousand-clients": {
    verdict: "add 4032",
    findings: ["boundary-missing"],
    access: [2032, 0, 0, 0],
  },
  "tier-lowered": {
    verdict: "change 1",
    findings: ["tier-lowered"],
    access: [0, 0, 0, 0],
  },
  "token-check-off": {
    verdict: "change 1",
    findings: ["token-check-off"],
    access: [0, 0, 0, 0],
  },
  "token-validity-longer": {
    verdict: "change 1",
    findings: ["token-validity-longer"],
    access: [0, 0, 0, 0],
  },
  "token-validity-shorter": {
    verdict: "change 1",
    findings: [],
    access: [0, 0, 0, 0],
  },
  "token-revocation-off": {
    verdict: "change 1",
    findings: ["token-revocation-off"],
    access: [0, 0, 0, 0],
  },
  "trust-any-branch": {
    verdict: "change 1",
    findings: ["trust-unbound"],
    access: [1, 0, 0, 0],
  },
  "trust-anyone": {
    verdict: "change 1",
    findings: ["access-public"],
    access: [1, 1, 0, 0],
  },
  "trust-audience-removed": {
    verdict: "change 1",
    findings: ["trust-unbound"],
    access: [1, 0, 0, 0],
  },
  "trust-environment-added": {
    verdict: "change 1",
    findings: ["trust-widened"],
    access: [1, 0, 0, 0],
  },
  "user-existence-revealed": {
    verdict: "change 1",
    findings: ["user-existence-revealed"],
    access: [0, 0, 0, 0],
  },
  "user-pool-alias-attributes": {
    verdict: "change 2, replace 15",
    findings: ["user-pool-replaced +11"],
    access: [0, 0, 0, 0],
  },
  "user-pool-case-sensitive": {
    verdict: "change 2, replace 15",
    findings: ["user-pool-replaced +11"],
    access: [0, 0, 0, 0],
  },
  "user-pool-destroyed": {
    verdict: "destroy 31",
    findings: [
      "identity-pool-destroyed +1",
      "user-pool-destroyed +26",
      "oidc-provider-destroyed",
      "role-destroyed",
    ],
    access: [0, 31, 0, 0],
  },
  "user-pool-name": {
    verdict: "change 2, replace 15",
    findings: ["user-pool-replaced +11"],
    access: [0, 0, 0, 0],
  },
  "user-pool-username-attributes": {
    verdict: "change 2, replace 15",
    findings: ["user-pool-replaced +11"],
    access: [0, 0, 0, 0],
  },
  "write-granted": { verdict: "change 1", findings: [], access: [1, 0, 0, 0] },
  "write-revoked": { verdict: "change 1", findings: [], access: [0, 2, 0, 0] },
};
