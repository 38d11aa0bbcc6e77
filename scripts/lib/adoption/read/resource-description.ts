import type { JsonObject } from "../../system/json-object";
import { toText } from "./terraform-configuration";

/** A resource, as AWS describes it. */
export interface ResourceDescription {
  /** Name or other natural key, independent of the logical id. */
  readonly key: string;
  /** Id for `terraform import`; empty if the resource is not imported. */
  readonly importId: string;
  /** Attributes by the names of AWS's API. */
  readonly attributes: JsonObject;
}

/** Creates a description; values of AWS that are no texts make no key. */
export function toDescription(
  key: unknown,
  importId: string,
  attributes: object = {},
): ResourceDescription {
  return { key: toText(key), importId, attributes: { ...attributes } };
}
