import {
  isJsonObject,
  toJsonObject,
  type JsonObject,
} from "../system/json-object";
import { isAttributes, type Attributes } from "./attribute";
import type { PlanJson } from "./plan-json";
import type { Redacted, Redactor } from "./redactor";

/** A resource of a plan, a state or a synthesized stack. */
export interface Resource {
  /** Includes the path of the module and the key of the instance. */
  readonly address: Redacted;
  readonly type: Redacted;
  readonly values: Attributes;
  /** Attributes that the code sets, if they are known. */
  readonly declaredAttributes?: ReadonlySet<string>;
}

/** Attributes of each type that identify a resource and that other resources refer to. */
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

/** All resources at one point in time. */
export class Snapshot {
  private readonly byAddress: ReadonlyMap<string, Resource>;
  private readonly byType = new Map<string, Resource[]>();
  private readonly byName = new Map<string, Resource>();
  /** References such as `${aws_iam_role.reader.arn}` by the ARNs and ids that they stand for. */
  private readonly references: ReadonlyMap<string, Redacted>;

  /**
   * @param redactor redacts texts of policies
   * @param previous the resources before a change, whose ids stand for the same addresses
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
      const sameType = this.byType.get(type);
      if (sameType === undefined) this.byType.set(type, [resource]);
      else sameType.push(resource);
      for (const name of [values.id, values.name])
        if (typeof name === "string") {
          const key = `${type} ${name}`;
          if (!this.byName.has(key)) this.byName.set(key, resource);
        }
      for (const attribute of listIdentities(type)) {
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

  /** Returns the resource of a type by its id, its name, its ARN or a reference to it. */
  find(type: string, value: unknown): Resource | undefined {
    if (typeof value !== "string") return undefined;
    const [, address = ""] =
      /^\$\{(.+)\.[a-z_]+\}$/.exec(this.canonicalize(value)) ?? [];
    const found = this.byAddress.get(address);
    return found?.type === type ? found : this.byName.get(`${type} ${value}`);
  }

  /**
   * Replaces ARNs and ids in a text by references, so that a resource is the same before it exists, after it is created
   * and after it is replaced.
   */
  canonicalize(text: string): Redacted {
    return (
      this.getReference(text) ??
      this.redactor.redact(
        text.replace(
          IDENTITY,
          (identity) => this.getReference(identity) ?? identity,
        ),
      )
    );
  }

  private getReference(identity: string): Redacted | undefined {
    return (
      this.references.get(identity) ?? this.previous?.getReference(identity)
    );
  }
}

/** An ARN or an id within a longer text. */
const IDENTITY =
  /arn:[a-z-]+:[^\s"*?{}$]+|\b[a-z]{2,4}(?:-[a-z]{1,20}){1,3}-\d[:_][0-9A-Za-z-]+|\b[0-9A-Za-z]{20,}\b/g;

function listIdentities(type: string): readonly string[] {
  return Object.hasOwn(IDENTITIES, type) ? (IDENTITIES[type] ?? []) : [];
}

/** Returns the managed resources of the refreshed state. */
export function readPriorState(
  { prior_state }: PlanJson,
  redactor: Redactor,
): Snapshot {
  return new Snapshot(
    redactModuleResources(prior_state?.values?.root_module, redactor),
    redactor,
  );
}

/** A managed resource of `terraform show -json`; its values may contain secrets. */
export interface StateResource {
  readonly address: string;
  readonly type: string;
  readonly values: JsonObject;
  /** `true` instead of each secret. */
  readonly sensitiveValues: unknown;
}

/** Returns the managed resources of a module and of its child modules, redacted. */
export function redactModuleResources(
  module: unknown,
  redactor: Redactor,
): readonly Resource[] {
  return listManagedResources(module).flatMap((resource) => {
    const { address, type } = resource;
    const values = redactor.redactValue(
      resource.values,
      "",
      resource.sensitiveValues,
    );
    return isAttributes(values)
      ? [
          {
            address: redactor.redact(address),
            type: redactor.redact(type),
            values,
          },
        ]
      : [];
  });
}

/** Returns the managed resources of a module and of its child modules, not redacted. */
export function listManagedResources(
  module: unknown,
): readonly StateResource[] {
  return listResources(module).flatMap(
    ({ mode, address, type, values, sensitive_values: sensitiveValues }) =>
      mode === "managed" && isJsonObject(values)
        ? [
            {
              address: String(address),
              type: String(type),
              values,
              sensitiveValues,
            },
          ]
        : [],
  );
}

/** Returns the resources and data sources of a module and of its child modules, as Terraform shows them. */
export function listResources(module: unknown): readonly JsonObject[] {
  const { resources, child_modules: children } = toJsonObject(module);
  return [
    ...(Array.isArray(resources) ? resources.map(toJsonObject) : []),
    ...(Array.isArray(children) ? children.flatMap(listResources) : []),
  ];
}
