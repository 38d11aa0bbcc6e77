import { type JsonObject, toJsonObject } from "../../system/json-object";

/** A resource or data source in the stage's synthesized configuration. */
export interface ConfiguredResource {
  readonly address: string;
  readonly type: string;
  readonly name: string;
  readonly values: JsonObject;
}

/** A configured resource and its id for `terraform import`. */
export interface ResourceImport {
  readonly configured: ConfiguredResource;
  readonly importId: string;
}

/** The stage's synthesized Terraform configuration. */
export class TerraformConfiguration {
  readonly resources: readonly ConfiguredResource[];
  private readonly dataSources: readonly ConfiguredResource[];

  /** @param json text of `cdk.tf.json` */
  constructor(json: string) {
    const configuration = toJsonObject(JSON.parse(json));
    this.resources = listBlocks(configuration.resource);
    this.dataSources = listBlocks(configuration.data);
  }

  getResources(type: string): readonly ConfiguredResource[] {
    return this.resources.filter((resource) => resource.type === type);
  }

  hasDataSource(type: string): boolean {
    return this.dataSources.some((source) => source.type === type);
  }
}

/** Returns the address that an expression such as `${aws_iam_role.x.arn}` refers to. */
export function parseReference(value: unknown): string | undefined {
  return /^\$\{(aws_\w+\.[\w-]+)\.\w+\}$/.exec(toText(value))?.[1];
}

/** Returns a value that contains no expression. */
export function parseLiteral(value: unknown): string | undefined {
  return typeof value === "string" && !value.includes("${") ? value : undefined;
}

/** Returns a string value, or the empty string. */
export function toText(value: unknown): string {
  return typeof value === "string" ? value : "";
}

/** Returns the strings of a list; none if the value is not a list. */
export function toTexts(value: unknown): readonly string[] {
  return Array.isArray(value)
    ? value.filter((item): item is string => typeof item === "string")
    : [];
}

function listBlocks(blocks: unknown): readonly ConfiguredResource[] {
  return Object.entries(toJsonObject(blocks)).flatMap(([type, named]) =>
    Object.entries(toJsonObject(named)).map(([name, values]) => ({
      address: `${type}.${name}`,
      type,
      name,
      values: toJsonObject(values),
    })),
  );
}
