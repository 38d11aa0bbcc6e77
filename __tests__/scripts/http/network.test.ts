import { writeFileSync } from "node:fs";
import path from "node:path";
import { loadAgents, loadFetch } from "../../../scripts/lib/http/network";
import type { Environment } from "../../../stacks/config/environment";
import { CertificateAuthority } from "../../support/certificate-authority";
import {
  restoreEnvironment,
  setEnvironment,
  withoutAwsVariables,
} from "../../support/environment";
import {
  LoggingProxy,
  type LoggingProxyOptions,
} from "../../support/logging-proxy";
import { LoopbackServer } from "../../support/loopback-server";
import { getError, sendFetch, sendSdk } from "../../support/network-clients";
import {
  createTemporaryDirectory,
  removeTemporaryDirectories,
} from "../../support/stage";

const HOST = "secretsmanager.us-west-2.amazonaws.com";

let authority: CertificateAuthority;
let bundle: string;
let secure: LoopbackServer;
let plain: LoopbackServer;

const proxies: LoggingProxy[] = [];
const servers: LoopbackServer[] = [];

beforeAll(async () => {
  authority = await CertificateAuthority.create();
  bundle = authority.writeBundle();
  const answer = () => ({ body: { SecretString: "answer" } });
  secure = await LoopbackServer.start(
    answer,
    await authority.issue([HOST, "127.0.0.1"]),
  );
  plain = await LoopbackServer.start(answer);
  servers.push(secure, plain);
});

afterEach(async () => {
  restoreEnvironment();
  for (const proxy of proxies.splice(0)) await proxy.stop();
});

afterAll(async () => {
  for (const server of servers) await server.stop();
  removeTemporaryDirectories();
});

/** Starts a proxy that leads to the server with TLS at port 443, and to the other one at port 80. */
async function startProxy(
  options: Partial<LoggingProxyOptions> = {},
): Promise<LoggingProxy> {
  const proxy = await LoggingProxy.start({
    route: (host) =>
      Number(
        new URL(host.endsWith(":443") ? secure.endpoint : plain.endpoint).port,
      ),
    ...options,
  });
  proxies.push(proxy);
  return proxy;
}

const CLIENTS = [
  ["fetch", sendFetch, "the server cannot be reached"],
  ["the SDK", sendSdk, "cannot reach AWS"],
] as const;

function setVariables(env: Environment): void {
  setEnvironment({ ...withoutAwsVariables(), ...env });
}

test("nothing is loaded without variables", async () => {
  expect(await loadAgents({ NO_PROXY: "*", HTTPS_PROXY: "" })).toBeUndefined();
});

