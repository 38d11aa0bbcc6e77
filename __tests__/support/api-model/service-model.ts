import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { gunzipSync } from "node:zlib";
import { findInstalledPython } from "../../../scripts/lib/local-aws/install";
import { compilePattern } from "./pattern";

/** A reference to a shape, with its location in a request. */
export interface ShapeReference {
  readonly shape: string;
  readonly locationName?: string;
  readonly location?: "uri" | "querystring" | "header" | "headers";
  readonly flattened?: boolean;
  readonly timestampFormat?: string;
  readonly idempotencyToken?: boolean;
}

export interface Shape {
  readonly type: string;
  readonly members?: Readonly<Record<string, ShapeReference>>;
  readonly required?: readonly string[];
  readonly member?: ShapeReference;
  readonly key?: ShapeReference;
  readonly value?: ShapeReference;
  readonly enum?: readonly string[];
  readonly min?: number;
  readonly max?: number;
  readonly pattern?: string;
  readonly union?: boolean;
  readonly document?: boolean;
  readonly sensitive?: boolean;
  readonly flattened?: boolean;
  readonly payload?: string;
  readonly timestampFormat?: string;
}

export interface Operation {
  readonly http?: { readonly method: string; readonly requestUri: string };
  readonly input?: { readonly shape: string };
  readonly deprecated?: boolean;
  readonly httpChecksum?: { readonly requestChecksumRequired?: boolean };
}

/** The parts of a `service-2.json` of botocore that describe requests. */
export interface ServiceDescription {
  readonly metadata: {
    readonly protocol: string;
    readonly apiVersion: string;
    readonly targetPrefix?: string;
    readonly jsonVersion?: string;
  };
  readonly operations: Readonly<Record<string, Operation>>;
  readonly shapes: Readonly<Record<string, Shape>>;
}

/**
 * Shapes whose models differ from AWS's behavior. Cognito allows spaces within a password, and periods in a custom domain.
 *
 * @see https://docs.aws.amazon.com/cognito/latest/developerguide/managing-users-passwords.html
 * @see https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pools-add-custom-domain.html
 */
const CORRECTIONS: Readonly<Record<string, Partial<Shape>>> = {
  "cognito-idp.DomainType": {
    pattern: "^[a-z0-9](?:[a-z0-9\\-.]{0,61}[a-z0-9])?$",
  },
  "cognito-idp.PasswordType": { pattern: "^[\\S]+.*[\\S]+$" },
};

/** AWS's model of the API of a service. */
export class ServiceModel {
  private readonly patterns = new Map<string, RegExp>();

  constructor(
    /** Name of botocore, which is also the service in signatures. */
    readonly service: string,
    private readonly description: ServiceDescription,
  ) {}

  get metadata(): ServiceDescription["metadata"] {
    return this.description.metadata;
  }

  get operations(): ServiceDescription["operations"] {
    return this.description.operations;
  }

  get shapes(): ServiceDescription["shapes"] {
    return this.description.shapes;
  }

  getShape({ shape }: { readonly shape: string }): Shape {
    const found = this.shapes[shape];
    if (found === undefined)
      throw new Error(`${this.service} has no shape ${shape}`);
    return { ...found, ...CORRECTIONS[`${this.service}.${shape}`] };
  }

  /** Compiles a pattern once. */
  getPattern(pattern: string): RegExp {
    const compiled = this.patterns.get(pattern) ?? compilePattern(pattern);
    this.patterns.set(pattern, compiled);
    return compiled;
  }
}

/** Services without a signature in some calls, which are found by their target or version. */
const UNSIGNED_SERVICES = [
  "cognito-idp",
  "cognito-identity",
  "sts",
  "iam",
  "secretsmanager",
  "cloudformation",
];

/** Loads the API models that the installed local AWS includes, each once. */
export class ApiModels {
  private readonly loaded = new Map<string, ServiceModel | undefined>();

  constructor(private readonly directory: string) {}

  /** @throws Error without an installed local AWS */
  static findInstalled(): ApiModels {
    const python = findInstalledPython(
      path.resolve(__dirname, "../../../.local-aws"),
    );
    if (python === undefined) throw new Error("no local AWS is installed");
    const libraries = path.resolve(python, "../../lib");
    const directory = readdirSync(libraries)
      .map((name) => path.join(libraries, name, "site-packages/botocore/data"))
      .find((candidate) => existsSync(candidate));
    if (directory === undefined)
      throw new Error(`${libraries} has no models of botocore`);
    return new ApiModels(directory);
  }

  /** Returns the newest model of a service; `undefined` for an unknown one. */
  find(service: string): ServiceModel | undefined {
    if (!this.loaded.has(service)) this.loaded.set(service, this.load(service));
    return this.loaded.get(service);
  }

  findByTarget(prefix: string): ServiceModel | undefined {
    return this.findUnsigned(({ targetPrefix }) => targetPrefix === prefix);
  }

  findByVersion(version: string): ServiceModel | undefined {
    return this.findUnsigned(
      ({ protocol, apiVersion }) =>
        protocol === "query" && apiVersion === version,
    );
  }

  private findUnsigned(
    matches: (metadata: ServiceDescription["metadata"]) => boolean,
  ): ServiceModel | undefined {
    for (const service of UNSIGNED_SERVICES) {
      const model = this.find(service);
      if (model !== undefined && matches(model.metadata)) return model;
    }
    return undefined;
  }

  private load(service: string): ServiceModel | undefined {
    const directory = path.join(this.directory, service);
    if (!/^[a-z][\w-]*$/.test(service) || !existsSync(directory))
      return undefined;
    const version = readdirSync(directory).sort().at(-1) ?? "";
    const file = path.join(directory, version, "service-2.json");
    const text = existsSync(file)
      ? readFileSync(file)
      : gunzipSync(readFileSync(`${file}.gz`));
    return new ServiceModel(
      service,
      JSON.parse(text.toString()) as ServiceDescription,
    );
  }
}
