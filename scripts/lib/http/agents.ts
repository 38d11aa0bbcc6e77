import {
  Agent as HttpAgent,
  type AgentOptions,
  type ClientRequest,
  type IncomingMessage,
  request as sendHttp,
  type RequestOptions,
} from "node:http";
import { Agent as HttpsAgent } from "node:https";
import { connect, isIP, type Socket } from "node:net";
import type { Duplex } from "node:stream";
import { connect as connectTls, type SecureContext } from "node:tls";
import type { Environment } from "../../../stacks/config/environment";
import { loadSecureContext } from "./certificates";
import { findConnectionProblem } from "./connection-error";
import { explainProxyStatus, ProxyError } from "./proxy-error";
import {
  formatAuthority,
  type Proxy,
  type ProxySettings,
  readProxySettings,
  type Target,
} from "./proxy-settings";

/** Less than the SDK waits for a connection, so that the error names the proxy. */
const CONNECT_MS = 4_500;
/** Options of the SDK's own agents. */
const OPTIONS: AgentOptions = { keepAlive: true, maxSockets: 50 };

/** Agents of Node's clients, by scheme. */
export interface Agents {
  readonly httpAgent: HttpAgent;
  readonly httpsAgent: HttpsAgent;
}

interface Network extends ProxySettings {
  /** @default Node's */
  readonly secureContext: SecureContext | undefined;
}

type Emit = (event: string | symbol, ...values: unknown[]) => boolean;
type Callback = (error: Error | null, stream: Duplex) => void;

/**
 * Creates agents for the proxies and certificate authorities of the environment.
 *
 * Node has this since 24.5 only, and reads `NO_PROXY` in another way than Terraform. The packages for older versions are ES
 * modules, or return the proxy's error page as the response of the server.
 *
 * @throws UserError if a variable is invalid
 */
export function createAgents(env: Environment): Agents {
  const network: Network = {
    ...readProxySettings(env),
    secureContext: loadSecureContext(env),
  };
  return {
    httpAgent: new ForwardingAgent(network),
    httpsAgent: new TunnelingAgent(network),
  };
}

/** Sends plaintext requests to a proxy, with the whole URL as their path. */
class ForwardingAgent extends HttpAgent {
  constructor(private readonly network: Network) {
    super(OPTIONS);
  }

  /** Node's clients call this before they write the headers. Its types do not have it. */
  addRequest(request: ClientRequest, options: RequestOptions): void {
    const target = toTarget(options);
    const proxy = this.network.findProxy("http:", target);
    if (proxy !== undefined) {
      request.path = `http://${formatAuthority(target)}${request.path}`;
      if (proxy.authorization !== undefined)
        request.setHeader("proxy-authorization", proxy.authorization);
      failIfDenied(request, proxy, formatAuthority(target));
    }
    const parent = HttpAgent.prototype as unknown as ForwardingAgent;
    parent.addRequest.call(this, request, options);
  }

  override createConnection(
    options: RequestOptions,
    callback: Callback,
  ): Duplex | null | undefined {
    const proxy = this.network.findProxy("http:", toTarget(options));
    if (proxy === undefined) return super.createConnection(options, callback);
    respond(connectToProxy(proxy, this.network), callback);
    return undefined;
  }
}

/** Opens a tunnel through a proxy, in which the request is encrypted. */
class TunnelingAgent extends HttpsAgent {
  constructor(private readonly network: Network) {
    super({ ...OPTIONS, ...toTlsOptions(network) });
  }

  override createConnection(
    options: RequestOptions,
    callback: Callback,
  ): Duplex | null | undefined {
    const target = toTarget(options);
    const proxy = this.network.findProxy("https:", target);
    if (proxy === undefined) return super.createConnection(options, callback);
    const secure = async (): Promise<Duplex> => {
      const socket = await connectToProxy(proxy, this.network);
      await openTunnel(socket, proxy, target);
      const inTunnel = { ...options, socket };
      return super.createConnection(inTunnel) ?? socket;
    };
    respond(secure(), callback);
    return undefined;
  }
}

