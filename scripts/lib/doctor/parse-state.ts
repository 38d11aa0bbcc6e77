import { formatPage } from "../../../stacks/config/documentation";
import { UserError } from "../../../constructs/errors";
import {
  isJsonObject,
  type JsonObject,
  parseJson,
  toJsonObject,
} from "../system/json-object";

/** Version of the format that Terraform 0.12 and later, and OpenTofu, write. */
const FORMAT_VERSION = 4;

/** A managed resource in the state of the stage. */
export interface DeployedResource {
  readonly address: string;
  readonly type: string;
  readonly attributes: JsonObject;
}

/** A Terraform state. Its attributes contain secrets. */
export interface StageState {
  /** Version of the Terraform that wrote it. */
  readonly terraformVersion: string;
  readonly serial: number;
  /** Outputs that are text and not sensitive, by name. */
  readonly outputs: Readonly<Record<string, string>>;
  readonly resources: readonly DeployedResource[];
  /** Addresses of resources whose creation failed halfway. */
  readonly tainted: readonly string[];
  /** Addresses of resources that were replaced and could not be deleted. */
  readonly deposed: readonly string[];
}

/** Result of reading a state: a state with resources, none, or the reason. */
export type StateReading =
  | { readonly kind: "read"; readonly state: StageState }
  | { readonly kind: "absent"; readonly isEmpty: boolean }
  | { readonly kind: "unreadable"; readonly error: unknown };

/**
 * Parses a state file.
 *
 * @param location for messages
 * @throws UserError if it is not a state in format version 4; the message contains nothing of it
 */
export function parseState(text: string, location: string): StageState {
  const state = parseJson(text);
  if (!isJsonObject(state))
    throw new UserError(
      `${location} must be a Terraform state, got ${text.trim() === "" ? "an empty file" : "text that is not a JSON object"}`,
      RESTORE_HINT,
    );
  if ("encrypted_data" in state)
    throw new UserError(
      `${location} is encrypted by OpenTofu: its content cannot be checked`,
      "remove the state encryption of OpenTofu; the bucket encrypts the state",
    );
  if (state.version !== FORMAT_VERSION)
    throw new UserError(
      `${location} must have format version ${FORMAT_VERSION}, got ${typeof state.version === "number" ? String(state.version) : "another"}`,
      RESTORE_HINT,
    );
  // as for Terraform
  const resources = state.resources === null ? [] : state.resources;
  if (!Array.isArray(resources))
    throw new UserError(
      `${location} must have a list of resources, got another value`,
      RESTORE_HINT,
    );
  const instances = resources.flatMap(toInstances);
  const list = (isListed: (instance: Instance) => boolean): string[] =>
    instances.filter(isListed).map(({ address }) => address);
  return {
    terraformVersion:
      typeof state.terraform_version === "string"
        ? state.terraform_version
        : "0.0.0",
    serial: typeof state.serial === "number" ? state.serial : 0,
    outputs: toTextOutputs(state.outputs),
    resources: instances
      .filter(({ deposedKey }) => deposedKey === undefined)
      .map(({ address, type, attributes }) => ({ address, type, attributes })),
    tainted: list(
      ({ isTainted, deposedKey }) => isTainted && deposedKey === undefined,
    ),
    deposed: list(({ deposedKey }) => deposedKey !== undefined),
  };
}

const RESTORE_HINT = `restore an earlier version of the state (${formatPage("troubleshooting")})`;

interface Instance extends DeployedResource {
  readonly isTainted: boolean;
  readonly deposedKey: string | undefined;
}

function toInstances(value: unknown): readonly Instance[] {
  const { mode, module, type, name, instances } = toJsonObject(value);
  if (mode !== "managed" || typeof type !== "string") return [];
  if (typeof name !== "string" || !Array.isArray(instances)) return [];
  const prefix = typeof module === "string" ? `${module}.` : "";
  return instances.map((instance: unknown) => {
    const { index_key, attributes, status, deposed } = toJsonObject(instance);
    const key = index_key === undefined ? "" : `[${JSON.stringify(index_key)}]`;
    return {
      address: `${prefix}${type}.${name}${key}`,
      type,
      attributes: toJsonObject(attributes),
      isTainted: status === "tainted",
      deposedKey: typeof deposed === "string" ? deposed : undefined,
    };
  });
}

function toTextOutputs(outputs: unknown): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(toJsonObject(outputs)).flatMap(([name, output]) => {
      const { value, sensitive } = toJsonObject(output);
      return typeof value === "string" && sensitive !== true
        ? [[name, value]]
        : [];
    }),
  );
}
