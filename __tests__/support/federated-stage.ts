import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import * as sts from "@aws-sdk/client-sts";
import type { Browser, Page } from "playwright-core";
import { createClientConfig } from "../../scripts/lib/demo/account";
import type { Environment } from "../../stacks/config/environment";
import type { CheckedLocalAws } from "./api-model/checked-aws";
import { startBrowser } from "./browser";
import { CertificateAuthority } from "./certificate-authority";
import { Deployment, startLocalAccount } from "./deployment";
import { HostedDomain } from "./hosted-domain";
import { LoopbackServer } from "./loopback-server";
import { OidcProvider } from "./oidc-provider";
import { PseudoTerminal, type TerminalResult } from "./pseudo-terminal";
import { RoleMappingProxy } from "./role-mapping-proxy";

const PROJECT = path.resolve(__dirname, "../..");
const WAIT_MS = 20_000;

export const STACK = "veda-auth-stack-dev";
const HOST = `${STACK}.auth.us-west-2.amazoncognito.com`;
const CLIENT_SECRET = "Canary-client-secret";
const PASSWORD = "at-the-university";

/** People at the identity provider, by the name that they sign in with. */
const PEOPLE = Object.fromEntries(
  ["ada", "grace", "mary"].map((name) => [
    name,
    {
      password: PASSWORD,
      claims: {
        sub: `sub-${name}`,
        email: `${name}@example.edu`,
        email_verified: true,
      },
    },
  ]),
);

/** A local AWS, an identity provider of an institution, and a browser that reaches both. */
export class FederatedStage {
  private constructor(
    readonly aws: CheckedLocalAws,
    readonly provider: OidcProvider,
    readonly roles: RoleMappingProxy,
    private readonly domain: HostedDomain,
    private readonly application: LoopbackServer,
    private readonly browser: Browser,
  ) {}

  static async start(): Promise<FederatedStage> {
    const authority = await CertificateAuthority.create();
    const aws = await startLocalAccount({
      SSL_CERT_FILE: authority.writeBundle(),
    });
    const provider = await OidcProvider.start({
      clientId: "cognito",
      clientSecret: CLIENT_SECRET,
      redirectUri: `https://${HOST}/oauth2/idpresponse`,
      people: PEOPLE,
      pair: await authority.issue(["127.0.0.1"]),
    });
    const domain = await HostedDomain.start([HOST], aws.endpoint, authority);
    return new FederatedStage(
      aws,
      provider,
      await RoleMappingProxy.start(aws.endpoint),
      domain,
      await LoopbackServer.start(() => ({ body: "signed in" })),
      await startBrowser(domain.browserArguments),
    );
  }

  /** URL of an application, where the sign-in pages send people. */
  get callbackUrl(): string {
    return `${this.application.endpoint}/`;
  }

  async stop(): Promise<void> {
    await this.browser.close();
    await this.application.stop();
    await this.domain.stop();
    await this.provider.stop();
    await this.roles.stop();
    await this.aws.stop();
  }

  /** Creates a directory with the settings of the stage `dev`. */
  createDeployment(settings: Environment): Deployment {
    const deployment = new Deployment(this.roles.endpoint, {
      ".env.dev": settings,
    });
    // the proxy returns no redirect
    deployment.variables = { COGNITO_DOMAIN_ENDPOINT: this.aws.endpoint };
    return deployment;
  }

  /** Opens a URL, signs in at the identity provider, and returns the page that the browser ends at. */
  readonly signIn = async (url: string, person: string): Promise<Page> => {
    const context = await this.browser.newContext({ ignoreHTTPSErrors: true });
    const page = await context.newPage();
    page.setDefaultTimeout(WAIT_MS);
    await page.goto(url);
    await page.getByLabel("User").fill(person);
    await page.getByLabel("Password").fill(PASSWORD);
    await page.getByRole("button").click();
    const { origin } = new URL(this.provider.issuer);
    await page.waitForURL((address) => address.origin !== origin);
    return page;
  };

  /** Runs `credentials` at a terminal, whose browser a person uses if the command opens one. */
  async getCredentials(
    deployment: Deployment,
    person: string,
    ...args: readonly string[]
  ): Promise<TerminalResult> {
    const opened = path.join(deployment.directory, "opened");
    const script = path.join(deployment.directory, "browser.sh");
    rmSync(opened, { force: true });
    writeFileSync(
      script,
      `#!/bin/sh\nprintf %s "$1" > "${opened}.part" && mv "${opened}.part" "${opened}"\n`,
      { mode: 0o700 },
    );
    const run = path.join(PROJECT, "scripts", "run.mjs");
    const terminal = new PseudoTerminal(
      [process.execPath, run, "credentials", "--stage", "dev", ...args],
      {
        directory: deployment.directory,
        environment: {
          ...deployment.environment("credentials"),
          BROWSER: script,
          XDG_CACHE_HOME: path.join(deployment.directory, `cache-${person}`),
        },
      },
    );
    const exited = terminal.waitForExit();
    const hasExited = exited.then(() => true);
    while (!existsSync(opened))
      if (await Promise.race([hasExited, sleep(20, false)])) return exited;
    await this.signIn(readFileSync(opened, "utf8"), person);
    return exited;
  }

  /** Returns the ARN of the role session that credentials are of. */
  async readArn({ stdout }: TerminalResult): Promise<string> {
    const { AccessKeyId, SecretKey, SessionToken } = JSON.parse(
      stdout,
    ) as Record<string, string>;
    const client = new sts.STSClient({
      ...createClientConfig(this.aws),
      credentials: {
        accessKeyId: AccessKeyId ?? "",
        secretAccessKey: SecretKey ?? "",
        ...(SessionToken !== undefined && { sessionToken: SessionToken }),
      },
    });
    const { Arn = "" } = await client.send(new sts.GetCallerIdentityCommand());
    return Arn;
  }
}
