import { isJsonObject, type JsonObject } from "../../system/json-object";

/** A resource as the stage's synthesized configuration has it. */
export interface ConfiguredResource {
  readonly address: string;
  readonly type: string;
  readonly name: string;
  readonly values: JsonObject;
}

/** A stage's synthesized configuration, as far as what is live is matched with it. */
export class TerraformConfiguration {
  readonly resources: readonly ConfiguredResource[];
  private readonly data: readonly ConfiguredResource[];

  /** @param json text of `cdk.tf.json` */
  constructor(json: string) {
    const configuration = JSON.parse(json) as {
      readonly resource?: unknown;
      readonly data?: unknown;
    };
    this.resources = resourcesOf(configuration.resource);
    this.data = resourcesOf(configuration.data);
  }

  ofType(type: string): readonly ConfiguredResource[] {
    return this.resources.filter((resource) => resource.type === type);
  }

  /** Whether the configuration looks something up. */
  looksUp(type: string): boolean {
    return this.data.some((data) => data.type === type);
  }
}

/** Address that an expression such as `${aws_iam_role.x.arn}` refers to. */
export function parseReference(value: unknown): string | undefined {
  return typeof value === "string"
    ? /^\$\{(aws_\w+\.[\w-]+)\.\w+\}$/.exec(value)?.[1]
    : undefined;
}

/** A value that is a text, or the empty one. */
export function toText(value: unknown): string {
  return typeof value === "string" ? value : "";
}

/** A setting that is a text and no expression. */
export function parseLiteral(value: unknown): string | undefined {
  return typeof value === "string" && !value.includes("${") ? value : undefined;
}

function resourcesOf(blocks: unknown): readonly ConfiguredResource[] {
  return Object.entries(isJsonObject(blocks) ? blocks : {}).flatMap(
    ([type, named]) =>
      Object.entries(isJsonObject(named) ? named : {}).map(
        ([name, values]) => ({
          address: `${type}.${name}`,
          type,
          name,
          values: isJsonObject(values) ? values : {},
        }),
      ),
  );
}
