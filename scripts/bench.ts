import path from "node:path";
import { parseArgs } from "node:util";
import { benchTable, figureOf, type Figure } from "./lib/bench/bench-report";
import { goals } from "./lib/bench/goals";
import { runCommand, UsageError } from "./lib/cli";
import { prepareAccount } from "./lib/demo/demo-account";
import { DemoStage } from "./lib/demo/demo-stage";
import { startLocalAws } from "./lib/local-aws/local-aws";
import { requirePrerequisites } from "./lib/local-aws/prerequisites";
import { environmentWithoutSettings } from "./lib/terraform/own-settings";
import { terraformEnvironment } from "./lib/terraform/terraform";

const HELP = `Usage: npm run bench [-- --json]

Measures how fast this project is, as ratios of two commands that run in turn, each figure the median of several pairs.
Needs what the demo needs, and a machine that does nothing else; takes about four minutes.

Options:
  --rounds <number>  pairs that are measured; commands that end at once, three times as many (default: 5)
  --json             print {"goals":[{"name","goal","ratio","low","high","met"}]} instead of a table
  -h, --help         show this text

Exit code: 0 measured, whatever it is; 1 it cannot be measured, as is told; 2 an option is not accepted; 70 a defect.`;

const log = console.error;

void runCommand(async () => {
  const { values } = parseArgs({
    options: {
      rounds: { type: "string", default: "5" },
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
  await requirePrerequisites();
  log("starting a local AWS");
  const aws = await startLocalAws({ log });
  try {
    await prepareAccount(aws);
    log("deploying a stage");
    const stage = new DemoStage(aws, () => undefined);
    await stage.deploy();
    const environment = {
      ...environmentWithoutSettings(),
      ...terraformEnvironment(),
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
    const { stackName } = stage;
    const figures: Figure[] = [];
    for (const goal of goals({
      folder,
      environment,
      deployed,
      stackName,
      rounds,
    })) {
      log(`measuring ${goal.name}`);
      figures.push(figureOf(goal, await goal.measure()));
    }
    console.log(
      values.json ? JSON.stringify({ goals: figures }) : benchTable(figures),
    );
    return 0;
  } finally {
    await aws.stop();
  }
});
