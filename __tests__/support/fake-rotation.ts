import { UserError } from "../../constructs/errors";
import type {
  NewVersion,
  RotationCalls,
} from "../../scripts/lib/rotation/rotation-calls";
import type {
  ClientDescription,
  ClientIds,
  LiveSecret,
  SecretVersionValue,
} from "../../scripts/lib/rotation/rotation-reader";
import type { Clock } from "../../scripts/lib/system/clock";
import type { TestedSecret } from "../../scripts/lib/rotation/client-secret-tester";
import type { RotationContext } from "../../scripts/lib/rotation/rotation-steps";

export const SECRET_NAME = "veda-auth-stack-dev/workflows-client";
export const CLIENT_ID = "1h57kf5cpq17m0eml12EXAMPLE";
/** First secret of the client. It is in no output. */
export const ORIGINAL = "canary-original-0000000000000000";

interface FakeVersion {
  readonly id: string;
  readonly text: string;
  readonly createdAt: Date;
  labels: string[];
}

interface FakeSecret extends LiveSecret {
  readonly value: string;
  /** When the token endpoint begins to recognize it. */
  readonly validAt: number;
}

/** A client and its secret in AWS, as far as a rotation uses them. Each call advances the time by a millisecond. */
export class FakeClient implements Pick<Clock, "now" | "sleep"> {
  time = Date.parse("2026-01-01T00:00:00Z");
  /** Time in which a new secret becomes valid, and a deleted one invalid. */
  propagationMs = 0;
  readonly secrets: FakeSecret[] = [];
  readonly versions: FakeVersion[] = [];
  readonly lines: string[] = [];
  clientId = CLIENT_ID;
  isLocked = false;
  /** Values of deleted secrets, and the times until which the token endpoint recognizes them. */
  private readonly deleted = new Map<string, number>();
  private original: string | undefined;

  constructor(readonly extraFields: Readonly<Record<string, unknown>> = {}) {
    this.createClient(CLIENT_ID, ORIGINAL);
    this.write("v0", "{}", ["FIRST"]);
    this.applyTerraform("v1");
  }

  /** Terraform creates the client. */
  createClient(clientId: string, value: string): void {
    this.clientId = clientId;
    this.original = value;
    this.secrets.length = 0;
    this.add(value);
  }

  /** Terraform writes the secret again, such as with another scope. */
  applyTerraform(id: string, clientSecret = this.currentSecret): void {
    const text = this.createText(
      clientSecret === "" ? (this.original ?? "") : clientSecret,
    );
    this.write(id, text, ["AWSCURRENT", "TERRAFORM"]);
  }

  /** An administrator writes the secret. */
  writeManually(id: string, clientSecret: string): void {
    this.write(id, this.createText(clientSecret), ["AWSCURRENT"]);
  }

  /** Something adds a secret, such as an administrator. */
  add(value: string): string {
    this.time += 1;
    const id = `${this.clientId}--${this.time}`;
    const validAt = this.time + (this.secrets.length && this.propagationMs);
    const createdAt = new Date(this.time);
    this.secrets.push({ id, value, createdAt, validAt });
    return id;
  }

  delete(id: string): void {
    const index = this.secrets.findIndex((secret) => secret.id === id);
    const [deleted] = this.secrets.splice(index, 1);
    if (deleted === undefined) return;
    if (deleted.value === this.original) this.original = undefined;
    this.deleted.set(deleted.value, this.time + this.propagationMs);
  }

  write(id: string, text: string, labels: readonly string[]): void {
    this.time += 1;
    this.removeLabels(labels);
    const createdAt = new Date(this.time);
    this.versions.push({ id, text, createdAt, labels: [...labels] });
  }

  private createText(clientSecret: string): string {
    return JSON.stringify({
      flow: "client_credentials",
      cognito_domain: "https://auth.example",
      client_id: this.clientId,
      userpool_id: "us-west-2_EXAMPLE",
      scope: "api/read api/write",
      ...this.extraFields,
      client_secret: clientSecret,
    });
  }

  get current(): FakeVersion {
    const found = this.versions.find(({ labels }) =>
      labels.includes("AWSCURRENT"),
    );
    if (found === undefined) throw new Error("no version is current");
    return found;
  }

  /** Value that readers of the secret get. */
  get currentSecret(): string {
    const found = this.versions.find(({ labels }) =>
      labels.includes("AWSCURRENT"),
    );
    const { client_secret = "", client_id } = JSON.parse(
      found?.text ?? "{}",
    ) as Readonly<Record<string, string>>;
    return client_id === this.clientId ? client_secret : "";
  }

