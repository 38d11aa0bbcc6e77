import { isJsonObject, type JsonObject } from "../json-object";

/** A resource as the stage's synthesized configuration has it. */
export interface CodeResource {
  readonly address: string;
  readonly type: string;
  readonly name: string;
  readonly values: JsonObject;
}

/** A stage's synthesized configuration, as far as what is live is matched with it. */
export class StageCode {
  readonly resources: readonly CodeResource[];
  private readonly data: readonly CodeResource[];

  /** @param json text of `cdk.tf.json` */
  constructor(json: string) {
    const configuration = JSON.parse(json) as {
      readonly resource?: unknown;
      readonly data?: unknown;
    };
    this.resources = resourcesOf(configuration.resource);
    this.data = resourcesOf(configuration.data);
  }

  ofType(type: string): readonly CodeResource[] {
    return this.resources.filter((resource) => resource.type === type);
  }

  /** Whether the configuration looks something up. */
  looksUp(type: string): boolean {
    return this.data.some((data) => data.type === type);
  }
}

/** Address that an expression such as `${aws_iam_role.x.arn}` refers to. */
export function referenceOf(value: unknown): string | undefined {
  return typeof value === "string"
    ? /^\$\{(aws_\w+\.[\w-]+)\.\w+\}$/.exec(value)?.[1]
    : undefined;
}

/** A value that is a text, or the empty one. */
export function textFrom(value: unknown): string {
  return typeof value === "string" ? value : "";
}

/** A setting that is a text and no expression. */
export function literalOf(value: unknown): string | undefined {
  return typeof value === "string" && !value.includes("${") ? value : undefined;
}

function resourcesOf(blocks: unknown): readonly CodeResource[] {
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
