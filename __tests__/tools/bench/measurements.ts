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

/** Median ratio of pairs of measurements, with the lowest and the highest. */
export interface Ratio {
  readonly ratio: number;
  readonly low: number;
  readonly high: number;
}

const TIMEOUT_SECONDS = 300;

/**
 * Measures the ratio of two commands' run times, pair by pair, so that other load of the machine affects both. Discards the
 * first round.
 *
 * @throws UserError if a command fails
 */
export async function measureRatio(
  one: MeasuredCommand,
  other: MeasuredCommand,
  rounds: number,
): Promise<Ratio> {
  const ratios: number[] = [];
  for (let round = 0; round <= rounds; round += 1) {
    const pair = [await measureSeconds(one), await measureSeconds(other)];
    const [first = 0, second = 1] = pair;
    if (round > 0) ratios.push(first / second);
  }
  return computeSpread(ratios);
}

/** Returns the median, the minimum and the maximum of figures. */
export function computeSpread(figures: readonly number[]): Ratio {
  const sorted = [...figures].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const [low = NaN, high = NaN] = [sorted[0], sorted.at(-1)];
  const upper = sorted[middle] ?? NaN;
  const lower = sorted.length % 2 === 0 ? (sorted[middle - 1] ?? NaN) : upper;
  return { ratio: (lower + upper) / 2, low, high };
}

/** Measures the median run time of a command. Discards the first round. */
export async function measureMedianSeconds(
  measured: MeasuredCommand,
  rounds: number,
): Promise<number> {
  const seconds: number[] = [];
  for (let round = 0; round <= rounds; round += 1) {
    const elapsed = await measureSeconds(measured);
    if (round > 0) seconds.push(elapsed);
  }
  return computeSpread(seconds).ratio;
}

/** Measures the run time of a command once. */
export async function measureSeconds(
  measured: MeasuredCommand,
): Promise<number> {
  const startedMs = performance.now();
  await runMeasured(measured);
  return (performance.now() - startedMs) / 1000;
}

/**
 * Runs a command and returns its standard error.
 *
 * @throws UserError if it fails
 */
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

/** Numbers of clients at which growth is measured. */
export const CLIENT_COUNTS = [1, 10, 100, 1000, 5000] as const;

/** Synthesis time of one app by its number of clients. */
export interface Growth {
  readonly name: string;
  readonly points: readonly {
    readonly clients: number;
    readonly seconds: number;
  }[];
}

/** Measures the synthesis time of an app at each number of clients that it supports. */
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
