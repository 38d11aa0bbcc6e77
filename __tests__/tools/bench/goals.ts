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

/** One figure that the project holds. */
export interface Goal {
  readonly name: string;
  /** Most that it may be. */
  readonly limit: number;
  readonly measure: () => Promise<Ratio>;
}

export interface BenchContext {
  /** Folder that everything is written to. */
  readonly directory: string;
  /** What every command gets: no settings of one's own. */
  readonly environment: Environment;
  /** What the commands that call AWS get: a stage that is deployed, and where. */
  readonly deployed: Environment;
  /** Folder of the deployed stage's stack, which Terraform is set up in. */
  readonly deployedDirectory: string;
  readonly diffCommand: MeasuredCommand;
  readonly rounds: number;
}

const CDKTF = path.join(
  "node_modules",
  "cdktf-cli",
  "bundle",
  "bin",
  "cdktf.js",
);
const MEBIBYTE = 1024;

/** Every goal, those that are measured fastest first. */
export function listGoals(place: BenchContext): readonly Goal[] {
  const { rounds, deployed, diffCommand: cdktfDiff } = place;
  const own = (
    command: string,
    args: readonly string[] = [],
    environment: Environment = {},
  ): MeasuredCommand =>
    node(place, [...getCommandArguments(command), ...args], environment);
  const app = own("app", [], {
    CDKTF_OUTDIR: path.join(place.directory, "app"),
  });
  const nothing = node(place, ["-e", "0"]);
  return [
    {
      name: "synth of the default app / bare node",
      limit: 2.5,
      measure: () => measureRatio(app, nothing, rounds * 3),
    },
    {
      name: "--help of a command / bare node",
      limit: 3,
      measure: () =>
        measureRatio(own("get-service-token", ["--help"]), nothing, rounds * 3),
    },
    {
      name: "token from the cache / bare node",
      limit: 3,
      measure: () =>
        measureRatio(
          own(
            "get-service-token",
            ["--stage", "dev", "--service-id", "workflows-client"],
            deployed,
          ),
          nothing,
          rounds * 3,
        ),
    },
    {
      name: "peak memory of the default app / 90 MiB",
      limit: 1,
      measure: () => peakMemory(place, rounds),
    },
    {
      name: "cdktf synth of the default app / of one that does nothing",
      limit: 1.25,
      measure: () =>
        measureRatio(cdktfSynth(place), cdktfSynth(place, "true"), rounds),
    },
    {
      name: "1,000 clients / 100 clients",
      limit: 8,
      measure: () =>
        measureRatio(
          own("bench-stage", ["1000", path.join(place.directory, "many")]),
          own("bench-stage", ["100", path.join(place.directory, "some")]),
          rounds,
        ),
    },
    {
      name: "review of a stage's plan / cdktf diff",
      limit: 0.25,
      measure: () =>
        measureRatio(
          own("review-plan", ["--stage", "dev"], deployed),
          cdktfDiff,
          rounds,
        ),
    },
  ];
}

/** `cdktf diff` of a deployed stage. */
export function createDiffCommand(
  place: Pick<BenchContext, "environment" | "deployed" | "directory">,
  stackName: string,
): MeasuredCommand {
  const output = path.join(place.directory, "diff");
  return node(
    place,
    [CDKTF, "diff", stackName, "--no-color", "--output", output],
    place.deployed,
  );
}

function node(
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

/** One folder for both: without anything of an app's in it the CLI takes one that does nothing for one that failed. */
function cdktfSynth(place: BenchContext, app?: string): MeasuredCommand {
  const named = app === undefined ? [] : ["--app", app];
  const output = path.join(place.directory, "cli");
  return node(place, [CDKTF, "synth", "--output", output, ...named]);
}

/** The app's own largest size, which a module that is loaded before it prints. */
async function peakMemory(place: BenchContext, rounds: number): Promise<Ratio> {
  mkdirSync(place.directory, { recursive: true });
  const hook = path.join(place.directory, "peak-memory.cjs");
  writeFileSync(
    hook,
    'process.on("exit", () => console.error(`peak ${process.resourceUsage().maxRSS}`));\n',
  );
  const app = node(place, ["--require", hook, ...getCommandArguments("app")], {
    CDKTF_OUTDIR: path.join(place.directory, "app"),
  });
  const peaks: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const told = /^peak (\d+)$/m.exec(await runMeasured(app))?.[1];
    peaks.push(Number(told) / (90 * MEBIBYTE));
  }
  return computeSpread(peaks);
}
