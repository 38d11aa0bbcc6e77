import { writeFileSync } from "node:fs";
import path from "node:path";
import * as identity from "@aws-sdk/client-cognito-identity";
import * as idp from "@aws-sdk/client-cognito-identity-provider";
import * as iam from "@aws-sdk/client-iam";
import * as secrets from "@aws-sdk/client-secrets-manager";
import * as ses from "@aws-sdk/client-sesv2";
import { PLACEHOLDER_CLIENT_SECRET } from "../../constructs/constraints";
import {
  createClientConfig,
  DEMO_ACCOUNT,
} from "../../scripts/lib/demo/account";
import type {
  DoctorReport,
  ReportedCheck,
} from "../../scripts/lib/doctor/run-checks";
import { AuthApp } from "../../stacks/app";
import {
  Deployment,
  describeLocal,
  expectSuccess,
  startLocalAccount,
  useResource,
} from "../support/deployment";
import {
  addStage,
  createMetadata,
  EXPECTED,
  listProblems,
  MANAGERS_ROLE,
  SETTINGS,
  STACK,
} from "../support/doctor/real-stage";
import { FakeGithub, JOB_TOKEN } from "../support/fake-github";

jest.setTimeout(180_000);

const aws = useResource(startLocalAccount);
const github = useResource(() => FakeGithub.start());

