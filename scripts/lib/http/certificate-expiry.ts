import { request } from "node:https";
import { TLSSocket } from "node:tls";
import { findConnectionProblem } from "./connection-error";
import { loadAgents } from "./network";

const TIMEOUT_SECONDS = 5;

/**
 * Returns the end of the validity of a server's certificate, or the reason why there is no connection,
 * such as an expired certificate.
 */
export async function readCertificateExpiry(url: URL): Promise<Date | string> {
  const agents = await loadAgents();
  return new Promise((resolve) => {
    const sent = request(
      url,
      {
        method: "HEAD",
        signal: AbortSignal.timeout(TIMEOUT_SECONDS * 1000),
        // no session of an earlier connection: it has no certificate
        agent: agents?.httpsAgent ?? false,
      },
      (response) => {
        const { socket } = response;
        const end =
          socket instanceof TLSSocket
            ? new Date(socket.getPeerCertificate().valid_to)
            : "the connection has no certificate";
        response.destroy();
        resolve(end);
      },
    );
    sent.once("error", (error) => {
      resolve(
        error.name === "AbortError" || error.name === "TimeoutError"
          ? `no response in ${TIMEOUT_SECONDS} s`
          : (findConnectionProblem(error)?.reason ?? "the connection failed"),
      );
    });
    sent.end();
  });
}
