import { isDeepStrictEqual } from "node:util";
import { isJsonObject } from "../../../scripts/lib/system/json-object";

/** Contents of what was synthesized, by the files' paths. */
export type SynthesizedFiles = Readonly<Record<string, string>>;

/** A place where two syntheses are not the same. */
export interface Difference {
  readonly file: string;
  /** Names and indices on the way to the value, with dots between them; empty for the file itself. */
  readonly path: string;
  /** As JSON has it; absent where there is none. */
  readonly before?: string;
  readonly after?: string;
  /** Whether it says nothing but which versions wrote it, or of which versions it is. */
  readonly isVersionOnly: boolean;
}

/** Where a synthesized file names the libraries that wrote it, and the provider that they are made for. */
const VERSION_PATHS = [
  /^version$/,
  /^\/\/\.metadata\.version$/,
  /^terraform\.required_providers\.\w+\.(version|source)$/,
];

/** What two syntheses do not have in common; how their JSON is spaced does not count. */
export function findDifferences(
  before: SynthesizedFiles,
  after: SynthesizedFiles,
): readonly Difference[] {
  const files = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...files].sort().flatMap((file) => {
    const [one, other] = [before[file], after[file]];
    if (one === other) return [];
    return differencesOf(parsed(one), parsed(other), []).map((found) => ({
      file,
      ...found,
    }));
  });
}

/** A difference in a line. */
export function formatDifference({
  file,
  path,
  before = "nothing",
  after = "nothing",
}: Difference): string {
  return `${file} ${path}: ${shortened(before)} -> ${shortened(after)}`;
}

function parsed(text: string | undefined): unknown {
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    // not JSON: compared as it is
    return text;
  }
}

function differencesOf(
  before: unknown,
  after: unknown,
  way: readonly string[],
): readonly Omit<Difference, "file">[] {
  if (isDeepStrictEqual(before, after)) return [];
  const [one, other] = [members(before), members(after)];
  if (one !== undefined && other !== undefined) {
    const names = new Set([...Object.keys(one), ...Object.keys(other)]);
    return [...names].flatMap((name) =>
      differencesOf(one[name], other[name], [...way, name]),
    );
  }
  const path = way.join(".");
  return [
    {
      path,
      ...(before !== undefined && { before: JSON.stringify(before) }),
      ...(after !== undefined && { after: JSON.stringify(after) }),
      // a value that only one of them has is more than another version
      isVersionOnly:
        typeof before === "string" &&
        typeof after === "string" &&
        VERSION_PATHS.some((pattern) => pattern.test(path)),
    },
  ];
}

function members(
  value: unknown,
): Readonly<Record<string, unknown>> | undefined {
  if (Array.isArray(value))
    return Object.fromEntries((value as readonly unknown[]).entries());
  return isJsonObject(value) ? value : undefined;
}

function shortened(text: string): string {
  return text.length > 100 ? `${text.slice(0, 99)}…` : text;
}
