import * as fc from "fast-check";
import { readStageConfig } from "../../../stacks/config/stage-config";
import type { Environment } from "../../../stacks/config/environment";
import { SETTING_NAMES } from "../../../stacks/config/settings";
import { MINIMAL_SETTINGS, createStageConfig } from "../../support/stage";

const role = "arn:aws:iam::123456789012:role/path/data-access";
const certificate =
  "arn:aws:acm:us-east-1:123456789012:certificate/12345678-1234-1234-1234-123456789012";
const pool =
  "arn:aws:cognito-identity:us-west-2:123456789012:identitypool/us-west-2:12345678-1234-1234-1234-123456789012";

const SMALLEST_WITHOUT_OWNER = { STAGE: "dev", STATE_BACKEND: "local" };

function problems(
  settings: Environment,
  host = { userName: "example", isCi: false },
): string[] {
  try {
    readStageConfig({ ...MINIMAL_SETTINGS, ...settings }, host);
  } catch (error) {
    return (error as Error).message.split("\n  - ").slice(1);
  }
  return [];
}

describe("a stage's configuration", () => {
  test("needs a stage and a location of its state only", () => {
    expect(createStageConfig()).toEqual({
      appName: "veda-auth-stack",
      stage: "dev",
      stackName: "veda-auth-stack-dev",
      region: "us-west-2",
      tags: {
        Client: "nasa-impact",
        Owner: "example",
        Project: "veda",
        Stack: "dev",
      },
      state: { backend: "local" },
      existing: {},
      userPool: {
        deletionProtection: true,
        mfa: null,
        email: null,
        plan: "ESSENTIALS",
        accountRecovery: "verified_email",
        password: { minimumLength: 12 },
      },
      groups: { hasBucketGroups: false, hasDataManagers: true },
      signIn: {},
      programmaticClient: { callbackUrls: [], browserSignIn: false },
      dashboard: { logoutUrls: [] },
      secrets: { recoveryDays: 7, readerRoleArns: [] },
    });
  });

  test("has every setting", () => {
    const config = createStageConfig({
      APP_NAME: "auth",
      STAGE: "prod",
      OWNER: "team",
      PROJECT: "eoapi",
      CLIENT: "esa-esrin",
      AWS_REGION: "us-east-1",
      AWS_ACCOUNT_ID: "123456789012",
      DATA_MANAGERS_ROLE_ARN: role,
      COGNITO_GROUPS: "yes",
      IDENTITY_POOL_ARN: pool,
      USER_POOL_ID: "us-east-1_Abc123",
      USER_POOL_DOMAIN: "our-prefix",
      CUSTOM_DOMAIN: "auth.example.org",
      CUSTOM_DOMAIN_CERTIFICATE_ARN: certificate,
      CUSTOM_DOMAIN_ZONE_ID: "Z1",
      CUSTOM_DOMAIN_IN_SECRETS: "yes",
      OIDC_PROVIDER_URL: "https://token.actions.githubusercontent.com",
      OIDC_THUMBPRINT: "0123456789abcdef0123456789ABCDEF01234567",
      PERMISSIONS_BOUNDARY_POLICY_NAME: "mcp-boundary",
      STATE_BACKEND: "s3",
      STATE_BUCKET_NAME: "our-state",
      DASHBOARD_CALLBACK_URLS: "https://a.example/cb, http://localhost:3000/cb",
      DASHBOARD_LOGOUT_URLS: "https://a.example/",
      PROGRAMMATIC_CALLBACK_URLS: "veda://signed-in",
      SIGN_IN_OIDC_NAME: "Keycloak",
      SIGN_IN_OIDC_ISSUER: "https://keycloak.example.org/realms/veda",
      SIGN_IN_OIDC_CLIENT_ID: "veda",
      SIGN_IN_SAML_NAME: "University",
      SIGN_IN_SAML_METADATA: "idp/university.xml",
      SIGN_IN_SAML_EMAIL_ATTRIBUTE: "mail",
      SECRET_RECOVERY_DAYS: "0",
      DELETION_PROTECTION: "F",
      SECRET_ROLE_ACCESS: `${role},${role}`,
    });
    expect(config).toEqual({
      appName: "auth",
      stage: "prod",
      stackName: "auth-prod",
      region: "us-east-1",
      accountId: "123456789012",
      tags: {
        Client: "esa-esrin",
        Owner: "team",
        Project: "eoapi",
        Stack: "prod",
      },
      state: {
        backend: "s3",
        bucket: "our-state",
        key: "auth/prod/terraform.tfstate",
      },
      permissionsBoundaryPolicyName: "mcp-boundary",
      existing: {
        userPoolId: "us-east-1_Abc123",
        domainPrefix: "our-prefix",
        identityPoolArn: pool,
      },
      customDomain: {
        domain: "auth.example.org",
        certificateArn: certificate,
        zoneId: "Z1",
        isInSecrets: true,
      },
      userPool: {
        deletionProtection: false,
        mfa: null,
        email: null,
        plan: "ESSENTIALS",
        accountRecovery: "verified_email",
        password: { minimumLength: 12 },
      },
      groups: {
        hasBucketGroups: true,
        hasDataManagers: true,
        dataManagersRoleArn: role,
      },
      signIn: {
        oidc: {
          name: "Keycloak",
          issuer: "https://keycloak.example.org/realms/veda",
          clientId: "veda",
          attributes: { email: "email", email_verified: "email_verified" },
        },
        saml: {
          name: "University",
          metadataFile: "idp/university.xml",
          attributes: { email: "mail" },
        },
      },
      programmaticClient: {
        callbackUrls: ["veda://signed-in"],
        browserSignIn: true,
      },
      dashboard: {
        callbackUrls: ["https://a.example/cb", "http://localhost:3000/cb"],
        logoutUrls: ["https://a.example/"],
      },
      secrets: { recoveryDays: 0, readerRoleArns: [role] },
      oidcProvider: {
        origin: "created",
        issuer: "token.actions.githubusercontent.com",
        thumbprint: "0123456789abcdef0123456789ABCDEF01234567",
      },
    });
  });

  test("has identity providers with names of their kind, and with the metadata at a URL", () => {
    const { signIn } = createStageConfig({
      SIGN_IN_OIDC_ISSUER: "https://keycloak.example.org/realms/veda",
      SIGN_IN_OIDC_CLIENT_ID: "veda",
      SIGN_IN_SAML_METADATA: "https://idp.example.edu/metadata",
    });
    expect(signIn).toMatchObject({
      oidc: { name: "OIDC" },
      saml: {
        name: "SAML",
        metadataUrl: "https://idp.example.edu/metadata",
        attributes: { email: "email" },
      },
    });
  });

  test.each([
    [{}, false],
    [{ BROWSER_SIGN_IN: "true" }, true],
    [{ SIGN_IN_SAML_METADATA: "idp.xml" }, true],
    [{ SIGN_IN_SAML_METADATA: "idp.xml", BROWSER_SIGN_IN: "no" }, false],
  ])("with %j has sign-in through the browser: %s", (settings, expected) => {
    const { programmaticClient } = createStageConfig(settings);
    expect(programmaticClient.browserSignIn).toBe(expected);
  });

  test.each<[Environment, string]>([
    [
      { SIGN_IN_OIDC_ISSUER: "https://a.example/realms/a" },
      "SIGN_IN_OIDC_ISSUER requires SIGN_IN_OIDC_CLIENT_ID",
    ],
    [
      { SIGN_IN_OIDC_CLIENT_ID: "a" },
      "SIGN_IN_OIDC_CLIENT_ID requires SIGN_IN_OIDC_ISSUER",
    ],
    [
      { SIGN_IN_OIDC_NAME: "abc" },
      "SIGN_IN_OIDC_NAME requires SIGN_IN_OIDC_ISSUER",
    ],
    [
      { SIGN_IN_SAML_NAME: "abc" },
      "SIGN_IN_SAML_NAME requires SIGN_IN_SAML_METADATA",
    ],
    [
      { SIGN_IN_SAML_EMAIL_ATTRIBUTE: "mail" },
      "SIGN_IN_SAML_EMAIL_ATTRIBUTE requires SIGN_IN_SAML_METADATA",
    ],
    [
      { SIGN_IN_SAML_METADATA: "http://idp.example.edu/metadata" },
      'SIGN_IN_SAML_METADATA must be a file, or an https URL, got "http://idp.example.edu/metadata"',
    ],
    [
      { SIGN_IN_SAML_METADATA: "file:///idp.xml" },
      'SIGN_IN_SAML_METADATA must be a file, or an https URL, got "file:///idp.xml"',
    ],
  ])("fails when it has %j", (settings, problem) => {
    expect(problems(settings)).toEqual([problem]);
  });

  test.each([
    ["SIGN_IN_OIDC_NAME", "Google"],
    ["SIGN_IN_OIDC_ISSUER", "https://a.example/"],
    ["SIGN_IN_OIDC_CLIENT_ID", "a b"],
    ["SIGN_IN_SAML_NAME", "ab"],
    ["CUSTOM_DOMAIN", "https://auth.example.org"],
    ["CUSTOM_DOMAIN_CERTIFICATE_ARN", "certificate/1"],
    ["CUSTOM_DOMAIN_ZONE_ID", "/hostedzone/Z1"],
  ])("fails when %s is %j", (name, value) => {
    const all = {
      SIGN_IN_OIDC_ISSUER: "https://keycloak.example.org/realms/veda",
      SIGN_IN_OIDC_CLIENT_ID: "veda",
      SIGN_IN_SAML_METADATA: "idp.xml",
      CUSTOM_DOMAIN: "auth.example.org",
      CUSTOM_DOMAIN_CERTIFICATE_ARN: `arn:aws:acm:us-east-1:123456789012:certificate/${"1".repeat(36)}`,
      CUSTOM_DOMAIN_ZONE_ID: "Z1234567890",
    };
    expect(problems({ ...all, [name]: value })).toEqual([
      expect.stringContaining(`${name} must be `),
    ]);
  });

  test("has an OIDC provider that exists without its thumbprint", () => {
    const { oidcProvider } = createStageConfig({
      OIDC_PROVIDER_URL: "a.example",
      OIDC_THUMBPRINT: "0".repeat(40),
      OIDC_PROVIDER_EXISTS: "on",
    });
    expect(oidcProvider).toEqual({ origin: "existing", issuer: "a.example" });
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
      tags: { Project: "lower", Owner: "example" },
      secrets: { recoveryDays: 30 },
    });
  });

  test.each(["1", "true", "T", "yes", "Y", "on"])(
    "reads %s as true",
    (word) => {
      expect(
        createStageConfig({ COGNITO_GROUPS: word }).groups.hasBucketGroups,
      ).toBe(true);
    },
  );

  test.each(["0", "false", "F", "no", "N", "OFF"])(
    "reads %s as false",
    (word) => {
      expect(
        createStageConfig({ DELETION_PROTECTION: word }).userPool
          .deletionProtection,
      ).toBe(false);
    },
  );

  test.each([
    ["first.last", "first-last"],
    ["DOMAIN\\User", "domain-user"],
    ["_svc_", "svc"],
  ])("converts the user name %s to a stage name", (userName, stage) => {
    const config = readStageConfig(
      { STATE_BACKEND: "local" },
      { userName, isCi: false },
    );
    expect(config.stage).toBe(stage);
    expect(config.tags.Owner).toMatch(/^[\w.\\-]+$/);
  });

  test("replaces characters of the user name that a tag cannot contain", () => {
    const { tags } = readStageConfig(SMALLEST_WITHOUT_OWNER, {
      userName: `DOMAIN\\${"a".repeat(300)}`,
      isCi: false,
    });
    expect(tags.Owner).toBe(`DOMAIN-${"a".repeat(249)}`);
  });

  test("has no role of data managers if their group is off", () => {
    const { groups } = createStageConfig({
      DATA_MANAGERS_ROLE_ARN: role,
      DATA_MANAGERS_GROUP: "off",
    });
    expect(groups.dataManagersRoleArn).toBeUndefined();
  });

  test("reads an issuer in any case and with its scheme", () => {
    const { oidcProvider } = createStageConfig({
      OIDC_PROVIDER_URL: "HTTPS://Token.Example.com/Org",
    });
    expect(oidcProvider?.issuer).toBe("token.example.com/Org");
  });

  test("does not check the stack name as a domain prefix if the user pool has a prefix", () => {
    const settings = {
      APP_NAME: "aws-auth",
      USER_POOL_ID: "us-west-2_x",
      USER_POOL_DOMAIN: "ours",
    };
    expect(problems(settings)).toEqual([]);
  });
});

