import { execFileSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
} from "node:fs";
import { isBuiltin } from "node:module";
import path from "node:path";
import { buildSync } from "esbuild";
import manifest from "../../package.json";
import {
  getPackage,
  packPackage,
  runNpm,
  withRegistry,
} from "../support/installed-app";
import {
  createTemporaryDirectory,
  removeTemporaryDirectories,
} from "../support/stage";

/** Files that the package may contain, and has at least one of. */
const EXPECTED_FILES = [
  /^(?:package\.json|README\.md|LICENSE|CHANGELOG\.md)$/,
  /^\.build\/[\w-]+\.cjs$/,
  /^dist\/(?:constructs|stacks|scripts\/lib)\/[\w/-]+\.(?:js|js\.map|d\.ts)$/,
  /^dist\/BUNDLED_LICENSES$/,
  // the README of an app links it
  /^docs\/[\w-]+\.md$/,
  // copied by init
  /^(?:main\.ts|\.nvmrc|scripts\/lib\/init\/template\/(?:main\.ts|README\.md))$/,
  /^\.github\/workflows\/(?:deploy|drift|pr|rotate)\.yml$/,
  /^\.github\/actions\/cdk-deploy\/action\.yml$/,
];
/** Files of this directory that a clone does not have. */
const IGNORED_FILES =
  /^(?:node_modules|\.git|\.build|dist|cdktf\.out|\.local-aws|\.env(?!\.example).*|.*\.tmp)$/;
const DECLARED = Object.keys({
  ...manifest.dependencies,
  ...manifest.peerDependencies,
});

let root: string;
let files: readonly string[];
/** Names of the packages that the program contains. */
let bundled: readonly string[];

beforeAll(() => {
  bundled = listBundledPackages();
  const directory = createTemporaryDirectory();
  execFileSync("tar", ["-xf", getPackage()], { cwd: directory });
  root = path.join(directory, "package");
  files = readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) =>
      path.relative(root, path.join(entry.parentPath, entry.name)),
    );
});

afterAll(removeTemporaryDirectories);

/** Packs a copy of this project in another directory, whose files have other permissions and times. */
function packClone(umask: string, timeZone: string, change: string): Buffer {
  const clone = createTemporaryDirectory();
  const sources = readdirSync(".").filter((file) => !IGNORED_FILES.test(file));
  const script = `umask ${umask} && cp -R "$@" "$0" && cd "$0" && ${change}`;
  execFileSync("sh", ["-c", script, clone, ...sources]);
  installPackages(path.join(clone, "node_modules"));
  const environment = { ...process.env, TZ: timeZone };
  return readFileSync(
    packPackage(createTemporaryDirectory(), clone, environment),
  );
}

/** Copies the packages that the program contains, because a link would lead back to this project. Links all others. */
function installPackages(directory: string): void {
  const { packages } = JSON.parse(
    readFileSync("package-lock.json", "utf8"),
  ) as { readonly packages: object };
  for (const installed of Object.keys(packages)) {
    const name = /^node_modules\/((?:@[^/]+\/)?[^/]+)$/.exec(installed)?.[1];
    if (name === undefined || !existsSync(installed)) continue;
    const target = path.join(directory, name);
    mkdirSync(path.dirname(target), { recursive: true });
    if (bundled.includes(name)) cpSync(installed, target, { recursive: true });
    else symlinkSync(path.resolve(installed), target);
  }
}

/** Returns the names of the packages that the program contains. */
function listBundledPackages(): readonly string[] {
  const { metafile } = buildSync({
    entryPoints: ["scripts/veda-auth.ts"],
    outdir: createTemporaryDirectory(),
    bundle: true,
    write: false,
    metafile: true,
    platform: "node",
    external: ["@aws-sdk/*", "@smithy/*", path.resolve("main.ts")],
    loader: { ".py": "text" },
    logLevel: "error",
  });
  const names = Object.keys(metafile.inputs).flatMap(
    (file) => /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(file)?.[1] ?? [],
  );
  return [...new Set(names)].sort();
}

function read(file: string): string {
  return readFileSync(path.join(root, file), "utf8");
}

