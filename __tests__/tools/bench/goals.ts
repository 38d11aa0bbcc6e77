import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { Environment } from "../../../stacks/config/environment";
import { getCommandArguments } from "../../../scripts/lib/system/project-directory";
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

/** Lists every goal, the fastest to measure first. */
export function listGoals(context: BenchContext): readonly Goal[] {
  const { rounds, deployed, diffCommand } = context;
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
      name: "--help of a command / bare node",
      goal: 3,
      measure: () =>
        measureRatio(
          own("get-service-token", ["--help"]),
          bareNode,
          rounds * 3,
        ),
    },
    {
      name: "token from the cache / bare node",
      goal: 3,
      measure: () =>
        measureRatio(
          own(
            "get-service-token",
            ["--stage", "dev", "--service-id", "workflows-client"],
            deployed,
          ),
          bareNode,
          rounds * 3,
        ),
    },
    {
      name: "peak memory of the default app / 90 MiB",
      goal: 1,
      measure: () => peakMemory(context, rounds),
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
      name: "review of a stage's plan / cdktf diff",
      goal: 0.25,
      measure: () =>
        measureRatio(
          own("review-plan", ["--stage", "dev"], deployed),
          diffCommand,
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

/** Measures the app's peak memory with a preloaded module that prints it on exit. */
async function peakMemory(
  context: BenchContext,
  rounds: number,
): Promise<Ratio> {
  mkdirSync(context.directory, { recursive: true });
  const hook = path.join(context.directory, "peak-memory.cjs");
  writeFileSync(
    hook,
    'process.on("exit", () => console.error(`peak ${process.resourceUsage().maxRSS}`));\n',
  );
  const app = createNodeCommand(
    context,
    ["--require", hook, ...getCommandArguments("app")],
    {
      CDKTF_OUTDIR: path.join(context.directory, "app"),
    },
  );
  const peaks: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const kibibytes = /^peak (\d+)$/m.exec(await runMeasured(app))?.[1];
    peaks.push(Number(kibibytes) / (90 * KIBIBYTES_PER_MEBIBYTE));
  }
  return computeSpread(peaks);
}
