/** The entry `veda-auth/client`: tokens and credentials for services and people. It loads no AWS SDK before it calls AWS. */
export { ClientError, type ClientErrorCode } from "./client-error";

export type { IssuedToken } from "../auth/renewed-token";
export type { SecretReader } from "../auth/service-client";
export * from "../auth/service-token-error";
export type { GetTokenOptions, ServiceTokens } from "../auth/service-tokens";
export type { AwsCredentials } from "../aws/client";
export type { ClientSecretFields } from "../stage/client-secret-fields";
export type { Clock } from "../system/clock";
export { serviceTokens } from "./service-tokens";
export type {
  CredentialsOptions,
  SecretIdOptions,
  SecretReaderOptions,
  SecretsManagerOptions,
  ServiceTokensOptions,
  StageServiceOptions,
  TokenOptions,
} from "./service-tokens-options";

export {
  TokenVerificationError,
  type TokenVerificationErrorCode,
} from "../auth/token-verification-error";
export * from "./token-verifier";

export type {
  GetUserCredentialsOptions,
  UserAwsCredentials,
  UserCredentials,
} from "./renewed-credentials";
export { userCredentials } from "./user-credentials";
export type {
  BrowserIdOptions,
  BrowserSignInOptions,
  IdentityPoolOptions,
  IdTokenOptions,
  PasswordSignInOptions,
  SignInIdOptions,
  StageOutputsOptions,
  UserCredentialsOptions,
  UserPrompt,
} from "./user-credentials-options";
