import { isIP, Socket } from "node:net";

type Connect = (this: Socket, ...args: unknown[]) => Socket;

const prototype = Socket.prototype as unknown as { connect: Connect };
const { connect } = prototype;

/**
 * Runs before each file of unit tests, and rejects connections to other machines. Loopback addresses and sockets in the file
 * system are allowed.
 */
prototype.connect = function (...args) {
  const [target] = args.flat();
  const { host, path } = (typeof target === "object" ? target : {}) as {
    readonly host?: string;
    readonly path?: string;
  };
  const isLocal =
    path !== undefined ||
    host === undefined ||
    host === "localhost" ||
    (isIP(host) > 0 && /^(127\.|::1$)/.test(host));
  if (!isLocal) {
    throw new Error(
      `unit tests must stay on this machine, got a connection to ${host}`,
    );
  }
  return connect.apply(this, args);
};
