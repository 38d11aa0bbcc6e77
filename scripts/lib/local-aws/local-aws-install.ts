import {
  existsSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
} from "node:fs";
import path from "node:path";
import { UserError } from "../../../constructs/errors";
import { environment, type Environment } from "../../../stacks/config";
import { withLock } from "../file-lock";
import { runProcess, tail } from "../processes";
import { findPython } from "./python";
import { replaceFile } from "../../../stacks/replace-file";

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
  env = environment(),
}: InstallOptions): Promise<string> {
  const present = installedPython(directory);
  if (present !== undefined) return present;
  const search = await findPython(env);
  if ("problem" in search) throw new UserError(search.problem);
  const lock = path.join(directory, "install.lock");
  const waitSeconds = INSTALL_SECONDS + VENV_SECONDS;
  return withLock(lock, { log, waitSeconds }, async () => {
    const installedMeanwhile = installedPython(directory);
    if (installedMeanwhile !== undefined) return installedMeanwhile;
    removeEnvironments(directory);
    return install(search.python, { directory, log, env });
  });
}

/** Python of the finished installation, if it is there and of the wanted versions. */
export function installedPython(directory: string): string | undefined {
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
  replaceFile(
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
    `the local AWS could not be installed: ${path.basename(command)} ended with ${result.code}\n${tail(output, 5)}`,
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
