import { FIXED_OUTPUTS } from "../../../stacks/outputs";
import { SETTING_NAMES } from "../../../stacks/config/settings";
import { findSimilarSettings } from "../../../stacks/config/similar-settings";

describe("a name is a misspelling of", () => {
  test.each([
    ["COGNITO_GRUOPS", "COGNITO_GROUPS"],
    ["CONGITO_GRUOPS", "COGNITO_GROUPS"],
    ["COGNITO_GROUP", "COGNITO_GROUPS"],
    ["COGNITO_GROPUS", "COGNITO_GROUPS"],
    ["cognito_gruops", "COGNITO_GROUPS"],
    ["cognitoGroups", "COGNITO_GROUPS"],
    ["COGNITO-GROUPS", "COGNITO_GROUPS"],
    ["COGNITO__GROUPS", "COGNITO_GROUPS"],
    ["STATE_BUKET_NAME", "STATE_BUCKET_NAME"],
    ["STATE_BUCKET_NAM", "STATE_BUCKET_NAME"],
    ["STATE_BAKEND", "STATE_BACKEND"],
    ["USER_POOL_DI", "USER_POOL_ID"],
    ["USER_POLL_ID", "USER_POOL_ID"],
    ["OIDC_PROVDER_URL", "OIDC_PROVIDER_URL"],
    ["OIDC_PROVIDER_ULR", "OIDC_PROVIDER_URL"],
    ["OIDC_TUMBPRINT", "OIDC_THUMBPRINT"],
    ["DELETION_PROTECTON", "DELETION_PROTECTION"],
    ["DASHBOARD_CALLBACK_URL", "DASHBOARD_CALLBACK_URLS"],
    ["PROGAMATIC_CALLBACK_URLS", "PROGRAMMATIC_CALLBACK_URLS"],
    ["DATA_MANAGER_ROLE_ARN", "DATA_MANAGERS_ROLE_ARN"],
    ["ACCOUNT_STAGE", "ACCOUNT_STAGES"],
    ["SECRET_RECOVERY_DAY", "SECRET_RECOVERY_DAYS"],
    ["PERMISSION_BOUNDARY_POLICY_NAME", "PERMISSIONS_BOUNDARY_POLICY_NAME"],
    ["AWS_REGOIN", "AWS_REGION"],
    ["AWS_ACOUNT_ID", "AWS_ACCOUNT_ID"],
    ["GITHUB_REPOSITROY", "GITHUB_REPOSITORY"],
    ["AWS_REGON", "AWS_REGION"],
    ["SECRET_ROLE_ACCESSS", "SECRET_ROLE_ACCESS"],
    ["STATE_BUCKET_KE", "STATE_BUCKET_KEY"],
    ["APP_NAEM", "APP_NAME"],
    ["STGAE", "STAGE"],
    ["STAGEE", "STAGE"],
    ["STAG", "STAGE"],
    ["TAGE", "STAGE"],
    ["OWNR", "OWNER"],
    ["OWNE", "OWNER"],
    ["PROJEC", "PROJECT"],
    ["PROJET", "PROJECT"],
    ["CLENT", "CLIENT"],
    ["APP_NAM", "APP_NAME"],
    ["APPNAME", "APP_NAME"],
    ["appName", "APP_NAME"],
    ["APP-NAME", "APP_NAME"],
    ["COGNITOGROUPS", "COGNITO_GROUPS"],
    ["USERPOOL_DOMAIN", "USER_POOL_DOMAIN"],
    ["DELETE_PROTECTION", "DELETION_PROTECTION"],
    ["DELETED_PROTECTION", "DELETION_PROTECTION"],
    ["DELETION_PROTECT", "DELETION_PROTECTION"],
    ["PROEJCT", "PROJECT"],
    ["CLEINT", "CLIENT"],
  ])("one setting: %s of %s", (name, setting) => {
    expect(findSimilarSettings(name)).toEqual([setting]);
  });

  test.each([
    ["STATE_BUCKET", "STATE_BUCKET_NAME"],
    ["STATE_BUKET", "STATE_BUCKET_NAME"],
    ["STATEBUCKET", "STATE_BUCKET_NAME"],
    ["USER_POOL", "USER_POOL_ID"],
    ["OIDC_PROVIDER", "OIDC_PROVIDER_URL"],
    ["DATA_MANAGERS_ROLE", "DATA_MANAGERS_ROLE_ARN"],
    ["DASHBOARD_CALLBACK", "DASHBOARD_CALLBACK_URLS"],
    ["AWS_ACCOUNT", "AWS_ACCOUNT_ID"],
    ["PERMISSIONS_BOUNDARY_NAME", "PERMISSIONS_BOUNDARY_POLICY_NAME"],
    ["IDENTITYPOOL_ARN", "IDENTITY_POOL_ARN"],
  ])("a setting that is missing: %s of %s", (name, setting) => {
    expect(findSimilarSettings(name)).toEqual([setting]);
    expect(findSimilarSettings(name, (other) => other === setting)).toEqual([]);
  });

  test("every setting of at least ten letters, whatever two letters are swapped", () => {
    const long = SETTING_NAMES.filter((name) => name.length > 11);
    const missed = long.flatMap((name) =>
      Array.from(name).flatMap((letter, index) => {
        const next = name[index + 1] ?? letter;
        const swapped =
          name.slice(0, index) + next + letter + name.slice(index + 2);
        return letter === next || findSimilarSettings(swapped).includes(name)
          ? []
          : [swapped];
      }),
    );
    expect(missed).toEqual([]);
  });
});

