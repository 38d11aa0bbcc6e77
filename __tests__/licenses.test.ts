import { existsSync, readFileSync } from "node:fs";
import path from "node:path";

/** Licenses of what users of the package install. */
const PERMISSIVE = [
  "0BSD",
  "Apache-2.0",
  "BSD-2-Clause",
  "BSD-3-Clause",
  "ISC",
  "MIT",
];
/** Licenses of what else is installed here. None applies to programs that only use a package. */
const ALLOWED = [
  ...PERMISSIVE,
  "BlueOak-1.0.0",
  "CC-BY-4.0",
  "CC0-1.0",
  "MPL-2.0",
  "Public Domain",
  "Unlicense",
];

interface Package {
  readonly license?: string;
  readonly dev?: boolean;
}

interface Manifest {
  readonly license?: string;
  readonly licenses?: readonly { readonly type: string }[];
}

const { packages } = JSON.parse(readFileSync("package-lock.json", "utf8")) as {
  readonly packages: Readonly<Record<string, Package>>;
};
const INSTALLED = Object.entries(packages).filter(
  ([directory]) => directory !== "",
);

/** Returns the license of a package. The lockfile has that of packages for other platforms too. */
function getLicense(directory: string, { license }: Package): string {
  const file = path.join(directory, "package.json");
  if (license !== undefined) return license;
  if (!existsSync(file)) return "unknown";
  const manifest = JSON.parse(readFileSync(file, "utf8")) as Manifest;
  return manifest.license ?? manifest.licenses?.[0]?.type ?? "unknown";
}

/** Returns whether an expression, such as `(MIT OR GPL-3.0-or-later)`, allows the use by one of the licenses. */
function isAllowed(expression: string, licenses: readonly string[]): boolean {
  return expression
    .replace(/^\((.*)\)$/, "$1")
    .split(" OR ")
    .some((choice) =>
      choice.split(" AND ").every((one) => licenses.includes(one)),
    );
}

test("every package that users install has a permissive license", () => {
  const used = INSTALLED.filter(([, { dev }]) => dev !== true);
  expect(used.length).toBeGreaterThan(20);
  expect(listOthers(used, PERMISSIVE)).toEqual([]);
});

test("every package that is installed here has a known license, and none GPL or AGPL alone", () => {
  expect(INSTALLED.length).toBeGreaterThan(900);
  expect(listOthers(INSTALLED, ALLOWED)).toEqual([]);
});

function listOthers(
  entries: typeof INSTALLED,
  licenses: readonly string[],
): readonly string[] {
  return entries
    .map(
      ([directory, entry]) =>
        [directory, getLicense(directory, entry)] as const,
    )
    .filter(([, license]) => !isAllowed(license, licenses))
    .map(([directory, license]) => `${directory}: ${license}`);
}

test.each([
  ["MIT", true],
  ["(MIT OR GPL-3.0-or-later)", true],
  ["MIT AND GPL-3.0-only", false],
  ["AGPL-3.0-or-later", false],
  ["unknown", false],
])("the license %s is allowed: %s", (expression, expected) => {
  expect(isAllowed(expression, ALLOWED)).toBe(expected);
});