describe("a stage's configuration fails if", () => {
  test.each([
    ["the app name begins with a digit", "APP_NAME", "1st"],
    ["the stage has a space", "STAGE", "My Stage!"],
    ["a tag has a bracket", "OWNER", "<me>"],
    ["the client tag has a bracket", "CLIENT", "<us>"],
    ["the Region does not exist", "AWS_REGION", "oregon"],
    ["the Region has no user pools", "AWS_REGION", "cn-north-1"],
    ["the account id is short", "AWS_ACCOUNT_ID", "123"],
    ["a boolean is another word", "COGNITO_GROUPS", "maybe"],
    [
      "the role is a user",
      "DATA_MANAGERS_ROLE_ARN",
      role.replace(":role", ":user"),
    ],
    ["the identity pool is a bucket", "IDENTITY_POOL_ARN", "arn:aws:s3:::pool"],
    [
      "the identity pool has a part too many",
      "IDENTITY_POOL_ARN",
      pool.replace(":12345678", ":x:12345678"),
    ],
    ["the issuer is not https", "OIDC_PROVIDER_URL", "http://issuer.example"],
    ["the issuer has a port", "OIDC_PROVIDER_URL", "issuer.example:8443"],
    ["the issuer is an address", "OIDC_PROVIDER_URL", "1.2.3.4"],
    ["the path of the issuer goes up", "OIDC_PROVIDER_URL", "a.example/../b"],
    [
      "the permissions boundary is an ARN",
      "PERMISSIONS_BOUNDARY_POLICY_NAME",
      "arn:aws:iam::1:policy/x",
    ],
    ["the backend is unknown", "STATE_BACKEND", "gcs"],
    ["the bucket has capitals", "STATE_BUCKET_NAME", "Our-State"],
    ["the key of the state begins with a slash", "STATE_BUCKET_KEY", "/state"],
    [
      "the key of the state is the key of a lock",
      "STATE_BUCKET_KEY",
      "x.tflock",
    ],
    ["Terraform would evaluate a setting", "STATE_BUCKET_KEY", "${path.cwd}/x"],
    [
      "Terraform would evaluate an ARN",
      "IDENTITY_POOL_ARN",
      pool.replace(":12345678", ":${x}:12345678"),
    ],
    [
      "a callback URL is not https",
      "DASHBOARD_CALLBACK_URLS",
      "http://evil.example",
    ],
    [
      "the path of a role has a wildcard",
      "SECRET_ROLE_ACCESS",
      "arn:aws:iam::123456789012:role/*/x",
    ],
    ["the recovery window is too short", "SECRET_RECOVERY_DAYS", "6"],
    [
      "the recovery window is not a whole number",
      "SECRET_RECOVERY_DAYS",
      "7.0",
    ],
  ])("%s", (_, name, value) => {
    expect(problems({ [name]: value })).toEqual([
      expect.stringMatching(`^${name} must be .*, got `),
    ]);
    expect(problems({ [name]: value })[0]).toContain(
      `, got ${JSON.stringify(value)}`,
    );
  });

  test.each([
    "DATA_MANAGERS_GROUP",
    "STATE_CUSTOMER_KEY",
    "OIDC_PROVIDER_EXISTS",
  ])("%s is no boolean, which is the only problem", (name) => {
    expect(problems({ [name]: "maybe" })).toEqual([
      expect.stringMatching(`^${name} must be one of .*, got "maybe"$`),
    ]);
  });

  test.each([
    ["DATA_MANAGERS_GROUP", "true", "DATA_MANAGERS_ROLE_ARN"],
    ["USER_POOL_DOMAIN", "ours", "USER_POOL_ID"],
    ["CUSTOM_DOMAIN", "auth.example.org", "CUSTOM_DOMAIN_CERTIFICATE_ARN"],
    ["CUSTOM_DOMAIN_CERTIFICATE_ARN", certificate, "CUSTOM_DOMAIN"],
    ["CUSTOM_DOMAIN_ZONE_ID", "Z1", "CUSTOM_DOMAIN"],
    ["CUSTOM_DOMAIN_IN_SECRETS", "true", "CUSTOM_DOMAIN"],
    ["STATE_CUSTOMER_KEY", "true", "AWS_ACCOUNT_ID"],
    ["OIDC_THUMBPRINT", "0".repeat(40), "OIDC_PROVIDER_URL"],
    ["OIDC_PROVIDER_EXISTS", "true", "OIDC_PROVIDER_URL"],
    ["DASHBOARD_LOGOUT_URLS", "https://a.example/", "DASHBOARD_CALLBACK_URLS"],
  ])("%s is %s without %s", (name, value, required) => {
    expect(problems({ [name]: value })).toEqual([
      `${name} requires ${required}`,
    ]);
    if (value === "true") expect(problems({ [name]: "false" })).toEqual([]);
  });

  test.each<[string, Environment, string, string]>([
    [
      "the role is in another partition",
      { DATA_MANAGERS_ROLE_ARN: role.replace("aws", "aws-us-gov") },
      "DATA_MANAGERS_ROLE_ARN",
      'partition "aws"',
    ],
    [
      "the role is in another account",
      { DATA_MANAGERS_ROLE_ARN: role, AWS_ACCOUNT_ID: "111111111111" },
      "DATA_MANAGERS_ROLE_ARN",
      'account "111111111111"',
    ],
    [
      "a reader of secrets is in another account",
      { SECRET_ROLE_ACCESS: role, AWS_ACCOUNT_ID: "111111111111" },
      "SECRET_ROLE_ACCESS",
      'account "111111111111"',
    ],
    [
      "the identity pool is in another partition",
      { IDENTITY_POOL_ARN: pool.replace("aws", "aws-us-gov") },
      "IDENTITY_POOL_ARN",
      'partition "aws"',
    ],
    [
      "the certificate of the custom domain is in another Region",
      {
        CUSTOM_DOMAIN: "auth.example.org",
        CUSTOM_DOMAIN_CERTIFICATE_ARN: certificate.replace(
          "us-east-1",
          "us-west-2",
        ),
      },
      "CUSTOM_DOMAIN_CERTIFICATE_ARN",
      'Region "us-east-1"',
    ],
    [
      "the certificate of the custom domain is in another account",
      {
        CUSTOM_DOMAIN: "auth.example.org",
        CUSTOM_DOMAIN_CERTIFICATE_ARN: certificate,
        AWS_ACCOUNT_ID: "111111111111",
      },
      "CUSTOM_DOMAIN_CERTIFICATE_ARN",
      'account "111111111111"',
    ],
    [
      "the certificate of the custom domain is in another partition",
      {
        CUSTOM_DOMAIN: "auth.example.org",
        CUSTOM_DOMAIN_CERTIFICATE_ARN: certificate,
        AWS_REGION: "eusc-de-east-1",
      },
      "CUSTOM_DOMAIN_CERTIFICATE_ARN",
      'partition "aws-eusc"',
    ],
    [
      "the user pool is in another Region",
      { USER_POOL_ID: "eu-west-1_Abc" },
      "USER_POOL_ID",
      'AWS_REGION "us-west-2"',
    ],
    [
      "the Region has no custom domains",
      {
        CUSTOM_DOMAIN: "auth.example.org",
        CUSTOM_DOMAIN_CERTIFICATE_ARN: certificate,
        AWS_REGION: "us-gov-west-1",
      },
      "CUSTOM_DOMAIN",
      'GovCloud (US) does not have, got "us-gov-west-1"',
    ],
    [
      "the state has no location",
      { STATE_BACKEND: "" },
      "STATE_BUCKET_NAME",
      "required",
    ],
    [
      "the domain prefix has a reserved word",
      { STAGE: "amazonas" },
      "APP_NAME-STAGE",
      '"veda-auth-stack-amazonas"',
    ],
    [
      "the domain prefix ends with a hyphen",
      { STAGE: "dev-" },
      "APP_NAME-STAGE",
      '"veda-auth-stack-dev-"',
    ],
    [
      "the domain prefix is too long",
      { STAGE: "s".repeat(48) },
      "APP_NAME-STAGE",
      "1-63",
    ],
    [
      "the stack name is too long",
      {
        APP_NAME: "a".repeat(100),
        STAGE: "s".repeat(100),
        USER_POOL_ID: "us-west-2_x",
        USER_POOL_DOMAIN: "ours",
      },
      "APP_NAME-STAGE",
      "1-128",
    ],
    [
      "one callback URL of two has a fragment",
      { PROGRAMMATIC_CALLBACK_URLS: "https://a.example/,https://a.example/#b" },
      "PROGRAMMATIC_CALLBACK_URLS",
      'got "https://a.example/#b"',
    ],
    [
      "there are too many callback URLs",
      {
        DASHBOARD_CALLBACK_URLS: Array.from(
          { length: 101 },
          (_, n) => `https://a.example/${n}`,
        ).join(","),
      },
      "DASHBOARD_CALLBACK_URLS",
      'at most 100, comma-separated, got "101"',
    ],
    [
      "the thumbprint is not hexadecimal",
      { OIDC_PROVIDER_URL: "a.example", OIDC_THUMBPRINT: "xyz" },
      "OIDC_THUMBPRINT",
      "40 hex digits",
    ],
  ])("%s", (_, settings, subject, detail) => {
    const [problem, ...others] = problems(settings);
    expect(problem).toMatch(new RegExp(`^${subject} `));
    expect(problem).toContain(detail);
    expect(others).toEqual([]);
  });

  test.each([
    ["us-wset-2", "did you mean us-west-2?"],
    ["us-esat-1", "did you mean us-east-1?"],
    ["eu-wst-1", "did you mean eu-west-1?"],
    ["us-west-9", "did you mean us-west-1 or us-west-2?"],
    ["ap-northest-2", "did you mean ap-northeast-2?"],
    ["us-gov-wets-1", "did you mean us-gov-west-1?"],
    ["su-west-2", "did you mean eu-west-2 or us-west-2?"],
    ["eusc-de-aest-1", "did you mean eusc-de-east-1?"],
    ["nz-somewhere-1", 'got "nz-somewhere-1": Set ALLOW_UNKNOWN_REGION=true'],
  ])(
    "AWS does not have the Region %s, unless it is allowed",
    (region, text) => {
      const settings = { AWS_REGION: region };
      const [problem, ...others] = problems(settings);
      expect(problem).toMatch(/^AWS_REGION must be an AWS Region, got /);
      expect(problem).toContain(text);
      expect(others).toEqual([]);
      expect(problems({ ...settings, ALLOW_UNKNOWN_REGION: "true" })).toEqual(
        [],
      );
    },
  );

  test.each([
    ["us-west2", ": did you mean us-west-2?"],
    ["us_east_1", ": did you mean us-east-1?"],
    ["US-GOV-WEST-1", ": did you mean us-gov-west-1?"],
    ["eu-west-1a", ": did you mean eu-west-1?"],
    ["cn-north-1", ": partition aws-cn has no Amazon Cognito user pools"],
    ["cn-south-9", ": partition aws-cn has no Amazon Cognito user pools"],
    ["us-iso-east-1", ": partition aws-iso has no Amazon Cognito user pools"],
    [
      "us-isob-west-1",
      ": partition aws-iso-b has no Amazon Cognito user pools",
    ],
    [
      "eu-isoe-west-1",
      ": partition aws-iso-e has no Amazon Cognito user pools",
    ],
    ["moon", 'got "moon"'],
  ])("the Region %s is malformed", (region, end) => {
    const settings = { AWS_REGION: region, ALLOW_UNKNOWN_REGION: "true" };
    const [problem = "", ...others] = problems(settings);
    expect(problem).toMatch(
      /^AWS_REGION must be an AWS Region with user pools/,
    );
    expect(problem.endsWith(end)).toBe(true);
    expect(others).toEqual([]);
  });

  test("a CI job would derive the stage from its user name", () => {
    const host = { userName: "runner", isCi: true };
    expect(problems({ STAGE: "" }, host)).toEqual(["STAGE is required in CI"]);
  });

  test("there is no user name to derive a stage from", () => {
    const host = { userName: "___", isCi: false };
    expect(problems({ STAGE: "" }, host)).toEqual([
      "STAGE is required if the OS user has no name",
    ]);
  });

  test("several settings are invalid, and reports all of them", () => {
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

  test("any text is set, and never crashes", () => {
    const settings = fc.record(
      Object.fromEntries(SETTING_NAMES.map((name) => [name, fc.string()])),
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(settings, (values) => {
        try {
          readStageConfig(values, { userName: "example", isCi: false });
        } catch (error) {
          expect(error).toMatchObject({ name: "UserError" });
        }
      }),
    );
  });
});
