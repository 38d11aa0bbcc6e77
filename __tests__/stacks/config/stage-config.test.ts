import * as fc from "fast-check";
import {
  readStageConfig,
  type Environment,
} from "../../../stacks/config/environment";
import { SETTINGS } from "../../../stacks/config/settings";
import { MINIMAL_SETTINGS, createStageConfig } from "../../support/stage";

const role = "arn:aws:iam::123456789012:role/path/data-access";
const pool =
  "arn:aws:cognito-identity:us-west-2:123456789012:identitypool/us-west-2:12345678-1234-1234-1234-123456789012";

const SMALLEST_WITHOUT_OWNER = { STAGE: "dev", STATE_BACKEND: "local" };

function problems(
  settings: Environment,
  surroundings = { userName: "somebody", ci: false },
): string[] {
  try {
    readStageConfig({ ...MINIMAL_SETTINGS, ...settings }, surroundings);
  } catch (error) {
    return (error as Error).message.split("\n  - ").slice(1);
  }
  return [];
}

describe("a stage's configuration", () => {
  test("needs nothing but a stage and a place for its state", () => {
    expect(createStageConfig()).toEqual({
      appName: "veda-auth-stack",
      stage: "dev",
      stackName: "veda-auth-stack-dev",
      owner: "somebody",
      project: "veda",
      region: "us-west-2",
      state: { backend: "local" },
      deletionProtection: true,
      cognitoGroups: false,
      programmaticCallbackUrls: [],
      secretRecoveryDays: 7,
      secretRoleAccess: [],
    });
  });

  test("takes every setting", () => {
    const given = createStageConfig({
      APP_NAME: "auth",
      STAGE: "prod",
      OWNER: "team",
      PROJECT: "eoapi",
      AWS_REGION: "us-east-1",
      AWS_ACCOUNT_ID: "123456789012",
      DATA_MANAGERS_ROLE_ARN: role,
      COGNITO_GROUPS: "yes",
      IDENTITY_POOL_ARN: pool,
      USER_POOL_ID: "us-east-1_Abc123",
      USER_POOL_DOMAIN: "our-prefix",
      OIDC_PROVIDER_URL: "https://token.actions.githubusercontent.com",
      OIDC_THUMBPRINT: "0123456789abcdef0123456789ABCDEF01234567",
      OIDC_PROVIDER_EXISTS: "on",
      PERMISSIONS_BOUNDARY_POLICY_NAME: "mcp-boundary",
      STATE_BACKEND: "s3",
      STATE_BUCKET_NAME: "our-state",
      DASHBOARD_CALLBACK_URLS: "https://a.example/cb, http://localhost:3000/cb",
      DASHBOARD_LOGOUT_URLS: "https://a.example/",
      PROGRAMMATIC_CALLBACK_URLS: "veda://signed-in",
      SECRET_RECOVERY_DAYS: "0",
      DELETION_PROTECTION: "F",
      SECRET_ROLE_ACCESS: `${role},${role}`,
    });
    expect(given).toEqual({
      appName: "auth",
      stage: "prod",
      stackName: "auth-prod",
      owner: "team",
      project: "eoapi",
      region: "us-east-1",
      accountId: "123456789012",
      state: {
        backend: "s3",
        bucket: "our-state",
        key: "auth/prod/terraform.tfstate",
      },
      userPoolId: "us-east-1_Abc123",
      userPoolDomain: "our-prefix",
      deletionProtection: false,
      identityPoolArn: pool,
      cognitoGroups: true,
      dataManagersRoleArn: role,
      oidcProvider: {
        issuer: "token.actions.githubusercontent.com",
        exists: true,
        thumbprint: "0123456789abcdef0123456789ABCDEF01234567",
      },
      permissionsBoundaryPolicyName: "mcp-boundary",
      programmaticCallbackUrls: ["veda://signed-in"],
      dashboard: {
        callbackUrls: ["https://a.example/cb", "http://localhost:3000/cb"],
        logoutUrls: ["https://a.example/"],
      },
      secretRecoveryDays: 0,
      secretRoleAccess: [role],
    });
  });

  test("reads names in any case, and an empty value as none", () => {
    expect(
      createStageConfig({
        project: "lower",
        OWNER: "",
        Secret_Recovery_Days: "30",
        PROJECT: " ",
      }),
    ).toMatchObject({
      project: "lower",
      owner: "somebody",
      secretRecoveryDays: 30,
    });
  });

  test.each(["1", "true", "T", "yes", "Y", "on"])(
    "reads %s as true",
    (word) => {
      expect(createStageConfig({ COGNITO_GROUPS: word }).cognitoGroups).toBe(
        true,
      );
    },
  );

  test.each(["0", "false", "F", "no", "N", "OFF"])(
    "reads %s as false",
    (word) => {
      expect(
        createStageConfig({ DELETION_PROTECTION: word }).deletionProtection,
      ).toBe(false);
    },
  );

  test.each([
    ["first.last", "first-last"],
    ["DOMAIN\\User", "domain-user"],
    ["_svc_", "svc"],
  ])("makes the stage of user %s fit", (userName, stage) => {
    const config = readStageConfig(
      { STATE_BACKEND: "local" },
      { userName, ci: false },
    );
    expect(config.stage).toBe(stage);
    expect(config.owner).toMatch(/^[\w.\\-]+$/);
  });

  test("cleans the user's name for the tag of the owner", () => {
    const { owner } = readStageConfig(SMALLEST_WITHOUT_OWNER, {
      userName: `DOMAIN\\${"a".repeat(300)}`,
      ci: false,
    });
    expect(owner).toBe(`DOMAIN-${"a".repeat(249)}`);
  });

  test("leaves the data managers out when their group is switched off", () => {
    expect(
      createStageConfig({
        DATA_MANAGERS_ROLE_ARN: role,
        DATA_MANAGERS_GROUP: "off",
      }),
    ).not.toHaveProperty("dataManagersRoleArn");
  });

  test("reads an issuer in any case and with its scheme", () => {
    const { oidcProvider } = createStageConfig({
      OIDC_PROVIDER_URL: "HTTPS://Token.Example.com/Org",
    });
    expect(oidcProvider?.issuer).toBe("token.example.com/Org");
  });

  test("has no domain prefix to check when the user pool has one already", () => {
    const settings = {
      APP_NAME: "aws-auth",
      USER_POOL_ID: "us-west-2_x",
      USER_POOL_DOMAIN: "ours",
    };
    expect(problems(settings)).toEqual([]);
  });
});

