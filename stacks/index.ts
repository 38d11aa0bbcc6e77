/** The entry `veda-auth`: the app, its stacks, and their configuration. */
export * from "./account-stack";
export * from "./app";
export * from "./auth-stack";
export * from "./base-stack";
export { readAppConfig } from "./config/app-config";
export type * from "./config/config";
export type { Environment } from "./config/environment";
export type {
  OidcIdentityProviderOptions,
  SamlIdentityProviderOptions,
} from "./identity-providers";
export type { OidcRoleOptions } from "./oidc-roles";
export type { OutputName } from "./outputs";
export type { ProviderFeature } from "./provider-versions";
export type { ResourceServerOptions } from "./resource-servers";
export type { SignInPagesOptions } from "./sign-in-pages";
export type {
  FrontendClientOptions,
  ProgrammaticClientOptions,
  ServiceClientOptions,
  WebClientOptions,
} from "./user-pool-clients";
export type { BucketGroupOptions, RoleGroupOptions } from "./user-pool-groups";
