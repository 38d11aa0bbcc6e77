import { DEMO_SETTINGS } from "../../../scripts/lib/demo/stage";
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { Environment } from "../../../stacks/config/environment";
import { getCommandArguments } from "../../../scripts/lib/system/project-directory";
import { readPlans } from "../../support/plan-archives";
import {
  runMeasured,
  measureRatio,
  computeSpread,
  type MeasuredCommand,
  type Ratio,
} from "./measurements";

/** A performance goal: a ratio of two commands with an upper bound. */
export interface Goal {
  readonly name: string;
  /** Upper bound of the ratio. */
  readonly goal: number;
  readonly measure: () => Promise<Ratio>;
}

export interface BenchContext {
  /** Directory for everything that the commands write. */
  readonly directory: string;
  /** Environment of every command, without the user's settings. */
  readonly environment: Environment;
  /** Additional environment of commands that call AWS: the deployed stage and its endpoint. */
  readonly deployed: Environment;
  /** Initialized Terraform directory of the deployed stage. */
  readonly deployedDirectory: string;
  readonly diffCommand: MeasuredCommand;
  readonly rounds: number;
}

/** Synthesizes a stage with many clients. */
export const STAGE_COMMAND = "__tests__/tools/bench/stage-with-clients";
const CDKTF = path.join(
  "node_modules",
  "cdktf-cli",
  "bundle",
  "bin",
  "cdktf.js",
);
const KIBIBYTES_PER_MEBIBYTE = 1024;
const MICROSECONDS_PER_SECOND = 1_000_000;

/** Lists every goal, the fastest to measure first. */
export function listGoals(context: BenchContext): readonly Goal[] {
  const { rounds, deployed } = context;
  const own = (
    command: string,
    args: readonly string[] = [],
    environment: Environment = {},
  ): MeasuredCommand =>
    createNodeCommand(
      context,
      [...getCommandArguments(command), ...args],
      environment,
    );
  const app = own("app", [], {
    CDKTF_OUTDIR: path.join(context.directory, "app"),
  });
  const bareNode = createNodeCommand(context, ["-e", "0"]);
  return [
    {
      name: "synth of the default app / bare node",
      goal: 2.5,
      measure: () => measureRatio(app, bareNode, rounds * 3),
    },
    {
      name: "veda-auth --help / bare node",
      goal: 1.6,
      measure: () => measureRatio(own("--help", []), bareNode, rounds * 3),
    },
    {
      name: "--help of a command / bare node",
      goal: 1.6,
      measure: () =>
        measureRatio(
          own("get-service-token", ["--help"]),
          bareNode,
          rounds * 3,
        ),
    },
    {
      name: "token from the cache / bare node",
      goal: 1.6,
      measure: () =>
        measureRatio(
          own(
            "get-service-token",
            [
              "--stage",
              DEMO_SETTINGS.STAGE,
              "--service-id",
              "workflows-client",
            ],
            deployed,
          ),
          bareNode,
          rounds * 3,
        ),
    },
    {
      // as `npm ci` built it
      name: "require of veda-auth/client / bare node",
      goal: 1.4,
      measure: () =>
        measureRatio(
          createNodeCommand(context, ["-e", 'require("veda-auth/client")']),
          bareNode,
          rounds * 3,
        ),
    },
    {
      name: "peak memory of the default app / 90 MiB",
      goal: 1,
      measure: () => measurePeakMemory(context, rounds),
    },
    {
      name: "cdktf synth of the default app / of one that does nothing",
      goal: 1.25,
      measure: () =>
        measureRatio(
          createSynthCommand(context),
          createSynthCommand(context, "true"),
          rounds,
        ),
    },
    {
      name: "1,000 clients / 100 clients",
      goal: 8,
      measure: () =>
        measureRatio(
          own(STAGE_COMMAND, ["1000", path.join(context.directory, "many")]),
          own(STAGE_COMMAND, ["100", path.join(context.directory, "some")]),
          rounds,
        ),
    },
    {
      name: "review of a recorded plan of 1,000 clients / 1.5 s of CPU",
      goal: 1,
      measure: () => measureReview(context, rounds),
    },
    {
      name: "review of a stage's plan / terraform plan and show",
      goal: 1.05,
      measure: () =>
        measureRatio(
          own("review-plan", ["--stage", DEMO_SETTINGS.STAGE], deployed),
          createPlanCommand(context),
          rounds,
        ),
    },
  ];
}

/** Returns the `cdktf diff` command of the deployed stage. */
export function createDiffCommand(
  context: Pick<BenchContext, "environment" | "deployed" | "directory">,
  stackName: string,
): MeasuredCommand {
  const output = path.join(context.directory, "diff");
  return createNodeCommand(
    context,
    [CDKTF, "diff", stackName, "--no-color", "--output", output],
    context.deployed,
  );
}

function createNodeCommand(
  { environment }: Pick<BenchContext, "environment">,
  args: readonly string[],
  more: Environment = {},
): MeasuredCommand {
  return {
    command: process.execPath,
    args,
    environment: { ...environment, ...more },
  };
}

/** Uses one output directory for both apps: the CLI reports an error if an app that does nothing finds it empty. */
function createSynthCommand(
  context: BenchContext,
  app?: string,
): MeasuredCommand {
  const appOption = app === undefined ? [] : ["--app", app];
  const output = path.join(context.directory, "cli");
  return createNodeCommand(context, [
    CDKTF,
    "synth",
    "--output",
    output,
    ...appOption,
  ]);
}

/** Returns Terraform's own plan of the deployed stage, and its JSON. */
export function createPlanCommand(context: BenchContext): MeasuredCommand {
  const commands =
    "terraform plan -input=false -out=bench.tfplan && terraform show -json bench.tfplan";
  return {
    command: "bash",
    args: ["-c", commands],
    environment: { ...context.environment, ...context.deployed },
    directory: context.deployedDirectory,
  };
}

function measurePeakMemory(
  context: BenchContext,
  rounds: number,
): Promise<Ratio> {
  return measureUsage(context, rounds, getCommandArguments("app"), {
    expression: "process.resourceUsage().maxRSS",
    limit: 90 * KIBIBYTES_PER_MEBIBYTE,
  });
}

function measureReview(context: BenchContext, rounds: number): Promise<Ratio> {
  const file = path.join(context.directory, "thousand-clients.json");
  mkdirSync(context.directory, { recursive: true });
  writeFileSync(file, readPlans()["thousand-clients"] ?? "");
  const args = [...getCommandArguments("review-plan"), file];
  return measureUsage(context, rounds, args, {
    expression: "process.cpuUsage().user + process.cpuUsage().system",
    limit: 1.5 * MICROSECONDS_PER_SECOND,
  });
}

/** Measures what a process has used when it exits, by a module that is loaded before it, as a share of a limit. */
async function measureUsage(
  context: BenchContext,
  rounds: number,
  args: readonly string[],
  {
    expression,
    limit,
  }: { readonly expression: string; readonly limit: number },
): Promise<Ratio> {
  mkdirSync(context.directory, { recursive: true });
  const hook = path.join(context.directory, "usage.cjs");
  writeFileSync(
    hook,
    `process.on("exit", () => console.error("usage", ${expression}));\n`,
  );
  const measured = createNodeCommand(context, ["--require", hook, ...args], {
    CDKTF_OUTDIR: path.join(context.directory, "app"),
  });
  const shares: number[] = [];
  for (let round = 0; round <= rounds; round += 1) {
    const used = /^usage (\d+)$/m.exec(await runMeasured(measured))?.[1];
    if (round > 0) shares.push(Number(used) / limit);
  }
  return computeSpread(shares);
}
