import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import * as secrets from "@aws-sdk/client-secrets-manager";
import {
  createClientConfig,
  createDemoUser,
} from "../../scripts/lib/demo/account";
import type { RoleRules } from "../../constructs";
import type { AuthStack } from "../../stacks/auth-stack";
import {
  Deployment,
  describeLocal,
  expectSuccess,
  startLocalAccount,
  useResource,
} from "../support/deployment";
import { signInOnPages } from "../support/hosted-pages";
import { decodeClaims } from "../support/jwt-claims";
import { synthesize } from "../support/stage";

const STACK = "veda-auth-stack-dev";
const SETTINGS = {
  STATE_BACKEND: "local",
  DELETION_PROTECTION: "false",
  SECRET_RECOVERY_DAYS: "0",
};
const getAws = useResource(startLocalAccount);

/** Writes the stage that `build` makes for Terraform. */
function writeStage(
  deployment: Deployment,
  build: (auth: AuthStack) => void,
): void {
  const stage = synthesize(SETTINGS, build);
  writeFileSync(
    path.join(deployment.getStackDirectory(STACK), "cdk.tf.json"),
    JSON.stringify({
      ...stage,
      // the state is in the stack's directory
      terraform: { ...stage.terraform, backend: { local: {} } },
    }),
  );
}

async function startDeployment(
  build: (auth: AuthStack) => void,
): Promise<Deployment> {
  const deployment = new Deployment(getAws().endpoint, {
    ".env.dev": SETTINGS,
  });
  await deployment.startProvider();
  mkdirSync(deployment.getStackDirectory(STACK), { recursive: true });
  writeStage(deployment, build);
  await deployment.init(STACK);
  expectSuccess(await deployment.apply(STACK));
  expectSuccess(await deployment.plan(STACK));
  return deployment;
}

/** Scopes that read, by identifiers of resource servers. */
const READ_SCOPES = {
  "https://api.example.org/v1": "https://api.example.org/v1/read",
  "https://api.example.org/": "https://api.example.org//read",
};

/** Adds resource servers with these identifiers, and a service client of each: `service-0` and so on. */
function addResourceServers(auth: AuthStack): void {
  for (const [index, identifier] of Object.keys(READ_SCOPES).entries()) {
    const scopes = { read: "Read", write: "Write" };
    const api = auth.addResourceServer(`api-${index}`, scopes, { identifier });
    auth.addServiceClient(`service-${index}`, {
      scopes: [api.scope("read"), api.scope("write")],
    });
  }
}

