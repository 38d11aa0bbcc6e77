import { types } from "node:util";
import { type AwsClientConfig, createAwsClient } from "../aws/client";
import type { StageTarget } from "../cli/options";
import { loadFetch } from "../http/network";
import { type DoctorContext, MissingPermission } from "./check";
import { findDeniedAction } from "./denied-action";
import { readState } from "./read-state";
import type { DeployedResource, StageState, StateReading } from "./parse-state";

/** Error codes of AWS for a call that the caller has no permission for. */
const DENIALS =
  /^(AccessDenied(Exception)?|UnauthorizedOperation|NotAuthorized(Exception)?|AuthorizationError|Forbidden|403)$/;

type ClientClass<C> = new (config: AwsClientConfig) => C;

/** Creates the context of one run, and starts to read the state. */
export function createDoctorContext(
  target: StageTarget,
  log: (line: string) => void,
): DoctorContext {
  return new StageContext(target, log);
}

class StageContext implements DoctorContext {
  readonly now = new Date();
  readonly state: Promise<StateReading>;
  private readonly clients = new Map<unknown, Promise<unknown>>();
  private found: StageState | undefined;

  constructor(
    readonly target: StageTarget,
    readonly log: (line: string) => void,
  ) {
    this.state = this.readState();
  }

  get region(): string {
    return this.target.awsTarget.region;
  }

  get outputs(): Readonly<Record<string, string>> {
    return this.found?.outputs ?? {};
  }

  listResources(type: string): readonly DeployedResource[] {
    const { resources = [] } = this.found ?? {};
    return resources.filter((resource) => resource.type === type);
  }

  getClient<C>(Class: ClientClass<C>): Promise<C> {
    const client =
      (this.clients.get(Class) as Promise<C> | undefined) ??
      createAwsClient(Class, this.target.awsTarget);
    this.clients.set(Class, client);
    return client;
  }

  async call<T>(action: string, send: () => Promise<T>): Promise<T> {
    try {
      return await send();
    } catch (error) {
      if (!isDenial(error)) throw error;
      throw new MissingPermission(findDeniedAction(error.message) ?? action);
    }
  }

  readonly fetch: typeof fetch = async (input, init) =>
    (await loadFetch())(input, init);

  private async readState(): Promise<StateReading> {
    try {
      const reading = await readState(this);
      if (reading.kind === "read") this.found = reading.state;
      return reading;
    } catch (error) {
      return { kind: "unreadable", error };
    }
  }
}

function isDenial(error: unknown): error is Error {
  return types.isNativeError(error) && DENIALS.test(error.name);
}