describe.each(CLIENTS)("%s", (_, send, prefix) => {
  test("sends requests through the tunnel of a proxy", async () => {
    const proxy = await startProxy();
    setVariables({ HTTPS_PROXY: proxy.url, AWS_CA_BUNDLE: bundle });
    expect(await send(`https://${HOST}/`)).toContain("answer");
    expect(proxy.log).toEqual([`CONNECT ${HOST}:443`]);
  });

  test("sends plaintext requests to a proxy with their URL", async () => {
    const proxy = await startProxy({ credentials: "user:p@ss" });
    const url = proxy.url.replace("//", "//user:p%40ss@");
    setVariables({ http_proxy: url });
    expect(await send("http://aws.example/")).toContain("answer");
    expect(proxy.log).toEqual(["POST http://aws.example:80/"]);
  });

  test("authenticates at a proxy with TLS", async () => {
    const pair = await authority.issue(["127.0.0.1"]);
    const proxy = await startProxy({ pair, credentials: "user:p@ss" });
    const url = proxy.url.replace("//", "//user:p%40ss@");
    setVariables({
      HTTPS_PROXY: url,
      HTTP_PROXY: url,
      AWS_CA_BUNDLE: bundle,
    });
    expect(await send(`https://${HOST}/`)).toContain("answer");
    expect(await send("http://aws.example/")).toContain("answer");
    expect(proxy.log).toHaveLength(2);
  });

  test("connects directly to this machine and to hosts of NO_PROXY", async () => {
    const proxy = await startProxy();
    setVariables({
      HTTPS_PROXY: proxy.url,
      HTTP_PROXY: proxy.url,
      NO_PROXY: ".amazonaws.com",
      AWS_CA_BUNDLE: bundle,
    });
    expect(await send(plain.endpoint)).toContain("answer");
    expect(await send(secure.endpoint)).toContain("answer");
    // the unit tests block the host
    await expect(send(`https://${HOST}/`)).rejects.toThrow();
    expect(proxy.log).toEqual([]);
  });

  test("fails when a certificate is not trusted, and names the variable", async () => {
    setVariables({});
    const error = await getError(send(secure.endpoint));
    expect(error.message).toMatch(
      new RegExp(
        `^${prefix}: the certificate is not trusted \\(UNABLE_TO_VERIFY_LEAF_SIGNATURE\\)$`,
      ),
    );
    expect(error.hint).toMatch(/set AWS_CA_BUNDLE to a PEM file/);
    const other = await CertificateAuthority.create("Other CA");
    const file = other.writeBundle();
    setVariables({ AWS_CA_BUNDLE: file });
    expect((await getError(send(secure.endpoint))).hint).toContain(file);
  });

  test("fails when a certificate is for another host, has expired, or is for clients", async () => {
    const pairs = [
      await authority.issue(["other.example"]),
      await authority.issue(["127.0.0.1"], { isExpired: true }),
      await authority.issue(["127.0.0.1"], { isForClients: true }),
    ];
    const messages: string[] = [];
    for (const pair of pairs) {
      const server = await LoopbackServer.start(() => ({ body: "" }), pair);
      servers.push(server);
      setVariables({ AWS_CA_BUNDLE: bundle });
      messages.push((await getError(send(server.endpoint))).message);
    }
    expect(messages).toEqual([
      `${prefix}: the certificate is for another host name (ERR_TLS_CERT_ALTNAME_INVALID)`,
      `${prefix}: a certificate is not valid at this time (CERT_HAS_EXPIRED)`,
      expect.stringMatching(
        `^${prefix}: the certificate cannot be used \\(un\\w+ certificate purpose\\)$`,
      ),
    ]);
  });

  test("fails when the server has another protocol than the URL", async () => {
    setVariables({});
    const text = plain.endpoint.replace("http:", "https:");
    const error = await getError(send(text));
    expect(error.message).toMatch(
      new RegExp(`^${prefix}: the TLS connection failed \\(E\\w+\\)$`),
    );
    expect(error.hint).toMatch(/http:\/\/ is plaintext/);
  });

  test.each([
    [407, /requires a user and a password \(HTTP 407\)$/, /percent-encoded/],
    [403, /does not allow a connection to \S+:443 \(HTTP 403\)$/, /allow the/],
    [502, /cannot connect to \S+:443 \(HTTP 502\)(, after 4.*)?$/, /NO_PROXY/],
  ])("names the proxy that returns HTTP %d", async (status, message, hint) => {
    const proxy = await startProxy();
    proxy.refusal = status;
    setVariables({ HTTPS_PROXY: proxy.url, AWS_CA_BUNDLE: bundle });
    const error = await getError(send(`https://${HOST}/`));
    expect(error.message).toMatch(message);
    expect(error.message).toContain(
      `${prefix}: the proxy ${proxy.url} (HTTPS_PROXY) `,
    );
    expect(error.hint).toMatch(hint);
    expect(proxy.log).toHaveLength(status === 502 ? 4 : 1);
  });

  test("names the proxy that returns HTTP 407 for a plaintext request", async () => {
    const proxy = await startProxy({ credentials: "user:password" });
    setVariables({ HTTP_PROXY: proxy.url });
    const { message, hint } = await getError(send("http://aws.example/"));
    expect(message).toBe(
      `${prefix}: the proxy ${proxy.url} (HTTP_PROXY) requires a user and a password (HTTP 407)`,
    );
    expect(hint).toMatch(/^write them into HTTP_PROXY/);
    expect(proxy.log).toHaveLength(1);
  });

  test("fails at once when a proxy responds with a page instead of a tunnel", async () => {
    const proxy = await startProxy();
    proxy.page = "<html>Sign in</html>";
    setVariables({ HTTPS_PROXY: proxy.url, AWS_CA_BUNDLE: bundle });
    const { message, hint } = await getError(send(`https://${HOST}/`));
    expect(message).toMatch(
      new RegExp(`^${prefix}: the TLS connection failed \\(E\\w+\\)$`),
    );
    expect(hint).toContain("of the proxy");
    expect(proxy.log).toHaveLength(1);
  });

  test("fails when the server closes the connection", async () => {
    const server = await LoopbackServer.start(() => undefined);
    servers.push(server);
    setVariables({});
    expect((await getError(send(server.endpoint))).message).toMatch(
      new RegExp(`^${prefix}: (ECONNRESET|UND_ERR_SOCKET)(, after 4.*)?$`),
    );
  });

  test("names the proxy that denies a password, without the password", async () => {
    const proxy = await startProxy({ credentials: "user:other" });
    const url = proxy.url.replace("//", "//user:hunter2@");
    setVariables({ HTTPS_PROXY: url, AWS_CA_BUNDLE: bundle });
    const { message, hint } = await getError(send(`https://${HOST}/`));
    expect(message).toContain("denied the user and password (HTTP 407)");
    expect(`${message}${hint ?? ""}`).not.toContain("hunter2");
  });

  test.each(["https", "http"])(
    "names the proxy for %s that cannot be reached",
    async (scheme) => {
      const proxy = await LoggingProxy.start({ route: () => undefined });
      const { url } = proxy;
      await proxy.stop();
      setVariables({ HTTPS_PROXY: url, HTTP_PROXY: url });
      const error = await getError(send(`${scheme}://${HOST}/`));
      expect(error.message).toContain(
        `${prefix}: the proxy ${url} (${scheme.toUpperCase()}_PROXY) cannot be reached: ECONNREFUSED`,
      );
      expect(error.hint).toMatch(/NO_PROXY/);
    },
  );

  test("names the proxy that does not use TLS", async () => {
    const proxy = await startProxy();
    const url = proxy.url.replace("http:", "https:");
    setVariables({ HTTPS_PROXY: url, AWS_CA_BUNDLE: bundle });
    const { message } = await getError(send(`https://${HOST}/`));
    expect(message).toMatch(
      /\(HTTPS_PROXY\) cannot be reached: the TLS connection failed \(E\w+\)$/,
    );
  });

  test("fails when a proxy is invalid", async () => {
    setVariables({ HTTPS_PROXY: "http://user:hunter2@" });
    const { message } = await getError(send(`https://${HOST}/`));
    expect(message).toMatch(/^HTTPS_PROXY must be the URL of a proxy/);
  });
});

