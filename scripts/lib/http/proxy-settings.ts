import { BlockList, isIP, isIPv6 } from "node:net";
import { domainToASCII } from "node:url";
import { UserError } from "../../../constructs/errors";
import type { Environment } from "../../../stacks/config/environment";
import { PROXY_VARIABLES } from "./network-variables";

const NO_PROXY_VARIABLES = ["NO_PROXY", "no_proxy"];
const DEFAULT_PORTS = { "http:": 80, "https:": 443 } as const;

/** Has no characters in a user and password that Terraform does not accept: it would ignore the proxy. */
const PROXY_URL = /^\w+:\/\/([\w.~!$&'()*+,;=:@%-]*@)?[^\s/?#\\@]+\/?$/;

/** A proxy that a variable names. */
export interface Proxy {
  readonly variable: string;
  /** URL without credentials, for messages. */
  readonly origin: string;
  readonly host: string;
  readonly port: number;
  /** Whether the connection to the proxy itself uses TLS. */
  readonly isSecure: boolean;
  /** Value of the header `Proxy-Authorization`. */
  readonly authorization: string | undefined;
}

/** Host and port of a request. An IPv6 address has no brackets. */
export interface Target {
  readonly host: string;
  readonly port: number;
}

/** Proxies by the scheme of requests. */
export interface ProxySettings {
  /** Returns the proxy for a request; `undefined` if it connects directly. */
  readonly findProxy: (
    scheme: keyof typeof PROXY_VARIABLES,
    target: Target,
  ) => Proxy | undefined;
}

/**
 * Reads the proxies of the environment as Terraform does, so that all requests of a run go the same way.
 *
 * @see https://pkg.go.dev/golang.org/x/net/http/httpproxy#Config
 * @throws UserError if a variable is not the URL of a proxy
 */
export function readProxySettings(env: Environment): ProxySettings {
  const proxies = {
    "https:": readProxy(env, PROXY_VARIABLES["https:"]),
    "http:": readProxy(env, PROXY_VARIABLES["http:"]),
  };
  const isExcluded = parseExclusions(
    env[findVariable(env, NO_PROXY_VARIABLES) ?? ""] ?? "",
  );
  return {
    findProxy: (scheme, target) =>
      isLoopback(target.host) || isExcluded(target)
        ? undefined
        : proxies[scheme],
  };
}

/** Formats a host and port as in a URL. */
export function formatAuthority({ host, port }: Target): string {
  return `${isIPv6(host) ? `[${host}]` : host}:${port}`;
}

function findVariable(
  env: Environment,
  names: readonly string[],
): string | undefined {
  return names.find((name) => (env[name] ?? "") !== "");
}

function readProxy(
  env: Environment,
  names: readonly string[],
): Proxy | undefined {
  const variable = findVariable(env, names);
  return variable === undefined
    ? undefined
    : parseProxy(variable, env[variable] ?? "");
}

/** Parses a proxy. Errors do not repeat the value, which can contain a password. */
function parseProxy(variable: string, value: string): Proxy {
  const text = value.includes("://") ? value : `http://${value}`;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const scheme = url?.protocol;
  if (scheme !== undefined && scheme !== "http:" && scheme !== "https:")
    throw new UserError(
      `${variable} must be the URL of an http or https proxy, got one with ${scheme}//`,
      "name a proxy that supports CONNECT",
    );
  const authorization = url && encodeCredentials(url);
  if (
    url === undefined ||
    scheme === undefined ||
    authorization === undefined ||
    !PROXY_URL.test(text)
  )
    throw new UserError(
      `${variable} must be the URL of a proxy, such as http://proxy.example.com:3128`,
      "percent-encode special characters of the user and password: http://<user>:<password>@<host>:<port>",
    );
  return {
    variable,
    origin: `${scheme}//${url.host}`,
    host: url.hostname.replace(/^\[|\]$/g, ""),
    port: url.port === "" ? DEFAULT_PORTS[scheme] : Number(url.port),
    isSecure: scheme === "https:",
    authorization: authorization === "" ? undefined : authorization,
  };
}

/** Returns the value of the header; empty without credentials, `undefined` if they are not percent-encoded. */
function encodeCredentials({ username, password }: URL): string | undefined {
  if (username === "" && password === "") return "";
  try {
    const text = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
    return `Basic ${Buffer.from(text).toString("base64")}`;
  } catch {
    return undefined;
  }
}

type Exclusion = (target: Target) => boolean;

function parseExclusions(list: string): Exclusion {
  const entries = list
    .split(",")
    .map((entry) => entry.trim().toLowerCase())
    .filter((entry) => entry !== "");
  if (entries.includes("*")) return () => true;
  const exclusions = entries.map(parseExclusion);
  return (target) => exclusions.some((isExcluded) => isExcluded(target));
}

function parseExclusion(entry: string): Exclusion {
  const range = parseRange(entry);
  if (range !== undefined) return ({ host }) => isIn(range, host);
  const isBareAddress = isIPv6(entry);
  const [, name = "", port] = isBareAddress
    ? [entry, entry]
    : (/^(.*?)(?::(\d*))?$/.exec(entry) ?? []);
  const hasPort = (target: Target): boolean =>
    port === undefined || port === "" || Number(port) === target.port;
  const address = name.replace(/^\[(.*)\]$/, "$1");
  if (isIP(address) > 0) {
    const list = new BlockList();
    list.addAddress(address, getFamily(address));
    return (target) => hasPort(target) && isIn(list, target.host);
  }
  const isSuffixOnly = /^\*?\./.test(name);
  const domain = toAscii(name.replace(/^\*?\./, ""));
  if (domain === "") return () => false;
  return (target) => {
    const host = target.host.toLowerCase();
    return (
      hasPort(target) &&
      (host.endsWith(`.${domain}`) || (!isSuffixOnly && host === domain))
    );
  };
}

/** Parses a range of addresses, such as `10.0.0.0/8`. */
function parseRange(entry: string): BlockList | undefined {
  const [, address = "", bits = ""] = /^([\d.a-f:]+)\/(\d+)$/.exec(entry) ?? [];
  const version = isIP(address);
  if (version === 0 || Number(bits) > (version === 4 ? 32 : 128))
    return undefined;
  const list = new BlockList();
  list.addSubnet(address, Number(bits), getFamily(address));
  return list;
}

function isIn(list: BlockList, host: string): boolean {
  return isIP(host) > 0 && list.check(host, getFamily(host));
}

/** Returns whether a host is this machine, to which no proxy leads. */
function isLoopback(host: string): boolean {
  if (host.toLowerCase() === "localhost") return true;
  const list = new BlockList();
  list.addSubnet("127.0.0.0", 8);
  list.addAddress("::1", "ipv6");
  return isIn(list, host);
}

function getFamily(address: string): "ipv4" | "ipv6" {
  return isIPv6(address) ? "ipv6" : "ipv4";
}

function toAscii(domain: string): string {
  const ascii = domainToASCII(domain);
  return ascii === "" ? domain : ascii;
}