/** Returns the modules that a file of the library loads. */
function listSpecifiers(file: string): readonly string[] {
  const pattern = file.endsWith(".js")
    ? /\brequire\("([^"]+)"\)/g
    : /^(?:import|export)\b.* from "([^"]+)"|\bimport\("([^"]+)"\)/gm;
  return [...read(file).matchAll(pattern)].map(
    ([, first, second]) => first ?? second ?? "",
  );
}

function isInPackage(file: string, specifier: string): boolean {
  if (!specifier.startsWith("."))
    return (
      isBuiltin(specifier) ||
      DECLARED.some((name) => `${specifier}/`.startsWith(`${name}/`))
    );
  const target = path.join(path.dirname(file), specifier);
  const extension = file.endsWith(".js") ? "js" : "d.ts";
  return [`${target}.${extension}`, `${target}/index.${extension}`].some(
    (one) => files.includes(one),
  );
}

describe("the files of the package", () => {
  test("are the programs, the library, the documentation, and what init copies", () => {
    expect(
      files.filter((file) => !EXPECTED_FILES.some((one) => one.test(file))),
    ).toEqual([]);
    for (const pattern of EXPECTED_FILES)
      expect(files.filter((file) => pattern.test(file))).not.toEqual([]);
  });

  test("contain each file that package.json names", () => {
    const { bin, main, types, exports, typesVersions } = manifest;
    const entries = [bin, exports, typesVersions];
    const named = JSON.stringify(entries).match(/(?<=")\.?\/?[\w./-]+\.\w+/g);
    expect(named?.length).toBeGreaterThan(15);
    for (const file of [main, types, ...(named ?? [])])
      expect(files).toContain(path.normalize(file));
  });

  test("have the licenses of all packages that the program contains", () => {
    const sections = read("dist/BUNDLED_LICENSES").split(/^-{80}\n\n/m);
    expect(sections.map((section) => section.split(" ")[0])).toEqual(bundled);
    for (const section of sections) {
      expect(section).toMatch(/^\S+ \d+\.\d+\.\d+\n\n[\w.-]+\n\n/);
      expect(section).toMatch(/Copyright/);
      expect(section.length).toBeGreaterThan(700);
    }
  });

  test("are the same bytes for every clone", () => {
    const here = readFileSync(getPackage());
    const there = packClone("022", "UTC", "true");
    expect(there.equals(here)).toBe(true);
    const elsewhere = packClone(
      "077",
      "Asia/Tokyo",
      "find . -type f -exec touch -t 200102030405 {} +",
    );
    expect(elsewhere.equals(here)).toBe(true);
  });

  test("are published without a warning", async () => {
    const printed = await withRegistry(async (environment) => {
      const { host } = new URL(environment.npm_config_registry ?? "");
      return runNpm(".", ["publish", "--dry-run"], {
        ...environment,
        [`npm_config_//${host}/:_authToken`]: "a token",
      });
    });
    expect(printed).toMatch(/npm notice name: veda-auth\n/);
    expect(printed).not.toMatch(/npm (?:warn|error)/i);
  });
});

describe("the library", () => {
  const library = () => files.filter((file) => file.startsWith("dist/"));

  test("loads only its own files, and packages that package.json declares", () => {
    const sources = library().filter((file) => /\.(?:js|d\.ts)$/.test(file));
    const wrong = sources.flatMap((file) =>
      listSpecifiers(file)
        .filter((specifier) => !isInPackage(file, specifier))
        .map((specifier) => `${file} -> ${specifier}`),
    );
    expect(sources.length).toBeGreaterThan(200);
    expect(sources.flatMap(listSpecifiers).length).toBeGreaterThan(400);
    expect(wrong).toEqual([]);
  });

  test("has source maps with the TypeScript sources", () => {
    const scripts = library().filter((file) => file.endsWith(".js"));
    for (const file of scripts) {
      expect(read(file)).toMatch(/\n\/\/# sourceMappingURL=[\w-]+\.js\.map$/);
      const { sources, sourcesContent } = JSON.parse(read(`${file}.map`)) as {
        readonly sources: readonly string[];
        readonly sourcesContent: readonly string[];
      };
      const source = file.replace(/^dist\/(.*)\.js$/, "$1.ts");
      expect(sources.map((one) => path.join(path.dirname(file), one))).toEqual([
        source,
      ]);
      expect(sourcesContent).toEqual([readFileSync(source, "utf8")]);
    }
  });
});
