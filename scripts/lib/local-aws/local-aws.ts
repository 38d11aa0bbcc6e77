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

/** Folder of the project that holds everything of the local AWS; git ignores it. */
export const LOCAL_AWS_DIRECTORY = ".local-aws";

/** Longer than an installation and a start take. */
const LOCK_SECONDS = 900;

/**
 * Settings of one's own that would lead a tool past the local AWS, to an account or to nowhere: all of AWS's but the
 * certificates, and what changes how Terraform runs.
 */
const MISLEADING =
  /^(AWS_(?!CA_BUNDLE$|SDK_JS_).*|TF_AWS_.*|TF_CLI_ARGS.*|TF_LOG.*|TF_WORKSPACE)$/;

export interface LocalAwsOptions {
  /** Told what happens, a line at a time. */
  readonly log: (line: string) => void;
  /** @default {@link LOCAL_AWS_DIRECTORY} in the working directory */
  readonly directory?: string;
  /** @default `LOCAL_AWS_PORT`, else a free one */
  readonly port?: number | undefined;
  /** @default the process's */
  readonly env?: Environment;
}

/** A local AWS that is up. */
export interface LocalAws {
  readonly endpoint: string;
  /** What Terraform, the AWS CLI and the SDKs need to reach it; an undefined one is to be unset. */
  readonly environment: Environment;
  /** Folder that is removed when it stops, however it does; anybody may put files there. */
  readonly directory: string;
}

/** A local AWS that ends with this process, however that ends. */
export interface AttachedLocalAws extends LocalAws {
  /** Ends it and waits for it; what it kept is gone. */
  readonly stop: () => Promise<void>;
}

/** A local AWS that lives on its own until it is taken down. */
export interface DetachedLocalAws extends LocalAws {
  readonly pid: number;
  readonly logFile: string;
}

/**
 * Installs the local AWS where needed and starts one for this process alone, with nothing in it.
 *
 * @throws UserError when it cannot be installed or does not start
 */
export async function startLocalAws(
  options: LocalAwsOptions,
): Promise<AttachedLocalAws> {
  const server = await launch(options);
  return { ...describe(server, options), stop: server.stop };
}

/**
 * Starts a local AWS that outlives this process, unless one is up already: two at once come to the same one.
 *
 * @throws UserError when it cannot be installed or does not start
 */
export async function startDetachedLocalAws(
  options: LocalAwsOptions,
): Promise<DetachedLocalAws> {
  const { log } = options;
  return locked(options, async () => {
    const present = await findDetachedLocalAws(options);
    if (present !== undefined) {
      const { port } = options;
      if (port !== undefined && !present.endpoint.endsWith(`:${port}`)) {
        throw new UserError(
          `the local AWS is already up at ${present.endpoint}, not at port ${port}`,
          "npm run local -- down stops it",
        );
      }
      log(`the local AWS is already up at ${present.endpoint}`);
      return present;
    }
    await clear(options);
    const server = await launch(options);
    writeServerState(folder(options), server);
    await server.detach();
    log(`the local AWS is up; its log is ${getLogFile(server)}`);
    return describe(server, options);
  });
}

/** Stops the local AWS that was brought up, if there is one. */
export async function stopDetachedLocalAws(
  options: LocalAwsOptions,
): Promise<void> {
  await locked(options, async () => {
    options.log((await clear(options)) ? "stopped" : "not running");
  });
}

/** The local AWS that was brought up, if it answers. */
export async function findDetachedLocalAws(
  options: Omit<LocalAwsOptions, "log">,
): Promise<DetachedLocalAws | undefined> {
  const server = readServerState(folder(options));
  return server !== undefined && isAlive(server) && (await isResponding(server))
    ? describe(server, options)
    : undefined;
}

/** Variables that point Terraform, the AWS CLI and the SDKs at an endpoint instead of an account. */
export function createLocalAwsEnvironment(
  endpoint: string,
  env: Environment = getEnvironment(),
): Environment {
  const misleading = Object.keys(env).filter((name) => MISLEADING.test(name));
  return {
    ...Object.fromEntries(misleading.map((name) => [name, undefined])),
    AWS_ENDPOINT_URL: endpoint,
    // a local AWS serves every hosted domain at its own endpoint
    COGNITO_DOMAIN_ENDPOINT: endpoint,
    AWS_ACCESS_KEY_ID: "test",
    AWS_SECRET_ACCESS_KEY: "test",
    AWS_REGION: REGION,
    AWS_DEFAULT_REGION: REGION,
    // the files in the home folder can switch the endpoint off
    AWS_CONFIG_FILE: devNull,
    AWS_SHARED_CREDENTIALS_FILE: devNull,
  };
}

/**
 * A port from a text, none for none.
 *
 * @param Mistake what is thrown of a text that is none
 */
export function parsePort(
  text: string | undefined,
  source: string,
  Mistake: new (message: string) => UserError = UserError,
): number | undefined {
  if (text === undefined || text === "") return undefined;
  const port = Number(text);
  if (/^\d+$/.test(text) && port >= 1 && port <= 65_535) return port;
  throw new Mistake(`${source} must be a port from 1 to 65535, got "${text}"`);
}

async function launch(options: LocalAwsOptions): Promise<RunningServer> {
  const { log, env = getEnvironment() } = options;
  const directory = folder(options);
  const port = options.port ?? parsePort(env.LOCAL_AWS_PORT, "LOCAL_AWS_PORT");
  const python = await installLocalAws({ directory, log, env });
  return launchServer({ python, directory, log, port, env });
}

function describe(
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

/** Ends the server that was brought up and forgets it; whether it was running. */
async function clear(options: LocalAwsOptions): Promise<boolean> {
  const server = readServerState(folder(options));
  const wasRunning = server !== undefined && isAlive(server);
  if (server !== undefined) await stopServer(server);
  writeServerState(folder(options));
  return wasRunning;
}

function locked<T>(
  options: LocalAwsOptions,
  job: () => Promise<T>,
): Promise<T> {
  const lock = path.join(folder(options), "server.lock");
  return withLock(lock, { log: options.log, waitSeconds: LOCK_SECONDS }, job);
}

function folder({
  directory = LOCAL_AWS_DIRECTORY,
}: Pick<LocalAwsOptions, "directory">): string {
  return path.resolve(directory);
}