describeLocal("clients", () => {
  const CALLBACK_URL = "https://a.example/callback";
  const callbackUrls = [CALLBACK_URL];
  const addProvider = (auth: AuthStack, name: string) =>
    auth.addOidcIdentityProvider(name, {
      issuer: "https://id.example.org/realms/veda",
      clientId: "veda",
      attributes: { email: "email", name: "name" },
    });
  const addClients = (
    auth: AuthStack,
    ...providers: ReturnType<typeof addProvider>[]
  ): void => {
    const signIn = ["COGNITO" as const, ...providers];
    const page = auth.addFrontendClient("page", { callbackUrls, signIn });
    const app = auth.addWebClient("app", { callbackUrls, signIn });
    auth.addProgrammaticClient("scripts", { browserSignIn: true, signIn });
    const { roleArn } = auth.addGroup("readers", {
      description: "Readers",
      precedence: 1,
      buckets: { "a-bucket": "read" },
    });
    auth.trustClient(page);
    const rules: RoleRules = {
      rules: [
        { claim: "cognito:username", matchType: "Equals", value: "a", roleArn },
        { claim: "sub", matchType: "StartsWith", value: "b", roleArn },
      ],
      ambiguousRoleResolution: "AuthenticatedRole",
    };
    auth.trustClient(app, rules);
    for (const provider of ["saml-provider/a", "oidc-provider/id.example.org"])
      auth.trustProvider(`arn:aws:iam::000000000000:${provider}`, rules);
  };
  let deployment: Deployment;

  test("are created after the providers, and a second plan is empty", async () => {
    deployment = await startDeployment((auth) => {
      addResourceServers(auth);
      addClients(auth, addProvider(auth, "Old"), addProvider(auth, "Other"));
    });
  });

  test.each([...Object.values(READ_SCOPES).entries()])(
    "get a token of service %i with the scope %s",
    async (index, scope) => {
      const token = await deployment.runCommand(
        "token",
        ...["--stage", "dev", "--service-id", `service-${index}`],
        ...["--no-cache", "--scope", scope],
      );
      expectSuccess(token);
      const { access_token: jwt } = JSON.parse(token.stdout) as {
        readonly access_token: string;
      };
      expect(decodeClaims(jwt)).toMatchObject({ scope });
    },
  );

  test("have a web client whose codes only its secret exchanges", async () => {
    const aws = getAws();
    const { SecretString = "" } = await new secrets.SecretsManagerClient(
      createClientConfig(aws),
    ).send(new secrets.GetSecretValueCommand({ SecretId: `${STACK}/app` }));
    const secret = JSON.parse(SecretString) as Readonly<Record<string, string>>;
    expect(Object.keys(secret).sort()).toEqual([
      "aws_region",
      "client_id",
      "client_secret",
      "cognito_domain",
      "flow",
      "scope",
      "userpool_id",
    ]);
    const { client_id: id = "", client_secret: value = "" } = secret;
    expect(secret.flow).toBe("authorization_code");

    const user = await createDemoUser(aws, secret.userpool_id ?? "", []);
    const signInUrl = new URL("/oauth2/authorize", aws.endpoint);
    signInUrl.search = String(
      new URLSearchParams({
        response_type: "code",
        client_id: id,
        redirect_uri: CALLBACK_URL,
        scope: secret.scope ?? "",
      }),
    );
    const exchange = async (clientSecret: string) => {
      const callback = new URL(await signInOnPages(signInUrl.href, user));
      expect(callback.href).toMatch(CALLBACK_URL);
      return fetch(new URL("/oauth2/token", aws.endpoint), {
        method: "POST",
        headers: {
          Authorization: `Basic ${Buffer.from(`${id}:${clientSecret}`).toString("base64")}`,
        },
        body: new URLSearchParams({
          grant_type: "authorization_code",
          code: callback.searchParams.get("code") ?? "",
          redirect_uri: CALLBACK_URL,
        }),
      });
    };
    expect((await exchange("another")).ok).toBe(false);
    expect(await (await exchange(value)).json()).toMatchObject({
      id_token: expect.stringMatching(/^ey/) as string,
      access_token: expect.stringMatching(/^ey/) as string,
      refresh_token: expect.any(String) as string,
    });
  });

  test("are changed before a provider that they no longer name is deleted", async () => {
    writeStage(deployment, (auth) => {
      addResourceServers(auth);
      addClients(auth, addProvider(auth, "New"));
    });
    const { stdout, ...result } = await deployment.apply(STACK);
    expectSuccess({ stdout, ...result });
    const find = (...parts: string[]) =>
      stdout
        .split("\n")
        .flatMap((line, index) =>
          parts.every((part) => line.includes(part)) ? [index] : [],
        );
    const created = find("aws_cognito_identity_provider.", "Creation complete");
    const starts = find("aws_cognito_user_pool_client.", "Modifying...");
    const ends = find(
      "aws_cognito_user_pool_client.",
      "Modifications complete",
    );
    const deleted = find("aws_cognito_identity_provider.", "Destroying...");
    expect(
      [created, starts, ends, deleted].map(({ length }) => length),
    ).toEqual([1, 3, 3, 2]);
    expect(Math.max(...created)).toBeLessThan(Math.min(...starts));
    expect(Math.max(...ends)).toBeLessThan(Math.min(...deleted));
    expectSuccess(await deployment.plan(STACK));
  });

  test("are deleted before the providers", async () => {
    expectSuccess(await deployment.destroy(STACK));
  });
});
