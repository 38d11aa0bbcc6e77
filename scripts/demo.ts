import { defineCommand } from "./lib/cli/command";
import { runDemo, runPersistentDemo } from "./lib/demo/demo";

export const command = defineCommand({
  needsApp: true,
  description:
    "Deploys a complete stage, and uses it as a service and as a user. Requires Terraform and Python 3, but no AWS account.",
  options: {
    keep: {
      type: "flag",
      description:
        "leave the stage in the local AWS of `veda-auth local up`, and print how to use it",
    },
  },
  examples: ["veda-auth demo", "veda-auth demo --keep"],
  run: async (values) => {
    const run = values.keep ? runPersistentDemo : runDemo;
    await run({ print: console.log, log: console.error });
    return 0;
  },
});
