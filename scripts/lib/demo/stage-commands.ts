import { writeFileSync } from "node:fs";
import path from "node:path";
import { UserError } from "../../../constructs/errors";
import type { Environment } from "../../../stacks/config/environment";
import { runProcess, getLastLines } from "../system/processes";

/** Outputs of a stage by name. */
export type StageOutputs = Readonly<Record<string, string>>;

/** The printable properties of a service's token. */
export interface ServiceTokenSummary {
  readonly scope: string;
  readonly expiresInSeconds: number;
}

/** The printable properties of a role's credentials. */
export interface CredentialsSummary {
  readonly accessKeyId: string;
  readonly expiration: string;
}

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

/** Runs the commands of this project for a deployed stage, each in a process. */
export class StageCommands {
  constructor(private readonly options: StageCommandsOptions) {}

  async readOutputs(): Promise<StageOutputs> {
    return JSON.parse(await this.run("outputs")) as StageOutputs;
  }

  /** Gets a service's token and verifies it like an API. */
  async getServiceToken(serviceId: string): Promise<ServiceTokenSummary> {
    const service = ["get-service-token", "--service-id", serviceId];
    const answer = JSON.parse(await this.run(...service)) as {
      readonly access_token: string;
      readonly expires_in: number;
    };
    const file = path.join(this.options.directory, "service-token");
    writeFileSync(file, answer.access_token, { mode: 0o600 });
    const claims = JSON.parse(
      await this.run("verify-token", "--file", file),
    ) as { readonly scope: string };
    return { scope: claims.scope, expiresInSeconds: answer.expires_in };
  }

  /** Signs a user in and gets credentials in the format for an AWS profile. */
  async getCredentials(
    userName: string,
    password: string,
  ): Promise<CredentialsSummary> {
    const answer = await this.runWith(
      { USERNAME: userName, password },
      "tmp-creds",
      "--format",
      "process",
    );
    const { AccessKeyId, Expiration } = JSON.parse(answer) as {
      readonly AccessKeyId: string;
      readonly Expiration: string;
    };
    return { accessKeyId: AccessKeyId, expiration: Expiration };
  }

  /** Makes an existing role trust the stage's identity pool, and returns its trust policy. */
  async addTrust(role: string): Promise<string> {
    return this.run("trust-policy", "--role", role, "--apply", "--yes");
  }

  /** @throws UserError if AWS has resources of the stage that are not in its state */
  async requireNoOrphans(): Promise<void> {
    await this.run("orphans");
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
    onCommand(`npm run -s ${name} -- ${args.join(" ")}`);
    const { code, stdout, stderr } = await runProcess(
      process.execPath,
      [path.resolve("scripts", "run.mjs"), name, ...args],
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
      `${name} failed with exit code ${code}\n${getLastLines(stderr, 10)}`,
    );
  }
}
