import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import * as idp from "@aws-sdk/client-cognito-identity-provider";
import * as secrets from "@aws-sdk/client-secrets-manager";
import { buildSync } from "esbuild";
import type { Browser, Page } from "playwright-core";
import {
  createClientConfig,
  createDemoUser,
} from "../../scripts/lib/demo/account";
import {
  type AccessTokenVerifierOptions,
  type IdTokenVerifierOptions,
  tokenVerifier,
  type VerifyOptions,
} from "../../scripts/lib/client/token-verifier";
import { TokenVerificationError } from "../../scripts/lib/auth/token-verification-error";
import { startBrowser } from "../support/browser";
import { CertificateAuthority } from "../support/certificate-authority";
import { findClientSample } from "../support/client-samples";
import {
  Deployment,
  describeLocal,
  expectSuccess,
  startLocalAccount,
  useResource,
} from "../support/deployment";
import { HostedDomain } from "../support/hosted-domain";
import { decodeClaims } from "../support/jwt-claims";
import { LoopbackServer } from "../support/loopback-server";
import { synthesize } from "../support/stage";

const STACK = "veda-auth-stack-dev";
const DOMAIN = `${STACK}.auth.us-west-2.amazoncognito.com`;
const ISSUER_HOST = "cognito-idp.us-west-2.amazonaws.com";
const SETTINGS = {
  STATE_BACKEND: "local",
  DELETION_PROTECTION: "false",
  SECRET_RECOVERY_DAYS: "0",
};

/** A page with the sample, whose functions tests call as `sample`. */
let script = "";
const getAws = useResource(startLocalAccount);
const getApplication = useResource(() =>
  LoopbackServer.start(({ url }) =>
    url === "/script.js"
      ? { headers: { "content-type": "text/javascript" }, body: script }
      : {
          headers: { "content-type": "text/html" },
          body: '<title>application</title><script src="/script.js"></script>',
        },
  ),
);

let outputs: Readonly<Record<string, string>>;
let user: { readonly userName: string; readonly password: string };

beforeAll(async () => {
  if (describeLocal !== describe) return;
  const { endpoint } = getApplication();
  const stage = synthesize(SETTINGS, (auth) => {
    const api = auth.addResourceServer("api", { read: "Read", write: "Write" });
    auth.addServiceClient("service", { scopes: [api.scope("read")] });
    auth.addProgrammaticClient("scripts");
    auth.addFrontendClient("dashboard", {
      callbackUrls: [`${endpoint}/callback`],
      logoutUrls: [`${endpoint}/`],
    });
    auth.addGroup("readers", {
      description: "Readers",
      precedence: 1,
      buckets: { "a-bucket": "read" },
    });
  });
  const deployment = new Deployment(getAws().endpoint, {
    ".env.dev": SETTINGS,
  });
  const directory = deployment.getStackDirectory(STACK);
  mkdirSync(directory, { recursive: true });
  writeFileSync(
    path.join(directory, "cdk.tf.json"),
    JSON.stringify({
      ...stage,
      // the state is in the stack's directory
      terraform: { ...stage.terraform, backend: { local: {} } },
    }),
  );
  await deployment.startProvider();
  await deployment.init(STACK);
  expectSuccess(await deployment.apply(STACK));
  outputs = await deployment.readOutputs(STACK);
  user = await createDemoUser(getAws(), getOutput("userpool_id"), ["readers"]);
}, 120_000);

function getOutput(name: string): string {
  const value = outputs[name];
  if (value === undefined)
    throw new Error(`no output ${name}, got ${Object.keys(outputs).join(" ")}`);
  return value;
}

/** Verifies a token; returns the code of the error, or `valid`. */
async function verify(
  token: string,
  options: Partial<AccessTokenVerifierOptions | IdTokenVerifierOptions> = {},
  more?: VerifyOptions,
): Promise<string> {
  const verifier = tokenVerifier({
    userPoolId: getOutput("userpool_id"),
    clientId: null,
    scopes: null,
    env: { AWS_ENDPOINT_URL: getAws().endpoint },
    ...(options as object),
  });
  try {
    await verifier.verify(token, more);
    return "valid";
  } catch (error) {
    if (error instanceof TokenVerificationError) return error.code;
    throw error;
  }
}

/** Tokens of a user who signs in with a password, and of the session of this sign-in. */
async function signInWithPassword() {
  const client = new idp.CognitoIdentityProviderClient(
    createClientConfig(getAws()),
  );
  const { AuthenticationResult } = await client.send(
    new idp.InitiateAuthCommand({
      ClientId: getOutput("client_id"),
      AuthFlow: "USER_PASSWORD_AUTH",
      AuthParameters: { USERNAME: user.userName, PASSWORD: user.password },
    }),
  );
  const { AccessToken = "", IdToken = "" } = AuthenticationResult ?? {};
  const signOut = () =>
    client.send(new idp.GlobalSignOutCommand({ AccessToken }));
  return { access: AccessToken, id: IdToken, signOut };
}

async function getServiceToken(): Promise<string> {
  const { SecretString = "" } = await new secrets.SecretsManagerClient(
    createClientConfig(getAws()),
  ).send(new secrets.GetSecretValueCommand({ SecretId: `${STACK}/service` }));
  const { client_id: id, client_secret: secret } = JSON.parse(
    SecretString,
  ) as Readonly<Record<string, string>>;
  const basic = Buffer.from(`${id ?? ""}:${secret ?? ""}`).toString("base64");
  const response = await fetch(`${getAws().endpoint}/oauth2/token`, {
    method: "POST",
    headers: { authorization: `Basic ${basic}` },
    body: new URLSearchParams({ grant_type: "client_credentials" }),
  });
  const { access_token: token } = (await response.json()) as {
    readonly access_token: string;
  };
  return token;
}

