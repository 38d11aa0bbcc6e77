import { defineCommand } from "./lib/cli/command";
import { STAGE_OPTIONS } from "./lib/cli/options";
import { withTerminal } from "./lib/cli/terminal";
import { destroyStage } from "./lib/deploy/destroy-stage";
import { resolveStackTarget, STACK_ARGUMENT } from "./lib/deploy/target";

export const command = defineCommand({
  needsApp: true,
  description:
    "Shows what is deleted and what is lost, asks for the name of the stage, and destroys exactly that. A protected stage is refused: set DELETION_PROTECTION=false and deploy it first.",
  argument: STACK_ARGUMENT,
  options: {
    "auto-approve": {
      type: "flag",
      description: "destroy without a question; required without a terminal",
    },
    ...STAGE_OPTIONS,
  },
  unknownOptionHint: "plain npx cdktf destroy has the options of cdktf",
  examples: [
    "veda-auth destroy --stage dev",
    "veda-auth destroy --stage dev --auto-approve",
  ],
  run: async (values, stack) => {
    await withTerminal(
      {
        needs: "the destruction must be confirmed",
        hint: "use --auto-approve to destroy the stage without a question",
      },
      async (openTerminal) => {
        const terminal = values["auto-approve"] ? undefined : openTerminal();
        await destroyStage(resolveStackTarget(stack, values), {
          ask: terminal && ((question) => terminal.ask(question)),
          log: console.error,
        });
      },
    );
    return 0;
  },
});
