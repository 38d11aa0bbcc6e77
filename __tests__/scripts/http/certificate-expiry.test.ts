import { readCertificateExpiry } from "../../../scripts/lib/http/certificate-expiry";
import { CertificateAuthority } from "../../support/certificate-authority";
import { restoreEnvironment, setEnvironment } from "../../support/environment";
import { LoopbackServer } from "../../support/loopback-server";
import { removeTemporaryDirectories } from "../../support/stage";

const DAY_MS = 86_400_000;

let authority: CertificateAuthority;
const servers: LoopbackServer[] = [];

beforeAll(async () => {
  authority = await CertificateAuthority.create();
  setEnvironment({ AWS_CA_BUNDLE: authority.writeBundle() });
});

afterAll(async () => {
  for (const server of servers) await server.stop();
  restoreEnvironment();
  removeTemporaryDirectories();
});

async function startServer(
  ...certificate: Parameters<CertificateAuthority["issue"]>
): Promise<URL> {
  const server = await LoopbackServer.start(
    () => ({ status: 404, body: "" }),
    await authority.issue(...certificate),
  );
  servers.push(server);
  return new URL(server.endpoint);
}

test("returns the end of the validity of a server's certificate", async () => {
  const expiry = await readCertificateExpiry(await startServer(["127.0.0.1"]));
  expect(expiry).toBeInstanceOf(Date);
  const days = (new Date(expiry).getTime() - Date.now()) / DAY_MS;
  expect(Math.round(days)).toBe(3);
});

test.each([
  ["has expired", ["127.0.0.1"], { isExpired: true }, /CERT_HAS_EXPIRED/],
  ["is for another host", ["a.example"], {}, /ERR_TLS_CERT_ALTNAME_INVALID/],
] as const)(
  "returns that a certificate %s",
  async (_, hosts, options, reason) => {
    const url = await startServer(hosts, options);
    expect(await readCertificateExpiry(url)).toMatch(reason);
  },
);

test("returns why there is no connection", async () => {
  const url = await startServer(["127.0.0.1"]);
  await servers.pop()?.stop();
  expect(await readCertificateExpiry(url)).toMatch(/ECONNREFUSED/);
});
