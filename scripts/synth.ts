import { readFileSync } from "node:fs";
import path from "node:path";
import { parseArgs } from "node:util";
import {
  getEnvironment,
  getOutputDirectory,
} from "../stacks/config/environment";
import { runCommand } from "./lib/cli/command";

const HELP = `Usage: npm run synth [-- --hcl]

Writes the Terraform configuration of every stage into cdktf.out/stacks/<stack>/, as \`cdktf synth\` does, in a tenth of
its time. Which stages there are is read from the environment and from .env files; see docs/configuration.md.

Options:
  --hcl       write Terraform's native syntax (cdk.tf) instead of JSON (cdk.tf.json)
  -h, --help  show this text

The files written are printed one to a line. Exit code: 0 written; 1 a problem with the configuration, nothing written;
2 an option is not accepted.`;

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
  const env = getEnvironment();
  env.SYNTH_HCL_OUTPUT = String(values.hcl);
  await import("../main");

  const outdir = getOutputDirectory();
  const manifest = JSON.parse(
    readFileSync(path.join(outdir, "manifest.json"), "utf8"),
  ) as Manifest;
  for (const { synthesizedStackPath } of Object.values(manifest.stacks)) {
    console.log(path.join(outdir, synthesizedStackPath));
  }
  return 0;
});
