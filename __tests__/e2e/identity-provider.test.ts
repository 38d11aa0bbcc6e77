import { writeFileSync } from "node:fs";
import path from "node:path";
import * as idp from "@aws-sdk/client-cognito-identity-provider";
import {
  CreateSecretCommand,
  SecretsManagerClient,
} from "@aws-sdk/client-secrets-manager";
import { PLACEHOLDER_CLIENT_SECRET } from "../../constructs/constraints";
import { createClientConfig } from "../../scripts/lib/demo/account";
import {
  type ProcessResult,
  runProcess,
} from "../../scripts/lib/system/processes";
import {
  Deployment,
  describeLocal,
  expectSuccess,
  startLocalAccount,
  useResource,
} from "../support/deployment";
import {
  createSigningCertificate,
  formatSamlMetadata,
} from "../support/saml-metadata";

const RUN = path.resolve(__dirname, "../../scripts/run.mjs");
const STAGE = ["--stage", "dev"];
const COMMAND = "identity-provider-secret";
const FIRST = "Canary-first-1";
const SECOND = "Canary-second-2";
const SETTINGS = {
  STATE_BACKEND: "local",
  DELETION_PROTECTION: "false",
  SECRET_RECOVERY_DAYS: "0",
  DASHBOARD_CALLBACK_URLS: "https://a.example/cb",
  SIGN_IN_OIDC_NAME: "Keycloak",
  SIGN_IN_OIDC_ISSUER: "https://keycloak.example.org/realms/veda",
  SIGN_IN_OIDC_CLIENT_ID: "veda",
  SIGN_IN_SAML_METADATA: "idp.xml",
};

jest.setTimeout(240_000);

const aws = useResource(startLocalAccount);

describeLocal("the identity providers of a stage, in this order,", () => {
  let deployment: Deployment;
  let client: idp.CognitoIdentityProviderClient;
  let userPoolId = "";

  beforeAll(async () => {
    deployment = new Deployment(aws().endpoint, { ".env.dev": SETTINGS });
    await deployment.startProvider();
    client = new idp.CognitoIdentityProviderClient(createClientConfig(aws()));
    const certificates = [await createSigningCertificate()];
    writeFileSync(
      path.join(deployment.directory, "idp.xml"),
      formatSamlMetadata({ prefix: "md", certificates }),
    );
  });

  afterAll(() => {
    client.destroy();
    for (const text of deployment.printed) {
      expect(text).not.toContain(FIRST);
      expect(text).not.toContain(SECOND);
    }
  });

  const deploy = async (): Promise<ProcessResult> => {
    const run = await deployment.runCommand(
      "deploy",
      ...STAGE,
      "--auto-approve",
    );
    expectSuccess(run);
    return run;
  };

  async function setSecret(secret: string): Promise<ProcessResult> {
    const command = [process.execPath, RUN, COMMAND, ...STAGE];
    const options = ["--provider", "Keycloak", "--secret-stdin"];
    const run = await runProcess(
      "sh",
      ["-c", `printf '%s\\n' "$0" | "$@"`, secret, ...command, ...options],
      {
        directory: deployment.directory,
        environment: deployment.environment(COMMAND),
        timeoutSeconds: 60,
      },
    );
    deployment.printed.push(run.stdout, run.stderr);
    return run;
  }

  async function readProvider(name = "Keycloak") {
    const { IdentityProvider } = await client.send(
      new idp.DescribeIdentityProviderCommand({
        UserPoolId: userPoolId,
        ProviderName: name,
      }),
    );
    return IdentityProvider;
  }

  test("are deployed, with the command for the secret as the next step", async () => {
    const { stdout, stderr } = await deploy();
    userPoolId =
      (JSON.parse(stdout) as Record<string, string>).userpool_id ?? "";
    expect(stderr).toMatch(
      /^Next steps:\n {2}.*identity-provider-secret --stage dev --provider Keycloak$/m,
    );
    expect(await readProvider()).toMatchObject({
      ProviderDetails: {
        client_id: "veda",
        client_secret: PLACEHOLDER_CLIENT_SECRET,
      },
    });
    expect(await readProvider("SAML")).toMatchObject({
      ProviderDetails: {
        SSORedirectBindingURI: "https://idp.example.edu/sso?a=1&b=2",
      },
    });
  });

  test("have no further changes, and plan prints the command", async () => {
    const plan = await deployment.runCommand(
      "plan",
      ...STAGE,
      "--detailed-exitcode",
    );
    expectSuccess(plan);
    expect(plan.stderr).toMatch(
      / no client secret yet: .* --provider Keycloak$/m,
    );
    const check = await deployment.runCommand(COMMAND, ...STAGE, "--check");
    expect([check.code, check.stdout]).toEqual([
      1,
      '{"provider":"Keycloak","status":"placeholder"}\n',
    ]);
  });

  test("get the secret, and only once", async () => {
    const before = await readProvider();
    const set = await setSecret(FIRST);
    expectSuccess(set);
    expect(set.stdout).toBe('{"provider":"Keycloak","status":"changed"}\n');
    const after = await readProvider();
    expect(after).toMatchObject({
      ProviderDetails: { ...before?.ProviderDetails, client_secret: FIRST },
      AttributeMapping: before?.AttributeMapping,
      IdpIdentifiers: before?.IdpIdentifiers,
    });
    expect((await setSecret(FIRST)).stdout).toBe(
      '{"provider":"Keycloak","status":"unchanged"}\n',
    );
    expectSuccess(await deployment.runCommand(COMMAND, ...STAGE, "--check"));
  });

  test("have no drift afterwards", async () => {
    expectSuccess(await deployment.runCommand("drift", ...STAGE));
  });

  test("get another secret from Secrets Manager, and retain it when the provider changes", async () => {
    const secrets = new SecretsManagerClient(createClientConfig(aws()));
    await secrets.send(
      new CreateSecretCommand({
        Name: "keycloak/veda",
        SecretString: JSON.stringify({ client_secret: SECOND }),
      }),
    );
    secrets.destroy();
    const from = ["--from-secret", "keycloak/veda#client_secret"];
    expectSuccess(await deployment.runCommand(COMMAND, ...STAGE, ...from));

    const issuer = "https://keycloak.example.org/realms/other";
    deployment.write(".env.dev", {
      ...SETTINGS,
      SIGN_IN_OIDC_ISSUER: issuer,
      SIGN_IN_OIDC_CLIENT_ID: "other",
    });
    const { stderr } = await deploy();
    expect(stderr).toContain("0 to add, 1 to change, 0 to destroy");
    expect(stderr).not.toContain(COMMAND);
    expect(await readProvider()).toMatchObject({
      ProviderDetails: {
        client_id: "other",
        oidc_issuer: issuer,
        token_url: `${issuer}/protocol/openid-connect/token`,
        client_secret: SECOND,
      },
    });
  });

  test("are created under another name before the clients change", async () => {
    deployment.write(".env.dev", { ...SETTINGS, SIGN_IN_OIDC_NAME: "Campus" });
    const { stderr } = await deploy();
    expect(stderr).toMatch(/ --provider Campus$/m);
    expect(await readProvider("Campus")).toMatchObject({
      ProviderDetails: { client_secret: PLACEHOLDER_CLIENT_SECRET },
    });
    await expect(readProvider()).rejects.toThrow();
  });
});
