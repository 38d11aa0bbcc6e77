import { writeFileSync } from "node:fs";
import path from "node:path";
import { parseArgs } from "node:util";
import {
  formatGoalTable,
  toFigure,
  formatPeerTable,
  type Figure,
} from "./report";
import { createDoctorGoal } from "./doctor-goal";
import { createDiffCommand, listGoals } from "./goals";
import { drawGrowth } from "./growth-plot";
import { compareWithPeers } from "./peers";
import { runCommand } from "../../../scripts/lib/cli/run-command";
import { UsageError } from "../../../scripts/lib/cli/usage-error";
import { prepareAccount } from "../../../scripts/lib/demo/account";
import { DemoStage } from "../../../scripts/lib/demo/stage";
import { startLocalAws } from "../../../scripts/lib/local-aws/local-aws";
import { requirePrerequisites } from "../../../scripts/lib/local-aws/prerequisites";
import { getEnvironmentWithoutSettings } from "../../../scripts/lib/terraform/environment";
import { createProviderEnvironment } from "../../../scripts/lib/terraform/terraform";

const HELP = `Usage: npm run bench [-- options]

Measure the speed of this project as ratios of two commands that run in turn. Each figure is the median of several pairs.
Measures the goals, then compares with AWS CDK, CDK Terrain and Terraform alone, then measures the growth with the number
of clients. Requires Terraform, Python 3 and an otherwise idle machine. Installs AWS CDK and CDK Terrain from the npm
registry into a temporary directory. Takes about ten minutes, the goals alone four.

Options:
  --rounds <number>  number of pairs; three times as many for fast commands (default: 5)
  --goals-only       measure only the goals
  --plot <file>      write the growth to this file as SVG
  --json             print {"goals":[{"name","goal","ratio","low","high","met"}],"peers":[…],"growth":[…]}
  -h, --help         print this help

Example:
  npm run bench -- --goals-only --json`;

const log = console.error;

void runCommand(async () => {
  const { values } = parseArgs({
    options: {
      rounds: { type: "string", default: "5" },
      "goals-only": { type: "boolean", default: false },
      plot: { type: "string" },
      json: { type: "boolean", default: false },
      help: { type: "boolean", short: "h" },
    },
  });
  if (values.help) {
    console.log(HELP);
    return 0;
  }
  const rounds = Number(values.rounds);
  if (!Number.isInteger(rounds) || rounds < 1 || rounds > 100)
    throw new UsageError(
      `--rounds must be a whole number from 1 to 100, got ${JSON.stringify(values.rounds)}`,
    );
  const { plot } = values;
  if (values["goals-only"] && plot !== undefined)
    throw new UsageError("--plot cannot be combined with --goals-only");
  await requirePrerequisites();
  log("Starting a local AWS…");
  const aws = await startLocalAws({ log });
  try {
    await prepareAccount(aws);
    log("Deploying a stage…");
    const stage = new DemoStage(aws, () => undefined);
    await stage.deploy();
    const environment = {
      ...getEnvironmentWithoutSettings(),
      ...createProviderEnvironment(),
      STAGE: "dev",
      STATE_BACKEND: "local",
      OWNER: "bench",
      CI: "true",
    };
    const directory = path.join(aws.directory, "bench");
    const deployed = {
      ...aws.environment,
      ENV_FILE: stage.envFile,
      STAGE: undefined,
      STATE_BACKEND: undefined,
      OWNER: undefined,
      CDKTF_OUTDIR: path.join(directory, "deployed"),
      COGNITO_DOMAIN_ENDPOINT: aws.endpoint,
      XDG_CACHE_HOME: path.join(directory, "cache"),
    };
    const context = {
      directory,
      environment,
      deployed,
      deployedDirectory: stage.stackDirectory,
      diffCommand: createDiffCommand(
        { directory, environment, deployed },
        stage.stackName,
      ),
      rounds,
    };
    const figures: Figure[] = [];
    for (const goal of [...listGoals(context), createDoctorGoal(context)]) {
      log(`Measuring ${goal.name}…`);
      figures.push(toFigure(goal, await goal.measure()));
    }
    const comparison = values["goals-only"]
      ? undefined
      : await compareWithPeers(context, log);
    if (plot !== undefined && comparison !== undefined)
      writeFileSync(plot, drawGrowth(comparison.growth));
    console.log(
      values.json
        ? JSON.stringify({ goals: figures, ...comparison })
        : [
            formatGoalTable(figures),
            ...(comparison === undefined
              ? []
              : [formatPeerTable(comparison.peers)]),
          ].join("\n\n"),
    );
    return 0;
  } finally {
    await aws.stop();
  }
});
