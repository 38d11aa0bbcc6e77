import { UserError } from "../../../constructs/errors";
import {
  type Environment,
  getEnvironment,
} from "../../../stacks/config/environment";
import { formatCommand } from "../cli/invocation";

/** Variables that can name a local AWS. */
const ENDPOINT_VARIABLE =
  /^(AWS_ENDPOINT_URL(_[A-Z0-9_]+)?|COGNITO_DOMAIN_ENDPOINT)$/;
const PROBE_MS = 1_000;

/** Returns whether plaintext HTTP to this URL stays on this machine. */
export function isLoopbackUrl({ protocol, hostname }: URL): boolean {
  return (
    protocol === "http:" && /^(localhost|127(\.\d+){3}|\[::1\])$/.test(hostname)
  );
}

/**
 * Explains a refused connection to a port: if the environment names a local AWS at this port, it has stopped.
 */
export function explainRefusal(
  port: number | undefined,
  env: Environment = getEnvironment(),
): UserError | undefined {
  const stopped = listLocalEndpoints(env).find(
    ({ url }) => getPort(url) === port,
  );
  return stopped === undefined
    ? undefined
    : new UserError(
        `the local AWS at ${stopped.url.origin} does not run, but ${stopped.name} names it`,
        `start it with eval "$(${formatCommand("local", "up")})", or unset the variables of the local AWS to use AWS`,
      );
}

/** Returns advice if a local AWS does not have an operation; `undefined` if the environment names no local AWS. */
export function formatRestartHint(
  env: Environment = getEnvironment(),
): string | undefined {
  return listLocalEndpoints(env).length === 0
    ? undefined
    : `if an earlier version started this local AWS, run ${formatCommand("local", "down")}, which deletes its content, and start it with eval "$(${formatCommand("local", "up")})"`;
}

/** Explains a refused connection in the output of Terraform. */
export function explainRefusalIn(
  output: string,
  env?: Environment,
): UserError | undefined {
  // Terraform wraps lines to the width of a terminal
  const refused = /dial tcp \S+:(\d+): connect: connection refused/.exec(
    output.replace(/[\s│]+/g, " "),
  );
  return refused === null ? undefined : explainRefusal(Number(refused[1]), env);
}

/**
 * Fails if the environment names a local AWS that has stopped. Terraform would try again for half a minute.
 *
 * @throws UserError
 */
export async function requireRunningEndpoints(env: Environment): Promise<void> {
  for (const { url } of listLocalEndpoints(env)) {
    const port = getPort(url);
    const stopped = explainRefusal(port, env);
    const host = url.hostname.replace(/^\[|\]$/g, "");
    if (stopped !== undefined && (await isRefused(host, port))) throw stopped;
  }
}

function listLocalEndpoints(
  env: Environment,
): readonly { readonly name: string; readonly url: URL }[] {
  return Object.entries(env).flatMap(([name, value = ""]) => {
    if (!ENDPOINT_VARIABLE.test(name) || !URL.canParse(value)) return [];
    const url = new URL(value);
    return isLoopbackUrl(url) ? [{ name, url }] : [];
  });
}

function getPort({ port }: URL): number {
  return port === "" ? 80 : Number(port);
}

async function isRefused(host: string, port: number): Promise<boolean> {
  // a program that calls no local AWS does not load it
  const { connect } = await import("node:net");
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: PROBE_MS });
    const end = (refused: boolean) => (): void => {
      socket.destroy();
      resolve(refused);
    };
    socket.once("connect", end(false));
    socket.once("timeout", end(false));
    socket.once("error", (error: NodeJS.ErrnoException) => {
      end(error.code === "ECONNREFUSED")();
    });
  });
}
