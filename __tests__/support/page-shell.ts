import { chmodSync, readdirSync, symlinkSync } from "node:fs";
import path from "node:path";
import {
  type ProcessResult,
  runProcess,
} from "../../scripts/lib/system/processes";
import { LOCAL_AWS_DIRECTORY } from "../../scripts/lib/local-aws/local-aws";
import { quoteShellWord } from "../../scripts/lib/system/shell";
import type { Environment } from "../../stacks/config/environment";
import type { CodeBlock } from "./pages";
import { createTemporaryDirectory } from "./stage";

const PROJECT = path.resolve(__dirname, "../..");
const RUN = path.join(PROJECT, "scripts", "run.mjs");
const TIMEOUT_SECONDS = 300;

/** Account of the examples, and the one of the local AWS that replaces it. */
const ACCOUNTS = ["123456789012", "000000000000"] as const;

/**
 * Runs blocks of code of the documentation like a reader, in one directory. `npx veda-auth` runs the code of this
 * checkout, and answers the question of `deploy` and `destroy` with yes.
 */
export class PageShell {
  private constructor(
    private readonly directory: string,
    private readonly environment: Environment,
  ) {}

  /**
   * Creates a directory with the tools that the documentation requires.
   *
   * @param environment credentials and endpoints of the commands
   */
  static create(environment: Environment): PageShell {
    const tools = createTemporaryDirectory({
      npx: `#!/bin/sh
[ "$1" = veda-auth ] || { echo "npx must run veda-auth, got $1" >&2; exit 64; }
shift
case "$1" in deploy | destroy) set -- "$@" --auto-approve ;; esac
exec ${quoteShellWord(process.execPath)} ${quoteShellWord(RUN)} "$@"
`,
    });
    chmodSync(path.join(tools, "npx"), 0o755);
    const aws = environment.E2E_AWS_CLI ?? "aws";
    if (aws !== "aws") symlinkSync(aws, path.join(tools, "aws"));
    const directory = createTemporaryDirectory();
    return new PageShell(directory, {
      ...environment,
      PATH: `${tools}:${environment.PATH ?? ""}`,
      HOME: directory,
      XDG_CACHE_HOME: path.join(directory, ".cache"),
    });
  }

  /** Links the installation of the local AWS, so that the commands here do not install another one. */
  linkLocalAws(): void {
    const source = path.join(PROJECT, LOCAL_AWS_DIRECTORY);
    const target = createTemporaryDirectory();
    for (const name of readdirSync(source))
      if (/^venv-|^installed\.json$/.test(name))
        symlinkSync(path.join(source, name), path.join(target, name));
    symlinkSync(target, path.join(this.directory, LOCAL_AWS_DIRECTORY));
  }

  /** Python with boto3, which Checkov requires. */
  private get python(): string {
    const checkov = this.environment.E2E_CHECKOV ?? "";
    return path.join(path.dirname(checkov), "python3");
  }

  run({ language, code }: CodeBlock): Promise<ProcessResult> {
    const text = code.replaceAll(...ACCOUNTS);
    const [command, ...args] =
      language === "python"
        ? [this.python, "-c", text]
        : ["bash", "-euo", "pipefail", "-c", text];
    return runProcess(command, args, {
      directory: this.directory,
      environment: this.environment,
      timeoutSeconds: TIMEOUT_SECONDS,
    });
  }
}
