import { createHash } from "node:crypto";
import {
  getResourceServerIdentifier,
  getServiceClientName,
} from "../../../stacks/naming";
import { readText, toTexts } from "./attribute";
import type { Redacted } from "./redactor";
import type { Resource } from "./snapshot";

/** Parents of the constructs that main.ts creates by an id which is no name in AWS. */
const PARENTS: Readonly<Record<string, string>> = {
  aws_cognito_resource_server: "resource-servers",
  aws_cognito_user_pool_client: "clients",
};

/** Ids by the values of their resources: a review names each resource many times. */
const KNOWN_IDS = new WeakMap<
  Resource["values"],
  { readonly address: string; readonly id: Redacted | undefined }
>();

const CLIENT_CREDENTIALS = "client_credentials" as Redacted;
const SERVICE_CLIENT_SUFFIX = getServiceClientName("");
const SERVER_SUFFIX = getResourceServerIdentifier("");

/**
 * Returns the id that main.ts calls a client or a resource server by. The address contains the id and a hash of its path, so
 * that no other resource has the same id. Returns `undefined` for a resource that main.ts does not create.
 */
export function findConstructId(
  resource: Pick<Resource, "address" | "type" | "values">,
): Redacted | undefined {
  const { address, values } = resource;
  const known = KNOWN_IDS.get(values);
  if (known?.address === address) return known.id;
  const id = computeConstructId(resource);
  KNOWN_IDS.set(values, { address, id });
  return id;
}

function computeConstructId({
  address,
  type,
  values,
}: Pick<Resource, "address" | "type" | "values">): Redacted | undefined {
  const parent = Object.hasOwn(PARENTS, type) ? PARENTS[type] : undefined;
  if (parent === undefined) return undefined;
  const [, id, hash] =
    new RegExp(`^${type}\\.${parent}_(?:(.+)_)?([0-9A-F]{8})$`).exec(address) ??
    [];
  const name = readText(values, "name");
  // a resource server with another identifier has other scopes; the address can lack a part of the id
  const candidates =
    parent === "clients"
      ? [id, removeSuffix(name, SERVICE_CLIENT_SUFFIX), name]
      : [removeSuffix(readText(values, "identifier"), SERVER_SUFFIX)];
  return candidates.find(
    (candidate) =>
      candidate !== undefined && hashPath(parent, candidate) === hash,
  ) as Redacted | undefined;
}

/** Whether a client gets tokens for itself, not for users. */
export function isServiceClient(values: Resource["values"]): boolean {
  return listOAuthFlows(values).includes(CLIENT_CREDENTIALS);
}

/** Lists the OAuth flows of a client that are enabled. */
export function listOAuthFlows(
  values: Resource["values"],
): readonly Redacted[] {
  return values.allowed_oauth_flows_user_pool_client === true
    ? toTexts(values.allowed_oauth_flows)
    : [];
}

/** Returns a text without a suffix; `undefined` if it does not end with it. */
export function removeSuffix(
  text: Redacted | undefined,
  suffix: string,
): Redacted | undefined {
  return text?.endsWith(suffix) === true
    ? (text.slice(0, -suffix.length) as Redacted)
    : undefined;
}

/** Returns the hash in the name of the resource of a construct, as cdktf computes it. */
function hashPath(parent: string, id: string): string {
  const path = `${parent}/${id}/Resource`;
  return createHash("md5").update(path).digest("hex").slice(0, 8).toUpperCase();
}
