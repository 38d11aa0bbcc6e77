import { mkdirSync } from "node:fs";
import path from "node:path";
import { getCommandArguments } from "../../../scripts/lib/system/project-directory";
import { type BenchContext, type Goal, STAGE_COMMAND } from "./goals";
import { computeSpread, measureSeconds, runMeasured } from "./measurements";

const CLIENTS = 20;
const LIMIT_SECONDS = 3;

/** Creates the goal of a check of a stage with many clients. It deploys that stage. */
export function createDoctorGoal(context: BenchContext): Goal {
  return {
    name: `doctor of a stage with ${CLIENTS} clients / ${LIMIT_SECONDS} s`,
    goal: 1,
    measure: async () => {
      // the local state is in the working directory
      const directory = path.join(context.directory, "doctor");
      mkdirSync(directory, { recursive: true });
      const environment = {
        ...context.environment,
        ...context.deployed,
        ENV_FILE: undefined,
        STATE_BACKEND: "local",
      };
      const runNode = (command: string, ...args: readonly string[]) => ({
        command: process.execPath,
        args: [...getCommandArguments(command), ...args],
        environment,
        directory,
      });
      await runMeasured(runNode(STAGE_COMMAND, String(CLIENTS), "out"));
      await runMeasured({
        command: "bash",
        args: [
          "-c",
          "cd out/stacks/* && terraform init -input=false && terraform apply -input=false -auto-approve",
        ],
        environment,
        directory,
      });
      const doctor = runNode("doctor", "--stage", "bench");
      const shares: number[] = [];
      for (let round = 0; round <= context.rounds; round += 1) {
        const seconds = await measureSeconds(doctor);
        if (round > 0) shares.push(seconds / LIMIT_SECONDS);
      }
      return computeSpread(shares);
    },
  };
}
