import { isIP } from "node:net";
import path from "node:path";
import { writeFileSync } from "node:fs";
import { generate } from "selfsigned";
import { createTemporaryDirectory } from "./stage";

const DAY_MS = 86_400_000;

export interface KeyPair {
  readonly key: string;
  readonly cert: string;
}

export interface IssueOptions {
  /** @default false */
  readonly isExpired?: boolean;
  /**
   * Whether the certificate is for clients instead of servers.
   *
   * @default false
   */
  readonly isForClients?: boolean;
}

/** A certificate authority that exists for one test. Its keys are created, not stored. */
export class CertificateAuthority {
  private constructor(private readonly pair: KeyPair) {}

  static async create(name = "Test CA"): Promise<CertificateAuthority> {
    const { private: key, cert } = await generate(
      [{ name: "commonName", value: name }],
      {
        keyType: "ec",
        algorithm: "sha256",
        extensions: [
          { name: "basicConstraints", cA: true, critical: true },
          { name: "keyUsage", keyCertSign: true, cRLSign: true },
        ],
      },
    );
    return new CertificateAuthority({ key, cert });
  }

  get certificate(): string {
    return this.pair.cert;
  }

  /** Issues a certificate for host names and addresses. */
  async issue(
    hosts: readonly string[],
    { isExpired = false, isForClients = false }: IssueOptions = {},
  ): Promise<KeyPair> {
    const { private: key, cert } = await generate(
      [{ name: "commonName", value: "Test server" }],
      {
        keyType: "ec",
        algorithm: "sha256",
        ca: this.pair,
        notBeforeDate: new Date(Date.now() - 3 * DAY_MS),
        notAfterDate: new Date(Date.now() + (isExpired ? -1 : 3) * DAY_MS),
        extensions: [
          { name: "basicConstraints", cA: false },
          {
            name: "extKeyUsage",
            serverAuth: !isForClients,
            clientAuth: isForClients,
          },
          {
            name: "subjectAltName",
            altNames: hosts.map((host) =>
              isIP(host) > 0 ? { type: 7, ip: host } : { type: 2, value: host },
            ),
          },
        ],
      },
    );
    return { key, cert };
  }

  /** Writes the certificate of the authority to a temporary file. */
  writeBundle(): string {
    const file = path.join(createTemporaryDirectory(), "authorities.pem");
    writeFileSync(file, this.certificate);
    return file;
  }
}
