import { type Attributes, isAttributes } from "./attribute";
import type { Redacted, Redactor } from "./redactor";
import { isJsonObject, type JsonObject } from "../system/json-object";
import type { PlanJson } from "./plan-json";

/** A resource as a plan, a state or a synthesized stack has it. */
export interface Resource {
  /** With the path of its module and the key of its instance. */
  readonly address: Redacted;
  readonly type: Redacted;
  /** Its values without secrets. */
  readonly values: Attributes;
  /** Attributes that the code sets, if that is known. */
  readonly declaredAttributes?: ReadonlySet<string>;
}

/** Attributes of each type by which others refer to it, and that no other resource has. */
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

/** All resources at one time. */
export class Snapshot {
  private readonly byAddress: ReadonlyMap<string, Resource>;
  private readonly byType = new Map<string, Resource[]>();
  private readonly byName = new Map<string, Resource>();
  /** Identities to the reference that a template would have in their place. */
  private readonly references: ReadonlyMap<string, Redacted>;

  /**
   * @param redactor makes texts that are parts of policies printable
   * @param previous what there was before, whose ids still stand for the same addresses
   */
  constructor(
    readonly resources: readonly Resource[],
    readonly redactor: Redactor,
    readonly previous?: Snapshot,
  ) {
    this.byAddress = new Map(resources.map((one) => [one.address, one]));
    const references = new Map<string, Redacted>();
    for (const resource of resources) {
      const { address, type, values } = resource;
      const alike = this.byType.get(type);
      if (alike === undefined) this.byType.set(type, [resource]);
      else alike.push(resource);
      for (const name of [values.id, values.name])
        if (typeof name === "string") {
          const key = `${type} ${name}`;
          if (!this.byName.has(key)) this.byName.set(key, resource);
        }
      for (const attribute of identitiesOf(type)) {
        const value = values[attribute];
        if (typeof value === "string" && !value.includes("${"))
          references.set(value, `\${${address}.${attribute}}` as Redacted);
      }
    }
    this.references = references;
  }

  listByType(type: string): readonly Resource[] {
    return this.byType.get(type) ?? [];
  }

  get(address: string): Resource | undefined {
    return this.byAddress.get(address);
  }

  /** Returns the resource of a type that a value or a reference names. */
  find(type: string, value: unknown): Resource | undefined {
    if (typeof value !== "string") return undefined;
    const referred = /^\$\{(.+)\.[a-z_]+\}$/.exec(
      this.canonicalize(value),
    )?.[1];
    const found =
      referred === undefined ? undefined : this.byAddress.get(referred);
    if (found?.type === type) return found;
    return this.byName.get(`${type} ${value}`);
  }

  /**
   * Returns a text with references in place of what AWS has named: a resource that is replaced is the same in it, and one
   * that does not exist yet is too.
   */
  canonicalize(text: string): Redacted {
    return (
      this.referenceOf(text) ??
      this.redactor.redact(
        text.replace(
          IDENTITY,
          (identity) => this.referenceOf(identity) ?? identity,
        ),
      )
    );
  }

  private referenceOf(identity: string): Redacted | undefined {
    return (
      this.references.get(identity) ?? this.previous?.referenceOf(identity)
    );
  }
}

/** What an ARN or an id can be made of, within a longer text. */
const IDENTITY =
  /arn:[a-z-]+:[^\s"*?{}$]+|\b[a-z]{2}(?:-[a-z]{1,20}){1,3}-\d[:_][0-9A-Za-z-]+|\b[0-9A-Za-z]{20,}\b/g;

function identitiesOf(type: string): readonly string[] {
  return Object.hasOwn(IDENTITIES, type) ? (IDENTITIES[type] ?? []) : [];
}

/** Returns the managed resources of the state, as AWS has them now, those of modules included. */
export function readPriorState(
  { prior_state }: PlanJson,
  redactor: Redactor,
): Snapshot {
  return new Snapshot(
    redactModuleResources(prior_state?.values?.root_module, redactor),
    redactor,
  );
}

/** A managed resource as Terraform shows it, which may hold secrets. */
export interface StateResource {
  readonly address: string;
  readonly type: string;
  readonly values: JsonObject;
  /** Marks of its secrets. */
  readonly sensitiveValues: unknown;
}

/** Returns the managed resources of a module as Terraform shows a state, and of the modules in it. */
export function redactModuleResources(
  module: unknown,
  redactor: Redactor,
): readonly Resource[] {
  return listManagedResources(module).flatMap(
    ({ address, type, values, sensitiveValues: marks }) => {
      const shown = redactor.redactValue(values, "", marks);
      return isAttributes(shown)
        ? [
            {
              address: redactor.redact(address),
              type: redactor.redact(type),
              values: shown,
            },
          ]
        : [];
    },
  );
}

/** Returns the same with every value as it is: what is printed of it has to be redacted. */
export function listManagedResources(
  module: unknown,
): readonly StateResource[] {
  if (!isJsonObject(module)) return [];
  const { resources, child_modules: children } = module;
  const own: readonly unknown[] = Array.isArray(resources) ? resources : [];
  const nested: readonly unknown[] = Array.isArray(children) ? children : [];
  return [
    ...own.flatMap((resource): StateResource[] => {
      if (!isJsonObject(resource) || resource.mode !== "managed") return [];
      const { address, type, values, sensitive_values: marks } = resource;
      return isJsonObject(values)
        ? [
            {
              address: String(address),
              type: String(type),
              values,
              sensitiveValues: marks,
            },
          ]
        : [];
    }),
    ...nested.flatMap(listManagedResources),
  ];
}
