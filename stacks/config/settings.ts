import { LIMITS } from "../../constructs/constraints";
import { ACCOUNT_SETTINGS } from "./account-settings";
import {
  ACCOUNT_STAGE,
  getBoundaryPolicyName,
  getDefaultStateKey,
} from "../naming";
import {
  APP_NAME,
  boolean,
  limited,
  list,
  oidcIssuer,
  oneOf,
  STAGE_NAME,
  wholeNumber,
} from "./setting-parsers";
import {
  ComputedDefault,
  setting,
  type Setting,
  toStageName,
  toTagValue,
  type Value,
} from "./setting-row";

const callbackUrls = list(LIMITS.callbackUrl, 100);

/**
 * The table of settings. Each group is a part of the configuration, and each key is a property of that part. Defaults
 * are computed in the order of the rows.
 */
export const SETTINGS = {
  stack: {
    appName: setting(
      "APP_NAME",
      limited(APP_NAME),
      "veda-auth-stack",
      "First half of the stack name.",
    ),
    stage: setting(
      "STAGE",
      limited(STAGE_NAME),
      new ComputedDefault(
        "the OS user name, in lowercase and with hyphens",
        ({ userName, isCi }) => (isCi ? "" : toStageName(userName)),
      ),
      "Second half of the stack name. If it is unset, the app has one stack for each file `.env.<stage>`. Required if `CI` is set.",
    ),
    owner: setting(
      "OWNER",
      limited(LIMITS.tagValue),
      new ComputedDefault("the OS user name", ({ userName = "unknown" }) =>
        toTagValue(userName),
      ),
      "Tag `Owner`.",
    ),
    project: setting(
      "PROJECT",
      limited(LIMITS.tagValue),
      "veda",
      "Tag `Project`.",
    ),
    region: setting(
      "AWS_REGION",
      limited(LIMITS.region),
      "us-west-2",
      "Region of every resource.",
    ),
    accountId: setting(
      "AWS_ACCOUNT_ID",
      limited(LIMITS.accountId),
      undefined,
      "Account that the stack can be deployed to. Any other account is refused.",
    ),
    permissionsBoundaryPolicyName: setting(
      "PERMISSIONS_BOUNDARY_POLICY_NAME",
      limited(LIMITS.policyName),
      new ComputedDefault(
        "none; `{APP_NAME}-boundary` for the account stack",
        ({ APP_NAME: appName, STAGE: stage }) =>
          stage === ACCOUNT_STAGE ? getBoundaryPolicyName(appName) : undefined,
      ),
      "Name of the policy that is the permissions boundary of every role.",
    ),
  },
  state: {
    backend: setting(
      "STATE_BACKEND",
      oneOf("s3", "local"),
      "s3",
      "`s3`, or `local` for a state file in the project directory.",
    ),
    bucketName: setting(
      "STATE_BUCKET_NAME",
      limited(LIMITS.bucketName),
      undefined,
      "Bucket of the Terraform state. Required unless `STATE_BACKEND=local`.",
    ),
    key: setting(
      "STATE_BUCKET_KEY",
      limited(LIMITS.stateKey),
      new ComputedDefault(
        "`{APP_NAME}/{STAGE}/terraform.tfstate`",
        ({ APP_NAME: appName, STAGE: stage }) =>
          getDefaultStateKey(appName, stage),
      ),
      "Key of the Terraform state in its bucket, without `*` and `?`. Must not be the key of another stage or of the account stack.",
    ),
    hasCustomerKey: setting(
      "STATE_CUSTOMER_KEY",
      boolean,
      false,
      "Encrypts the state with the KMS key of the account stack.",
      "AWS_ACCOUNT_ID",
    ),
  },
  existing: {
    userPoolId: setting(
      "USER_POOL_ID",
      limited(LIMITS.userPoolId),
      undefined,
      "Existing user pool to use instead of a new one.",
    ),
    domainPrefix: setting(
      "USER_POOL_DOMAIN",
      limited(LIMITS.domainPrefix),
      undefined,
      "Domain prefix of the existing user pool. Without it, a domain is created.",
      "USER_POOL_ID",
    ),
    identityPoolArn: setting(
      "IDENTITY_POOL_ARN",
      limited(LIMITS.identityPoolArn),
      undefined,
      "Existing identity pool to use instead of a new one.",
    ),
  },
  userPool: {
    deletionProtection: setting(
      "DELETION_PROTECTION",
      boolean,
      true,
      "Protects the user pool against deletion.",
    ),
  },
  groups: {
    hasBucketGroups: setting(
      "COGNITO_GROUPS",
      boolean,
      false,
      "Creates the four groups for the buckets of the VEDA data store.",
    ),
    dataManagersRoleArn: setting(
      "DATA_MANAGERS_ROLE_ARN",
      limited(LIMITS.roleArn),
      undefined,
      "Existing role of the group `veda-data-store-managers`. Without it, the group is not created.",
    ),
    hasDataManagers: setting(
      "DATA_MANAGERS_GROUP",
      boolean,
      true,
      "`false` omits the group `veda-data-store-managers`.",
      "DATA_MANAGERS_ROLE_ARN",
    ),
  },
  programmaticClient: {
    callbackUrls: setting(
      "PROGRAMMATIC_CALLBACK_URLS",
      callbackUrls,
      [],
      "Comma-separated callback URLs of the programmatic client. Without them, its OAuth flows are off.",
    ),
  },
  dashboard: {
    callbackUrls: setting(
      "DASHBOARD_CALLBACK_URLS",
      callbackUrls,
      undefined,
      "Comma-separated callback URLs of the frontend client `veda-dashboard`. Without them, the client is not created.",
    ),
    logoutUrls: setting(
      "DASHBOARD_LOGOUT_URLS",
      callbackUrls,
      [],
      "Comma-separated URLs that signing out can redirect to.",
      "DASHBOARD_CALLBACK_URLS",
    ),
  },
  secrets: {
    recoveryDays: setting(
      "SECRET_RECOVERY_DAYS",
      wholeNumber(LIMITS.secretRecoveryDays),
      7,
      "Days during which a deleted secret can be restored: 0 or 7-30.",
    ),
    readerRoleArns: setting(
      "SECRET_ROLE_ACCESS",
      list(LIMITS.roleArn),
      [],
      "Comma-separated ARNs of roles that can read the secrets of service clients.",
    ),
  },
  oidcProvider: {
    issuer: setting(
      "OIDC_PROVIDER_URL",
      oidcIssuer,
      new ComputedDefault(
        "none; `token.actions.githubusercontent.com` for the account stack",
        ({ STAGE: stage }) =>
          stage === ACCOUNT_STAGE
            ? "token.actions.githubusercontent.com"
            : undefined,
      ),
      "Issuer whose workloads can assume roles, such as GitHub Actions.",
    ),
    thumbprint: setting(
      "OIDC_THUMBPRINT",
      limited(LIMITS.thumbprint),
      undefined,
      "Thumbprint of the issuer's certificate, 40 hex digits.",
      "OIDC_PROVIDER_URL",
    ),
    exists: setting(
      "OIDC_PROVIDER_EXISTS",
      boolean,
      false,
      "Uses the existing OIDC provider of the account instead of creating one.",
      "OIDC_PROVIDER_URL",
    ),
  },
  ...ACCOUNT_SETTINGS,
  ignored: {
    bootstrapQualifier: setting(
      "BOOTSTRAP_QUALIFIER",
      (text) => text,
      undefined,
      "Ignored. Accepted so that `.env` files of the AWS CDK app can be reused.",
    ),
  },
};

type Rows = typeof SETTINGS;
type RowOf<G> = G[keyof G] extends Setting<infer Name> ? Name : never;

export type SettingName = { [G in keyof Rows]: RowOf<Rows[G]> }[keyof Rows];

/** Values of all settings, defaults included. */
export type Settings = {
  readonly [G in keyof Rows]: {
    readonly [K in keyof Rows[G]]: Value<Rows[G][K]>;
  };
};

export const SETTING_ROWS = listRows(SETTINGS);

/** Rows that apply to stages, not to the account stack alone. */
export const STAGE_ROWS = SETTING_ROWS.filter(
  (row) => !listRows(ACCOUNT_SETTINGS).includes(row),
);

export const SETTING_NAMES: readonly string[] = SETTING_ROWS.map(
  ({ name }) => name,
);

function listRows(
  groups: Readonly<
    Record<string, Readonly<Record<string, Setting<SettingName>>>>
  >,
): readonly Setting<SettingName>[] {
  return Object.values(groups).flatMap((group) => Object.values(group));
}