/** Makes a request fail if the response is the proxy's: no server returns HTTP 407. */
function failIfDenied(
  request: ClientRequest,
  proxy: Proxy,
  authority: string,
): void {
  const emit = request.emit.bind(request) as Emit;
  request.emit = ((event, ...values) => {
    const [response] = values as readonly Partial<IncomingMessage>[];
    if (event !== "response" || response?.statusCode !== 407)
      return emit(event, ...values);
    request.destroy(explainProxyStatus(proxy, authority, 407));
    return true;
  }) satisfies Emit;
}

function respond(connection: Promise<Duplex>, callback: Callback): void {
  connection.then(
    (stream) => {
      callback(null, stream);
    },
    (error: unknown) => {
      // Node reads no stream after an error
      callback(error as Error, undefined as unknown as Duplex);
    },
  );
}

function toTarget({ host, port }: RequestOptions): Target {
  return { host: host ?? "localhost", port: Number(port) };
}

function toTlsOptions({ secureContext }: Network): {
  readonly secureContext?: SecureContext;
} {
  return secureContext === undefined ? {} : { secureContext };
}

/** @throws ProxyError */
async function connectToProxy(proxy: Proxy, network: Network): Promise<Socket> {
  const { host, port, isSecure } = proxy;
  const socket = isSecure
    ? connectTls({
        host,
        port,
        ...(isIP(host) === 0 && { servername: host }),
        ...toTlsOptions(network),
      })
    : connect({ host, port });
  // an error can come between two steps, when no other function listens
  socket.on("error", () => undefined);
  await waitFor(proxy, socket, (resolve) => {
    socket.once(isSecure ? "secureConnect" : "connect", resolve);
  });
  return socket;
}

/** @throws ProxyError */
async function openTunnel(
  socket: Socket,
  proxy: Proxy,
  target: Target,
): Promise<void> {
  const { authorization } = proxy;
  const authority = formatAuthority(target);
  const request = sendHttp({
    createConnection: () => socket,
    method: "CONNECT",
    path: authority,
    headers: {
      host: authority,
      ...(authorization !== undefined && {
        "proxy-authorization": authorization,
      }),
    },
  });
  await waitFor(proxy, request, (resolve, reject) => {
    request.once("connect", ({ statusCode = 0 }, _, head) => {
      if (statusCode >= 200 && statusCode < 300) {
        // a page instead of a tunnel: TLS fails at once
        socket.unshift(head);
        resolve();
        return;
      }
      reject(explainProxyStatus(proxy, authority, statusCode));
    });
    request.end();
  }).catch((error: unknown) => {
    socket.destroy();
    throw error;
  });
}

/** Waits for a step of a connection, at most {@link CONNECT_MS}. */
function waitFor(
  proxy: Proxy,
  emitter: Socket | ClientRequest,
  start: (resolve: () => void, reject: (error: Error) => void) => void,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      const seconds = CONNECT_MS / 1000;
      emitter.destroy(new Error(`no response in ${seconds} s`));
    }, CONNECT_MS);
    const onError = (error: Error): void => {
      clearTimeout(timer);
      reject(error instanceof ProxyError ? error : toProxyError(proxy, error));
    };
    emitter.once("error", onError);
    start(() => {
      clearTimeout(timer);
      emitter.off("error", onError);
      resolve();
    }, onError);
  });
}

function toProxyError(proxy: Proxy, error: Error): ProxyError {
  const problem = findConnectionProblem(error);
  return new ProxyError(
    proxy,
    `cannot be reached: ${problem?.reason ?? error.message}`,
    problem?.hint ?? `check ${proxy.variable}, or add the host to NO_PROXY`,
    problem?.isTemporary ?? true,
  );
}
