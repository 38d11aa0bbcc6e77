import { createHash, randomBytes } from "node:crypto";
import { writeFileSync } from "node:fs";
import path from "node:path";
import * as idp from "@aws-sdk/client-cognito-identity-provider";
import { createClientConfig } from "../../scripts/lib/demo/account";
import {
  type ProcessResult,
  runProcess,
} from "../../scripts/lib/system/processes";
import { tokenVerifier } from "../../scripts/lib/client/token-verifier";
import type { Environment } from "../../stacks/config/environment";
import {
  type Deployment,
  describeLocal,
  expectSuccess,
  useResource,
} from "../support/deployment";
import { FederatedStage, STACK } from "../support/federated-stage";
import { MfaProxy } from "../support/mfa-proxy";
import { PseudoTerminal } from "../support/pseudo-terminal";
import {
  createSigningCertificate,
  formatSamlMetadata,
} from "../support/saml-metadata";
import {
  createTokenTrigger,
  TOKEN_TRIGGER_ARN,
} from "../support/token-trigger";
import { computeTotpCode } from "../support/totp";

const RUN = require.resolve("../../scripts/run.mjs");
const KEYCLOAK = ["--identity-provider", "Keycloak"];

const getStage = useResource(() => FederatedStage.start());
let deployment: Deployment;
let settings: Environment;
let outputs: Record<string, string>;
let users: idp.CognitoIdentityProviderClient;

const getSessionArn = (group: string): string =>
  `arn:aws:sts::000000000000:assumed-role/${STACK}-${group}/CognitoIdentityCredentials`;

beforeAll(async () => {
  if (describeLocal !== describe) return;
  const { aws, provider, callbackUrl } = getStage();
  users = new idp.CognitoIdentityProviderClient(createClientConfig(aws));
  await createTokenTrigger(aws, {
    "Keycloak_sub-mary": {
      group: "veda-writers",
      role: `arn:aws:iam::000000000000:role/${STACK}-veda-writers`,
    },
  });
  settings = {
    STATE_BACKEND: "local",
    DELETION_PROTECTION: "false",
    SECRET_RECOVERY_DAYS: "0",
    COGNITO_GROUPS: "true",
    DASHBOARD_CALLBACK_URLS: callbackUrl,
    MFA: "required",
    PRE_TOKEN_GENERATION_ARN: TOKEN_TRIGGER_ARN,
    PRE_TOKEN_GENERATION_VERSION: "V2_0",
    SIGN_IN_OIDC_NAME: "Keycloak",
    SIGN_IN_OIDC_ISSUER: provider.issuer,
    SIGN_IN_OIDC_CLIENT_ID: "cognito",
    SIGN_IN_SAML_NAME: "University",
    SIGN_IN_SAML_METADATA: "university.xml",
  };
  deployment = getStage().createDeployment(settings);
  const certificates = [await createSigningCertificate()];
  writeFileSync(
    path.join(deployment.directory, "university.xml"),
    formatSamlMetadata({ certificates }),
  );
  await deployment.startProvider();
  expectSuccess(await deployment.synth());
  await deployment.init(STACK);
  await planTo("creation");
  expectSuccess(await deployment.terraform(STACK, "apply", "creation"));
  outputs = await deployment.readOutputs(STACK);
  getStage().roles.identityPoolId = outputs.identitypool_id ?? "";
}, 120_000);

/** Saves a plan, and its JSON in a file with `.json` at its end. */
async function planTo(file: string): Promise<string> {
  await deployment.plan(STACK, `-out=${file}`);
  const shown = await deployment.terraform(STACK, "show", "-json", file);
  expectSuccess(shown);
  const json = path.join(deployment.directory, `${file}.json`);
  writeFileSync(json, shown.stdout);
  return json;
}

const isPlanJson = (text: string): boolean =>
  text.startsWith('{"format_version":');

/** Runs a command of the stage with text on standard input. */
async function runWithInput(
  input: string,
  command: string,
  ...args: readonly string[]
): Promise<ProcessResult> {
  const result = await runProcess(
    "/bin/sh",
    [
      ...["-c", `printf '%s\\n' "$0" | "$@"`, input],
      ...[process.execPath, RUN, command, "--stage", "dev", ...args],
    ],
    {
      directory: deployment.directory,
      environment: deployment.environment(command),
      timeoutSeconds: 60,
    },
  );
  deployment.printed.push(result.stdout, result.stderr);
  return result;
}

