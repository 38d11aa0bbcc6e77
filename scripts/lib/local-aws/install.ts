import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
} from "node:fs";
import path from "node:path";
import { UserError } from "../../../constructs/errors";
import {
  type Environment,
  getEnvironment,
} from "../../../stacks/config/environment";
import { writeFileAtomic } from "../../../stacks/write-file-atomic";
import { withLock } from "../system/file-lock";
import {
  EXIT_COMMAND_NOT_FOUND,
  getLastLines,
  runProcess,
} from "../system/processes";

const OLDEST_PYTHON = { major: 3, minor: 10 };
/** The usual name first. The others help if it is an old Python of the system. */
const PYTHON_NAMES = [
  "python3",
  "python3.14",
  "python3.13",
  "python3.12",
  "python3.11",
  "python3.10",
];
/** Debian omits `ensurepip` together with a working `venv`. */
const PYTHON_PROBE =
  "import sys; print(*sys.version_info[:2]); import venv, ensurepip";

/** Packages to install. A change installs them again. Without `cryptography`, tokens have no valid signature. */
const REQUIREMENTS = ["ministack==1.5.33", "cryptography>=46,<51"];
const MARKER = "installed.json";
const ENVIRONMENT_PREFIX = "venv-";
const PIP_SECONDS = 600;
const VENV_SECONDS = 120;

export interface InstallOptions {
  /** Directory of the project for everything of the local AWS. */
  readonly directory: string;
  readonly log: (line: string) => void;
  /** @default the environment of the process */
  readonly env?: Environment;
}

/**
 * Installs the local AWS, unless it is installed, and returns its Python.
 *
 * Each attempt uses a new directory, which is valid only after the marker names it, so an interrupted one is never used.
 *
 * @throws UserError if Python is missing or pip fails
 */
export async function installLocalAws({
  directory,
  log,
  env = getEnvironment(),
}: InstallOptions): Promise<string> {
  const installed = findInstalledPython(directory);
  if (installed !== undefined) return installed;
  const python = await findPython(env);
  const lock = path.join(directory, "install.lock");
  const waitSeconds = PIP_SECONDS + VENV_SECONDS;
  return withLock(lock, { log, waitSeconds }, async () => {
    const installedMeanwhile = findInstalledPython(directory);
    if (installedMeanwhile !== undefined) return installedMeanwhile;
    for (const name of readdirSync(directory))
      if (name.startsWith(ENVIRONMENT_PREFIX))
        rmSync(path.join(directory, name), { recursive: true, force: true });
    log(`Installing ${REQUIREMENTS.join(", ")} into ${directory}…`);
    const venv = mkdtempSync(path.join(directory, ENVIRONMENT_PREFIX));
    await installPackages(python, venv, REQUIREMENTS, { log, env });
    const marker = { requirements: REQUIREMENTS, venv: path.basename(venv) };
    writeFileAtomic(path.join(directory, MARKER), JSON.stringify(marker));
    log("installed");
    return getVenvPython(venv);
  });
}

/** Returns the Python of a complete installation of the required packages, if there is one. */
export function findInstalledPython(directory: string): string | undefined {
  try {
    const marker = JSON.parse(
      readFileSync(path.join(directory, MARKER), "utf8"),
    ) as { requirements?: unknown; venv?: unknown };
    if (JSON.stringify(marker.requirements) !== JSON.stringify(REQUIREMENTS))
      return undefined;
    const python = getVenvPython(path.join(directory, String(marker.venv)));
    return existsSync(python) ? python : undefined;
  } catch {
    // no marker, or an incomplete one
    return undefined;
  }
}

/**
 * Creates a virtual environment and installs packages into it.
 *
 * @throws UserError if Python or pip fails
 */
export async function installPackages(
  python: string,
  venv: string,
  requirements: readonly string[],
  { log, env }: { log: (line: string) => void; env: Environment },
): Promise<void> {
  const run = async (
    command: string,
    args: readonly string[],
    timeoutSeconds: number,
  ): Promise<void> => {
    const { code, stdout, stderr } = await runProcess(command, args, {
      // files that pip leaves when it is killed are removed with the environment
      environment: { ...env, PIP_USER: "0", TMPDIR: venv },
      timeoutSeconds,
      onLine: (line) => {
        if (/^(Collecting|Installing) /.test(line)) log(`  ${line}`);
      },
    });
    if (code === 0) return;
    const output = stderr.trim() === "" ? stdout : stderr;
    throw new UserError(
      `cannot install ${requirements.join(", ")}: ${path.basename(command)} failed with exit code ${code}\n${getLastLines(output, 5)}`,
      "check the access to PyPI, or to the index in PIP_INDEX_URL or PIP_FIND_LINKS",
    );
  };
  await run(python, ["-m", "venv", venv], VENV_SECONDS);
  const pip = ["-I", "-m", "pip", "install", "--no-input"];
  await run(
    getVenvPython(venv),
    [...pip, "--disable-pip-version-check", ...requirements],
    PIP_SECONDS,
  );
}

/**
 * Finds a Python that can create a virtual environment.
 *
 * @throws UserError with the problem of the first one if there is none
 */
export async function findPython(env: Environment): Promise<string> {
  const problems: string[] = [];
  for (const name of PYTHON_NAMES) {
    const problem = await findPythonProblem(name, env);
    if (problem === undefined) return name;
    problems.push(problem);
  }
  throw new UserError(problems[0] ?? "");
}

async function findPythonProblem(
  name: string,
  environment: Environment,
): Promise<string | undefined> {
  const oldest = `${OLDEST_PYTHON.major}.${OLDEST_PYTHON.minor}`;
  const hint = `install Python ${oldest} or newer`;
  const { code, stdout } = await runProcess(name, ["-I", "-c", PYTHON_PROBE], {
    environment,
    timeoutSeconds: 30,
  });
  if (code === EXIT_COMMAND_NOT_FOUND) return `${name} was not found: ${hint}`;
  const [, major, minor] = /^(\d+) (\d+)\s*$/.exec(stdout) ?? [];
  if (major === undefined || minor === undefined)
    return `${name} does not run: ${hint}`;
  if (
    Number(major) < OLDEST_PYTHON.major ||
    (Number(major) === OLDEST_PYTHON.major &&
      Number(minor) < OLDEST_PYTHON.minor)
  )
    return `${name} is Python ${major}.${minor}: ${hint}`;
  return code === 0
    ? undefined
    : `${name} has no venv module: install it (Debian, Ubuntu: apt install python3-venv)`;
}

function getVenvPython(venv: string): string {
  return path.join(venv, "bin", "python");
}
