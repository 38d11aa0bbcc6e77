import { isJsonObject } from "../../system/json-object";
import { UserError } from "../../../../constructs/errors";
import { toText, type TerraformConfiguration } from "./terraform-configuration";

/** A Terraform state, as far as it is read and changed here; it holds secrets in clear. */
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
 * Reads what `terraform state pull` gives; `undefined` where there is no state yet.
 *
 * @throws UserError when it is of another version
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
    "the stage's state must be of version 4, as Terraform 1 writes it, got another",
    "use a Terraform that this project asks for",
  );
}

/** Addresses of everything that a state manages, with the id that it knows each by. */
export function getManagedIds(
  state: StateFile | undefined,
): ReadonlyMap<string, string> {
  return new Map(
    (state?.resources ?? [])
      // a run that was killed leaves names of what it was about to make
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
 * The state with each client's `generate_secret` as the code has it: an import leaves it null, which both `true` and
 * `false` would have the client replaced for. `undefined` where nothing has to be written.
 */
export function setGenerateSecret(
  state: StateFile,
  code: TerraformConfiguration,
): StateFile | undefined {
  const wanted = new Map(
    code
      .ofType(CLIENT)
      .map(({ name, values }) => [name, values.generate_secret]),
  );
  const resources = state.resources.map((resource) => {
    const value = wanted.get(resource.name);
    if (resource.type !== CLIENT || typeof value !== "boolean") return resource;
    const isSet = resource.instances.every(
      ({ attributes }) => typeof attributes?.generate_secret === "boolean",
    );
    if (isSet) return resource;
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

/** The state of a stage that has nothing, as the next after another. */
export function createEmptyState(state: StateFile): StateFile {
  return {
    ...state,
    serial: state.serial + 1,
    resources: [],
    outputs: {},
    check_results: null,
  } as StateFile;
}