  get originalSecret(): string | undefined {
    return this.original;
  }

  /** Labels that the versions have, in order. */
  get labels(): readonly string[] {
    return this.versions.flatMap(({ labels }) => labels).sort();
  }

  isValid(value: string): boolean {
    return (
      this.secrets.some(
        (secret) => secret.value === value && secret.validAt <= this.time,
      ) || (this.deleted.get(value) ?? 0) > this.time
    );
  }

  removeLabels(labels: readonly string[]): void {
    for (const version of this.versions)
      version.labels = version.labels.filter((one) => !labels.includes(one));
  }

  readonly now = (): number => this.time;

  readonly sleep = async (milliseconds: number): Promise<void> => {
    this.time += milliseconds;
    await Promise.resolve();
  };
}

/** Runs before and after each call; it can throw an error instead of the result. */
export type CallHook = (
  name: keyof RotationCalls,
  when: "before" | "after",
) => Promise<void> | void;

/** The calls of one run. */
export class FakeRotationCalls implements RotationCalls {
  constructor(
    private readonly fake: FakeClient,
    private readonly hook: CallHook = () => undefined,
  ) {}

  private async run<T>(name: keyof RotationCalls, call: () => T): Promise<T> {
    await this.hook(name, "before");
    this.fake.time += 1;
    const result = call();
    await this.hook(name, "after");
    return result;
  }

  readVersion(
    _: string,
    versionId?: string,
  ): Promise<SecretVersionValue | undefined> {
    return this.run("readVersion", () => {
      const found =
        versionId === undefined
          ? this.fake.current
          : this.fake.versions.find(({ id }) => id === versionId);
      return found && { ...found, labels: [...found.labels] };
    });
  }

  listVersions(
    _: string,
    which: "labeled" | "all",
  ): Promise<readonly SecretVersionValue[]> {
    return this.run("listVersions", () =>
      this.fake.versions
        .filter(({ labels }) => which === "all" || labels.length > 0)
        .map((version) => ({ ...version, labels: [...version.labels] })),
    );
  }

  describeClient({
    clientId,
  }: ClientIds): Promise<ClientDescription | undefined> {
    return this.run("describeClient", () =>
      clientId === this.fake.clientId
        ? { originalSecret: this.fake.originalSecret, callbackUrls: [] }
        : undefined,
    );
  }

  listLiveSecrets(): Promise<readonly LiveSecret[]> {
    return this.run("listLiveSecrets", () =>
      this.fake.secrets.map(({ id, createdAt }) => ({ id, createdAt })),
    );
  }

  writeVersion(_: string, { id, text, label }: NewVersion): Promise<boolean> {
    return this.run("writeVersion", () => {
      const found = this.fake.versions.find((version) => version.id === id);
      if (found !== undefined) return found.text === text;
      this.fake.write(id, text, [label]);
      return true;
    });
  }

  moveLabel(
    _: string,
    label: string,
    from: string,
    to?: string,
  ): Promise<boolean> {
    return this.run("moveLabel", () => {
      const source = this.fake.versions.find(({ id }) => id === from);
      if (source?.labels.includes(label) !== true) return false;
      this.fake.removeLabels([label]);
      this.fake.versions.find(({ id }) => id === to)?.labels.push(label);
      return true;
    });
  }

  addSecret(_: ClientIds, value: string): Promise<string | undefined> {
    return this.run("addSecret", () =>
      this.fake.secrets.length >= 2 ? undefined : this.fake.add(value),
    );
  }

  deleteSecret(_: ClientIds, secretId: string): Promise<void> {
    return this.run("deleteSecret", () => {
      const exists = this.fake.secrets.some(({ id }) => id === secretId);
      if (exists && this.fake.secrets.length > 1) this.fake.delete(secretId);
    });
  }

  testSecret({ clientSecret }: TestedSecret): Promise<boolean> {
    return this.run("testSecret", () => this.fake.isValid(clientSecret));
  }
}

/** Creates the context of a run. */
export function createContext(
  fake: FakeClient,
  {
    hook,
    ...options
  }: Partial<RotationContext> & { readonly hook?: CallHook } = {},
): RotationContext {
  return {
    calls: new FakeRotationCalls(fake, hook),
    secretName: SECRET_NAME,
    clock: fake,
    log: (line) => fake.lines.push(line),
    formatRotate: (...more) => ["rotate-secret", ...more].join(" "),
    requireUnlockedState: () =>
      fake.isLocked
        ? Promise.reject(new UserError("the state is locked by ada@laptop"))
        : Promise.resolve(),
    dropsUnknown: false,
    replacesInvalid: true,
    ...options,
  };
}
