import { devNull } from "node:os";
import path from "node:path";
import { UserError } from "../../../constructs/errors";
import {
  getEnvironment,
  type Environment,
} from "../../../stacks/config/environment";
import { withLock } from "../system/file-lock";
import { installLocalAws } from "./install";
import { launchServer, type RunningServer } from "./launch";
import {
  REGION,
  isResponding,
  stopServer,
  getEndpoint,
  isAlive,
  getLogFile,
  readServerState,
  writeServerState,
  type Server,
} from "./server";
import { formatCommand } from "../cli/invocation";

/** Directory of the project for everything of the local AWS. Git ignores it. */
export const LOCAL_AWS_DIRECTORY = ".local-aws";

/** More than the time of an installation and a start. */
const LOCK_SECONDS = 900;

/**
 * Variables of the user that would make a tool call AWS instead of the local one: those of AWS except for certificates,
 * and those that change how Terraform runs.
 */
const CONFLICTING =
  /^(AWS_(?!CA_BUNDLE$|SDK_JS_).*|TF_AWS_.*|TF_CLI_ARGS.*|TF_LOG.*|TF_WORKSPACE)$/;

export interface LocalAwsOptions {
  readonly log: (line: string) => void;
  /** @default {@link LOCAL_AWS_DIRECTORY} in the working directory */
  readonly directory?: string;
  /** @default `LOCAL_AWS_PORT`, else a free one */
  readonly port?: number | undefined;
  /** @default the environment of the process */
  readonly env?: Environment;
}

/** A running local AWS. */
export interface LocalAws {
  readonly endpoint: string;
  /** Variables that Terraform, the AWS CLI and the SDKs need to call it. Unset a variable that is `undefined`. */
  readonly environment: Environment;
  /** Directory for temporary files, which is removed when the local AWS ends. */
  readonly directory: string;
}

/** A local AWS that ends with this process, even if the process is killed. */
export interface AttachedLocalAws extends LocalAws {
  /** Ends the local AWS and removes its data. */
  readonly stop: () => Promise<void>;
}

/** A local AWS that runs until it is stopped. */
export interface DetachedLocalAws extends LocalAws {
  readonly pid: number;
  readonly logFile: string;
}

/**
 * Installs the local AWS if necessary, and starts an empty one for this process.
 *
 * @throws UserError if it cannot be installed or does not start
 */
export async function startLocalAws(
  options: LocalAwsOptions,
): Promise<AttachedLocalAws> {
  const server = await launch(options);
  return { ...toLocalAws(server, options), stop: server.stop };
}

/**
 * Starts a local AWS that outlives this process, unless one is running. Concurrent calls start only one.
 *
 * @throws UserError if it cannot be installed or does not start
 */
export async function startDetachedLocalAws(
  options: LocalAwsOptions,
): Promise<DetachedLocalAws> {
  const { log } = options;
  return withServerLock(options, async () => {
    const running = await findDetachedLocalAws(options);
    if (running !== undefined) {
      const { port } = options;
      if (port !== undefined && !running.endpoint.endsWith(`:${port}`)) {
        throw new UserError(
          `the local AWS must use port ${port}, but is running at ${running.endpoint}`,
          `run ${formatCommand("local", "down")} first`,
        );
      }
      log(`the local AWS is running at ${running.endpoint}`);
      return running;
    }
    await stopAndForget(options);
    const server = await launch(options);
    writeServerState(resolveDirectory(options), server);
    await server.detach();
    log(`the local AWS is running; its log file is ${getLogFile(server)}`);
    return toLocalAws(server, options);
  });
}

/** Ends the detached local AWS, if there is one. */
export async function stopDetachedLocalAws(
  options: LocalAwsOptions,
): Promise<void> {
  await withServerLock(options, async () => {
    options.log((await stopAndForget(options)) ? "stopped" : "not running");
  });
}

/** Returns the detached local AWS, if it responds. */
export async function findDetachedLocalAws(
  options: Omit<LocalAwsOptions, "log">,
): Promise<DetachedLocalAws | undefined> {
  const server = readServerState(resolveDirectory(options));
  return server !== undefined && isAlive(server) && (await isResponding(server))
    ? toLocalAws(server, options)
    : undefined;
}

/** Returns variables that make Terraform, the AWS CLI and the SDKs call an endpoint instead of AWS. */
export function createLocalAwsEnvironment(
  endpoint: string,
  env: Environment = getEnvironment(),
): Environment {
  const conflicting = Object.keys(env).filter((name) => CONFLICTING.test(name));
  return {
    ...Object.fromEntries(conflicting.map((name) => [name, undefined])),
    AWS_ENDPOINT_URL: endpoint,
    // a local AWS serves every hosted domain at its own endpoint
    COGNITO_DOMAIN_ENDPOINT: endpoint,
    AWS_ACCESS_KEY_ID: "test",
    AWS_SECRET_ACCESS_KEY: "test",
    AWS_REGION: REGION,
    AWS_DEFAULT_REGION: REGION,
    // the files in the home directory could disable the endpoint
    AWS_CONFIG_FILE: devNull,
    AWS_SHARED_CREDENTIALS_FILE: devNull,
  };
}

/**
 * Parses a port. Returns `undefined` for an empty text.
 *
 * @param source variable or option of the text
 * @param ErrorClass class of the error for an invalid port
 */
export function parsePort(
  text: string | undefined,
  source: string,
  ErrorClass: new (message: string) => UserError = UserError,
): number | undefined {
  if (text === undefined || text === "") return undefined;
  const port = Number(text);
  if (/^\d+$/.test(text) && port >= 1 && port <= 65_535) return port;
  throw new ErrorClass(
    `${source} must be a port from 1 to 65535, got "${text}"`,
  );
}

async function launch(options: LocalAwsOptions): Promise<RunningServer> {
  const { log, env = getEnvironment() } = options;
  const directory = resolveDirectory(options);
  const port = options.port ?? parsePort(env.LOCAL_AWS_PORT, "LOCAL_AWS_PORT");
  const python = await installLocalAws({ directory, log, env });
  return launchServer({ python, directory, log, port, env });
}

function toLocalAws(
  server: Server,
  { env }: Pick<LocalAwsOptions, "env">,
): DetachedLocalAws {
  const endpoint = getEndpoint(server);
  return {
    endpoint,
    environment: createLocalAwsEnvironment(endpoint, env),
    directory: server.directory,
    pid: server.pid,
    logFile: getLogFile(server),
  };
}

/** Ends the detached server and removes its record. Returns whether it was running. */
async function stopAndForget(options: LocalAwsOptions): Promise<boolean> {
  const server = readServerState(resolveDirectory(options));
  const wasRunning = server !== undefined && isAlive(server);
  if (server !== undefined) await stopServer(server);
  writeServerState(resolveDirectory(options));
  return wasRunning;
}

function withServerLock<T>(
  options: LocalAwsOptions,
  job: () => Promise<T>,
): Promise<T> {
  const lock = path.join(resolveDirectory(options), "server.lock");
  return withLock(lock, { log: options.log, waitSeconds: LOCK_SECONDS }, job);
}

function resolveDirectory({
  directory = LOCAL_AWS_DIRECTORY,
}: Pick<LocalAwsOptions, "directory">): string {
  return path.resolve(directory);
}
