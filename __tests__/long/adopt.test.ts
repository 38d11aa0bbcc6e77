import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import * as idp from "@aws-sdk/client-cognito-identity-provider";
import * as iam from "@aws-sdk/client-iam";
import { createClientConfig } from "../../scripts/lib/demo/account";
import { allowChange } from "../support/adoption-runs";
import { ALL_GROUPS } from "../support/cdk-template";
import { describeLocal, expectSuccess } from "../support/deployment";
import {
  CdkDeployment,
  S3_STATE,
  STACK,
  type LiveUser,
  STAGE,
} from "../support/cdk-deployment";
import { removeTemporaryDirectories } from "../support/stage";

jest.setTimeout(300_000);

const MANAGERS = "arn:aws:iam::000000000000:role/veda-data-access";
const STEPS = ["retain", "import", "apply", "finish"];

let app: CdkDeployment;
let ids: Record<string, string>;
let user: LiveUser;

beforeAll(async () => {
  if (describeLocal !== describe) return;
  app = await CdkDeployment.start({
    ".env.dev": {
      ...S3_STATE,
      COGNITO_GROUPS: "true",
      DATA_MANAGERS_ROLE_ARN: MANAGERS,
    },
  });
  await app.deploy({ groups: ALL_GROUPS, managersRoleArn: MANAGERS });
  ids = await app.readPhysicalIds();
  user = await app.createUser(ids, "veda-readers");
}, 120_000);

afterAll(async () => {
  if (describeLocal === describe) await app.stop();
  removeTemporaryDirectories();
});

describeLocal("the adoption of a live stack, in this order,", () => {
  test("is planned for every resource, without any change", async () => {
    const before = await app.readTemplate();
    const { code, stdout } = await app.adopt(["plan", "--stage", "dev"]);
    expect(stdout).toMatch(
      /^Stack veda-auth-stack-dev \(CREATE_COMPLETE\) becomes stage dev: 5 to add, \d+ to change, 24 to import\n/,
    );
    expect(stdout).toMatch(/^retained +group veda-readers /m);
    expect(stdout).toMatch(
      /^updated +client programmatic-client .*\n(.*\n)*? +callback_urls: loses https:\/\/example.com$/m,
    );
    expect(stdout).toMatch(
      /^overwritten +value of secret \S+\/workflows-client /m,
    );
    expect(stdout).toMatch(
      /^created +first version of secret \S+\/workflows-client /m,
    );
    expect(stdout).toMatch(/^stack-only +AWS::Lambda::Function /m);
    expect(stdout).toContain("No blockers.");
    expect(code).toBe(0);
    expect(await app.readTemplate()).toEqual(before);
    expect(readdirSync(app.deployment.directory)).not.toContain(".adoption");
  });

  test("can be undone before apply, with the original stack", async () => {
    const before = await app.readTemplate();
    for (const step of STEPS.slice(0, 2)) {
      const run = await app.adopt([step, ...STAGE]);
      expectSuccess({ ...run, code: run.code ?? -1 });
    }
    expect(await app.readTemplate()).not.toEqual(before);
    const record = path.join(app.deployment.directory, ".adoption", STACK);
    const secret = await app.readClientSecret(ids);
    expect(findFiles(secret, app.deployment.directory)).toEqual([]);
    expect(statSync(record).mode & 0o777).toBe(0o700);
    for (const file of readdirSync(record))
      expect([file, statSync(path.join(record, file)).mode & 0o777]).toEqual([
        file,
        0o600,
      ]);

    const { code, stdout } = await app.adopt(["undo", ...STAGE]);
    expect(stdout).toMatch(
      /^restored the stage's state\nrestored the template of stack veda-auth-stack-dev\n/,
    );
    expect(code).toBe(0);
    expect(await app.readTemplate()).toEqual(before);
    expect(await app.readPhysicalIds()).toEqual(ids);
    expect(existsSync(record)).toBe(false);
    const plan = await app.deployment.runCommand(
      "plan",
      "--stage",
      "dev",
      "--format",
      "json",
    );
    expect(JSON.parse(plan.stdout)).toMatchObject({ add: 29, change: 0 });
  });

  test("requires the previous step", async () => {
    const early = await app.adopt(["apply", ...STAGE]);
    expect(early.stderr).toMatch(/must have started in this directory/);
    expect(early.code).toBe(1);
    for (const step of STEPS) {
      await app.runSteps(step);
      if (step === "apply") {
        const { stdout } = await app.adopt(["undo", ...STAGE]);
        expect(stdout).toBe("");
      }
    }
  }, 600_000);

  test("deletes the stack, and results in an empty plan", async () => {
    expect(await app.readTemplate()).toBeUndefined();
    await app.expectEmptyPlan();
    expect(readdirSync(app.deployment.directory)).not.toContain(".adoption");
  });

  test("retains users, client ids, secrets, groups, tokens and identities", async () => {
    const client = ids.userpoolprogrammaticclientEB48A369 ?? "";
    const { AccessToken = "" } = await app.signIn(client, user);
    const claims = JSON.parse(
      Buffer.from(AccessToken.split(".")[1] ?? "", "base64url").toString(),
    ) as Record<string, unknown>;
    expect(claims["cognito:groups"]).toEqual(["veda-readers"]);
    expect((await app.refresh(client, user)).AccessToken).toMatch(/^ey/);
    expect(await app.readIdentityId(ids, user)).toBe(user.identityId);
    const token = await app.deployment
      .createCommands("dev")
      .getServiceToken("workflows-client");
    expect(token.scope).toBe(
      "veda-stac-ingestion-registry-server/stac:register",
    );
    const outputs = await app.deployment.createCommands("dev").readOutputs();
    expect(outputs.client_id).toBe(client);
    expect(outputs.userpool_id).toBe(ids.userpool0AC4AA96);
  });

  test("is finished, without a secret in the output or in a file", async () => {
    const { code, stdout } = await app.adopt(["status", "--stage", "dev"]);
    expect(stdout).toMatch(/nothing to do$/m);
    expect(code).toBe(0);
    const secret = await app.readClientSecret(ids);
    expect(secret).toMatch(/^\S{24,}$/);
    expect(app.printed.filter((text) => text.includes(secret))).toEqual([]);
    expect(findFiles(secret, app.deployment.directory)).toEqual([]);
  });
});

