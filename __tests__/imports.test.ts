import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { dependencies, devDependencies } from "../package.json";
import { hasStackClass, listImports } from "./support/source-imports";

const PROJECT = path.resolve(__dirname, "..");
const MAX_LINES = 320;
/** Commands that load the stacks. */
const APPS = ["scripts/app.ts", "scripts/synth.ts"];
/** Modules that load a command when it is called. */
const LOADERS = ["scripts/commands.ts", "scripts/veda-auth.ts"];
/** A module that stands in for one of cdktf, and loads that one. */
const STAND_IN = "scripts/lib/system/lazy-archiver.cjs";
/** Packages of constructs. */
const CDKTF = /^(?:cdktf|constructs|@cdktf\/provider-aws)(?:\/|$)/;
/** Modules that constructs import: one for each resource, because the index of the provider takes seconds to load. */
const RESOURCES =
  /^(?:cdktf|constructs|@cdktf\/provider-aws\/lib\/(?!index$)[\w-]+)$/;

interface Layer {
  readonly name: string;
  readonly files: RegExp;
  readonly imports: readonly string[];
  /** @default the packages that package.json declares, apart from those of constructs */
  readonly packages?: RegExp;
}

/** The layers, and what each may import. */
const LAYERS: readonly Layer[] = [
  {
    name: "main",
    files: /^(?:scripts\/lib\/init\/template\/)?main\.ts$/,
    imports: ["stacks", "constructs"],
    packages: /^$/,
  },
  {
    name: "constructs",
    files: /^constructs\//,
    imports: [],
    packages: new RegExp(
      // reads the metadata of SAML identity providers
      `${RESOURCES.source}|^(?:@xmldom/xmldom|node:crypto|node:fs)$`,
    ),
  },
  {
    name: "stacks",
    files: /^stacks\//,
    imports: ["constructs"],
    packages: new RegExp(`${RESOURCES.source}|^node:(?:fs|os|path|util)$`),
  },
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
      "manifest",
      "upper floor of scripts/lib",
      "lower floor of scripts/lib",
      "stacks",
      "constructs",
    ],
  },
  { name: "manifest", files: /^package\.json$/, imports: [] },
  { name: "tools", files: /^\w+\.config\.m?js$/, imports: [] },
];

const TEXTS = new Map(
  readdirSync(PROJECT, { withFileTypes: true })
    .filter(
      ({ name }) =>
        !/^(?:\.|(?:node_modules|__tests__|cdktf\.out|dist)$)/.test(name),
    )
    .flatMap((entry) =>
      entry.isDirectory() ? listFiles(entry.name) : [entry.name],
    )
    .filter((file) => /\.[cm]?[jt]sx?$/.test(file))
    .map((file) => [file, readFileSync(path.join(PROJECT, file), "utf8")]),
);
const FILES = [...TEXTS.keys()];
const IMPORTS = new Map(
  [...TEXTS].map(([file, text]) => [file, listImports(file, text)]),
);

function listFiles(directory: string): readonly string[] {
  return readdirSync(path.join(PROJECT, directory), {
    recursive: true,
    encoding: "utf8",
  }).map((file) => path.posix.join(directory, file));
}

function getLayer(file: string): Layer | undefined {
  return LAYERS.find(({ files }) => files.test(file));
}

function isAllowed(file: string, imported: string): boolean {
  const [from, to] = [getLayer(file), getLayer(imported)];
  const name = getPackage(imported);
  if (name !== undefined) return from?.packages?.test(name) ?? isDeclared(name);
  if (imported === "main.ts") return APPS.includes(file);
  return (
    to !== undefined &&
    (to === from || from?.imports.includes(to.name) === true)
  );
}

function getPackage(imported: string): string | undefined {
  return /^package (.*)/.exec(imported)?.[1];
}

