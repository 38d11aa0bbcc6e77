import { ACCOUNT_LIMITS } from "./account";
import { BUCKET_LIMITS } from "./bucket";
import { DOMAIN_LIMITS } from "./domain";
import { IDENTITY_POOL_LIMITS } from "./identity-pool";
import { IDENTITY_PROVIDER_LIMITS } from "./identity-provider";
import { LOG_DELIVERY_LIMITS } from "./log-delivery";
import { OIDC_PROVIDER_LIMITS } from "./oidc-provider";
import { RESOURCE_SERVER_LIMITS } from "./resource-server";
import { ROLE_LIMITS } from "./role";
import { SECRET_LIMITS } from "./secret";
import { SIGN_IN_PAGE_LIMITS } from "./sign-in-pages";
import { USER_POOL_LIMITS } from "./user-pool";
import { USER_POOL_CLIENT_LIMITS } from "./user-pool-client";
import { USER_POOL_OPTION_LIMITS } from "./user-pool-options";

export {
  type AttributeMapping,
  type MappedAttribute,
  PLACEHOLDER_CLIENT_SECRET,
  STANDARD_ATTRIBUTES,
} from "./identity-provider";
export { findViolation, formatValue, validate, type Limit } from "./limit";
export { OIDC_AUDIENCE } from "./oidc-provider";
export { USER_ADMIN_SCOPE } from "./resource-server";
export { DEFAULT_QUOTAS, type UserPoolQuotas } from "./user-pool";

/** AWS's limits of every field that a stack sets. Pure, so that scripts can use them without loading the provider. */
export const LIMITS = {
  ...ACCOUNT_LIMITS,
  ...BUCKET_LIMITS,
  ...DOMAIN_LIMITS,
  ...IDENTITY_POOL_LIMITS,
  ...IDENTITY_PROVIDER_LIMITS,
  ...LOG_DELIVERY_LIMITS,
  ...OIDC_PROVIDER_LIMITS,
  ...RESOURCE_SERVER_LIMITS,
  ...ROLE_LIMITS,
  ...SECRET_LIMITS,
  ...SIGN_IN_PAGE_LIMITS,
  ...USER_POOL_LIMITS,
  ...USER_POOL_CLIENT_LIMITS,
  ...USER_POOL_OPTION_LIMITS,
} as const;
