import { spawn } from "node:child_process";
import { readdirSync } from "node:fs";
import path from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import type { Environment } from "../../stacks/config/environment";

/** An AWS provider process that several Terraform commands use, which halves their time. */
export class PersistentProvider {
  private constructor(
    readonly address: string,
    readonly stop: () => Promise<void>,
  ) {}

  static async start(
    stackDirectory: string,
    environment: Environment,
  ): Promise<PersistentProvider> {
    const providers = path.join(stackDirectory, ".terraform", "providers");
    const binary = readdirSync(providers, { recursive: true })
      .map(String)
      .find((file) => /terraform-provider-aws[^/]*$/.test(file));
    if (binary === undefined) throw new Error(`no provider in ${providers}`);
    // with a certificate bundle the provider does not support a second configuration
    const child = spawn(path.join(providers, binary), ["-debug"], {
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
    return new PersistentProvider(value, stop);
  }
}
