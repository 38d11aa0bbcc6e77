import { getEnvironment } from "../../../../stacks/config/environment";
import { fetchKeys, resolveKeysUrl } from "../../auth/user-pool-keys";
import { isLoopbackUrl } from "../../http/local-endpoint";
import {
  type JsonObject,
  parseJsonObject,
  toJsonObject,
} from "../../system/json-object";
import type { Check } from "../check";

const DISCOVERY_PATH = "/.well-known/openid-configuration";

export const ISSUER: Check = {
  id: "issuer",
  section: "User pool",
  run: async (context) => {
    const { issuer, jwks_url: keysUrl } = context.outputs;
    if (issuer === undefined || keysUrl === undefined)
      return { status: "skipped", message: "the stage has no output issuer" };
    const [discovery, keys] = await Promise.all([
      fetchDocument(`${issuer}${DISCOVERY_PATH}`),
      fetchDocument(keysUrl),
    ]);
    const details = [
      ...describeDifference("issuer", discovery.issuer, issuer),
      ...(isOwnAddress(discovery.jwks_uri, keysUrl)
        ? []
        : describeDifference("jwks_uri", discovery.jwks_uri, keysUrl)),
      ...(countKeys(keys) === 0 ? ["the key set has no RSA key"] : []),
    ];
    return details.length === 0
      ? {
          status: "ok",
          message:
            "the issuer publishes its keys, and its discovery document names them",
        }
      : {
          status: "failed",
          message:
            "the issuer must publish its keys: no API can verify a token",
          details,
          fix: `open ${issuer}${DISCOVERY_PATH}: a proxy may respond instead of AWS`,
        };
  },
};

async function fetchDocument(url: string): Promise<JsonObject> {
  const text = await fetchKeys(url, {
    env: getEnvironment(),
    log: () => undefined,
  });
  return parseJsonObject(text);
}

/** Whether a local AWS names its own address of the keys. Behind a proxy, it does not know the scheme. */
function isOwnAddress(value: unknown, keysUrl: string): boolean {
  const url = resolveKeysUrl(keysUrl, getEnvironment(), () => undefined);
  return (
    isLoopbackUrl(url) &&
    typeof value === "string" &&
    value.replace(/^https?:/, "") === url.href.replace(/^http:/, "")
  );
}

function describeDifference(
  name: string,
  value: unknown,
  expected: string,
): readonly string[] {
  return value === expected
    ? []
    : [
        `${name} must be ${expected}, got ${typeof value === "string" ? value.slice(0, 200) : "none"}`,
      ];
}

function countKeys({ keys }: JsonObject): number {
  const list: readonly unknown[] = Array.isArray(keys) ? keys : [];
  return list
    .map(toJsonObject)
    .filter(({ kty, kid }) => kty === "RSA" && typeof kid === "string").length;
}
