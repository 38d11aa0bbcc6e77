import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { preProcessFile } from "typescript";

const PROJECT = path.resolve(__dirname, "..");
const MAX_LINES = 320;
/** Commands that load the stacks. */
const APPS = ["scripts/app.ts", "scripts/synth.ts"];
/** The layers, and those that each may import. */
const LAYERS = [
  { name: "main", files: /^main\.ts$/, imports: ["stacks", "constructs"] },
  { name: "constructs", files: /^constructs\//, imports: [] },
  { name: "stacks", files: /^stacks\//, imports: ["constructs"] },
  {
    name: "lower floor of scripts/lib",
    files: /^scripts\/lib\/(?:cli|system|aws|http|iam|terraform|plan)\//,
    imports: ["stacks", "constructs"],
  },
  {
    name: "upper floor of scripts/lib",
    files: /^scripts\/lib\//,
    imports: ["lower floor of scripts/lib", "stacks", "constructs"],
  },
  {
    name: "commands",
    files: /^scripts\//,
    imports: [
      "upper floor of scripts/lib",
      "lower floor of scripts/lib",
      "stacks",
      "constructs",
    ],
  },
] as const;

/** Imports by source file, including type imports: paths in the project, or `package` and a name. */
const IMPORTS = new Map(
  ["main.ts", ...["constructs", "stacks", "scripts"].flatMap(listFiles)].map(
    (file) => [file, readImports(file)],
  ),
);

function listFiles(directory: string): readonly string[] {
  return readdirSync(path.join(PROJECT, directory), {
    recursive: true,
    encoding: "utf8",
  })
    .filter((file) => file.endsWith(".ts"))
    .map((file) => path.posix.join(directory, file));
}

function readImports(file: string): readonly string[] {
  const text = readFileSync(path.join(PROJECT, file), "utf8");
  return preProcessFile(text).importedFiles.map(({ fileName }) => {
    if (!fileName.startsWith(".")) return `package ${fileName}`;
    const target = path.posix.join(path.posix.dirname(file), fileName);
    const candidates = [`${target}.ts`, `${target}/index.ts`];
    return (
      candidates.find((name) => existsSync(path.join(PROJECT, name))) ?? target
    );
  });
}

function getLayer(file: string) {
  return LAYERS.find(({ files }) => files.test(file));
}

function isAllowed(file: string, imported: string): boolean {
  const [from, to] = [getLayer(file), getLayer(imported)];
  if (imported.startsWith("package ")) return true;
  if (imported === "main.ts") return APPS.includes(file);
  const allowed: readonly string[] = from?.imports ?? [];
  return to !== undefined && (to === from || allowed.includes(to.name));
}

/** Returns the shortest chain of imports from a file to an import that matches. */
function findChain(
  file: string,
  isMatch: (imported: string) => boolean,
): readonly string[] | undefined {
  const seen = new Set<string>();
  let chains: readonly (readonly string[])[] = [[file]];
  while (chains.length > 0) {
    chains = chains.flatMap((chain) =>
      (IMPORTS.get(chain.at(-1) ?? "") ?? [])
        .filter((imported) => !seen.has(imported))
        .map((imported) => [...chain, imported]),
    );
    const found = chains.find((chain) => isMatch(chain.at(-1) ?? ""));
    if (found !== undefined) return found;
    for (const chain of chains) seen.add(chain.at(-1) ?? "");
  }
  return undefined;
}

const FILES = [...IMPORTS.keys()];

/** Returns the imports that break a rule, as `file -> import`. */
function listWrongImports(
  isWrong: (imported: string, file: string) => boolean,
  files: readonly string[] = FILES,
): readonly string[] {
  return files.flatMap((file) =>
    (IMPORTS.get(file) ?? [])
      .filter((imported) => isWrong(imported, file))
      .map((imported) => `${file} -> ${imported}`),
  );
}

test("no file imports itself through others", () => {
  const cycles = FILES.flatMap((file) => {
    const cycle = findChain(file, (imported) => imported === file) ?? [];
    // its first file reports a cycle
    return [...cycle].sort()[0] === file ? [cycle.join(" -> ")] : [];
  });
  expect(cycles).toEqual([]);
});

test("imports go from main to stacks to constructs, and from commands to the upper and the lower floor", () => {
  expect(listWrongImports((to, from) => !isAllowed(from, to))).toEqual([]);
});

test("only main imports a stack, apart from the base stack", () => {
  const others = FILES.filter((file) => file !== "main.ts");
  const stack = /^stacks\/(?!base-)[\w-]+-stack\.ts$/;
  expect(listWrongImports((to) => stack.test(to), others)).toEqual([]);
});

test("stacks import constructs/index.ts, apart from modules that commands load too", () => {
  const stacks = FILES.filter((file) =>
    /^(?:main|stacks\/(?!naming\.)[^/]+)\.ts$/.test(file),
  );
  const inner = /^constructs\/(?!index\.ts$)/;
  expect(listWrongImports((to) => inner.test(to), stacks)).toEqual([]);
});

test("no command loads cdktf or the AWS provider, apart from those that synthesize", () => {
  const commands = FILES.filter(
    (file) => /^scripts\/[^/]+$/.test(file) && !APPS.includes(file),
  );
  const chains = commands.flatMap((file) => {
    const chain = findChain(file, (imported) =>
      /^package (?:cdktf$|constructs$|@cdktf\/)/.test(imported),
    );
    return chain === undefined ? [] : [chain.join(" -> ")];
  });
  expect(chains).toEqual([]);
});

test("no file is longer than the limit", () => {
  const long = FILES.flatMap((file) => {
    const text = readFileSync(path.join(PROJECT, file), "utf8");
    const lines = text.split("\n").length - 1;
    return lines > MAX_LINES ? [`${file}: ${lines} lines`] : [];
  });
  expect(long).toEqual([]);
});
