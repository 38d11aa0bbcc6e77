import { LIMITS } from "../../constructs/constraints";
import { ACCOUNT_SETTINGS } from "./account-settings";
import { DOMAIN_SETTINGS } from "./domain-settings";
import { SIGN_IN_SETTINGS } from "./sign-in-settings";
import {
  ACCOUNT_STAGE,
  DEFAULT_APP_NAME,
  getBoundaryPolicyName,
  getDefaultStateKey,
} from "../naming";
import {
  APP_NAME,
  type DefaultContext,
  defineSetting,
  parseFlag,
  parseIssuer,
  parseList,
  parseNumber,
  parseText,
  parseWord,
  type Setting,
  STAGE_NAME,
  toStageName,
  toTagValue,
  type Value,
} from "./setting-row";
import { USER_POOL_SETTINGS } from "./user-pool-settings";
import { parseRegion } from "./validate-region";

const callbackUrls = parseList(LIMITS.callbackUrl, 100);

/**
 * The table of settings. Each group is a part of the configuration, and each key is a property of that part. Defaults
 * are computed in the order of the rows.
 */
export const SETTINGS = {
  stack: {
    appName: defineSetting("APP_NAME", {
      parse: parseText(APP_NAME),
      default: DEFAULT_APP_NAME,
      description: "First half of the stack name.",
    }),
    stage: defineSetting("STAGE", {
      parse: parseText(STAGE_NAME),
      default: ({ userName, isCi }: DefaultContext) =>
        isCi ? "" : toStageName(userName),
      defaultText: "the OS user name, in lowercase and with hyphens",
      description:
        "Second half of the stack name. If it is unset, the app has one stack for each file `.env.<stage>`. Required if `CI` is set.",
    }),
    owner: defineSetting("OWNER", {
      parse: parseText(LIMITS.tagValue),
      default: ({ userName = "unknown" }: DefaultContext) =>
        toTagValue(userName),
      defaultText: "the OS user name",
      description: "Tag `Owner`.",
    }),
    project: defineSetting("PROJECT", {
      parse: parseText(LIMITS.tagValue),
      default: "veda",
      description: "Tag `Project`.",
    }),
    client: defineSetting("CLIENT", {
      parse: parseText(LIMITS.tagValue),
      default: "nasa-impact",
      description: "Tag `Client`.",
    }),
    region: defineSetting("AWS_REGION", {
      parse: parseRegion,
      default: "us-west-2",
      description: "Region of every resource.",
    }),
    allowsUnknownRegion: defineSetting("ALLOW_UNKNOWN_REGION", {
      parse: parseFlag,
      default: false,
      description:
        "Allows an `AWS_REGION` that this version does not know, such as a new one.",
    }),
    accountId: defineSetting("AWS_ACCOUNT_ID", {
      parse: parseText(LIMITS.accountId),
      description:
        "Account that the stack can be deployed to. Any other account is refused.",
    }),
    permissionsBoundaryPolicyName: defineSetting(
      "PERMISSIONS_BOUNDARY_POLICY_NAME",
      {
        parse: parseText(LIMITS.policyName),
        default: ({ appName, stage }: DefaultContext) =>
          stage === ACCOUNT_STAGE ? getBoundaryPolicyName(appName) : undefined,
        defaultText: "none; `{APP_NAME}-boundary` for the account stack",
        description:
          "Name of the policy that is the permissions boundary of every role.",
      },
    ),
  },
  state: {
    backend: defineSetting("STATE_BACKEND", {
      parse: parseWord("s3", "local"),
      default: "s3",
      description:
        "`s3`, or `local` for a state file in the project directory.",
    }),
    bucketName: defineSetting("STATE_BUCKET_NAME", {
      parse: parseText(LIMITS.bucketName),
      description:
        "Bucket of the Terraform state. Required unless `STATE_BACKEND=local`.",
    }),
    key: defineSetting("STATE_BUCKET_KEY", {
      parse: parseText(LIMITS.stateKey),
      default: ({ appName, stage }: DefaultContext) =>
        getDefaultStateKey(appName, stage),
      defaultText: "`{APP_NAME}/{STAGE}/terraform.tfstate`",
      description:
        "Key of the Terraform state in its bucket, without `*` and `?`. Must not be the key of another stage or of the account stack.",
    }),
    hasCustomerKey: defineSetting("STATE_CUSTOMER_KEY", {
      parse: parseFlag,
      default: false,
      description: "Encrypts the state with the KMS key of the account stack.",
      requires: ["AWS_ACCOUNT_ID"],
    }),
  },
  existing: {
    userPoolId: defineSetting("USER_POOL_ID", {
      parse: parseText(LIMITS.userPoolId),
      description: "Existing user pool to use instead of a new one.",
    }),
    domainPrefix: defineSetting("USER_POOL_DOMAIN", {
      parse: parseText(LIMITS.domainPrefix),
      description:
        "Domain prefix of the existing user pool. Without it, a domain is created.",
      requires: ["USER_POOL_ID"],
    }),
    identityPoolArn: defineSetting("IDENTITY_POOL_ARN", {
      parse: parseText(LIMITS.identityPoolArn),
      description: "Existing identity pool to use instead of a new one.",
    }),
  },
  ...DOMAIN_SETTINGS,
  ...USER_POOL_SETTINGS,
  groups: {
    hasBucketGroups: defineSetting("COGNITO_GROUPS", {
      parse: parseFlag,
      default: false,
      description:
        "Creates the four groups for the buckets of the VEDA data store.",
    }),
    dataManagersRoleArn: defineSetting("DATA_MANAGERS_ROLE_ARN", {
      parse: parseText(LIMITS.roleArn),
      description:
        "Existing role of the group `veda-data-store-managers`. Without it, the group is not created.",
    }),
    hasDataManagers: defineSetting("DATA_MANAGERS_GROUP", {
      parse: parseFlag,
      default: true,
      description: "`false` omits the group `veda-data-store-managers`.",
      requires: ["DATA_MANAGERS_ROLE_ARN"],
    }),
  },
  ...SIGN_IN_SETTINGS,
  programmaticClient: {
    callbackUrls: defineSetting("PROGRAMMATIC_CALLBACK_URLS", {
      parse: callbackUrls,
      default: [],
      description:
        "Comma-separated callback URLs of the programmatic client. Without them and `BROWSER_SIGN_IN`, its OAuth flows are off.",
    }),
    browserSignIn: defineSetting("BROWSER_SIGN_IN", {
      parse: parseFlag,
      default: (): boolean | undefined => undefined,
      defaultText:
        "`true` if `SIGN_IN_OIDC_ISSUER` or `SIGN_IN_SAML_METADATA` is set, otherwise `false`",
      description:
        "Lets users of the programmatic client sign in through the browser, as people of identity providers do.",
    }),
  },
  dashboard: {
    callbackUrls: defineSetting("DASHBOARD_CALLBACK_URLS", {
      parse: callbackUrls,
      description:
        "Comma-separated callback URLs of the frontend client `veda-dashboard`. Without them, the client is not created.",
    }),
    logoutUrls: defineSetting("DASHBOARD_LOGOUT_URLS", {
      parse: callbackUrls,
      default: [],
      description: "Comma-separated URLs that signing out can redirect to.",
      requires: ["DASHBOARD_CALLBACK_URLS"],
    }),
  },
  secrets: {
    recoveryDays: defineSetting("SECRET_RECOVERY_DAYS", {
      parse: parseNumber(LIMITS.secretRecoveryDays),
      default: 7,
      description:
        "Days during which a deleted secret can be restored: 0 or 7-30.",
    }),
    readerRoleArns: defineSetting("SECRET_ROLE_ACCESS", {
      parse: parseList(LIMITS.roleArn),
      default: [],
      description:
        "Comma-separated ARNs of roles that can read the secrets of service and web clients.",
    }),
  },
  oidcProvider: {
    issuer: defineSetting("OIDC_PROVIDER_URL", {
      parse: parseIssuer,
      default: ({ stage }: DefaultContext) =>
        stage === ACCOUNT_STAGE
          ? "token.actions.githubusercontent.com"
          : undefined,
      defaultText:
        "none; `token.actions.githubusercontent.com` for the account stack",
      description:
        "Issuer whose workloads can assume roles, such as GitHub Actions.",
    }),
    thumbprint: defineSetting("OIDC_THUMBPRINT", {
      parse: parseText(LIMITS.thumbprint),
      description: "Thumbprint of the issuer's certificate, 40 hex digits.",
      requires: ["OIDC_PROVIDER_URL"],
    }),
    exists: defineSetting("OIDC_PROVIDER_EXISTS", {
      parse: parseFlag,
      default: false,
      description:
        "Uses the existing OIDC provider of the account instead of creating one.",
      requires: ["OIDC_PROVIDER_URL"],
    }),
  },
  ...ACCOUNT_SETTINGS,
  ignored: {
    bootstrapQualifier: defineSetting("BOOTSTRAP_QUALIFIER", {
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