test("a proxy that does not respond is named", async () => {
  const proxy = await startProxy();
  proxy.isSilent = true;
  setVariables({ HTTPS_PROXY: proxy.url });
  const fetch = await loadFetch();
  await expect(fetch(`https://${HOST}/`)).rejects.toThrow(
    /\(HTTPS_PROXY\) cannot be reached: no response in/,
  );
});

describe("AWS_CA_BUNDLE", () => {
  const directory = createTemporaryDirectory({ "empty.pem": "", "x.der": "0" });

  test.each([
    ["missing.pem", /^AWS_CA_BUNDLE: \S+missing\.pem does not exist$/],
    ["", /^AWS_CA_BUNDLE: \S+ must be a file, got a directory$/],
    ["empty.pem", /^AWS_CA_BUNDLE must be a file of PEM .* got none in \S+/],
    ["x.der", /^AWS_CA_BUNDLE must be a file of PEM .* got none in \S+/],
    ["broken.pem", /^AWS_CA_BUNDLE must be a file of PEM .* got none in \S+/],
  ])("must be a file of certificates, got %j", async (name, message) => {
    writeFileSync(
      path.join(directory, "broken.pem"),
      "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n",
    );
    setVariables({ AWS_CA_BUNDLE: path.join(directory, name) });
    for (const send of [sendFetch, sendSdk])
      expect((await getError(send(secure.endpoint))).message).toMatch(message);
  });

  test("adds to the authorities that Node trusts", async () => {
    const other = await CertificateAuthority.create("Other CA");
    const file = path.join(createTemporaryDirectory(), "both.pem");
    writeFileSync(
      file,
      `comment\r\n${other.certificate}\r\n${authority.certificate}`,
    );
    setVariables({ AWS_CA_BUNDLE: file });
    expect(await sendFetch(secure.endpoint)).toContain("answer");
  });
});
