import { spawn } from "node:child_process";
import { readdirSync } from "node:fs";
import path from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import type { Environment } from "../../stacks/config/environment";

/** The AWS provider kept running from one Terraform command to the next, which halves what each costs. */
export class KeptProvider {
  private constructor(
    readonly address: string,
    readonly stop: () => Promise<void>,
  ) {}

  static async start(
    stackFolder: string,
    environment: Environment,
  ): Promise<KeptProvider> {
    const providers = path.join(stackFolder, ".terraform", "providers");
    const binary = readdirSync(providers, { recursive: true })
      .map(String)
      .find((file) => /terraform-provider-aws[^/]*$/.test(file));
    if (binary === undefined) throw new Error(`no provider in ${providers}`);
    // with a bundle of certificates it takes no second configuration
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
    const told = new AbortController();
    const address = (async () => {
      for await (const line of createInterface({ input: child.stdout })) {
        const [, value] = /TF_REATTACH_PROVIDERS='(.*)'/.exec(line) ?? [];
        if (value !== undefined) return value;
      }
      throw new Error("the provider ended before it told its address");
    })();
    const late = sleep(60_000, undefined, { signal: told.signal }).then(
      () => {
        throw new Error("the provider tells no address");
      },
      () => "",
    );
    const value = await Promise.race([address, late]);
    told.abort();
    child.stdout.resume();
    return new KeptProvider(value, stop);
  }
}
