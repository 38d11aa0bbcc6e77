import { spawn } from "node:child_process";
import { readdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { findMirrors } from "../../scripts/lib/terraform/provider-mirror";
import { getTerraformBinary } from "../../scripts/lib/terraform/terraform";
import {
  getEnvironment,
  type Environment,
} from "../../stacks/config/environment";
import { createTemporaryDirectory } from "./stage";

const running: PersistentProvider[] = [];

/** Stops all providers of a test file. */
export async function stopProviders(): Promise<void> {
  await Promise.all(running.splice(0).map((provider) => provider.stop()));
}

/** An AWS provider process that several Terraform commands use, which halves their time. */
export class PersistentProvider {
  private constructor(
    readonly address: string,
    readonly stop: () => Promise<void>,
  ) {}

  /** Starts the provider of an initialized stack. */
  static async start(
    stackDirectory: string,
    environment: Environment,
  ): Promise<PersistentProvider> {
    const providers = path.join(stackDirectory, ".terraform", "providers");
    const binary = findBinary(providers);
    if (binary === undefined) throw new Error(`no provider in ${providers}`);
    return PersistentProvider.run(binary, environment);
  }

  /** Starts the provider of a local mirror; returns `undefined` if none has an unpacked provider. */
  static async startFromMirror(
    environment: Environment,
  ): Promise<PersistentProvider | undefined> {
    const [binary] = findMirrors(environment).flatMap(
      ({ provider, directory }) =>
        findBinary(path.join(directory, provider)) ?? [],
    );
    return binary === undefined
      ? undefined
      : PersistentProvider.run(binary, environment);
  }

  /** Creates variables of commands, which remove `TF_REATTACH_PROVIDERS` from the environment of Terraform. */
  createCommandVariables(): Environment {
    const file = path.join(createTemporaryDirectory(), "terraform");
    const binary = getTerraformBinary(getEnvironment());
    const script = `#!/bin/sh
export TF_REATTACH_PROVIDERS='${this.address}'
exec '${binary}' "$@"
`;
    writeFileSync(file, script, { mode: 0o755 });
    return { TERRAFORM_BINARY_NAME: file };
  }

  private static async run(
    binary: string,
    environment: Environment,
  ): Promise<PersistentProvider> {
    // with a certificate bundle the provider does not support a second configuration
    const child = spawn(binary, ["-debug"], {
      env: { ...environment, AWS_CA_BUNDLE: undefined },
      stdio: ["ignore", "pipe", "ignore"],
    });
    const closed = new Promise<void>((resolve) => {
      child.once("close", () => {
        resolve();
      });
    });
    const stop = async (): Promise<void> => {
      child.kill("SIGKILL");
      await closed;
    };
    const started = new AbortController();
    const address = (async () => {
      for await (const line of createInterface({ input: child.stdout })) {
        const [, value] = /TF_REATTACH_PROVIDERS='(.*)'/.exec(line) ?? [];
        if (value !== undefined) return value;
      }
      throw new Error("the provider ended before it printed its address");
    })();
    const late = sleep(60_000, undefined, { signal: started.signal }).then(
      () => {
        throw new Error("the provider did not print its address");
      },
      () => "",
    );
    const value = await Promise.race([address, late]);
    started.abort();
    child.stdout.resume();
    const provider = new PersistentProvider(value, stop);
    running.push(provider);
    return provider;
  }
}

function findBinary(directory: string): string | undefined {
  const file = readdirSync(directory, { recursive: true })
    .map(String)
    .find((name) => /terraform-provider-aws[^/]*$/.test(name));
  return file === undefined ? undefined : path.join(directory, file);
}