describe("a name is no misspelling if it is", () => {
  const OTHERS: Readonly<Record<string, string>> = {
    "a variable of AWS, Terraform, GitHub or Node":
      "AWS_PROFILE AWS_DEFAULT_REGION AWS_REGIONS AWS_ACCOUNTS AWS_ACCOUNT_IDS AWS_ACCESS_KEY_ID AWS_ENDPOINT_URL TF_VAR_stage TF_LOG TF_WORKSPACE GITHUB_TOKEN GITHUB_ACTIONS GITHUB_ENV GITHUB_REPOSITORY_OWNER GITHUB_REPOSITORY_OWNER_ID GITHUB_OWNER CI NODE_ENV NODE_OPTIONS CDKTF_OUTDIR",
    "a setting of single commands":
      "ENV_FILE CLIENT_ID CLIENT_REGION IDENTITY_POOL_ID USER_POOL_CLIENT_SECRET USERNAME PASSWORD password RESOLVE_CHALLENGES ID_TOKEN NO_COLOR TERRAFORM_BINARY_NAME",
    "the plural of a setting":
      "STAGES OWNERS CLIENTS PROJECTS APP_NAMES USER_POOL_IDS USER_POOLS STATE_BUCKETS OIDC_PROVIDERS IDENTITY_POOLS",
    "a setting with another word":
      "CLIENT_NAME PROJECT_ID PROJECT_NAME STAGE_NAME OWNER_ID OWNER_EMAIL VEDA_STAGE MY_COGNITO_GROUPS COGNITO_GROUP_NAME COGNITO_DOMAIN USER_POOL_NAME USER_POOL_ARN USER_POOL_REGION OIDC_CLIENT_ID OIDC_PROVIDER_NAME IDENTITY_POOL_NAME SECRET_ROLE_ARN SECRET_RECOVERY_KEYS STATE_MACHINE_ARN ACCOUNT_NAME ACCOUNT_STATUS STAGE_BUCKET_NAME DATA_ROLE_ARN",
    "a part of a setting that means something else":
      "SECRET_ROLE DATA_MANAGERS PERMISSIONS_BOUNDARY SECRET_RECOVERY STATE_CUSTOMER USER_ID BUCKET_NAME STATE_NAME STATE_KEY DASHBOARD_URL DASHBOARD_URLS SECRET_KEY OIDC_URL",
    "a short word close to a short setting":
      "STATE STAGED SAGE OWNED TENANT AP_NAME STAKE NAME APP",
    "a setting with a number": "USER_POOL_ID_2 OIDC_PROVIDER_URL2 STAGE1",
  };
  test.each(Object.entries(OTHERS))("%s: %s", (_, names) => {
    const found = names
      .split(" ")
      .filter((name) => findSimilarSettings(name).length > 0);
    expect(found).toEqual([]);
  });

  test("a setting, or an output of a stage as a variable", () => {
    const outputs = FIXED_OUTPUTS.map((name) => name.toUpperCase());
    const clients = ["WORKFLOWS_CLIENT_SECRET_ID", "VEDA_DASHBOARD_CLIENT_ID"];
    const found = [...SETTING_NAMES, ...outputs, ...clients].filter(
      (name) =>
        findSimilarSettings(name, (other) => outputs.includes(other)).length >
        0,
    );
    expect(found).toEqual([]);
    expect(findSimilarSettings("USERPOOL_ID")).toEqual([]);
  });
});
