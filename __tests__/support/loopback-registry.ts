import { spawn } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { createServer, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";

const PROJECT = path.resolve(__dirname, "../..");
const TARBALL_PATH = "/-/tarball/";
/** Directories whose files import resources of a provider that apps of tests need. */
const IMPORTING = [
  "constructs",
  "stacks",
  "docs",
  "__tests__/e2e",
  "__tests__/fixtures",
  "__tests__/long",
];

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly bundleDependencies?: unknown;
  readonly bundledDependencies?: unknown;
}

/**
 * A registry of npm on this machine, which has the packages that are installed in this project, nested ones too. Tests install
 * the package from it without a network.
 */
export class LoopbackRegistry {
  endpoint = "";
  private readonly server: Server;
  private readonly directories = listPackageDirectories();

  private constructor() {
    this.server = createServer(({ url = "" }, response) => {
      this.answer(decodeURIComponent(url), response);
    });
  }

  static async start(): Promise<LoopbackRegistry> {
    const registry = new LoopbackRegistry();
    await new Promise<void>((resolve) =>
      registry.server.listen(0, "127.0.0.1", resolve),
    );
    const { port } = registry.server.address() as AddressInfo;
    registry.endpoint = `http://127.0.0.1:${port}`;
    return registry;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private answer(url: string, response: ServerResponse): void {
    if (url.startsWith(TARBALL_PATH)) {
      sendTarball(url.slice(TARBALL_PATH.length), response);
      return;
    }
    const packument = this.readPackument(url.slice(1));
    response
      .writeHead(packument === undefined ? 404 : 200, {
        "content-type": "application/json",
      })
      .end(JSON.stringify(packument ?? {}));
  }

  private readPackument(name: string): object | undefined {
    const directories = this.directories.get(name);
    if (directories === undefined) return undefined;
    const versions = directories.map((directory) => {
      const manifest = readManifest(directory);
      const tarball = `${this.endpoint}${TARBALL_PATH}${directory}`;
      return [manifest.version, { ...manifest, dist: { tarball } }] as const;
    });
    // the one that this project imports, because its directory is the shortest
    const [[latest] = [""]] = versions;
    return {
      name,
      "dist-tags": { latest },
      versions: Object.fromEntries(versions.reverse()),
    };
  }
}

/** Returns the directories of the installed packages, the shortest first, by the names that the packages have in a registry. */
function listPackageDirectories(): ReadonlyMap<string, readonly string[]> {
  const { packages } = JSON.parse(
    readFileSync(path.join(PROJECT, "package-lock.json"), "utf8"),
  ) as { readonly packages: Readonly<Record<string, { name?: string }>> };
  const directories = new Map<string, string[]>();
  const installed = Object.entries(packages)
    .filter(
      ([directory]) =>
        directory !== "" && existsSync(path.join(PROJECT, directory)),
    )
    .sort(([a], [b]) => a.length - b.length);
  for (const [directory, { name: alias }] of installed) {
    const name = alias ?? directory.replace(/^.*node_modules\//, "");
    directories.set(name, [...(directories.get(name) ?? []), directory]);
  }
  return directories;
}

function readManifest(directory: string): Manifest {
  return JSON.parse(
    readFileSync(path.join(PROJECT, directory, "package.json"), "utf8"),
  ) as Manifest;
}

/** Streams a package, without the 400 MB of a provider that no test needs: npm would write them twice. */
function sendTarball(directory: string, response: ServerResponse): void {
  const { bundleDependencies, bundledDependencies } = readManifest(directory);
  const base = path.basename(directory);
  const isBundle = Boolean(bundleDependencies ?? bundledDependencies);
  const tar = spawn(
    "tar",
    [
      "-cf",
      "-",
      "-C",
      path.join(PROJECT, path.dirname(directory)),
      // for other languages
      `--exclude=${base}/.jsii`,
      ...(isBundle ? [] : [`--exclude=${base}/node_modules`]),
      ...(base === "provider-aws" ? listUnusedResources(directory) : []).map(
        (name) => `--exclude=${base}/lib/${name}`,
      ),
      base,
    ],
    { stdio: ["ignore", "pipe", "inherit"] },
  );
  response.writeHead(200, { "content-type": "application/octet-stream" });
  tar.stdout.pipe(response);
}

/** Returns the directories of a provider's resources that the library, the tests and the pages do not import. */
function listUnusedResources(provider: string): readonly string[] {
  const used = IMPORTING.flatMap((directory) =>
    readdirSync(path.join(PROJECT, directory), { recursive: true })
      .map((file) => path.join(PROJECT, directory, String(file)))
      .filter((file) => /\.(?:ts|md)$/.test(file))
      .flatMap((file) => [
        ...readFileSync(file, "utf8").matchAll(/provider-aws\/lib\/([\w-]+)/g),
      ]),
  ).map(([, name]) => name);
  // CDK Terrain's provider imports it
  used.push("provider-functions");
  return readdirSync(path.join(PROJECT, provider, "lib"), {
    withFileTypes: true,
  })
    .filter((entry) => entry.isDirectory() && !used.includes(entry.name))
    .map(({ name }) => name);
}
