import type { LiveResource } from "../../../../scripts/lib/adoption/read/live-resources";
import type { LiveStack } from "../../../../scripts/lib/adoption/read/live-stack";
import { matchResources } from "../../../../scripts/lib/adoption/read/matching";
import { findMissingSettings } from "../../../../scripts/lib/adoption/checks/missing-settings";
import { TerraformConfiguration } from "../../../../scripts/lib/adoption/read/terraform-configuration";

const PLACE = { region: "us-west-2" };
const POLICY = "arn:aws:iam::000000000000:policy/bound";

function live(
  terraformType: string,
  key: string,
  facts: LiveResource["facts"] = {},
): LiveResource {
  return {
    logicalId: key.replace(/\W/g, ""),
    type: `AWS::Of::${terraformType}`,
    terraformType,
    physicalId: key,
    status: "CREATE_COMPLETE",
    key,
    importId: key,
    isThere: true,
    facts,
  };
}

async function lines(
  resource: Record<string, Record<string, object>>,
  resources: readonly LiveResource[],
  stack: Partial<LiveStack> = {},
): Promise<string[]> {
  const whole: LiveStack = {
    name: "app-dev",
    id: "arn:aws:cloudformation:us-west-2:000000000000:stack/app-dev/1",
    status: "CREATE_COMPLETE",
    isTerminationProtected: false,
    parentId: undefined,
    capabilities: [],
    parameters: {},
    outputs: [],
    resources,
    templateText: "",
    template: { Resources: {} },
    processed: { Resources: {} },
    ...stack,
  };
  const code = new TerraformConfiguration(JSON.stringify({ resource }));
  const settings = await findMissingSettings({
    choice: {
      stage: "dev",
      stackName: "app-dev",
      settings: {},
      awsTarget: PLACE,
    },
    stack: whole,
    resources,
    code,
    matching: matchResources(resources, code, whole),
    isApplied: false,
  });
  return settings.map(({ line }) => line);
}

describe("settings that a stage lacks", () => {
  test("are none where the code is what is live", async () => {
    const found = await lines(
      { aws_cognito_user_pool: { pool: { name: "app-dev" } } },
      [live("aws_cognito_user_pool", "app-dev")],
    );
    expect(found).toEqual([]);
  });

  test("name the app that the pool was made for", async () => {
    const code = { aws_cognito_user_pool: { pool: { name: "app-dev" } } };
    expect(
      await lines(code, [live("aws_cognito_user_pool", "old-dev")]),
    ).toEqual(["APP_NAME=old"]);
    expect(
      await lines(code, [live("aws_cognito_user_pool", "old-app-test")]),
    ).toEqual(["APP_NAME=old-app", "STAGE=test"]);
  });

  test.each(["auth", "Prod-auth", "auth_dev", "auth-"])(
    "fails when no stage can have the name of the pool, %s",
    async (name) => {
      const code = { aws_cognito_user_pool: { pool: { name: "app-dev" } } };
      await expect(
        lines(code, [live("aws_cognito_user_pool", name)]),
      ).rejects.toThrow(/^the live user pool must be named as a stage can be/);
    },
  );

  test("have the groups that the stack has", async () => {
    const found = await lines({}, [
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

  test("have callback URLs that were added by hand, and the placeholder not", async () => {
    const found = await lines(
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
      "# PERMISSIONS_BOUNDARY_POLICY_NAME takes the name of a policy of the account, and cannot name arn:aws:iam::aws:policy/PowerUserAccess",
    ],
  ])("have the boundary %s that roles have", async (boundary, line) => {
    const found = await lines(
      {
        aws_cognito_user_group: {
          readers: { name: "readers", role_arn: "${aws_iam_role.readers.arn}" },
        },
        aws_iam_role: { readers: { name: "app-dev-readers" } },
      },
      [
        live("aws_cognito_user_group", "readers", {
          RoleArn: "arn:aws:iam::000000000000:role/made-up",
        }),
        live("aws_iam_role", "made-up", {
          PermissionsBoundary: { PermissionsBoundaryArn: boundary },
        }),
      ],
    );
    expect(found).toEqual([line]);
  });

  test("have pools that the stack uses and did not make", async () => {
    const identityPool =
      "arn:aws:cognito-identity:us-west-2:000000000000:identitypool/us-west-2:1";
    const found = await lines(
      {
        aws_cognito_user_pool: { pool: { name: "app-dev" } },
        aws_cognito_user_pool_domain: { domain: { domain: "app-dev" } },
        aws_cognito_identity_pool: { pool: { identity_pool_name: "app" } },
      },
      [live("aws_cognito_user_group", "readers")],
      {
        template: {
          Resources: {
            readers: { Type: "T", Properties: { UserPoolId: "us-west-2_1" } },
          },
        },
        outputs: [
          { key: "a", value: identityPool, exportName: undefined },
          {
            key: "b",
            value: "https://theirs.auth.us-west-2.amazoncognito.com",
            exportName: undefined,
          },
        ],
      },
    );
    expect(found).toEqual([
      "USER_POOL_ID=us-west-2_1",
      "USER_POOL_DOMAIN=theirs",
      `IDENTITY_POOL_ARN=${identityPool}`,
    ]);
  });

  test("have the roles that policies of the stack let read a secret", async () => {
    const found = await lines({}, [
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

  test("report a policy of a secret that is not readable", async () => {
    const found = await lines({}, [
      live("aws_secretsmanager_secret_policy", "arn:secret", {
        ResourcePolicy: JSON.stringify({
          Statement: [{ ...reads("Allow", "reader"), Unknown: 1 }],
        }),
      }),
    ]);
    expect(found).toEqual([
      "# SECRET_ROLE_ACCESS must name the roles that the policy of secret arn:secret lets read",
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
