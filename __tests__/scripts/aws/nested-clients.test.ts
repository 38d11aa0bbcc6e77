import { createHash } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { createAwsClient } from "../../../scripts/lib/aws/client";
import type { UserError } from "../../../constructs/errors";
import type { Environment } from "../../../stacks/config/environment";
import { CertificateAuthority } from "../../support/certificate-authority";
import {
  restoreEnvironment,
  setEnvironment,
  withoutAwsVariables,
} from "../../support/environment";
import { LoggingProxy } from "../../support/logging-proxy";
import {
  LoopbackServer,
  type ReceivedRequest,
  type Reply,
} from "../../support/loopback-server";
import {
  createTemporaryDirectory,
  removeTemporaryDirectories,
} from "../../support/stage";

const STS = "sts.us-west-2.amazonaws.com";
const SSO = "portal.sso.us-west-2.amazonaws.com";
const OIDC = "oidc.us-west-2.amazonaws.com";
const START_URL = "https://example.awsapps.com/start";
const ROLE = `[profile role]
role_arn = arn:aws:iam::111122223333:role/a
source_profile = keys
region = us-west-2

[profile keys]
aws_access_key_id = a
aws_secret_access_key = b
`;
const IDENTITY_CENTER = `[profile sso]
sso_start_url = ${START_URL}
sso_region = us-west-2
sso_account_id = 111122223333
sso_role_name = a
`;
const DEAD_PROXY = { HTTPS_PROXY: "http://127.0.0.1:1" };
const EXPIRATION = new Date(Date.now() + 3_600_000);

let server: LoopbackServer;
let proxy: LoggingProxy;
let bundle: string;

beforeAll(async () => {
  const authority = await CertificateAuthority.create();
  bundle = authority.writeBundle();
  server = await LoopbackServer.start(
    reply,
    await authority.issue([STS, SSO, OIDC]),
  );
  const port = Number(new URL(server.endpoint).port);
  proxy = await LoggingProxy.start({ route: () => port });
});

afterEach(restoreEnvironment);

afterAll(async () => {
  await proxy.stop();
  await server.stop();
  removeTemporaryDirectories();
});

/** Answers as AWS does. */
function reply({ headers, body }: ReceivedRequest): Reply {
  if (headers.host === OIDC)
    return { body: { accessToken: "new", expiresIn: 3600 } };
  if (headers.host === SSO)
    return {
      body: {
        roleCredentials: {
          accessKeyId: "OF_SSO",
          secretAccessKey: "canary",
          sessionToken: "canary",
          expiration: EXPIRATION.getTime(),
        },
      },
    };
  const action = new URLSearchParams(body).get("Action") ?? "";
  return {
    headers: { "content-type": "text/xml" },
    body: `<${action}Response><${action}Result><Credentials><AccessKeyId>OF_ROLE</AccessKeyId><SecretAccessKey>canary</SecretAccessKey><SessionToken>canary</SessionToken><Expiration>${EXPIRATION.toISOString()}</Expiration></Credentials></${action}Result></${action}Response>`,
  };
}

/** Loads the credentials of a profile behind the proxy. */
async function loadKeyId(
  profile: string,
  config: string,
  more: Environment = {},
): Promise<string> {
  const home = createTemporaryDirectory({ config });
  const cache = path.join(home, ".aws", "sso", "cache");
  mkdirSync(cache, { recursive: true });
  for (const [name, expiresAt] of [
    [START_URL, EXPIRATION],
    ["stale", new Date(Date.now() + 60_000)],
  ] as const) {
    const file = createHash("sha1").update(name).digest("hex");
    writeFileSync(
      path.join(cache, `${file}.json`),
      JSON.stringify({
        accessToken: "canary",
        expiresAt,
        clientId: "a",
        clientSecret: "b",
        refreshToken: "c",
      }),
    );
  }
  const file = path.join(home, "config");
  setEnvironment({
    ...withoutAwsVariables(),
    HOME: home,
    AWS_CONFIG_FILE: file,
    AWS_SHARED_CREDENTIALS_FILE: path.join(home, "credentials"),
    HTTPS_PROXY: proxy.url,
    AWS_CA_BUNDLE: bundle,
    ...more,
  });
  const target = { region: "us-west-2", profile };
  const client = await createAwsClient(SecretsManagerClient, target);
  return (await client.config.credentials()).accessKeyId;
}

describe("the clients that load credentials use the proxy and the certificates:", () => {
  test("for a profile that assumes a role", async () => {
    expect(await loadKeyId("role", ROLE)).toBe("OF_ROLE");
    expect(proxy.takeLog()).toEqual([`CONNECT ${STS}:443`]);
  });

  test("for a profile with a token in a file", async () => {
    const directory = createTemporaryDirectory({ token: "canary" });
    const config = `[profile web]
role_arn = arn:aws:iam::111122223333:role/a
web_identity_token_file = ${path.join(directory, "token")}
region = us-west-2
`;
    expect(await loadKeyId("web", config)).toBe("OF_ROLE");
    expect(proxy.takeLog()).toEqual([`CONNECT ${STS}:443`]);
  });

  test("for a profile of IAM Identity Center", async () => {
    expect(await loadKeyId("sso", IDENTITY_CENTER)).toBe("OF_SSO");
    expect(proxy.takeLog()).toEqual([`CONNECT ${SSO}:443`]);
  });

  test("for a session of IAM Identity Center that is renewed", async () => {
    const config = `[profile session]
sso_session = stale
sso_account_id = 111122223333
sso_role_name = a

[sso-session stale]
sso_start_url = ${START_URL}
sso_region = us-west-2
`;
    expect(await loadKeyId("session", config)).toBe("OF_SSO");
    expect(proxy.takeLog()).toEqual([
      `CONNECT ${OIDC}:443`,
      `CONNECT ${SSO}:443`,
    ]);
  });

  test.each([
    ["role", ROLE, { AWS_CA_BUNDLE: undefined }, "set AWS_CA_BUNDLE"],
    ["sso", IDENTITY_CENTER, { AWS_CA_BUNDLE: undefined }, "set AWS_CA_BUNDLE"],
    ["role", ROLE, DEAD_PROXY, "(HTTPS_PROXY) cannot be reached"],
    ["sso", IDENTITY_CENTER, DEAD_PROXY, "(HTTPS_PROXY) cannot be reached"],
  ])(
    "an error of profile %s names the variable to set: %#",
    async (...args) => {
      const [name, config, env, expected] = args;
      // credentials are loaded once for each profile
      const other = `${name}-${expected.replace(/\W/g, "")}`;
      const renamed = config.replace(`[profile ${name}]`, `[profile ${other}]`);
      const error: unknown = await loadKeyId(other, renamed, env).catch(
        (thrown: unknown) => thrown,
      );
      const { message, hint = "" } = error as UserError;
      expect(`${message}\n${hint}`).toContain(expected);
    },
  );
});
