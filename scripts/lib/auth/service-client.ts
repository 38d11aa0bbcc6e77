import { UserError } from "../../../constructs/errors";
import { getEnvironment } from "../../../stacks/config/environment";
import type { AwsTarget } from "../aws/client";
import {
  type ClientSecretFields,
  requireFields,
} from "../stage/client-secret-fields";
import { ClientError } from "../client/client-error";
import { type Clock, isBetween } from "../system/clock";
import { ServiceTokenError, WrongClientError } from "./service-token-error";
import { createTokenRequest, type TokenRequest } from "./token-endpoint";

/** Longer than the SDK takes for its attempts. */
const READ_SECONDS = 60;
/** Secrets Manager can return a former value for a moment after it was changed. */
const LOOK_AGAIN_MS = 1_000;

/** A service client, as its secret describes it: a request for all of its scopes. */
export type ServiceClient = TokenRequest;

/** Reads the fields of a secret of Secrets Manager. */
export type SecretReader = (secretName: string) => Promise<ClientSecretFields>;

/** Creates a reader with the SDK, which is loaded when the secret is read. */
export function createSecretReader(target: AwsTarget): SecretReader {
  return async (secretName) => {
    const { readClientSecret } = await import("../stage/secrets");
    try {
      return await readClientSecret(secretName, target);
    } catch (error) {
      const { explainAwsError } = await import("../aws/errors");
      throw explainAwsError(error) ?? error;
    }
  };
}

/** The client of a secret, which is cached. All callers share one read. */
export class CachedServiceClient {
  // private in the sense of JavaScript: nothing that prints this object prints the client secret
  #cached:
    { readonly client: ServiceClient; readonly readAt: number } | undefined;
  #reading: Promise<ServiceClient> | undefined;

  constructor(
    private readonly secretName: string,
    private readonly readSecret: SecretReader,
    private readonly cacheMs: number,
    private readonly clock: Clock,
  ) {}

  async get(): Promise<ServiceClient> {
    const cached = this.#cached;
    return cached !== undefined &&
      isBetween(this.clock.now(), cached.readAt, cached.readAt + this.cacheMs)
      ? cached.client
      : this.#share();
  }

  /**
   * Returns the client as its secret describes it now, or `undefined` if it is still the same.
   *
   * @param former client that was refused
   * @param mayLookAgain whether to read a second time, after a pause, if nothing changed
   */
  async findChange(
    former: ServiceClient,
    mayLookAgain: boolean,
  ): Promise<ServiceClient | undefined> {
    const cached = this.#cached?.client;
    if (cached !== undefined && !isSameClient(cached, former)) return cached;
    const read = await this.#share();
    if (!isSameClient(read, former)) return read;
    if (!mayLookAgain) return undefined;
    await this.clock.sleep(LOOK_AGAIN_MS);
    const second = await this.#share();
    return isSameClient(second, former) ? undefined : second;
  }

  /** Makes the next caller read the secret. */
  forget(): void {
    this.#cached = undefined;
  }

  #share(): Promise<ServiceClient> {
    this.#reading ??= this.#read().finally(() => {
      this.#reading = undefined;
    });
    return this.#reading;
  }

  async #read(): Promise<ServiceClient> {
    const readAt = this.clock.now();
    const client = await readServiceClient(
      this.secretName,
      this.readSecret,
      this.clock,
    );
    this.#cached = { client, readAt };
    return client;
  }
}

function isSameClient(one: ServiceClient, other: ServiceClient): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

async function readServiceClient(
  secretName: string,
  readSecret: SecretReader,
  clock: Clock,
): Promise<ServiceClient> {
  try {
    const fields = await limitTime(
      readSecret(secretName),
      `cannot read secret "${secretName}"`,
      clock,
    );
    requireFlow(secretName, fields.flow);
    requireFields(secretName, fields, "flow");
    return createTokenRequest(secretName, fields, getEnvironment());
  } catch (error) {
    throw error instanceof UserError && !(error instanceof ClientError)
      ? new ServiceTokenError("secret_unusable", error.message, error.hint)
      : error;
  }
}

/** Fails if a read does not end: all callers wait for it. */
async function limitTime<T>(
  job: Promise<T>,
  subject: string,
  { sleep }: Clock,
): Promise<T> {
  const end = new AbortController();
  const limit = sleep(READ_SECONDS * 1000, end.signal).then(() => {
    throw new UserError(
      `${subject}: no response in ${READ_SECONDS} s`,
      "check the network, a proxy, and the Region",
    );
  });
  try {
    return await Promise.race([job, limit]);
  } finally {
    end.abort();
  }
}

function requireFlow(secretName: string, flow: string | undefined): void {
  if (flow === undefined || flow === "client_credentials") return;
  const subject = `secret "${secretName}" must be of a service client`;
  switch (flow) {
    case "user_password":
      throw new WrongClientError(
        "user",
        `${subject}, got a client for user sign-in`,
      );
    case "authorization_code":
      throw new WrongClientError("web", `${subject}, got a web client`);
    default:
      throw new WrongClientError(
        "unknown",
        `field flow of secret "${secretName}" must be client_credentials, got another value`,
      );
  }
}