describeLocal("a verifier, for tokens that a user pool issues", () => {
  const ID = { tokenUse: "id", scopes: null } as const;

  test("of a service", async () => {
    const token = await getServiceToken();
    const clientId = getClientId(token);
    const scope = "api-server/read";
    expect(await verify(token, { clientId, scopes: [scope] })).toBe("valid");
    expect(await verify(token, {}, { scopes: ["api-server/write"] })).toBe(
      "missing_scope",
    );
    expect(await verify(token, { scopes: ["api-server/rea"] })).toBe(
      "missing_scope",
    );
    expect(await verify(token, { groups: ["readers"] })).toBe("wrong_group");
    expect(await verify(token, ID)).toBe("wrong_use");
    expect(await verify(token, { clientId: getOutput("client_id") })).toBe(
      "wrong_client",
    );
    expect(await verify(token, { userPoolId: "us-west-2_another1" })).toBe(
      "wrong_issuer",
    );
    expect(await verify(`${token.slice(0, -8)}AAAAAAAA`)).toBe(
      "invalid_signature",
    );
    const env = { AWS_ENDPOINT_URL: `${getApplication().endpoint}/none` };
    expect(await verify(token, { env })).toBe("keys_unavailable");
  });

  test("of a user, also after a sign-out", async () => {
    const clientId = getOutput("client_id");
    const { access, id, signOut } = await signInWithPassword();
    const allowed = {
      clientId,
      groups: ["readers"],
      scopes: ["aws.cognito.signin.user.admin"],
    };
    expect(await verify(access, allowed)).toBe("valid");
    expect(await verify(id, { ...ID, clientId, groups: ["readers"] })).toBe(
      "valid",
    );
    expect(await verify(id)).toBe("wrong_use");
    expect(await verify(access, { groups: ["writers"] })).toBe("wrong_group");
    expect(await verify(access, { scopes: ["api-server/read"] })).toBe(
      "missing_scope",
    );
    await signOut();
    await expect(signOut()).rejects.toThrow();
    expect(await verify(access, allowed)).toBe("valid");
  });
});

describeLocal("a page in a browser", () => {
  let domain: HostedDomain;
  let browser: Browser;

  beforeAll(async () => {
    script = buildScript({
      "https://cognito-idp.us-west-2.amazonaws.com/us-west-2_abcDEF123":
        getOutput("issuer"),
      "1example23456789": getOutput("dashboard_client_id"),
      "https://our-auth-dev.auth.us-west-2.amazoncognito.com": getOutput(
        "userpool_domain_base_url",
      ),
    });
    domain = await HostedDomain.start(
      [DOMAIN, ISSUER_HOST],
      getAws().endpoint,
      await CertificateAuthority.create(),
    );
    browser = await startBrowser(domain.browserArguments);
  }, 60_000);

  afterAll(async () => {
    await browser.close();
    await domain.stop();
  });

  test("signs a user in, renews the tokens and signs out", async () => {
    const { endpoint } = getApplication();
    const context = await browser.newContext({ ignoreHTTPSErrors: true });
    const page = await context.newPage();
    page.setDefaultTimeout(20_000);
    await page.goto(endpoint);
    // the page is left
    await page.evaluate("void sample.signIn()");
    await page.locator("input[name=username]").fill(user.userName);
    await page.locator("input[name=password]").fill(user.password);
    await page.locator("[type=submit]").first().click();
    await page.waitForURL(`${endpoint}/callback?*`);
    await page.evaluate("sample.completeSignIn()");

    const first = await readTokens(page);
    const clientId = getOutput("dashboard_client_id");
    const scopes = ["openid", "email", "profile"];
    expect(await verify(first.access_token, { clientId, scopes })).toBe(
      "valid",
    );
    expect(
      await verify(first.id_token, { tokenUse: "id", clientId, scopes: null }),
    ).toBe("valid");

    await page.evaluate("sample.renew()");
    const second = await readTokens(page);
    expect(second.access_token).not.toBe(first.access_token);
    expect(await verify(second.access_token, { clientId, scopes })).toBe(
      "valid",
    );

    const requests: string[] = [];
    page.on("request", (request) => requests.push(request.url()));
    await page.evaluate("void sample.signOut()");
    await page.waitForURL(`${endpoint}/`);
    const logout = requests.find((url) => url.includes("/logout?"));
    expect(new URL(logout ?? "").host).toBe(DOMAIN);
    expect(await page.evaluate("sample.findUser()")).toBeNull();
  });
});

/** Builds the sample with values of the stage. */
function buildScript(values: Readonly<Record<string, string>>): string {
  let contents = findClientSample("### Browsers");
  for (const [example, value] of Object.entries(values)) {
    expect(contents).toContain(`"${example}"`);
    contents = contents.replace(`"${example}"`, `"${value}"`);
  }
  const { outputFiles } = buildSync({
    stdin: { contents, loader: "ts", resolveDir: path.resolve(".") },
    bundle: true,
    platform: "browser",
    globalName: "sample",
    write: false,
  });
  return outputFiles[0]?.text ?? "";
}

function readTokens(page: Page) {
  return page.evaluate<{
    readonly access_token: string;
    readonly id_token: string;
  }>("sample.findUser()");
}

function getClientId(token: string): string {
  return String(decodeClaims(token).client_id);
}
