import { readFileSync } from "node:fs";
import path from "node:path";
import {
  getEnvironment,
  getOutputDirectory,
} from "../stacks/config/environment";
import { defineCommand } from "./lib/cli/command";

interface Manifest {
  readonly stacks: Readonly<
    Record<string, { readonly synthesizedStackPath: string }>
  >;
}

export const command = defineCommand({
  needsCheckout: true,
  description:
    "Writes to cdktf.out/stacks/<stack>/, and prints the names of the files. The settings of the stages are read from the environment and .env files. If there is an error, no file is written.",
  options: {
    hcl: {
      type: "flag",
      description:
        "write Terraform's native syntax, cdk.tf, instead of JSON, cdk.tf.json",
    },
  },
  examples: [
    "STAGE=dev STATE_BACKEND=local veda-auth synth",
    "STAGE=dev STATE_BACKEND=local veda-auth synth --hcl",
  ],
  run: async ({ hcl }) => {
    getEnvironment().SYNTH_HCL_OUTPUT = String(hcl);
    await import("../main");

    const directory = getOutputDirectory();
    const manifest = JSON.parse(
      readFileSync(path.join(directory, "manifest.json"), "utf8"),
    ) as Manifest;
    for (const { synthesizedStackPath } of Object.values(manifest.stacks))
      console.log(path.join(directory, synthesizedStackPath));
    return 0;
  },
});
