import { writeFileSync } from "node:fs";
import path from "node:path";
import { UserError } from "../../../constructs/errors";
import type { Environment } from "../../../stacks/config/environment";
import { findInstalledBundle } from "../../../stacks/config/settings-directory";
import { runProcess, getLastLines } from "../system/processes";
import { formatCommand } from "../cli/invocation";

/** Outputs of a stage by name. */
export type StageOutputs = Readonly<Record<string, string>>;

export interface StageCommandsOptions {
  readonly stage: string;
  /** Environment of the commands. */
  readonly environment: Environment;
  /** Working directory, also for their files. */
  readonly directory: string;
  /** Receives each command line. */
  readonly onCommand: (line: string) => void;
}

const TIMEOUT_SECONDS = 120;

/**
 * Returns the arguments of Node that run this program. An installed program is started by the same path again: it decides
 * whether the program is that of the app.
 */
export function getProgramArguments(): readonly string[] {
  const [, program = ""] = process.argv;
  return [
    findInstalledBundle() === undefined
      ? path.resolve("scripts", "run.mjs")
      : program,
  ];
}

/** Runs the commands of this project for a deployed stage, each in a process. */
export class StageCommands {
  constructor(private readonly options: StageCommandsOptions) {}

  async readOutputs(): Promise<StageOutputs> {
    return JSON.parse(await this.run("outputs")) as StageOutputs;
  }

  /** Gets a service's token and verifies it like an API. */
  async getServiceToken(serviceId: string) {
    const service = ["token", "--service-id", serviceId];
    const token = JSON.parse(await this.run(...service)) as {
      readonly access_token: string;
      readonly expires_in: number;
    };
    const file = path.join(this.options.directory, "service-token");
    writeFileSync(file, token.access_token, { mode: 0o600 });
    const claims = await this.run("verify", "--file", file);
    const { scope } = JSON.parse(claims) as { readonly scope: string };
    return { scope, expiresInSeconds: token.expires_in };
  }

  /** Signs a user in and gets credentials in the format for an AWS profile. */
  async getCredentials(userName: string, password: string) {
    const variables = { USERNAME: userName, password };
    const command = ["credentials", "--format", "process"];
    return JSON.parse(await this.runWith(variables, ...command)) as {
      readonly AccessKeyId: string;
      readonly Expiration: string;
    };
  }

  /** Makes an existing role trust the stage's identity pool, and returns its trust policy. */
  async addTrust(role: string): Promise<string> {
    return this.run("trust-policy", "--role", role, "--apply", "--yes");
  }

  /** Checks the stage, and returns the number of checks by result. */
  async checkHealth(): Promise<string> {
    const report = await this.run("doctor");
    return getLastLines(report, 1).replace(/^Stage \S+: /, "");
  }

  private run(...command: readonly string[]): Promise<string> {
    return this.runWith({}, ...command);
  }

  /** Runs a command with additional variables, and returns its standard output. */
  private async runWith(
    variables: Environment,
    ...command: readonly string[]
  ): Promise<string> {
    const { stage, environment, directory, onCommand } = this.options;
    const [name, ...args] = [...command, "--stage", stage];
    onCommand(formatCommand(name, ...args));
    const { code, stdout, stderr } = await runProcess(
      process.execPath,
      [...getProgramArguments(), name, ...args],
      {
        directory,
        environment: {
          ...environment,
          ...variables,
          XDG_CACHE_HOME: path.join(directory, "cache"),
        },
        timeoutSeconds: TIMEOUT_SECONDS,
      },
    );
    if (code === 0) return stdout;
    throw new UserError(
      `${name} failed with exit code ${code}\n${getLastLines(`${stdout}${stderr}`, 60)}`,
    );
  }
}