describe("a stage's configuration fails when", () => {
  test.each<[string, Environment, RegExp]>([
    [
      "the app's name begins with a digit",
      { APP_NAME: "1st" },
      /^APP_NAME must be 1-100 lower-case .* got "1st"$/,
    ],
    [
      "the stage has a space",
      { STAGE: "My Stage!" },
      /^STAGE must be 1-100 lower-case .* got "My Stage!"$/,
    ],
    ["a tag has a bracket", { OWNER: "<me>" }, /^OWNER must be /],
    [
      "the Region is none",
      { AWS_REGION: "oregon" },
      /^AWS_REGION must be an AWS Region/,
    ],
    [
      "the Region has no user pools",
      { AWS_REGION: "cn-north-1" },
      /^AWS_REGION must be an AWS Region/,
    ],
    [
      "the account id is short",
      { AWS_ACCOUNT_ID: "123" },
      /^AWS_ACCOUNT_ID must be 12 digits, got "123"$/,
    ],
    [
      "a boolean is neither",
      { COGNITO_GROUPS: "maybe" },
      /^COGNITO_GROUPS must be one of 1, true, .* off, got "maybe"$/,
    ],
    [
      "the role is a user",
      { DATA_MANAGERS_ROLE_ARN: "arn:aws:iam::123456789012:user/x" },
      /^DATA_MANAGERS_ROLE_ARN must be/,
    ],
    [
      "the role is of another partition",
      { DATA_MANAGERS_ROLE_ARN: role.replace("aws", "aws-us-gov") },
      /partition "aws"/,
    ],
    [
      "the role is of another account",
      { DATA_MANAGERS_ROLE_ARN: role, AWS_ACCOUNT_ID: "111111111111" },
      /^DATA_MANAGERS_ROLE_ARN must be in account "111111111111"/,
    ],
    [
      "a reader is of another account",
      { SECRET_ROLE_ACCESS: role, AWS_ACCOUNT_ID: "111111111111" },
      /^SECRET_ROLE_ACCESS must be in account "111111111111"/,
    ],
    [
      "the data managers have no role",
      { DATA_MANAGERS_GROUP: "true" },
      /^DATA_MANAGERS_GROUP must come with DATA_MANAGERS_ROLE_ARN/,
    ],
    [
      "the identity pool is a bucket",
      { IDENTITY_POOL_ARN: "arn:aws:s3:::pool" },
      /^IDENTITY_POOL_ARN must be the ARN of an identity pool/,
    ],
    [
      "the identity pool is of another partition",
      { IDENTITY_POOL_ARN: pool.replace("aws", "aws-us-gov") },
      /partition "aws"/,
    ],
    [
      "the user pool is of another Region",
      { USER_POOL_ID: "eu-west-1_Abc" },
      /^USER_POOL_ID must be of AWS_REGION "us-west-2"/,
    ],
    [
      "a domain comes without its user pool",
      { USER_POOL_DOMAIN: "ours" },
      /^USER_POOL_DOMAIN must come with USER_POOL_ID/,
    ],
    [
      "a state's own key comes without the account it is in",
      { STATE_CUSTOMER_KEY: "true" },
      /^STATE_CUSTOMER_KEY must come with AWS_ACCOUNT_ID, got it alone$/,
    ],
    [
      "the domain prefix has a reserved word",
      { STAGE: "amazonas" },
      /^domain prefix, which is APP_NAME-STAGE, .* got "veda-auth-stack-amazonas"$/,
    ],
    ["the domain prefix ends in a hyphen", { STAGE: "dev-" }, /^domain prefix/],
    [
      "the domain prefix is too long",
      { STAGE: "s".repeat(48) },
      /^domain prefix/,
    ],
    [
      "the issuer is not https",
      { OIDC_PROVIDER_URL: "http://issuer.example" },
      /^OIDC_PROVIDER_URL must be a lowercase host/,
    ],
    [
      "the issuer has a port",
      { OIDC_PROVIDER_URL: "issuer.example:8443" },
      /^OIDC_PROVIDER_URL must be a lowercase host/,
    ],
    [
      "the thumbprint is no hex",
      { OIDC_PROVIDER_URL: "a.example", OIDC_THUMBPRINT: "xyz" },
      /^OIDC_THUMBPRINT must be 40 hex digits, got "xyz"$/,
    ],
    [
      "a thumbprint comes without its issuer",
      { OIDC_THUMBPRINT: "0".repeat(40) },
      /^OIDC_THUMBPRINT must come with OIDC_PROVIDER_URL/,
    ],
    [
      "an issuer exists that has no name",
      { OIDC_PROVIDER_EXISTS: "true" },
      /^OIDC_PROVIDER_EXISTS must come with OIDC_PROVIDER_URL/,
    ],
    [
      "the boundary is an ARN",
      { PERMISSIONS_BOUNDARY_POLICY_NAME: "arn:aws:iam::1:policy/x" },
      /^PERMISSIONS_BOUNDARY_POLICY_NAME must be .*not an ARN/,
    ],
    [
      "the state has no place",
      { STATE_BACKEND: "" },
      /^STATE_BUCKET_NAME must be the bucket of the state, or STATE_BACKEND must be local/,
    ],
    [
      "the state's place is unknown",
      { STATE_BACKEND: "gcs" },
      /^STATE_BACKEND must be one of s3, local, got "gcs"$/,
    ],
    [
      "the bucket has capitals",
      { STATE_BUCKET_NAME: "Our-State" },
      /^STATE_BUCKET_NAME must be 3-63/,
    ],
    [
      "the state's key begins with a slash",
      { STATE_BUCKET_KEY: "/state" },
      /^STATE_BUCKET_KEY must be/,
    ],
    [
      "a callback URL is not https",
      { DASHBOARD_CALLBACK_URLS: "http://evil.example" },
      /^DASHBOARD_CALLBACK_URLS must be comma-separated.* got "http:\/\/evil.example"$/,
    ],
    [
      "one callback URL of two has a fragment",
      { PROGRAMMATIC_CALLBACK_URLS: "https://a.example/,https://a.example/#b" },
      /got "https:\/\/a.example\/#b"$/,
    ],
    [
      "a logout URL comes alone",
      { DASHBOARD_LOGOUT_URLS: "https://a.example/" },
      /^DASHBOARD_LOGOUT_URLS must come with DASHBOARD_CALLBACK_URLS/,
    ],
    [
      "the recovery window is too short",
      { SECRET_RECOVERY_DAYS: "6" },
      /^SECRET_RECOVERY_DAYS must be 0 or a whole number from 7 to 30 days, got "6"$/,
    ],
    [
      "the recovery window is no number",
      { SECRET_RECOVERY_DAYS: "7.0" },
      /^SECRET_RECOVERY_DAYS/,
    ],
    [
      "a setting has what Terraform evaluates",
      { STATE_BUCKET_NAME: "ours", STATE_BUCKET_KEY: "${path.cwd}/x" },
      /^STATE_BUCKET_KEY must be free of "\$\{"/,
    ],
    [
      "an ARN has what Terraform evaluates",
      {
        IDENTITY_POOL_ARN: pool.replace(
          "us-west-2:12345678",
          "us-west-2:${x}:12345678",
        ),
      },
      /^IDENTITY_POOL_ARN must be free of/,
    ],
    [
      "the identity pool's id has a part too many",
      {
        IDENTITY_POOL_ARN: pool.replace(
          "us-west-2:12345678",
          "us-west-2:x:12345678",
        ),
      },
      /^IDENTITY_POOL_ARN must be the ARN/,
    ],
    [
      "a role's path has a wildcard",
      { SECRET_ROLE_ACCESS: "arn:aws:iam::123456789012:role/*/x" },
      /^SECRET_ROLE_ACCESS must be/,
    ],
    [
      "callback URLs are too many",
      {
        DASHBOARD_CALLBACK_URLS: Array.from(
          { length: 101 },
          (_, n) => `https://a.example/${n}`,
        ).join(","),
      },
      /^DASHBOARD_CALLBACK_URLS must be at most 100, comma-separated, got "101"$/,
    ],
    [
      "the stack's name is too long",
      {
        APP_NAME: "a".repeat(100),
        STAGE: "s".repeat(100),
        USER_POOL_ID: "us-west-2_x",
        USER_POOL_DOMAIN: "ours",
      },
      /^APP_NAME-STAGE must be 1-128 /,
    ],
    [
      "the issuer is an address",
      { OIDC_PROVIDER_URL: "1.2.3.4" },
      /^OIDC_PROVIDER_URL must be/,
    ],
    [
      "the issuer's path goes up",
      { OIDC_PROVIDER_URL: "a.example/../b" },
      /^OIDC_PROVIDER_URL must be/,
    ],
    [
      "the state's key is a lock's",
      { STATE_BUCKET_NAME: "ours", STATE_BUCKET_KEY: "x.tflock" },
      /^STATE_BUCKET_KEY must be/,
    ],
  ])("%s", (_, settings, message) => {
    expect(problems(settings)).toEqual([expect.stringMatching(message)]);
  });

  test("a machine would take the stage from its user's name", () => {
    const [problem, ...rest] = problems(
      { STAGE: "" },
      { userName: "runner", ci: true },
    );
    expect(problem).toBe("STAGE must be given in CI, got nothing");
    expect(rest).toEqual([]);
  });

  test("there is no user name to make a stage from", () => {
    expect(problems({ STAGE: "" }, { userName: "___", ci: false })).toEqual([
      "STAGE must be given where the user has no name to make one from, got nothing",
    ]);
  });

  test("several settings are wrong, and names each in one message", () => {
    const found = problems({
      STAGE: "My Stage!",
      COGNITO_GROUPS: "maybe",
      OIDC_THUMBPRINT: "xyz",
    });
    expect(found.map((problem) => problem.split(" ")[0])).toEqual([
      "STAGE",
      "COGNITO_GROUPS",
      "OIDC_THUMBPRINT",
      "OIDC_THUMBPRINT",
    ]);
  });

  test("any text at all comes, and then says so instead of crashing", () => {
    const settings = fc.record(
      Object.fromEntries(
        Object.keys(SETTINGS).map((name) => [name, fc.string()]),
      ),
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(settings, (given) => {
        try {
          readStageConfig(given, { userName: "somebody", ci: false });
        } catch (error) {
          expect(error).toMatchObject({ name: "UserError" });
        }
      }),
    );
  });
});