/** Creates the URL of the sign-in pages for the dashboard, with the challenge of a verifier. */
function createSignInUrl(provider: string, verifier = "none"): URL {
  const url = new URL("/oauth2/authorize", outputs.userpool_domain_base_url);
  url.search = new URLSearchParams({
    response_type: "code",
    client_id: outputs.veda_dashboard_client_id ?? "",
    redirect_uri: getStage().callbackUrl,
    scope: "openid email profile",
    state: "state-1",
    nonce: "nonce-1",
    code_challenge: createHash("sha256").update(verifier).digest("base64url"),
    code_challenge_method: "S256",
    identity_provider: provider,
  }).toString();
  return url;
}

const signInAtTerminal = (person: string, ...args: readonly string[]) =>
  getStage().getCredentials(deployment, person, ...KEYCLOAK, ...args);

const linkUser = (...args: readonly string[]) =>
  deployment.runCommand("link-user", "--stage", "dev", ...args);

describeLocal("a stage with identity providers", () => {
  test("trusts the provider only after its client secret is set, and prints the secret nowhere", async () => {
    const { provider, signIn } = getStage();
    const url = createSignInUrl("Keycloak").href;
    await signIn(url, "ada");
    expect(provider.refusals).toEqual(["invalid_client"]);

    const first = provider.clientSecret;
    const args = ["--provider", "Keycloak", "--secret-stdin"];
    const set = await runWithInput(first, "identity-provider-secret", ...args);
    expectSuccess(set);
    expect(set.stdout).toBe('{"provider":"Keycloak","status":"changed"}\n');
    expectSuccess(await deployment.plan(STACK));

    const second = (provider.clientSecret = "Canary-rotated-secret");
    expectSuccess(
      await runWithInput(second, "identity-provider-secret", ...args),
    );
    deployment.write(".env.dev", {
      ...settings,
      SIGN_IN_OIDC_CLIENT_ID: "cognito-2",
    });
    expectSuccess(await deployment.synth());
    const review = await deployment.runCommand(
      "review",
      await planTo("change"),
    );
    expectSuccess(review);
    expect(review.stdout).toContain("Keycloak");
    // the state, and so the JSON of later plans, has the real secret
    const [creation = "", ...later] = deployment.printed.filter(isPlanJson);
    expect(creation).toContain("Keycloak");
    const printed = deployment.printed
      .filter((text) => !later.includes(text))
      .join("\n");
    expect(printed).toContain("cognito-2");
    for (const secret of [first, second]) expect(printed).not.toContain(secret);
  }, 90_000);

  test("signs a person in with code and PKCE in a browser", async () => {
    const verifier = randomBytes(32).toString("base64url");
    const url = createSignInUrl("Keycloak", verifier);
    const page = await getStage().signIn(url.href, "ada");
    const { searchParams } = new URL(page.url());
    expect(searchParams.get("state")).toBe("state-1");
    const response = await fetch(`${getStage().aws.endpoint}/oauth2/token`, {
      method: "POST",
      body: new URLSearchParams({
        grant_type: "authorization_code",
        client_id: url.searchParams.get("client_id") ?? "",
        code: searchParams.get("code") ?? "",
        redirect_uri: getStage().callbackUrl,
        code_verifier: verifier,
      }),
    });
    const tokens = (await response.json()) as {
      readonly id_token: string;
      readonly access_token: string;
    };
    const options = {
      userPoolId: outputs.userpool_id ?? "",
      clientId: url.searchParams.get("client_id"),
      scopes: null,
      groups: [`${outputs.userpool_id ?? ""}_Keycloak`],
      env: { AWS_ENDPOINT_URL: getStage().aws.endpoint },
    };
    await tokenVerifier(options).verify(tokens.access_token);
    const claims = await tokenVerifier({ ...options, tokenUse: "id" }).verify(
      tokens.id_token,
    );
    expect(claims).toMatchObject({
      nonce: "nonce-1",
      email: "ada@example.edu",
      "cognito:username": "Keycloak_sub-ada",
      "cognito:groups": [`${outputs.userpool_id ?? ""}_Keycloak`],
    });
  }, 60_000);

  test("sends a person to the address in the SAML metadata", async () => {
    const { aws } = getStage();
    const { search } = createSignInUrl("University");
    const response = await fetch(`${aws.endpoint}/oauth2/authorize${search}`, {
      redirect: "manual",
    });
    expect(response.headers.get("location")).toMatch(
      /^https:\/\/idp\.example\.edu\/sso\?a=1&b=2&SAMLRequest=/,
    );
  });

  test("returns credentials of a group to which an administrator adds a person after the first sign-in", async () => {
    const first = await signInAtTerminal("ada");
    expect(first.code).toBe(1);
    expect(first.stderr).toContain(
      "the identity pool cannot select a role for the user",
    );
    await users.send(
      new idp.AdminAddUserToGroupCommand({
        UserPoolId: outputs.userpool_id,
        Username: "Keycloak_sub-ada",
        GroupName: "veda-readers",
      }),
    );
    const second = await signInAtTerminal("ada");
    expect(second.stderr).toContain("&identity_provider=Keycloak\n");
    expect(await getStage().readArn(second)).toBe(
      getSessionArn("veda-readers"),
    );
  }, 60_000);

  test("returns credentials of the groups of a user who is linked to a person before the first sign-in", async () => {
    const grace = [
      ...["--user-name", "grace", "--email", "grace@example.edu"],
      ...["--provider", "Keycloak", "--subject", "sub-grace"],
    ];
    const group = ["--group", "veda-staging-readers"];
    const expected =
      '{"userName":"grace","provider":"Keycloak","subject":"sub-grace","isLinked":true,"groups":["veda-staging-readers"]}\n';
    const first = await linkUser(...grace, ...group);
    expectSuccess(first);
    expect(first.stdout).toBe(expected);
    const second = await linkUser(...grace, ...group);
    expect(second.stdout).toBe(expected);
    expect(second.stderr).toContain(
      '  - subject "sub-grace" of Keycloak is linked to the user\n',
    );
    const credentials = await signInAtTerminal("grace");
    expect(await getStage().readArn(credentials)).toBe(
      getSessionArn("veda-staging-readers"),
    );

    const signedIn = await linkUser(
      ...["--user-name", "ada", "--email", "ada@example.edu"],
      ...["--provider", "Keycloak", "--subject", "sub-ada"],
    );
    expect(signedIn.code).toBe(1);
    expect(signedIn.stderr).toContain(
      'subject "sub-ada" of Keycloak must not have signed in, got user Keycloak_sub-ada of a former sign-in\n',
    );

    const unlinked = await linkUser(
      ...["--user-name", "grace", "--provider", "Keycloak"],
      ...["--subject", "sub-grace", "--unlink"],
    );
    expectSuccess(unlinked);
    expect(unlinked.stdout).toContain('"isLinked":false');
    const later = await signInAtTerminal("grace", "--refresh");
    expect(later.stderr).toContain(
      "the identity pool cannot select a role for the user",
    );
  }, 90_000);

  test("returns credentials of a group that a pre-token-generation trigger adds", async () => {
    const credentials = await signInAtTerminal("mary");
    expect(await getStage().readArn(credentials)).toBe(
      getSessionArn("veda-writers"),
    );
  }, 60_000);

  test("requires an authenticator app of local users only", async () => {
    const user = { UserPoolId: outputs.userpool_id, Username: "joan" };
    await users.send(
      new idp.AdminCreateUserCommand({
        ...user,
        TemporaryPassword: "Canary-temporary1",
        MessageAction: "SUPPRESS",
        UserAttributes: [{ Name: "email", Value: "joan@example.org" }],
      }),
    );
    await users.send(
      new idp.AdminAddUserToGroupCommand({
        ...user,
        GroupName: "veda-readers",
      }),
    );
    const proxy = await MfaProxy.start(getStage().roles.endpoint);
    const signIn = () =>
      new PseudoTerminal(
        [
          ...[process.execPath, RUN, "credentials", "--stage", "dev"],
          ...["--user-name", "joan", "--no-cache"],
        ],
        {
          directory: deployment.directory,
          environment: {
            ...deployment.environment("credentials"),
            AWS_ENDPOINT_URL: proxy.endpoint,
          },
        },
      );
    const first = signIn();
    await first.answer("Password of joan: ", "Canary-temporary1");
    await first.answer(/New password: (?!at)/, "Canary-pass-word1");
    await first.answer("New password, again: ", "Canary-pass-word1");
    const [, key = ""] = await first.see(/[?&]secret=(\w+)/);
    await first.answer("Code in the app: ", computeTotpCode(key));
    expect(await getStage().readArn(await first.waitForExit())).toBe(
      getSessionArn("veda-readers"),
    );
    const second = signIn();
    await second.answer("Password of joan: ", "Canary-pass-word1");
    await second.answer(
      "Code of your authenticator app: ",
      computeTotpCode(key),
    );
    expect((await second.waitForExit()).code).toBe(0);
    await proxy.stop();
  }, 60_000);
});
