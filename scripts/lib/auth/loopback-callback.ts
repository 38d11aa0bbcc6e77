import {
  createServer,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from "node:http";
import type { AddressInfo } from "node:net";
import {
  BROWSER_SIGN_IN_PORTS,
  getBrowserCallbackUrl,
} from "../../../stacks/naming";
import { isCommand } from "../cli/invocation";
import { ClientError } from "../client/client-error";
import {
  type AuthorizationResponse,
  parseResponse,
} from "./authorization-response";

/** Only programs of this machine can connect. */
const HOST = "127.0.0.1";

/** A server on this machine, which receives the response of the sign-in pages. */
export interface LoopbackCallback {
  /** Callback URL, as it is registered at the client. */
  readonly url: string;
  /** Resolves at the first response to this sign-in. Other requests are answered, and ignored. */
  readonly response: Promise<AuthorizationResponse>;
  readonly close: () => void;
}

/**
 * Listens on the first free port.
 *
 * @param state connects the response to the request
 * @throws ClientError if all ports are in use
 * @see https://www.rfc-editor.org/rfc/rfc8252#section-7.3
 */
export async function listenForCallback(
  state: string,
  ports: readonly number[] = BROWSER_SIGN_IN_PORTS,
): Promise<LoopbackCallback> {
  const server = createServer();
  // a connection that the browser opened in advance must not delay the end of this process
  server.on("connection", (socket) => socket.unref());
  for (const port of ports) {
    if (!(await listen(server, port))) continue;
    const { port: actualPort } = server.address() as AddressInfo;
    const url = getBrowserCallbackUrl(actualPort);
    return {
      url,
      response: waitForResponse(server, new URL(url).pathname, state),
      close: () => {
        server.close();
        server.closeAllConnections();
      },
    };
  }
  throw new ClientError(
    "sign_in_required",
    `every port for the response of the browser is in use: ${ports.join(", ")}`,
    `end the program that uses one of them, such as another sign-in${isCommand() ? ", or use --no-browser" : ""}`,
  );
}

/** Returns `false` if the port is in use, or reserved by the system. */
function listen(server: Server, port: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const onError = (error: NodeJS.ErrnoException): void => {
      server.off("listening", onListening);
      if (error.code === "EADDRINUSE" || error.code === "EACCES")
        resolve(false);
      else reject(error);
    };
    const onListening = (): void => {
      server.off("error", onError);
      resolve(true);
    };
    server.once("error", onError).once("listening", onListening);
    server.listen(port, HOST);
  });
}

function waitForResponse(
  server: Server,
  pathname: string,
  state: string,
): Promise<AuthorizationResponse> {
  return new Promise((resolve) => {
    server.on("request", (request: IncomingMessage, reply: ServerResponse) => {
      const { url = "", method } = request;
      const target = `http://${HOST}${url}`;
      const requested = URL.canParse(target) ? new URL(target) : undefined;
      if (method !== "GET" || requested?.pathname !== pathname) {
        send(reply, 404, "Not found", "There is no such page.");
        return;
      }
      const response = parseResponse(requested.searchParams, state);
      if (response === undefined) {
        send(
          reply,
          400,
          "Another sign-in",
          "This page is not the response to the sign-in that is waiting.",
        );
        return;
      }
      const [title, text] =
        "code" in response
          ? [
              "Sign-in received",
              "The program that started the sign-in continues. You can close this window.",
            ]
          : [
              "Sign-in failed",
              "The program that started the sign-in shows the error. You can close this window.",
            ];
      // other programs have no reason to connect any more
      server.close();
      // also if the browser has closed the connection
      reply.once("close", () => {
        resolve(response);
      });
      send(reply, 200, title, text);
    });
  });
}

/** Sends a page without scripts, and without anything of the request. */
function send(
  reply: ServerResponse,
  status: number,
  title: string,
  text: string,
): void {
  reply
    .writeHead(status, {
      "content-type": "text/html; charset=utf-8",
      "cache-control": "no-store",
      "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
      "referrer-policy": "no-referrer",
      "x-content-type-options": "nosniff",
      connection: "close",
    })
    .end(
      `<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>${title}</title></head><body><h1>${title}</h1><p>${text}</p></body></html>\n`,
    );
}
