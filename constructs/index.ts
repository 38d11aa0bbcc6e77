/** The library's public surface. Scripts import only the pure modules: aws, constraints and errors. */
export * from "./aws";
export * from "./bucket-access";
export * from "./classic-pages";
export type { ClientAttributes } from "./client-attributes";
export * from "./client-secret";
export * from "./constraints";
export * from "./custom-domain";
export * from "./deployment/apply-permissions";
export * from "./deployment/deploy-scope";
export * from "./deployment/permissions-boundary";
export * from "./deployment/plan-permissions";
export * from "./deployment/rotate-permissions";
export * from "./deployment/state-bucket";
export * from "./deployment/state-encryption-key";
export * from "./deployment/used-resources";
export * from "./errors";
export * from "./github-subject";
export * from "./identity-pool";
export * from "./identity-pool-role";
export * from "./identity-provider";
export * from "./log-delivery";
export * from "./managed-login-branding";
export * from "./managed-policy";
export {
  mayContainScope,
  OPENID_SCOPES,
  type SignInScope,
} from "./oauth-scopes";
export * from "./oidc-endpoints";
export * from "./oidc-identity-provider";
export * from "./oidc-provider";
export * from "./oidc-read-only-role";
export * from "./oidc-role";
export * from "./plan-check";
export * from "./policy-document";
export * from "./policy-json";
export * from "./provider-region";
export * from "./resource-server";
export type { IRole, RoleReference } from "./role";
export {
  type RoleMapping,
  type RoleRule,
  type RoleRules,
  toRules,
} from "./role-rules";
export * from "./saml-identity-provider";
export type { SignInUrlOptions } from "./sign-in-url";
export * from "./scanner-findings";
export type { RefreshTokenRotation, TokenValidity } from "./token-validity";
export * from "./unknown-part";
export * from "./user-pool";
export * from "./user-pool-client";
export * from "./user-pool-domain";
export * from "./user-pool-group";
export * from "./user-pool-options";
export * from "./validation";
