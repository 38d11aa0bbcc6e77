import type { Environment } from "../../../stacks/config";
import { NOT_FOUND, runProcess } from "../processes";

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
  if (code === NOT_FOUND) return `${name} was not found: install ${wanted}`;
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
