import path from "node:path";
import {
  getEnvironment,
  getOutputDirectory,
} from "../stacks/config/environment";
import { findInstalledBundle } from "../stacks/config/settings-directory";
import { defineCommand } from "./lib/cli/command";
import { formatUserPath } from "./lib/cli/invocation";
import { readManifest, synthesizeApp } from "./lib/terraform/app";

export const command = defineCommand({
  needsApp: true,
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
    const outputDirectory = getOutputDirectory();
    const env = getEnvironment();
    env.SYNTH_HCL_OUTPUT = String(hcl);
    // in this process if it can be: another one takes as long to start
    const stacks =
      findInstalledBundle() === undefined
        ? await import("../main").then(() => readManifest(outputDirectory))
        : await synthesizeApp({ environment: env, outputDirectory });
    for (const file of stacks.values())
      console.log(formatUserPath(path.join(outputDirectory, file)));
    return 0;
  },
});
