import { UserError } from "../../../constructs/errors";
import type { Environment } from "../../../stacks/config/environment";
import {
  getLastLines,
  runProcess,
} from "../../../scripts/lib/system/processes";

/** A command that is measured as a whole process. */
export interface MeasuredCommand {
  readonly command: string;
  readonly args: readonly string[];
  readonly environment: Environment;
  readonly directory?: string;
}

/** How two figures stand to each other: the median of pairs, and its spread. */
export interface Ratio {
  readonly ratio: number;
  readonly low: number;
  readonly high: number;
}

const TIMEOUT_SECONDS = 300;

/**
 * Runs two commands in turn, so that whatever else the machine does befalls both, and compares them pair by pair. One
 * round before is not counted.
 *
 * @throws UserError when a command fails
 */
export async function measureRatio(
  one: MeasuredCommand,
  other: MeasuredCommand,
  rounds: number,
): Promise<Ratio> {
  const ratios: number[] = [];
  for (let round = 0; round <= rounds; round += 1) {
    const pair = [await secondsOf(one), await secondsOf(other)];
    const [mine = 0, yardstick = 1] = pair;
    if (round > 0) ratios.push(mine / yardstick);
  }
  return computeSpread(ratios);
}

/** Median, least and most of some figures. */
export function computeSpread(figures: readonly number[]): Ratio {
  const sorted = [...figures].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const [low = NaN, high = NaN] = [sorted[0], sorted.at(-1)];
  const upper = sorted[middle] ?? NaN;
  const lower = sorted.length % 2 === 0 ? (sorted[middle - 1] ?? NaN) : upper;
  return { ratio: (lower + upper) / 2, low, high };
}

/** Median of how long a command takes; one round before is not counted. */
export async function measureMedianSeconds(
  measured: MeasuredCommand,
  rounds: number,
): Promise<number> {
  const seconds: number[] = [];
  for (let round = 0; round <= rounds; round += 1) {
    const taken = await secondsOf(measured);
    if (round > 0) seconds.push(taken);
  }
  return computeSpread(seconds).ratio;
}

async function secondsOf(measured: MeasuredCommand): Promise<number> {
  const startedMs = performance.now();
  await runMeasured(measured);
  return (performance.now() - startedMs) / 1000;
}

/** What a command prints on standard error, once it has ended well. */
export async function runMeasured({
  command,
  args,
  environment,
  directory,
}: MeasuredCommand): Promise<string> {
  const { code, stdout, stderr } = await runProcess(command, args, {
    environment,
    timeoutSeconds: TIMEOUT_SECONDS,
    ...(directory !== undefined && { directory }),
  });
  if (code === 0) return stderr;
  throw new UserError(
    `${command} ${args.join(" ")} failed with exit code ${code}: ${getLastLines(`${stdout}\n${stderr}`, 10)}`,
  );
}

/** Numbers of clients that growth is measured at. */
export const CLIENT_COUNTS = [1, 10, 100, 1000, 5000] as const;

/** Seconds that one app takes, by the number of its clients. */
export interface Growth {
  readonly name: string;
  readonly points: readonly {
    readonly clients: number;
    readonly seconds: number;
  }[];
}

export async function measureGrowth(
  app: {
    readonly name: string;
    readonly maxClients: number;
    readonly run: (clients: number) => MeasuredCommand;
  },
  rounds: number,
): Promise<Growth> {
  const points: { clients: number; seconds: number }[] = [];
  for (const clients of CLIENT_COUNTS.filter(
    (count) => count <= app.maxClients,
  )) {
    const seconds = await measureMedianSeconds(app.run(clients), rounds);
    points.push({ clients, seconds: Math.round(seconds * 1000) / 1000 });
  }
  return { name: app.name, points };
}
