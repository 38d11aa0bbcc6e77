/** The entry `veda-auth/client`: tokens and credentials for services and people. It loads no AWS SDK before it calls AWS. */
export { ClientError, type ClientErrorCode } from "./client-error";
export * from "../auth/service-token-error";
export {
  TokenVerificationError,
  type TokenVerificationErrorCode,
} from "../auth/token-verification-error";
export * from "./token-verifier";