/** Lists the files that contain a text, except Terraform's providers. */
function findFiles(text: string, directory: string): string[] {
  return readdirSync(directory, { withFileTypes: true, recursive: true })
    .filter(
      (entry) => entry.isFile() && entry.parentPath.search("providers") < 0,
    )
    .map((entry) => path.join(entry.parentPath, entry.name))
    .filter((file) => readFileSync(file, "latin1").includes(text));
}

describeLocal("manual changes", () => {
  let other: CdkDeployment;

  beforeAll(async () => {
    other = await CdkDeployment.start({
      ".env.dev": { ...S3_STATE, COGNITO_GROUPS: "true" },
    });
    await other.deploy({ groups: ALL_GROUPS });
  }, 120_000);

  afterAll(async () => {
    await other.stop();
  });

  test("block the adoption, with the settings that preserve them", async () => {
    const its = await other.readPhysicalIds();
    const users = other.connectUserPools();
    const UserPoolId = its.userpool0AC4AA96;
    const ClientId = its.userpoolprogrammaticclientEB48A369;
    const roles = new iam.IAMClient(createClientConfig(other.aws));
    const RoleName = its.vedareadersrole;
    // the local AWS retains omitted fields
    await users.send(
      new idp.UpdateUserPoolClientCommand({
        UserPoolId,
        ClientId,
        CallbackURLs: [
          "https://example.com",
          "https://manual.example/callback",
        ],
      }),
    );
    await users.send(
      new idp.SetUserPoolMfaConfigCommand({
        UserPoolId,
        MfaConfiguration: "OPTIONAL",
        SoftwareTokenMfaConfiguration: { Enabled: true },
      }),
    );
    await roles.send(
      new iam.PutRolePermissionsBoundaryCommand({
        RoleName,
        PermissionsBoundary:
          "arn:aws:iam::000000000000:policy/veda-auth-boundary",
      }),
    );
    const { code, stdout, stderr } = await other.adopt(["retain", ...STAGE]);
    expect(stdout).toMatch(
      /^The adoption is blocked; nothing has been changed:\n/,
    );
    expect(stdout).toMatch(
      /programmatic.*callback_urls must still contain https:\/\/manual\.example\/callback/,
    );
    expect(stdout).toMatch(/user_pool.*mfa_configuration|mfa-weakened/);
    expect(stdout).toMatch(
      /permissions_boundary must stay .*veda-auth-boundary/,
    );
    expect(code).toBe(3);
    expect(stderr).toMatch(
      /^ +PERMISSIONS_BOUNDARY_POLICY_NAME=veda-auth-boundary$/m,
    );
    expect(stderr).toMatch(
      /^ +PROGRAMMATIC_CALLBACK_URLS=https:\/\/manual\.example\/callback$/m,
    );
    expect(readdirSync(other.deployment.directory)).not.toContain(".adoption");

    const [, address = ""] =
      /- (aws_cognito_user_pool\.\S+):/.exec(stdout) ?? [];
    allowChange(other, address, "MFA is off for a week");
    const allowed = await other.adopt(["plan", "--stage", "dev"]);
    const [permitted = "", blockers = ""] =
      allowed.stdout
        .split("Permitted by the allow-list:")[1]
        ?.split("Blockers (nothing has been changed):") ?? [];
    expect(permitted).toMatch(/mfa.*\(MFA is off for a week\)$/m);
    expect(blockers).not.toContain(address);
    expect(allowed.code).toBe(3);
  });
});
