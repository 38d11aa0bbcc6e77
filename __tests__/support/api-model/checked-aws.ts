import {
  createServer,
  request,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";
import { buffer } from "node:stream/consumers";
import {
  createLocalAwsEnvironment,
  startLocalAws,
  type AttachedLocalAws,
} from "../../../scripts/lib/local-aws/local-aws";
import {
  type Environment,
  getEnvironment,
} from "../../../stacks/config/environment";
import { stopProviders } from "../persistent-provider";
import { CALL_REPORT, CallLog } from "./call-log";
import { checkRequest, type CheckedRequest } from "./check-request";
import { findPermissionProblem, readCommandActions } from "./command-actions";
import { getSender, type HttpRequest } from "./http-request";
import { ApiModels } from "./service-model";

/** A local AWS whose requests are checked against AWS's API models. */
export interface CheckedLocalAws extends AttachedLocalAws {
  /**
   * Ends the local AWS.
   *
   * @throws Error that lists the violations
   */
  readonly stop: () => Promise<void>;
  /** Returns the violations so far, and removes them: a test expects them. */
  readonly takeViolations: () => string[];
}

/**
 * Starts a local AWS behind a proxy that checks each request.
 *
 * @param report file for the number of calls; by default that of the whole run
 * @param variables additional environment of the local AWS
 */
export async function startCheckedAws(
  report = CALL_REPORT,
  variables: Environment = {},
): Promise<CheckedLocalAws> {
  const aws = await startLocalAws({
    log: () => undefined,
    env: { ...getEnvironment(), ...variables },
  });
  const models = ApiModels.findInstalled();
  const actions = readCommandActions();
  const log = new CallLog();
  const server = createServer({ keepAliveTimeout: 600_000 });
  const endpoint = await listen(server);
  const checked: CheckedLocalAws = {
    ...aws,
    endpoint,
    environment: createLocalAwsEnvironment(endpoint),
    takeViolations: () => log.violations.splice(0),
    async stop() {
      await stopProviders();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await aws.stop();
      log.save(report, getTestFile());
      if (log.violations.length > 0)
        throw new Error(
          `requests with violations:\n${[...new Set(log.violations)].join("\n")}`,
        );
    },
  };
  server.on("request", (incoming: IncomingMessage, response) => {
    void forward(incoming, response, aws.endpoint, (received) => {
      const sender = getSender(received);
      const result = tryToCheck(models, received);
      const problem = findPermissionProblem(actions, result.name, sender);
      const violations = [...result.violations, ...(problem ? [problem] : [])];
      log.add({ ...result, violations }, sender);
    });
  });
  return checked;
}

async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** Forwards a request. Closes its connection if the local AWS closes its own. */
async function forward(
  incoming: IncomingMessage,
  response: ServerResponse,
  target: string,
  check: (received: HttpRequest) => void,
): Promise<void> {
  const close = () => incoming.socket.destroy();
  try {
    const body = await buffer(incoming);
    const { method = "", url = "/", headers } = incoming;
    check({ method, url, headers, body: body.toString() });
    const outgoing = request(
      new URL(url, target),
      // a connection that the local AWS closes while idle would be a fault
      { method, headers, agent: false },
      (answer) => {
        response.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.on("error", close).pipe(response);
      },
    );
    outgoing.on("error", close).end(body);
  } catch {
    close();
  }
}

/** A request that cannot be checked is a violation. */
function tryToCheck(models: ApiModels, received: HttpRequest): CheckedRequest {
  try {
    return checkRequest(models, received);
  } catch (error) {
    return {
      name: `${received.method} ${received.url}`,
      isApi: true,
      violations: [{ member: "", rule: `cannot be checked: ${String(error)}` }],
    };
  }
}

function getTestFile(): string {
  const { testPath = "unknown" } = expect.getState();
  return path.relative(path.resolve(__dirname, "../.."), testPath);
}