describeLocal("the doctor of a stage with 20 clients, in this order,", () => {
  let deployment: Deployment;
  let cognito: idp.CognitoIdentityProviderClient;
  let roles: iam.IAMClient;
  let sender: ses.SESv2Client;
  let outputs: Record<string, string>;

  beforeAll(async () => {
    deployment = new Deployment(aws().endpoint, { ".env.dev": SETTINGS });
    await deployment.startProvider();
    cognito = new idp.CognitoIdentityProviderClient(createClientConfig(aws()));
    roles = new iam.IAMClient(createClientConfig(aws()));
    sender = new ses.SESv2Client(createClientConfig(aws()));
    await sender.send(
      new ses.CreateEmailIdentityCommand({ EmailIdentity: "example.org" }),
    );
    const file = path.join(deployment.directory, "university.xml");
    writeFileSync(file, await createMetadata(365));
    const app = new AuthApp({
      outdir: path.join(deployment.directory, "cdktf.out"),
    });
    addStage(app, file);
    app.synth();
    await deployment.init(STACK);
    expectSuccess(await deployment.apply(STACK));
    outputs = await deployment.readOutputs(STACK);
    deployment.variables = {
      GITHUB_TOKEN: JOB_TOKEN,
      GITHUB_API_URL: github().endpoint,
    };
  }, 120_000);

  /** Returns the checks by id. */
  async function examine(): Promise<ReadonlyMap<string, ReportedCheck>> {
    const { stdout, stderr } = await deployment.runCommand(
      "doctor",
      "--stage",
      "dev",
      "--format",
      "json",
    );
    expect(stderr).toBe(`Checking ${STACK}…\n`);
    const { checks } = JSON.parse(stdout) as DoctorReport;
    return new Map(checks.map((check) => [check.id, check]));
  }

  async function setProviderSecret(client_secret: string): Promise<void> {
    const ids = {
      UserPoolId: outputs.userpool_id,
      ProviderName: "Keycloak",
    };
    const { IdentityProvider: provider } = await cognito.send(
      new idp.DescribeIdentityProviderCommand(ids),
    );
    await cognito.send(
      new idp.UpdateIdentityProviderCommand({
        ...ids,
        ProviderDetails: { ...provider?.ProviderDetails, client_secret },
      }),
    );
  }

  test("finds the steps that follow a deployment", async () => {
    const checks = await examine();
    expect(listProblems(checks)).toEqual([
      [
        "identity-provider-secrets",
        ["Keycloak: the client secret is the placeholder"],
        "npx veda-auth identity-provider-secret --stage dev --provider Keycloak",
      ],
      [
        "callback-urls",
        ["https://grafana.invalid/login (grafana): ENOTFOUND"],
        "start the application, or correct the URL in main.ts or the settings and run npx veda-auth deploy --stage dev",
      ],
      [
        "group-roles",
        [
          `managers: the role ${DEMO_ACCOUNT.managersRole} does not trust the identity pool ${outputs.identitypool_id} (aud)`,
        ],
        `npx veda-auth trust-policy --stage dev --role ${MANAGERS_ROLE} --apply`,
      ],
    ]);
  });

  test("is well after these steps", async () => {
    await setProviderSecret("a-real-secret");
    expectSuccess(
      await deployment.runCommand(
        "trust-policy",
        ...["--stage", "dev", "--role", MANAGERS_ROLE, "--apply", "--yes"],
      ),
    );
    for (const options of [
      ["--service-id", "service-4", "--service-id", "grafana"],
      ["--service-id", "grafana", "--finish"],
    ])
      expectSuccess(
        await deployment.runCommand(
          "rotate-secret",
          ...["--stage", "dev", ...options],
        ),
      );
    const checks = await examine();
    expect(listProblems(checks).map(([id]) => id)).toEqual(["callback-urls"]);
    const skipped = [...checks.values()].filter(
      ({ status }) => status === "skipped",
    );
    expect(skipped.map(({ id, message }) => [id, message])).toEqual([
      ["settings", "there is no secret veda-auth-dev-env"],
      ["custom-domain-certificate", "the stage has no custom domain"],
    ]);
    expect(checks.get("client-tokens")?.message).toContain("(18)");
  });

  test("finds what was changed outside Terraform", async () => {
    await breakClients();
    await breakSecrets();
    await breakAccess();
    await setProviderSecret(PLACEHOLDER_CLIENT_SECRET);
    await cognito.send(
      new idp.UpdateIdentityProviderCommand({
        UserPoolId: outputs.userpool_id,
        ProviderName: "University",
        ProviderDetails: { MetadataFile: await createMetadata(10) },
      }),
    );
    for (let index = 0; index < 20; index += 1)
      await cognito.send(
        new idp.CreateResourceServerCommand({
          UserPoolId: outputs.userpool_id,
          Identifier: `manual-${index}`,
          Name: "manual",
        }),
      );
    github().ids = { id: 3, ownerId: 1 };
    await sender.send(
      new ses.DeleteEmailIdentityCommand({ EmailIdentity: "example.org" }),
    );
    const problems = new Map(
      listProblems(await examine()).map(([id, details, fix]) => [
        id,
        [...((details ?? []) as string[]), `→ ${String(fix)}`],
      ]),
    );
    expect(Object.fromEntries(problems)).toMatchObject(EXPECTED);
    expect([...problems.keys()].sort()).toEqual(Object.keys(EXPECTED).sort());
  });

  async function findClientId(name: string): Promise<string> {
    const { UserPoolClients: clients } = await cognito.send(
      new idp.ListUserPoolClientsCommand({
        UserPoolId: outputs.userpool_id,
        MaxResults: 60,
      }),
    );
    return clients?.find((one) => one.ClientName === name)?.ClientId ?? "";
  }

  async function breakClients(): Promise<void> {
    const UserPoolId = outputs.userpool_id;
    const ids = { UserPoolId, ClientId: outputs.grafana_client_id };
    await cognito.send(
      new idp.UpdateUserPoolClientCommand({
        ...ids,
        ClientName: "grafana",
        SupportedIdentityProviders: ["COGNITO", "Keycloak", "University"],
        AllowedOAuthFlowsUserPoolClient: true,
        AllowedOAuthFlows: ["code"],
        AllowedOAuthScopes: ["openid", "email", "profile"],
        CallbackURLs: ["https://grafana.invalid/login"],
        ExplicitAuthFlows: [
          "ALLOW_REFRESH_TOKEN_AUTH",
          "ALLOW_USER_PASSWORD_AUTH",
        ],
        EnableTokenRevocation: false,
        PreventUserExistenceErrors: "LEGACY",
      }),
    );
    // not by a rotation
    await cognito.send(
      new idp.AddUserPoolClientSecretCommand({
        UserPoolId,
        ClientId: await findClientId("service-5 Service Access"),
      }),
    );
    await cognito.send(
      new idp.DeleteUserPoolClientCommand({
        UserPoolId,
        ClientId: await findClientId("service-6 Service Access"),
      }),
    );
  }

  /** Changes the fields of secrets, each in a new version. */
  async function breakSecrets(): Promise<void> {
    const client = new secrets.SecretsManagerClient(createClientConfig(aws()));
    const changes: Readonly<Record<string, object>> = {
      "service-1": { note: "added" },
      "service-2": { client_secret: "wrong" },
      "service-3": { cognito_domain: "https://other.example" },
      grafana: { client_secret: "wrong" },
    };
    for (const [id, fields] of Object.entries(changes)) {
      const SecretId = `${STACK}/${id}`;
      const { SecretString = "" } = await client.send(
        new secrets.GetSecretValueCommand({ SecretId }),
      );
      await client.send(
        new secrets.PutSecretValueCommand({
          SecretId,
          SecretString: JSON.stringify({
            ...(JSON.parse(SecretString) as object),
            ...fields,
          }),
        }),
      );
    }
  }

  async function breakAccess(): Promise<void> {
    const pools = new identity.CognitoIdentityClient(createClientConfig(aws()));
    const IdentityPoolId = outputs.identitypool_id;
    const pool = await pools.send(
      new identity.DescribeIdentityPoolCommand({ IdentityPoolId }),
    );
    await pools.send(
      new identity.UpdateIdentityPoolCommand({
        IdentityPoolId,
        IdentityPoolName: pool.IdentityPoolName,
        AllowUnauthenticatedIdentities: true,
        AllowClassicFlow: true,
        CognitoIdentityProviders: pool.CognitoIdentityProviders?.filter(
          ({ ClientId }) => ClientId !== outputs.client_id,
        ).map((one) => ({ ...one, ServerSideTokenCheck: false })),
      }),
    );
    const { Roles, RoleMappings = {} } = await pools.send(
      new identity.GetIdentityPoolRolesCommand({ IdentityPoolId }),
    );
    await pools.send(
      new identity.SetIdentityPoolRolesCommand({
        IdentityPoolId,
        Roles,
        RoleMappings: Object.fromEntries(
          Object.entries(RoleMappings).map(([name, mapping]) => [
            name,
            { ...mapping, AmbiguousRoleResolution: "AuthenticatedRole" },
          ]),
        ),
      }),
    );
    const RoleName = `${STACK}-readers`;
    await roles.send(
      new iam.UpdateAssumeRolePolicyCommand({
        RoleName,
        PolicyDocument: JSON.stringify({
          Version: "2012-10-17",
          Statement: {
            Effect: "Allow",
            Principal: { Federated: "cognito-identity.amazonaws.com" },
            Action: "sts:AssumeRoleWithWebIdentity",
            Condition: {
              StringEquals: {
                "cognito-identity.amazonaws.com:aud": IdentityPoolId,
              },
            },
          },
        }),
      }),
    );
    await roles.send(
      new iam.DeleteRolePermissionsBoundaryCommand({ RoleName }),
    );
    await roles.send(
      new iam.DeleteOpenIDConnectProviderCommand({
        OpenIDConnectProviderArn: outputs.oidc_provider_arn,
      }),
    );
  }
});
