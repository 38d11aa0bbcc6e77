import { findMissingSettings } from "../../../../scripts/lib/adoption/checks/missing-settings";
import type {
  AdoptedType,
  LiveResource,
} from "../../../../scripts/lib/adoption/read/live-resources";
import type { LiveStack } from "../../../../scripts/lib/adoption/read/live-stack";
import { matchResources } from "../../../../scripts/lib/adoption/read/matching";
import { TerraformConfiguration } from "../../../../scripts/lib/adoption/read/terraform-configuration";
import {
  createLiveResource,
  createLiveStack,
} from "../../../support/live-stack";

const POLICY = "arn:aws:iam::000000000000:policy/bound";

function live(
  terraformType: AdoptedType,
  key: string,
  attributes: LiveResource["attributes"] = {},
): LiveResource {
  const type = `AWS::Of::${terraformType}`;
  return createLiveResource(type, key, { terraformType, attributes });
}

async function findLines(
  resource: Record<string, Record<string, object>>,
  resources: readonly LiveResource[],
  parts: Partial<LiveStack> = {},
): Promise<string[]> {
  const stack = createLiveStack({ resources, ...parts });
  const configuration = new TerraformConfiguration(
    JSON.stringify({ resource }),
  );
  const settings = await findMissingSettings({
    stageTarget: {
      stage: "dev",
      stackName: "app-dev",
      settings: {},
      awsTarget: { region: "us-west-2" },
    },
    stack,
    resources,
    configuration,
    matching: matchResources(resources, configuration, stack),
    isApplyStarted: false,
  });
  return settings.map(({ line }) => line);
}

