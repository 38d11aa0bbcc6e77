import { isDeepStrictEqual } from "node:util";
import { isJsonObject } from "../../../scripts/lib/system/json-object";

/** Contents of synthesized files by path. */
export type SynthesizedFiles = Readonly<Record<string, string>>;

/** A value that differs between two syntheses. */
export interface Difference {
  readonly file: string;
  /** Names and indices of the value, separated by dots; empty for a whole file. */
  readonly path: string;
  /** Absent if there is no value. */
  readonly before?: unknown;
  readonly after?: unknown;
  /** Whether the value is only the version of a library or of the provider. */
  readonly isVersionOnly: boolean;
}

/** Paths of the versions of the libraries and of the provider in a synthesized file. */
const VERSION_PATHS = [
  /^version$/,
  /^\/\/\.metadata\.version$/,
  /^terraform\.required_providers\.\w+\.(version|source)$/,
];

/** Finds the differences of two syntheses, without those of JSON white space. */
export function findDifferences(
  before: SynthesizedFiles,
  after: SynthesizedFiles,
): readonly Difference[] {
  const files = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...files].sort().flatMap((file) =>
    compareValues(parse(before[file]), parse(after[file]), []).map((found) => ({
      file,
      ...found,
    })),
  );
}

/** Formats a difference as one line. */
export function formatDifference({
  file,
  path,
  before,
  after,
}: Difference): string {
  return `${file} ${path}: ${formatValue(before)} -> ${formatValue(after)}`;
}

function parse(text: string | undefined): unknown {
  return text === undefined ? undefined : JSON.parse(text);
}

function compareValues(
  before: unknown,
  after: unknown,
  names: readonly string[],
): readonly Omit<Difference, "file">[] {
  if (isDeepStrictEqual(before, after)) return [];
  const [one, other] = [getMembers(before), getMembers(after)];
  if (one !== undefined && other !== undefined)
    return [...new Set([...Object.keys(one), ...Object.keys(other)])].flatMap(
      (name) => compareValues(one[name], other[name], [...names, name]),
    );
  const path = names.join(".");
  // a value that only one of them has is not another version
  const isVersionOnly =
    typeof before === "string" &&
    typeof after === "string" &&
    VERSION_PATHS.some((pattern) => pattern.test(path));
  return [{ path, before, after, isVersionOnly }];
}

function getMembers(
  value: unknown,
): Readonly<Record<string, unknown>> | undefined {
  if (Array.isArray(value))
    return Object.fromEntries((value as readonly unknown[]).entries());
  return isJsonObject(value) ? value : undefined;
}

function formatValue(value: unknown): string {
  if (value === undefined) return "nothing";
  const text = JSON.stringify(value);
  return text.length > 100 ? `${text.slice(0, 99)}…` : text;
}