/** Whether a command can import a package: one that package.json declares, apart from those of constructs. */
function isDeclared(name: string): boolean {
  const [root = ""] = /^(?:@[^/]+\/)?[^/]+/.exec(name) ?? [];
  return (
    name.startsWith("node:") ||
    (!CDKTF.test(name) && root in { ...dependencies, ...devDependencies })
  );
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

/** Returns the shortest chain of imports from a file to a package of constructs. */
function findCdktf(file: string): readonly string[] | undefined {
  return findChain(file, (to) => CDKTF.test(getPackage(to) ?? ""));
}

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

test("all source files are read, and each is in a layer", () => {
  const edges = [...IMPORTS.values()].flat();
  expect(FILES.length).toBeGreaterThan(290);
  expect(edges.length).toBeGreaterThan(1_500);
  expect(FILES.filter((file) => getLayer(file) === undefined)).toEqual([]);
});

test("no file imports itself through others", () => {
  const cycles = FILES.flatMap((file) => {
    const cycle = findChain(file, (imported) => imported === file) ?? [];
    // its first file reports a cycle
    return [...cycle].sort()[0] === file ? [cycle.join(" -> ")] : [];
  });
  expect(cycles).toEqual([]);
});

test("files import the layers below theirs, and the packages of their layer", () => {
  const others = FILES.filter((file) => file !== STAND_IN);
  expect(listWrongImports((to, from) => !isAllowed(from, to), others)).toEqual(
    [],
  );
});

test("packages that the program does not bundle are dependencies of the package", () => {
  const loaded = listWrongImports((to) => {
    const name = getPackage(to);
    return name?.startsWith("@aws-sdk/") === true && !(name in dependencies);
  });
  expect(loaded).toEqual([]);
});

test("only main files import a stack through the index, apart from the base stack", () => {
  const others = FILES.filter(
    (file) =>
      ![
        "main.ts",
        "scripts/lib/init/template/main.ts",
        "stacks/index.ts",
      ].includes(file),
  );
  const stacks = [...TEXTS].flatMap(([file, text]) =>
    file !== "stacks/base-stack.ts" && hasStackClass(file, text) ? [file] : [],
  );
  expect(stacks).toContain("stacks/auth-stack.ts");
  expect(listWrongImports((to) => stacks.includes(to), others)).toEqual([]);
});

test("constructs are imported from constructs/index.ts, and by stacks all other modules too", () => {
  const stacks = FILES.filter((file) =>
    /^(?:(?:scripts\/lib\/init\/template\/)?main|stacks\/(?!naming\.)[^/]+)\.ts$/.test(
      file,
    ),
  );
  const inner = /^constructs\/(?!index\.ts$)/;
  expect(listWrongImports((to) => inner.test(to), stacks)).toEqual([]);
  const others = FILES.filter((file) => !file.startsWith("constructs/"));
  const isConstruct = (file: string) =>
    inner.test(file) && findCdktf(file) !== undefined;
  expect(listWrongImports(isConstruct, others)).toEqual([]);
});

test("no command loads cdktf or the AWS provider, apart from those that synthesize", () => {
  const commands = FILES.filter(
    (file) =>
      /^scripts\/[^/]+$/.test(file) && ![...APPS, ...LOADERS].includes(file),
  );
  const chains = commands.flatMap((file) => {
    const chain = findCdktf(file);
    return chain === undefined ? [] : [chain.join(" -> ")];
  });
  expect(chains).toEqual([]);
});

test("the program loads no command before it is called", () => {
  for (const file of LOADERS)
    expect(TEXTS.get(file)).not.toMatch(
      /^(?:import|export) .*from "\.\/(?!commands"|lib\/cli\/)/m,
    );
});

test("no file is longer than the limit", () => {
  const long = [...TEXTS].flatMap(([file, text]) => {
    const lines = text.split("\n").length - 1;
    return lines > MAX_LINES ? [`${file}: ${lines} lines`] : [];
  });
  expect(long).toEqual([]);
});

test("no test measures time, apart from the benchmarks", () => {
  const clock =
    /performance\.(?:now|mark)|process\.(?:hrtime|cpuUsage|resourceUsage)|require\("node:perf_hooks"\)|from "node:perf_hooks"/;
  const files = readdirSync(__dirname, { recursive: true, encoding: "utf8" })
    .filter((file) => /\.[cm]?[jt]s$/.test(file))
    .filter((file) => !file.startsWith(path.join("tools", "bench")));
  expect(
    files.filter(
      (file) =>
        path.join(__dirname, file) !== __filename &&
        clock.test(readFileSync(path.join(__dirname, file), "utf8")),
    ),
  ).toEqual([]);
});