describe("missing settings", () => {
  test("are none if the configuration matches", async () => {
    const found = await findLines(
      { aws_cognito_user_pool: { pool: { name: "app-dev" } } },
      [live("aws_cognito_user_pool", "app-dev")],
    );
    expect(found).toEqual([]);
  });

  test("contain the names of the live pool", async () => {
    const configured = { aws_cognito_user_pool: { pool: { name: "app-dev" } } };
    expect(
      await findLines(configured, [live("aws_cognito_user_pool", "old-dev")]),
    ).toEqual(["APP_NAME=old"]);
    expect(
      await findLines(configured, [
        live("aws_cognito_user_pool", "old-app-test"),
      ]),
    ).toEqual(["APP_NAME=old-app", "STAGE=test"]);
  });

  test.each(["auth", "Prod-auth", "auth_dev", "auth-"])(
    "fails when no stage can have the name of the pool: %s",
    async (name) => {
      const configured = {
        aws_cognito_user_pool: { pool: { name: "app-dev" } },
      };
      await expect(
        findLines(configured, [live("aws_cognito_user_pool", name)]),
      ).rejects.toThrow(/^the live user pool must have a name of the form /);
    },
  );

  const POOL = {
    MfaConfiguration: "OPTIONAL",
    SoftwareTokenMfaConfiguration: { Enabled: true },
    EmailMfaConfiguration: { Message: "{####}" },
    UserPoolTier: "PLUS",
    UserPoolAddOns: { AdvancedSecurityMode: "AUDIT" },
    Policies: {
      PasswordPolicy: { MinimumLength: 16, PasswordHistorySize: 5 },
    },
    EmailConfiguration: {
      EmailSendingAccount: "DEVELOPER",
      SourceArn: "arn:aws:ses:us-west-2:000000000000:identity/a@example.org",
      ReplyToEmailAddress: "help@example.org",
    },
    LambdaConfig: {
      PreTokenGeneration: "arn:f",
      PreTokenGenerationConfig: { LambdaArn: "arn:f", LambdaVersion: "V2_0" },
    },
  };

  test("contain the sign-in settings of the live pool", async () => {
    const found = await findLines(
      {
        aws_cognito_user_pool: {
          pool: {
            name: "app-dev",
            mfa_configuration: "OFF",
            user_pool_tier: "ESSENTIALS",
            password_policy: { minimum_length: 12 },
          },
        },
      },
      [live("aws_cognito_user_pool", "app-dev", POOL)],
    );
    expect(found).toEqual([
      "MFA=optional",
      "MFA_FACTORS=TOTP,EMAIL",
      "FEATURE_PLAN=PLUS",
      "THREAT_PROTECTION=AUDIT",
      "PASSWORD_MIN_LENGTH=16",
      "PASSWORD_HISTORY=5",
      "EMAIL_IDENTITY_ARN=arn:aws:ses:us-west-2:000000000000:identity/a@example.org",
      "EMAIL_FROM=a@example.org",
      "EMAIL_REPLY_TO=help@example.org",
      "PRE_TOKEN_GENERATION_ARN=arn:f",
      "PRE_TOKEN_GENERATION_VERSION=V2_0",
    ]);
  });

  test("contain no sign-in settings that the configuration has", async () => {
    const found = await findLines(
      {
        aws_cognito_user_pool: {
          pool: {
            name: "app-dev",
            mfa_configuration: "OPTIONAL",
            software_token_mfa_configuration: { enabled: true },
            email_mfa_configuration: {},
            user_pool_tier: "PLUS",
            user_pool_add_ons: { advanced_security_mode: "AUDIT" },
            password_policy: { minimum_length: 16, password_history_size: 5 },
            email_configuration: {
              source_arn:
                "arn:aws:ses:us-west-2:000000000000:identity/a@example.org",
            },
            lambda_config: {
              pre_token_generation_config: { lambda_arn: "arn:f" },
            },
          },
        },
      },
      [live("aws_cognito_user_pool", "app-dev", POOL)],
    );
    expect(found).toEqual([]);
  });

  test("contain the groups of the stack", async () => {
    const found = await findLines({}, [
      live("aws_cognito_user_group", "veda-readers"),
      live("aws_cognito_user_group", "veda-data-store-managers", {
        RoleArn: "arn:role",
      }),
    ]);
    expect(found).toEqual([
      "COGNITO_GROUPS=true",
      "DATA_MANAGERS_ROLE_ARN=arn:role",
    ]);
  });

  test("contain callback URLs except the placeholder", async () => {
    const found = await findLines(
      {
        aws_cognito_user_pool_client: {
          people: { name: "programmatic-client", callback_urls: [] },
        },
      },
      [
        live("aws_cognito_user_pool_client", "programmatic-client", {
          CallbackURLs: ["https://example.com", "https://a/", "https://b/"],
        }),
        live("aws_cognito_user_pool_client", "veda-dashboard", {
          CallbackURLs: ["https://c/"],
          LogoutURLs: ["https://d/"],
        }),
      ],
    );
    expect(found).toEqual([
      "PROGRAMMATIC_CALLBACK_URLS=https://a/,https://b/",
      "DASHBOARD_CALLBACK_URLS=https://c/",
      "DASHBOARD_LOGOUT_URLS=https://d/",
    ]);
  });

  test.each([
    [POLICY, "PERMISSIONS_BOUNDARY_POLICY_NAME=bound"],
    [
      "arn:aws:iam::aws:policy/PowerUserAccess",
      "# must be a name without a path: PERMISSIONS_BOUNDARY_POLICY_NAME=arn:aws:iam::aws:policy/PowerUserAccess",
    ],
  ])("contain the boundary %s", async (boundary, line) => {
    const found = await findLines(
      {
        aws_cognito_user_group: {
          readers: { name: "readers", role_arn: "${aws_iam_role.readers.arn}" },
        },
        aws_iam_role: { readers: { name: "app-dev-readers" } },
      },
      [
        live("aws_cognito_user_group", "readers", {
          RoleArn: "arn:aws:iam::000000000000:role/generated",
        }),
        live("aws_iam_role", "generated", {
          PermissionsBoundary: { PermissionsBoundaryArn: boundary },
        }),
      ],
    );
    expect(found).toEqual([line]);
  });

  test("contain existing pools that the stack uses", async () => {
    const identityPool =
      "arn:aws:cognito-identity:us-west-2:000000000000:identitypool/us-west-2:1";
    const found = await findLines(
      {
        aws_cognito_user_pool: { pool: { name: "app-dev" } },
        aws_cognito_user_pool_domain: { domain: { domain: "app-dev" } },
        aws_cognito_identity_pool: { pool: { identity_pool_name: "app" } },
      },
      [live("aws_cognito_user_group", "readers")],
      {
        template: {
          Resources: {
            Idreaders: { Type: "T", Properties: { UserPoolId: "us-west-2_1" } },
          },
        },
        outputs: [
          { OutputValue: identityPool },
          { OutputValue: "https://theirs.auth.us-west-2.amazoncognito.com" },
        ],
      },
    );
    expect(found).toEqual([
      "USER_POOL_ID=us-west-2_1",
      "USER_POOL_DOMAIN=theirs",
      `IDENTITY_POOL_ARN=${identityPool}`,
    ]);
  });

  test("contain the prefix of a domain in the European Sovereign Cloud", async () => {
    const found = await findLines(
      { aws_cognito_user_pool_domain: { domain: { domain: "app-dev" } } },
      [],
      {
        outputs: [
          {
            OutputValue:
              "https://theirs.auth.cognito-idp.eusc-de-east-1.on.amazonwebservices.eu",
          },
        ],
      },
    );
    expect(found).toEqual(["USER_POOL_DOMAIN=theirs"]);
  });

  test("contain the roles that policies of the stack allow to read a secret", async () => {
    const found = await findLines({}, [
      live("aws_secretsmanager_secret_policy", "arn:secret", {
        ResourcePolicy: JSON.stringify({
          Statement: [
            reads("Allow", "reader"),
            reads("Deny", "denied"),
            { ...reads("Allow", "writer"), Action: "secretsmanager:Put*" },
          ],
        }),
      }),
    ]);
    expect(found).toEqual([
      "SECRET_ROLE_ACCESS=arn:aws:iam::000000000000:role/reader",
    ]);
  });

  test("report a secret's policy that is not readable", async () => {
    const found = await findLines({}, [
      live("aws_secretsmanager_secret_policy", "arn:secret", {
        ResourcePolicy: JSON.stringify({
          Statement: [{ ...reads("Allow", "reader"), Unknown: 1 }],
        }),
      }),
    ]);
    expect(found).toEqual([
      "# required: SECRET_ROLE_ACCESS=<roles that the policy of secret arn:secret allows to read it>",
    ]);
  });
});

function reads(Effect: string, role: string): object {
  return {
    Effect,
    Principal: { AWS: `arn:aws:iam::000000000000:role/${role}` },
    Action: "secretsmanager:GetSecretValue",
    Resource: "*",
  };
}
