import { UserError } from "../../../../constructs/errors";
import { isJsonObject } from "../../system/json-object";
import { type TerraformConfiguration, toText } from "./terraform-configuration";

/** The parts of a Terraform state that an adoption reads and changes. It contains secrets in plaintext. */
export interface StateFile {
  readonly version: number;
  readonly serial: number;
  readonly lineage: string;
  readonly resources: readonly StateResource[];
}

interface StateResource {
  readonly mode: string;
  readonly type: string;
  readonly name: string;
  readonly instances: readonly {
    readonly attributes?: Readonly<Record<string, unknown>>;
  }[];
}

const CLIENT = "aws_cognito_user_pool_client";

/**
 * Parses the output of `terraform state pull`; returns `undefined` if there is no state yet.
 *
 * @throws UserError when the state has another format version
 */
export function parseStateFile(text: string): StateFile | undefined {
  if (text.trim() === "") return undefined;
  const state: unknown = JSON.parse(text);
  if (
    isJsonObject(state) &&
    state.version === 4 &&
    typeof state.serial === "number" &&
    typeof state.lineage === "string" &&
    Array.isArray(state.resources)
  )
    return state as unknown as StateFile;
  throw new UserError(
    "the stage's state must have version 4, the format of Terraform 1, got another format",
    "use a Terraform version that this project supports",
  );
}

/** Returns the id of every managed resource in a state, by address. */
export function getManagedIds(
  state: StateFile | undefined,
): ReadonlyMap<string, string> {
  return new Map(
    (state?.resources ?? [])
      // a killed run leaves entries without instances for resources that it did not create
      .filter(
        ({ mode, instances }) => mode === "managed" && instances.length > 0,
      )
      .map(({ type, name, instances }) => [
        `${type}.${name}`,
        toText(instances[0]?.attributes?.id),
      ]),
  );
}

/**
 * Returns the state with the configured `generate_secret` of each client; `undefined` if every client has a value. An
 * import leaves it null, and a change from null to `true` or `false` replaces the client.
 */
export function setGenerateSecret(
  state: StateFile,
  configuration: TerraformConfiguration,
): StateFile | undefined {
  const configured = new Map(
    configuration
      .getResources(CLIENT)
      .map(({ name, values }) => [name, values.generate_secret]),
  );
  const resources = state.resources.map((resource) => {
    const value = configured.get(resource.name);
    const isComplete = resource.instances.every(
      ({ attributes }) => typeof attributes?.generate_secret === "boolean",
    );
    if (resource.type !== CLIENT || typeof value !== "boolean" || isComplete)
      return resource;
    const instances = resource.instances.map((instance) => ({
      ...instance,
      attributes: { ...instance.attributes, generate_secret: value },
    }));
    return { ...resource, instances };
  });
  const isChanged = resources.some(
    (resource, index) => resource !== state.resources[index],
  );
  return isChanged
    ? { ...state, serial: state.serial + 1, resources }
    : undefined;
}

/** Returns the next state after `state`, without resources. */
export function createEmptyState(state: StateFile): StateFile {
  return {
    ...state,
    serial: state.serial + 1,
    resources: [],
    outputs: {},
    check_results: null,
  } as StateFile;
}
