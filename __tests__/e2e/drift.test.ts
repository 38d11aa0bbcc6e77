import * as idp from "@aws-sdk/client-cognito-identity-provider";
import * as iam from "@aws-sdk/client-iam";
import * as secrets from "@aws-sdk/client-secrets-manager";
import {
  ACCOUNT_ID,
  clientConfig,
  DEMO_ACCOUNT,
} from "../../scripts/lib/demo/demo-account";
import type { AttachedLocalAws } from "../../scripts/lib/local-aws/local-aws";
import type { Environment } from "../../stacks/config";
import {
  Deployment,
  describeLocal,
  startAccount,
  succeed,
} from "../support/deployment";
import { removeTemporaryFolders } from "../support/stage";

const stack = "veda-auth-stack-dev";
const managersRole = `arn:aws:iam::${ACCOUNT_ID}:role/${DEMO_ACCOUNT.managersRole}`;
const SETTINGS: Environment = {
  STATE_BUCKET_NAME: DEMO_ACCOUNT.stateBucket,
  OWNER: "somebody",
  SECRET_RECOVERY_DAYS: "0",
  COGNITO_GROUPS: "true",
  DATA_MANAGERS_ROLE_ARN: managersRole,
  DASHBOARD_CALLBACK_URLS: "https://a.example/",
  SECRET_ROLE_ACCESS: managersRole,
};

let aws: AttachedLocalAws;
let deployment: Deployment;
let secret: string;

beforeAll(async () => {
  if (describeLocal !== describe) return;
  aws = await startAccount();
  deployment = new Deployment(aws.endpoint, { ".env.dev": SETTINGS });
  succeed(await deployment.synth());
  await deployment.init(stack);
  succeed(await deployment.apply(stack));
  const { SecretString } = await new secrets.SecretsManagerClient(
    clientConfig(aws),
  ).send(
    new secrets.GetSecretValueCommand({
      SecretId: `${stack}/workflows-client`,
    }),
  );
  ({ client_secret: secret } = JSON.parse(SecretString ?? "") as {
    client_secret: string;
  });
}, 60_000);

afterAll(async () => {
  if (describeLocal === describe) await aws.stop();
  removeTemporaryFolders();
});

async function changeByHand(): Promise<void> {
  const config = clientConfig(aws);
  const users = new idp.CognitoIdentityProviderClient(config);
  const roles = new iam.IAMClient(config);
  const { userpool_id: UserPoolId, veda_dashboard_client_id: ClientId } =
    await deployment.outputs(stack);
  await users.send(
    new idp.UpdateUserPoolClientCommand({
      UserPoolId,
      ClientId,
      CallbackURLs: ["https://a.example/", "https://evil.example/"],
    }),
  );
  await users.send(
    new idp.UpdateUserPoolCommand({
      UserPoolId,
      DeletionProtection: "INACTIVE",
    }),
  );
  // the local AWS cannot change a group, only make another in its place
  const group = { UserPoolId, GroupName: "veda-readers" };
  await users.send(new idp.DeleteGroupCommand(group));
  await users.send(
    new idp.CreateGroupCommand({
      ...group,
      RoleArn: managersRole,
      Precedence: 4,
      Description: "Users that have read-access to the VEDA store",
    }),
  );
  await roles.send(
    new iam.PutRolePolicyCommand({
      RoleName: `${stack}-veda-writers`,
      PolicyName: "extra",
      PolicyDocument: JSON.stringify({
        Version: "2012-10-17",
        Statement: [{ Effect: "Allow", Action: "*", Resource: "*" }],
      }),
    }),
  );
  await new secrets.SecretsManagerClient(config).send(
    new secrets.DeleteSecretCommand({
      SecretId: `${stack}/programmatic-client`,
      ForceDeleteWithoutRecovery: true,
    }),
  );
}

describeLocal("a stage, in this order,", () => {
  test("has one plan hash, from whichever folder it is planned", async () => {
    const settings = {
      ...SETTINGS,
      DASHBOARD_CALLBACK_URLS: "https://b.example/",
    };
    const hashes: unknown[] = [];
    for (const folder of [deployment, new Deployment(aws.endpoint, {})]) {
      folder.write(".env.dev", settings);
      const result = await folder.command(
        "plan",
        "-s",
        "dev",
        "--format",
        "json",
      );
      succeed(result);
      hashes.push(JSON.parse(result.stdout));
    }
    expect(hashes[0]).toMatchObject({ stage: "dev", stack, add: 0, change: 1 });
    expect(hashes[1]).toEqual(hashes[0]);
    deployment.write(".env.dev", SETTINGS);
  }, 60_000);

  test("has no drift right after it was deployed", async () => {
    const drift = await deployment.command("drift", "--stage", "dev");
    expect([drift.code, drift.stdout]).toEqual([
      0,
      "Stage dev: nothing was changed by hand\n",
    ]);
  }, 60_000);

  test("has each change by hand told, in AWS's own names", async () => {
    await changeByHand();
    const { code, stdout, stderr } = await deployment.command(
      "drift",
      "--stage",
      "dev",
    );
    expect([code, stdout.trimEnd().split("\n").sort()]).toEqual([
      2,
      [
        "- client veda-dashboard: callback_urls gained https://evil.example/",
        `- group veda-readers: role_arn was changed from arn:aws:iam::${ACCOUNT_ID}:role/${stack}-veda-readers to ${managersRole}`,
        "- role veda-auth-stack-dev-veda-writers: policies gained extra",
        "- secret veda-auth-stack-dev/programmatic-client was deleted",
        "- user pool veda-auth-stack-dev: deletion_protection was changed from ACTIVE to INACTIVE",
        expect.stringMatching(
          /^- value of secret veda-auth-stack-dev\/programmatic-client-\w+ was deleted$/,
        ),
        "Stage dev: 6 things changed by hand",
      ],
    ]);
    expect(stderr).toContain("A deployment puts back what the code says.");
  }, 60_000);

  test("has drift for machines, and its secrets in nothing that is printed", async () => {
    const json = await deployment.command(
      "drift",
      "-s",
      "dev",
      "--format=json",
    );
    expect(JSON.parse(json.stdout)).toMatchObject({
      stage: "dev",
      stack,
      drift: { length: 6 },
    });
    expect(secret.length).toBeGreaterThan(20);
    expect(deployment.printed.join("")).not.toContain(secret);
  }, 60_000);

  test.each([
    [["--nothing"], "Unknown option '--nothing'"],
    [["--format", "xml"], "--format must be one of text, markdown, json"],
    [["--stage", "A b"], "--stage must be "],
  ])(
    "fails with 1, and not as if it had drift, when asked %j",
    async (args, message) => {
      const { code, stdout, stderr } = await deployment.command(
        "drift",
        ...args,
      );
      expect([code, stdout, stderr]).toEqual([
        1,
        "",
        expect.stringContaining(message) as string,
      ]);
    },
  );
});
