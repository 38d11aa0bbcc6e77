import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { buildSync } from "esbuild";
import type { Environment } from "../../stacks/config/environment";
import {
  createTemporaryDirectory,
  listAddresses,
  type Synthesized,
} from "./stage";

/** Synthesizes a `main.ts`, and returns the stack of its stage `dev`, or another one. */
export function synthesizeMain(
  main: string,
  settings: Environment = {},
  stack = "veda-auth-stack-dev",
): Synthesized {
  const directory = createTemporaryDirectory();
  const { outputFiles } = buildSync({
    stdin: { contents: main, loader: "ts", resolveDir: "." },
    bundle: true,
    platform: "node",
    write: false,
  });
  writeFileSync(path.join(directory, "main.cjs"), outputFiles[0]?.text ?? "");
  execFileSync(process.execPath, ["main.cjs"], {
    cwd: directory,
    env: {
      PATH: process.env.PATH,
      STAGE: "dev",
      STATE_BACKEND: "local",
      ...settings,
    },
  });
  const file = path.join(directory, `cdktf.out/stacks/${stack}/cdk.tf.json`);
  return JSON.parse(readFileSync(file, "utf8")) as Synthesized;
}

/** Lists the addresses of all resources without the hash at their end. */
export function listAddressesWithoutHash(
  configuration: Synthesized,
): readonly string[] {
  return listAddresses(configuration).map((address) =>
    address.replace(/_[^_]*$/, ""),
  );
}
