import { UserError } from "../../../constructs/errors";
import type { Environment } from "../../../stacks/config";
import { runProcess, tail } from "../processes";

/** A command that is measured as a whole process. */
export interface Measured {
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
export async function pairedRatio(
  one: Measured,
  other: Measured,
  rounds: number,
): Promise<Ratio> {
  const ratios: number[] = [];
  for (let round = 0; round <= rounds; round += 1) {
    const pair = [await secondsOf(one), await secondsOf(other)];
    const [mine = 0, yardstick = 1] = pair;
    if (round > 0) ratios.push(mine / yardstick);
  }
  return spreadOf(ratios);
}

/** Median, least and most of some figures. */
export function spreadOf(figures: readonly number[]): Ratio {
  const sorted = [...figures].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const [low = NaN, high = NaN] = [sorted[0], sorted.at(-1)];
  const upper = sorted[middle] ?? NaN;
  const lower = sorted.length % 2 === 0 ? (sorted[middle - 1] ?? NaN) : upper;
  return { ratio: (lower + upper) / 2, low, high };
}

/** Median of how long a command takes; one round before is not counted. */
export async function medianSeconds(
  measured: Measured,
  rounds: number,
): Promise<number> {
  const seconds: number[] = [];
  for (let round = 0; round <= rounds; round += 1) {
    const taken = await secondsOf(measured);
    if (round > 0) seconds.push(taken);
  }
  return spreadOf(seconds).ratio;
}

async function secondsOf(measured: Measured): Promise<number> {
  const startedMs = performance.now();
  await outputOf(measured);
  return (performance.now() - startedMs) / 1000;
}

/** What a command prints on standard error, once it has ended well. */
export async function outputOf({
  command,
  args,
  environment,
  directory,
}: Measured): Promise<string> {
  const { code, stdout, stderr } = await runProcess(command, args, {
    environment,
    timeoutSeconds: TIMEOUT_SECONDS,
    ...(directory !== undefined && { directory }),
  });
  if (code === 0) return stderr;
  throw new UserError(
    `${command} ${args.join(" ")} failed with exit code ${code}: ${tail(`${stdout}\n${stderr}`, 10)}`,
  );
}
