import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { Environment } from "../../../stacks/config";
import { ownCommand } from "../own-command";
import {
  outputOf,
  pairedRatio,
  spreadOf,
  type Measured,
  type Ratio,
} from "./paired-runs";

/** One figure that the project holds. */
export interface Goal {
  readonly name: string;
  /** Most that it may be. */
  readonly goal: number;
  readonly measure: () => Promise<Ratio>;
}

export interface BenchPlace {
  /** Folder that everything is written to. */
  readonly folder: string;
  /** What every command gets: no settings of one's own. */
  readonly environment: Environment;
  /** What the commands that call AWS get: a stage that is deployed, and where. */
  readonly deployed: Environment;
  /** Folder of the deployed stage's stack, which Terraform is set up in. */
  readonly deployedFolder: string;
  readonly cdktfDiff: Measured;
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
export function goals(place: BenchPlace): readonly Goal[] {
  const { rounds, deployed, cdktfDiff } = place;
  const own = (
    command: string,
    args: readonly string[] = [],
    environment: Environment = {},
  ): Measured => node(place, [...ownCommand(command), ...args], environment);
  const app = own("app", [], { CDKTF_OUTDIR: path.join(place.folder, "app") });
  const nothing = node(place, ["-e", "0"]);
  return [
    {
      name: "synth of the default app / bare node",
      goal: 2.5,
      measure: () => pairedRatio(app, nothing, rounds * 3),
    },
    {
      name: "--help of a command / bare node",
      goal: 3,
      measure: () =>
        pairedRatio(own("get-service-token", ["--help"]), nothing, rounds * 3),
    },
    {
      name: "token from the cache / bare node",
      goal: 3,
      measure: () =>
        pairedRatio(
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
      goal: 1,
      measure: () => peakMemory(place, rounds),
    },
    {
      name: "cdktf synth of the default app / of one that does nothing",
      goal: 1.25,
      measure: () =>
        pairedRatio(cdktfSynth(place), cdktfSynth(place, "true"), rounds),
    },
    {
      name: "1,000 clients / 100 clients",
      goal: 8,
      measure: () =>
        pairedRatio(
          own("bench-stage", ["1000", path.join(place.folder, "many")]),
          own("bench-stage", ["100", path.join(place.folder, "some")]),
          rounds,
        ),
    },
    {
      name: "review of a stage's plan / cdktf diff",
      goal: 0.25,
      measure: () =>
        pairedRatio(
          own("review-plan", ["--stage", "dev"], deployed),
          cdktfDiff,
          rounds,
        ),
    },
  ];
}

/** `cdktf diff` of a deployed stage. */
export function cdktfDiff(
  place: Pick<BenchPlace, "environment" | "deployed" | "folder">,
  stackName: string,
): Measured {
  const output = path.join(place.folder, "diff");
  return node(
    place,
    [CDKTF, "diff", stackName, "--no-color", "--output", output],
    place.deployed,
  );
}

function node(
  { environment }: Pick<BenchPlace, "environment">,
  args: readonly string[],
  more: Environment = {},
): Measured {
  return {
    command: process.execPath,
    args,
    environment: { ...environment, ...more },
  };
}

/** One folder for both: without anything of an app's in it the CLI takes one that does nothing for one that failed. */
function cdktfSynth(place: BenchPlace, app?: string): Measured {
  const named = app === undefined ? [] : ["--app", app];
  const output = path.join(place.folder, "cli");
  return node(place, [CDKTF, "synth", "--output", output, ...named]);
}

/** The app's own largest size, which a module that is loaded before it prints. */
async function peakMemory(place: BenchPlace, rounds: number): Promise<Ratio> {
  mkdirSync(place.folder, { recursive: true });
  const hook = path.join(place.folder, "peak-memory.cjs");
  writeFileSync(
    hook,
    'process.on("exit", () => console.error(`peak ${process.resourceUsage().maxRSS}`));\n',
  );
  const app = node(place, ["--require", hook, ...ownCommand("app")], {
    CDKTF_OUTDIR: path.join(place.folder, "app"),
  });
  const peaks: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const told = /^peak (\d+)$/m.exec(await outputOf(app))?.[1];
    peaks.push(Number(told) / (90 * MEBIBYTE));
  }
  return spreadOf(peaks);
}
