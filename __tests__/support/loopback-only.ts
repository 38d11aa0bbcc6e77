import { isIP, Socket } from "node:net";

type Connect = (this: Socket, ...args: unknown[]) => Socket;

const prototype = Socket.prototype as unknown as { connect: Connect };
const { connect } = prototype;

/**
 * Runs before each file of unit tests: reaching for another machine is a failure, not a slow test. Sockets of this
 * machine, by an address or a path of the file system, are let through.
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
