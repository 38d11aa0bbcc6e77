/** A resource as a plan, a state or a synthesized stack has it. */
export interface Resource {
  readonly address: string;
  readonly type: string;
  /**
   * Attributes. What is known only once it is applied is the template that it will be made from, with references such as
   * `${aws_iam_role.reader.arn}`, or is not there.
   */
  readonly values: Readonly<Record<string, unknown>>;
}

/** Attributes of each type by which others refer to it, and that nothing else has. */
const IDENTITIES: Readonly<Record<string, readonly string[]>> = {
  aws_cognito_user_pool: ["arn", "id"],
  aws_cognito_user_pool_client: ["id"],
  aws_cognito_identity_pool: ["arn", "id"],
  aws_iam_openid_connect_provider: ["arn"],
  aws_iam_policy: ["arn"],
  aws_iam_role: ["arn"],
  aws_kms_key: ["arn"],
  aws_s3_bucket: ["arn"],
  aws_secretsmanager_secret: ["arn"],
};

function identitiesOf(type: string): readonly string[] {
  return Object.hasOwn(IDENTITIES, type) ? (IDENTITIES[type] ?? []) : [];
}

/** All resources at one time. */
export class Snapshot {
  private readonly byAddress: ReadonlyMap<string, Resource>;
  /** Identities to the reference that a template would have in their place. */
  private readonly references: ReadonlyMap<string, string>;

  /** @param earlier what there was before, whose ids stand for the same addresses still */
  constructor(
    readonly resources: readonly Resource[],
    private readonly earlier?: Snapshot,
  ) {
    this.byAddress = new Map(resources.map((one) => [one.address, one]));
    this.references = new Map(
      resources.flatMap(({ address, type, values }) =>
        identitiesOf(type).flatMap((attribute) => {
          const value = values[attribute];
          const isIdentity = typeof value === "string" && !value.includes("${");
          return isIdentity ? [[value, `\${${address}.${attribute}}`]] : [];
        }),
      ),
    );
  }

  ofType(type: string): readonly Resource[] {
    return this.resources.filter((resource) => resource.type === type);
  }

  /** The resource that a value or a reference names, of a type. */
  find(type: string, value: unknown): Resource | undefined {
    if (typeof value !== "string") return undefined;
    const referred = /^\$\{(.+)\.[a-z_]+\}$/.exec(this.canonical(value))?.[1];
    const found =
      referred === undefined ? undefined : this.byAddress.get(referred);
    if (found?.type === type) return found;
    return this.ofType(type).find(
      ({ values }) => values.name === value || values.id === value,
    );
  }

  /**
   * A text with references in place of what is made by AWS: a thing that is made anew is the same in it, and one that is
   * not made yet also.
   */
  canonical(text: string): string {
    return (
      this.referenceOf(text) ??
      text.replace(
        IDENTITY,
        (identity) => this.referenceOf(identity) ?? identity,
      )
    );
  }

  private referenceOf(identity: string): string | undefined {
    return this.references.get(identity) ?? this.earlier?.referenceOf(identity);
  }
}

/** What an ARN or an id can be made of, within a longer text. */
const IDENTITY =
  /arn:[a-z-]+:[^\s"*?{}$]+|\b[a-z]{2}(?:-[a-z]{1,20}){1,3}-\d[:_][0-9A-Za-z-]+|\b[0-9a-z]{20,}\b/g;

/** Blocks of a resource: Terraform writes one as itself, or as a list of one. */
export function blocks(
  value: unknown,
): readonly Readonly<Record<string, unknown>>[] {
  const all: readonly unknown[] = Array.isArray(value) ? value : [value];
  return all.filter(
    (block): block is Readonly<Record<string, unknown>> =>
      typeof block === "object" && block !== null && !Array.isArray(block),
  );
}

/** Texts of a list; none where there is no list. */
export function texts(value: unknown): readonly string[] {
  return Array.isArray(value)
    ? value.filter((item): item is string => typeof item === "string")
    : [];
}

/** A text attribute; the value that stands in for it where it is none, or empty. */
export function textOf(
  resource: Resource | undefined,
  attribute: string,
  instead: string,
): string {
  const value = resource?.values[attribute];
  return typeof value === "string" && value !== "" ? value : instead;
}
