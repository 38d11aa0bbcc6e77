import { readFileSync } from "node:fs";
import path from "node:path";
import { parseArgs } from "node:util";
import {
  getEnvironment,
  getOutputDirectory,
} from "../stacks/config/environment";
import { runCommand } from "./lib/cli/command";
import { EXIT_CODES_HELP } from "./lib/cli/options";

const HELP = `Usage: npm run synth [-- --hcl]

Write the Terraform configuration of every stage to cdktf.out/stacks/<stack>/, and print the names of the files.

The settings of the stages are read from the environment and .env files.

Options:
  --hcl       write Terraform's native syntax, cdk.tf (default: JSON, cdk.tf.json)
  -h, --help  print this help

Examples:
  STAGE=dev STATE_BACKEND=local npm run synth
  STAGE=dev STATE_BACKEND=local npm run synth -- --hcl

${EXIT_CODES_HELP} If there is an error, no file is written.`;

interface Manifest {
  readonly stacks: Readonly<
    Record<string, { readonly synthesizedStackPath: string }>
  >;
}

void runCommand(async () => {
  const { values } = parseArgs({
    options: {
      hcl: { type: "boolean", default: false },
      help: { type: "boolean", short: "h" },
    },
  });
  if (values.help) {
    console.log(HELP);
    return 0;
  }
  getEnvironment().SYNTH_HCL_OUTPUT = String(values.hcl);
  await import("../main");

  const directory = getOutputDirectory();
  const manifest = JSON.parse(
    readFileSync(path.join(directory, "manifest.json"), "utf8"),
  ) as Manifest;
  for (const { synthesizedStackPath } of Object.values(manifest.stacks))
    console.log(path.join(directory, synthesizedStackPath));
  return 0;
});
