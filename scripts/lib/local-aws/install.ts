import {
  type Environment,
  getEnvironment,
} from "../../../stacks/config/environment";
import {
  EXIT_COMMAND_NOT_FOUND,
  getLastLines,
  runProcess,
} from "../system/processes";
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
} from "node:fs";
import path from "node:path";
import { UserError } from "../../../constructs/errors";
import { withLock } from "../system/file-lock";
import { writeFileAtomic } from "../../../stacks/write-file-atomic";

const OLDEST = { major: 3, minor: 10 };
/** The usual name first; the others help where that one is an old Python of the system. */
const NAMES = [
  "python3",
  "python3.14",
  "python3.13",
  "python3.12",
  "python3.11",
  "python3.10",
];
/** `ensurepip` is what Debian leaves out together with a working `venv`. */
const PROBE =
  "import sys; print(*sys.version_info[:2]); import venv, ensurepip";

/** A Python that can make a virtual environment, or why there is none. */
export type PythonSearch =
  { readonly python: string } | { readonly problem: string };

/** Looks for the first Python that the local AWS can be installed with. */
export async function findPython(env: Environment): Promise<PythonSearch> {
  const problems: string[] = [];
  for (const name of NAMES) {
    const problem = await problemWith(name, env);
    if (problem === undefined) return { python: name };
    problems.push(problem);
  }
  return { problem: problems[0] ?? "" };
}

async function problemWith(
  name: string,
  environment: Environment,
): Promise<string | undefined> {
  const wanted = `Python ${OLDEST.major}.${OLDEST.minor} or newer`;
  const { code, stdout } = await runProcess(name, ["-I", "-c", PROBE], {
    environment,
    timeoutSeconds: 30,
  });
  if (code === EXIT_COMMAND_NOT_FOUND)
    return `${name} was not found: install ${wanted}`;
  const [, major, minor] = /^(\d+) (\d+)\s*$/.exec(stdout) ?? [];
  if (major === undefined || minor === undefined)
    return `${name} does not run: install ${wanted}`;
  if (
    Number(major) < OLDEST.major ||
    (Number(major) === OLDEST.major && Number(minor) < OLDEST.minor)
  )
    return `${name} is Python ${major}.${minor}: install ${wanted}`;
  if (code !== 0)
    return `${name} has no venv module: install it (Debian, Ubuntu: apt install python3-venv)`;
  return undefined;
}

/**
 * What is installed; a change here installs anew. Without `cryptography` the tokens carry no valid signature.
 */
const REQUIREMENTS = ["ministack==1.5.33", "cryptography>=46,<51"];
const MARKER = "installed.json";
const PREFIX = "venv-";
const INSTALL_SECONDS = 600;
const VENV_SECONDS = 120;

export interface InstallOptions {
  /** Folder of the project that holds everything of the local AWS. */
  readonly directory: string;
  readonly log: (line: string) => void;
  /** @default the process's */
  readonly env?: Environment;
}

/**
 * Installs the local AWS unless it is there, and gives its Python.
 *
 * Each attempt fills a folder of its own, which counts once the marker names it: an interrupted one is never used.
 *
 * @throws UserError when Python is missing or pip fails
 */
export async function installLocalAws({
  directory,
  log,
  env = getEnvironment(),
}: InstallOptions): Promise<string> {
  const present = findInstalledPython(directory);
  if (present !== undefined) return present;
  const search = await findPython(env);
  if ("problem" in search) throw new UserError(search.problem);
  const lock = path.join(directory, "install.lock");
  const waitSeconds = INSTALL_SECONDS + VENV_SECONDS;
  return withLock(lock, { log, waitSeconds }, async () => {
    const installedMeanwhile = findInstalledPython(directory);
    if (installedMeanwhile !== undefined) return installedMeanwhile;
    removeEnvironments(directory);
    return install(search.python, { directory, log, env });
  });
}

/** Python of the finished installation, if it is there and of the wanted versions. */
export function findInstalledPython(directory: string): string | undefined {
  try {
    const marker = JSON.parse(
      readFileSync(path.join(directory, MARKER), "utf8"),
    ) as { requirements?: unknown; folder?: unknown };
    if (JSON.stringify(marker.requirements) !== JSON.stringify(REQUIREMENTS))
      return undefined;
    const python = pythonOf(path.join(directory, String(marker.folder)));
    return existsSync(python) ? python : undefined;
  } catch {
    // no marker, or not one that was written to its end
    return undefined;
  }
}

async function install(
  python: string,
  { directory, log, env }: Required<InstallOptions>,
): Promise<string> {
  log(`installing ${REQUIREMENTS.join(", ")} into ${directory} (first time)`);
  const folder = mkdtempSync(path.join(directory, PREFIX));
  await requireSuccess(python, ["-m", "venv", folder], env, VENV_SECONDS);
  const pip = ["-I", "-m", "pip", "install", "--no-input"];
  await requireSuccess(
    pythonOf(folder),
    [...pip, "--disable-pip-version-check", ...REQUIREMENTS],
    // what pip leaves when it is ended goes with the folder
    { ...env, PIP_USER: "0", TMPDIR: folder },
    INSTALL_SECONDS,
    (line) => {
      if (/^(Collecting|Installing) /.test(line)) log(`  ${line}`);
    },
  );
  writeFileAtomic(
    path.join(directory, MARKER),
    JSON.stringify({
      requirements: REQUIREMENTS,
      folder: path.basename(folder),
    }),
  );
  log("installed");
  return pythonOf(folder);
}

async function requireSuccess(
  command: string,
  args: readonly string[],
  env: Environment,
  timeoutSeconds: number,
  onLine: (line: string) => void = () => undefined,
): Promise<void> {
  const result = await runProcess(command, args, {
    environment: env,
    timeoutSeconds,
    onLine,
  });
  if (result.code === 0) return;
  const output = result.stderr.trim() === "" ? result.stdout : result.stderr;
  throw new UserError(
    `the local AWS could not be installed: ${path.basename(command)} ended with ${result.code}\n${getLastLines(output, 5)}`,
    "it needs PyPI, or what pip's own settings name instead (PIP_INDEX_URL, PIP_FIND_LINKS)",
  );
}

function removeEnvironments(directory: string): void {
  for (const name of readdirSync(directory))
    if (name.startsWith(PREFIX))
      rmSync(path.join(directory, name), { recursive: true, force: true });
}

function pythonOf(folder: string): string {
  return path.join(folder, "bin", "python");
}
