import type { Environment } from "../../../stacks/config";
import { DEMO_SETTINGS } from "../demo/demo-stage";

const existing = "us-west-2:01234567-89ab-cdef-0123-456789abcdef";

/** Settings that the variants synthesize alike, by a name for each: all kinds of stack, with all of their parts. */
export const SYNTH_SETTINGS: Readonly<Record<string, Environment>> = {
  default: { STAGE: "dev", OWNER: "matrix", STATE_BACKEND: "local" },
  everything: DEMO_SETTINGS,
  existing: {
    ...DEMO_SETTINGS,
    USER_POOL_ID: "us-west-2_Abcdefghi",
    USER_POOL_DOMAIN: "theirs",
    IDENTITY_POOL_ARN: `arn:aws:cognito-identity:us-west-2:${DEMO_SETTINGS.AWS_ACCOUNT_ID}:identitypool/${existing}`,
    OIDC_PROVIDER_EXISTS: "true",
  },
  account: {
    ...DEMO_SETTINGS,
    STAGE: "account",
    ACCOUNT_STAGES: "dev,production",
    GITHUB_REPOSITORY: "example/auth",
    STATE_CUSTOMER_KEY: "true",
  },
};
