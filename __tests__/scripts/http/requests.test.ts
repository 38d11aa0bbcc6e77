import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";

/** Directories that may send a request without the agents of the environment: to the local AWS on this machine. */
const LOCAL = /^scripts\/lib\/(demo|local-aws)\//;
/** Modules that connect. */
const NETWORK =
  /^scripts\/lib\/http\/(network|agents|certificates|certificate-expiry|node-fetch)\.ts$/;
/** A request, or a client that sends requests. */
const REQUEST =
  /(?<![\w.#])fetch\(|\bnew (?:\w+\.)?\w+Client\(|from "node:https?"|from "node:(?:tls|http2)"/;
/** Our own classes. */
const OWN = /\bnew (?:Github|CachedService)Client\(/g;

/** Modules that receive requests on this machine. */
const SERVERS = ["scripts/lib/auth/loopback-callback.ts"];

const sources = readdirSync("scripts", { recursive: true, encoding: "utf8" })
  .filter((file) => file.endsWith(".ts"))
  .map((file) => path.join("scripts", file));

test("no module sends a request past the proxies and certificates of the environment", () => {
  expect(sources.length).toBeGreaterThan(100);
  const others = sources.filter(
    (file) =>
      !NETWORK.test(file) &&
      !LOCAL.test(file) &&
      !SERVERS.includes(file) &&
      REQUEST.test(
        readFileSync(file, "utf8")
          .replace(OWN, "")
          .replace(/^\s*(?:\*|\/[/*]).*$/gm, ""),
      ),
  );
  expect(others).toEqual([]);
});
