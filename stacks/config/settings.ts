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
  setting,
  STAGE_NAME,
  toStageName,
  toTagValue,
  wholeNumber,
  type Setting,
  type Value,
  type DefaultContext,
} from "./setting-row";

const callbackUrls = list(LIMITS.callbackUrl, 100);

/**
 * The table of settings. Each group is a part of the configuration, and each key is a property of that part. Defaults
 * are computed in the order of the rows.
 */
export const SETTINGS = {
  stack: {
    appName: setting("APP_NAME", {
      parse: limited(APP_NAME),
      default: "veda-auth-stack",
      description: "First half of the stack name.",
    }),
    stage: setting("STAGE", {
      parse: limited(STAGE_NAME),
      default: ({ userName, isCi }: DefaultContext) =>
        isCi ? "" : toStageName(userName),
      defaultText: "the OS user name, in lowercase and with hyphens",
      description:
        "Second half of the stack name. If it is unset, the app has one stack for each file `.env.<stage>`. Required if `CI` is set.",
    }),
    owner: setting("OWNER", {
      parse: limited(LIMITS.tagValue),
      default: ({ userName = "unknown" }: DefaultContext) =>
        toTagValue(userName),
      defaultText: "the OS user name",
      description: "Tag `Owner`.",
    }),
    project: setting("PROJECT", {
      parse: limited(LIMITS.tagValue),
      default: "veda",
      description: "Tag `Project`.",
    }),
    region: setting("AWS_REGION", {
      parse: limited(LIMITS.region),
      default: "us-west-2",
      description: "Region of every resource.",
    }),
    accountId: setting("AWS_ACCOUNT_ID", {
      parse: limited(LIMITS.accountId),
      description:
        "Account that the stack can be deployed to. Any other account is refused.",
    }),
    permissionsBoundaryPolicyName: setting("PERMISSIONS_BOUNDARY_POLICY_NAME", {
      parse: limited(LIMITS.policyName),
      default: ({ appName, stage }: DefaultContext) =>
        stage === ACCOUNT_STAGE ? getBoundaryPolicyName(appName) : undefined,
      defaultText: "none; `{APP_NAME}-boundary` for the account stack",
      description:
        "Name of the policy that is the permissions boundary of every role.",
    }),
  },
  state: {
    backend: setting("STATE_BACKEND", {
      parse: oneOf("s3", "local"),
      default: "s3",
      description:
        "`s3`, or `local` for a state file in the project directory.",
    }),
    bucketName: setting("STATE_BUCKET_NAME", {
      parse: limited(LIMITS.bucketName),
      description:
        "Bucket of the Terraform state. Required unless `STATE_BACKEND=local`.",
    }),
    key: setting("STATE_BUCKET_KEY", {
      parse: limited(LIMITS.stateKey),
      default: ({ appName, stage }: DefaultContext) =>
        getDefaultStateKey(appName, stage),
      defaultText: "`{APP_NAME}/{STAGE}/terraform.tfstate`",
      description:
        "Key of the Terraform state in its bucket, without `*` and `?`. Must not be the key of another stage or of the account stack.",
    }),
    hasCustomerKey: setting("STATE_CUSTOMER_KEY", {
      parse: boolean,
      default: false,
      description: "Encrypts the state with the KMS key of the account stack.",
      requires: ["AWS_ACCOUNT_ID"],
    }),
  },
  existing: {
    userPoolId: setting("USER_POOL_ID", {
      parse: limited(LIMITS.userPoolId),
      description: "Existing user pool to use instead of a new one.",
    }),
    domainPrefix: setting("USER_POOL_DOMAIN", {
      parse: limited(LIMITS.domainPrefix),
      description:
        "Domain prefix of the existing user pool. Without it, a domain is created.",
      requires: ["USER_POOL_ID"],
    }),
    identityPoolArn: setting("IDENTITY_POOL_ARN", {
      parse: limited(LIMITS.identityPoolArn),
      description: "Existing identity pool to use instead of a new one.",
    }),
  },
  userPool: {
    deletionProtection: setting("DELETION_PROTECTION", {
      parse: boolean,
      default: true,
      description: "Protects the user pool against deletion.",
    }),
  },
  groups: {
    hasBucketGroups: setting("COGNITO_GROUPS", {
      parse: boolean,
      default: false,
      description:
        "Creates the four groups for the buckets of the VEDA data store.",
    }),
    dataManagersRoleArn: setting("DATA_MANAGERS_ROLE_ARN", {
      parse: limited(LIMITS.roleArn),
      description:
        "Existing role of the group `veda-data-store-managers`. Without it, the group is not created.",
    }),
    hasDataManagers: setting("DATA_MANAGERS_GROUP", {
      parse: boolean,
      default: true,
      description: "`false` omits the group `veda-data-store-managers`.",
      requires: ["DATA_MANAGERS_ROLE_ARN"],
    }),
  },
  programmaticClient: {
    callbackUrls: setting("PROGRAMMATIC_CALLBACK_URLS", {
      parse: callbackUrls,
      default: [],
      description:
        "Comma-separated callback URLs of the programmatic client. Without them, its OAuth flows are off.",
    }),
  },
  dashboard: {
    callbackUrls: setting("DASHBOARD_CALLBACK_URLS", {
      parse: callbackUrls,
      description:
        "Comma-separated callback URLs of the frontend client `veda-dashboard`. Without them, the client is not created.",
    }),
    logoutUrls: setting("DASHBOARD_LOGOUT_URLS", {
      parse: callbackUrls,
      default: [],
      description: "Comma-separated URLs that signing out can redirect to.",
      requires: ["DASHBOARD_CALLBACK_URLS"],
    }),
  },
  secrets: {
    recoveryDays: setting("SECRET_RECOVERY_DAYS", {
      parse: wholeNumber(LIMITS.secretRecoveryDays),
      default: 7,
      description:
        "Days during which a deleted secret can be restored: 0 or 7-30.",
    }),
    readerRoleArns: setting("SECRET_ROLE_ACCESS", {
      parse: list(LIMITS.roleArn),
      default: [],
      description:
        "Comma-separated ARNs of roles that can read the secrets of service clients.",
    }),
  },
  oidcProvider: {
    issuer: setting("OIDC_PROVIDER_URL", {
      parse: oidcIssuer,
      default: ({ stage }: DefaultContext) =>
        stage === ACCOUNT_STAGE
          ? "token.actions.githubusercontent.com"
          : undefined,
      defaultText:
        "none; `token.actions.githubusercontent.com` for the account stack",
      description:
        "Issuer whose workloads can assume roles, such as GitHub Actions.",
    }),
    thumbprint: setting("OIDC_THUMBPRINT", {
      parse: limited(LIMITS.thumbprint),
      description: "Thumbprint of the issuer's certificate, 40 hex digits.",
      requires: ["OIDC_PROVIDER_URL"],
    }),
    exists: setting("OIDC_PROVIDER_EXISTS", {
      parse: boolean,
      default: false,
      description:
        "Uses the existing OIDC provider of the account instead of creating one.",
      requires: ["OIDC_PROVIDER_URL"],
    }),
  },
  ...ACCOUNT_SETTINGS,
  ignored: {
    bootstrapQualifier: setting("BOOTSTRAP_QUALIFIER", {
      parse: (text) => text,
      description:
        "Ignored. Accepted so that `.env` files of the AWS CDK app can be reused.",
    }),
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
