import type { Check } from "../check";
import { ACCOUNT, CLOCK, ENDPOINT } from "./account";
import { CALLBACK_URLS } from "./callback-urls";
import { CLIENT_SECRETS } from "./client-secrets";
import { CLIENT_SETTINGS } from "./client-settings";
import { CLIENT_TOKENS } from "./client-tokens";
import { CUSTOM_DOMAIN_CERTIFICATE } from "./custom-domain-certificate";
import { DRIFT } from "./drift";
import { EMAIL_IDENTITY } from "./email-identity";
import { GROUP_ROLES } from "./group-roles";
import { IDENTITY_POOL, ROLE_MAPPING } from "./identity-pool";
import {
  IDENTITY_PROVIDER_SECRETS,
  SAML_CERTIFICATES,
} from "./identity-providers";
import { INTERRUPTED_RUN } from "./interrupted-run";
import { ISSUER } from "./issuer";
import { OIDC_PROVIDER } from "./oidc-provider";
import { OIDC_SUBJECTS } from "./oidc-subjects";
import { IAM_QUOTAS, USER_POOL_QUOTAS } from "./quotas";
import { SECRET_AGE, SECRET_ROTATION } from "./secret-rotation";
import { SETTINGS_IN_STEP } from "./settings";
import { OUTPUT_VALUES, STATE, STATE_RESOURCES } from "./state";
import { STATE_LOCK, STATE_VERSIONING } from "./state-bucket";
import { NODE, TERRAFORM } from "./tools";
import {
  DELETION_PROTECTION,
  EMAIL_SENDER,
  FEATURE_PLAN,
  USER_POOL,
} from "./user-pool";
import { DOMAIN } from "./user-pool-domain";

/** All checks but slow ones. The report sorts them by section, and otherwise has them in this order. */
export const CHECKS: readonly Check[] = [
  NODE,
  TERRAFORM,
  ACCOUNT,
  ENDPOINT,
  CLOCK,
  SETTINGS_IN_STEP,
  STATE,
  STATE_RESOURCES,
  OUTPUT_VALUES,
  STATE_VERSIONING,
  STATE_LOCK,
  INTERRUPTED_RUN,
  USER_POOL,
  DOMAIN,
  ISSUER,
  DELETION_PROTECTION,
  FEATURE_PLAN,
  EMAIL_SENDER,
  IDENTITY_PROVIDER_SECRETS,
  CLIENT_SECRETS,
  CLIENT_TOKENS,
  SECRET_AGE,
  SECRET_ROTATION,
  CLIENT_SETTINGS,
  CALLBACK_URLS,
  IDENTITY_POOL,
  ROLE_MAPPING,
  GROUP_ROLES,
  OIDC_PROVIDER,
  OIDC_SUBJECTS,
  IAM_QUOTAS,
  USER_POOL_QUOTAS,
  EMAIL_IDENTITY,
  CUSTOM_DOMAIN_CERTIFICATE,
  SAML_CERTIFICATES,
];

/** Checks that take longer than all others together. */
export const SLOW_CHECKS: readonly Check[] = [DRIFT];
