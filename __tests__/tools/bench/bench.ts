import { writeFileSync } from "node:fs";
import path from "node:path";
import { parseArgs } from "node:util";
import {
  formatGoalTable,
  toFigure,
  formatPeerTable,
  type Figure,
} from "./report";
import { createDiffCommand, listGoals } from "./goals";
import { drawGrowth } from "./growth-plot";
import { compareWithPeers } from "./peers";
import { runCommand, UsageError } from "../../../scripts/lib/cli/command";
import { prepareAccount } from "../../../scripts/lib/demo/account";
import { DemoStage } from "../../../scripts/lib/demo/stage";
import { startLocalAws } from "../../../scripts/lib/local-aws/local-aws";
import { requirePrerequisites } from "../../../scripts/lib/local-aws/prerequisites";
import { getEnvironmentWithoutSettings } from "../../../scripts/lib/terraform/environment";
import { createProviderEnvironment } from "../../../scripts/lib/terraform/terraform";

const HELP = `Usage: npm run bench [-- options]

Measures how fast this project is, as ratios of two commands that run in turn, each figure the median of several pairs:
first its goals, then how it stands beside AWS CDK, CDK Terrain and Terraform alone, and how it grows with the number of
clients. Needs what the demo needs, and a machine that does nothing else; AWS CDK and CDK Terrain come from npm's registry
into a temporary folder. Takes about ten minutes, the goals alone four.

Options:
  --rounds <number>  pairs that are measured; commands that end at once, three times as many (default: 5)
  --goals-only       measure nothing beside the goals
  --plot <file>      write a picture of the growth, as SVG
  --json             print {"goals":[{"name","goal","ratio","low","high","met"}],"peers":[…],"growth":[…]}
  -h, --help         show this text

Exit code: 0 measured, whatever it is; 1 it cannot be measured, as is told; 2 an option is not accepted; 70 a defect.`;

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
    throw new UsageError("--plot must be without --goals-only, got both");
  await requirePrerequisites();
  log("starting a local AWS");
  const aws = await startLocalAws({ log });
  try {
    await prepareAccount(aws);
    log("deploying a stage");
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
    const folder = path.join(aws.directory, "bench");
    const deployed = {
      ...aws.environment,
      ENV_FILE: stage.envFile,
      STAGE: undefined,
      STATE_BACKEND: undefined,
      OWNER: undefined,
      CDKTF_OUTDIR: path.join(folder, "deployed"),
      COGNITO_DOMAIN_ENDPOINT: aws.endpoint,
      XDG_CACHE_HOME: path.join(folder, "cache"),
    };
    const place = {
      directory: folder,
      environment,
      deployed,
      deployedDirectory: stage.stackDirectory,
      diffCommand: createDiffCommand(
        { directory: folder, environment, deployed },
        stage.stackName,
      ),
      rounds,
    };
    const figures: Figure[] = [];
    for (const goal of listGoals(place)) {
      log(`measuring ${goal.name}`);
      figures.push(toFigure(goal, await goal.measure()));
    }
    const compared = values["goals-only"]
      ? undefined
      : await compareWithPeers(place, log);
    if (plot !== undefined && compared !== undefined)
      writeFileSync(plot, drawGrowth(compared.growth));
    console.log(
      values.json
        ? JSON.stringify({ goals: figures, ...compared })
        : [
            formatGoalTable(figures),
            ...(compared === undefined
              ? []
              : [formatPeerTable(compared.peers)]),
          ].join("\n\n"),
    );
    return 0;
  } finally {
    await aws.stop();
  }
});
