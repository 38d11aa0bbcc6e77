import { existsSync, readFileSync, readdirSync } from "node:fs";
import path from "node:path";

/** Names of a resource type's attributes, with dots between a block and what it contains, sorted. */
export type TypeAttributes = Readonly<Record<string, readonly string[]>>;

/** Attributes of every resource type in {@link listSchemaTypes}, by version of the AWS provider. */
export type ProviderSchema = Readonly<
  Record<typeof MIRRORED_VERSION | typeof BOUND_VERSION, TypeAttributes>
>;

/** The oldest version that a stage supports, which the tests run. */
export const MIRRORED_VERSION = "5.100.0";
/** The version that the bindings were generated from. */
export const BOUND_VERSION = "6.25.0";

const PROJECT = path.resolve(__dirname, "../..");
const BINDINGS = path.join(PROJECT, "node_modules/@cdktf/provider-aws");
export const SCHEMA_FILE = path.resolve(
  __dirname,
  "../../scripts/lib/review/rules/provider-schema.json",
);

/** Types that are not in any stage, but can be in a plan. */
const OTHER_TYPES = [
  "aws_cognito_identity_pool_provider_principal_tag",
  "aws_cognito_identity_provider",
  "aws_cognito_log_delivery_configuration",
  "aws_cognito_managed_login_branding",
  "aws_cognito_managed_user_pool_client",
  "aws_cognito_risk_configuration",
  "aws_cognito_user",
  "aws_cognito_user_in_group",
  "aws_cognito_user_pool_ui_customization",
  "aws_iam_policy_attachment",
  "aws_iam_role_policies_exclusive",
  "aws_iam_role_policy_attachments_exclusive",
  "aws_iam_saml_provider",
  "aws_kms_key_policy",
  "aws_lambda_permission",
  "aws_route53_record",
  "aws_secretsmanager_secret_rotation",
  "aws_wafv2_web_acl_association",
];

/** Returns the resource types that the constructs import, sorted. */
export function listConstructTypes(): readonly string[] {
  const files = readdirSync(path.join(PROJECT, "constructs"), {
    recursive: true,
    encoding: "utf8",
  }).filter((file) => file.endsWith(".ts"));
  const names = files.flatMap((file) =>
    [
      ...readFileSync(path.join(PROJECT, "constructs", file), "utf8").matchAll(
        /from "@cdktf\/provider-aws\/lib\/([a-z0-9-]+)"/g,
      ),
    ].map(([, name = ""]) => name),
  );
  return [...new Set(names)]
    .filter((name) => name !== "provider" && !name.startsWith("data-"))
    .map((name) => `aws_${name.replaceAll("-", "_")}`)
    .sort();
}

/** Returns the resource types whose attributes are recorded, sorted. */
export function listSchemaTypes(): readonly string[] {
  return [...new Set([...listConstructTypes(), ...OTHER_TYPES])].sort();
}

export function readProviderSchema(): ProviderSchema {
  return JSON.parse(readFileSync(SCHEMA_FILE, "utf8")) as ProviderSchema;
}

/** Returns the version of the AWS provider that the installed bindings were generated from. */
export function readBoundVersion(): string | undefined {
  const text = readFileSync(path.join(BINDINGS, "lib/provider/index.js"));
  return /providerVersion: '([\d.]+)'/.exec(text.toString())?.[1];
}

/** Returns the attributes of a type in the installed bindings; `undefined` if they do not have the type. */
export function readBoundAttributes(
  type: string,
): readonly string[] | undefined {
  const name = type.replace(/^aws_/, "").replaceAll("_", "-");
  const file = path.join(BINDINGS, "lib", name, "index.js");
  if (!existsSync(file)) return undefined;
  const classes = parseClasses(readFileSync(file, "utf8"));
  const root = [...classes.values()].find(({ isResource }) => isResource);
  return root && listPaths(root, classes).sort();
}

interface BoundClass {
  readonly isResource: boolean;
  /** Names of attributes that are not blocks. */
  readonly leaves: readonly string[];
  /** Names of blocks and their classes. */
  readonly blocks: readonly (readonly [name: string, className: string])[];
}

function parseClasses(text: string): ReadonlyMap<string, BoundClass> {
  const starts = [...text.matchAll(/^class (\w+) extends cdktf\.(\w+)/gm)];
  return new Map(
    starts.map(({ 1: name = "", 2: parent, index }, position) => {
      const body = text.slice(index, starts[position + 1]?.index);
      return [
        name,
        {
          isResource: parent === "TerraformResource",
          leaves: [
            ...body.matchAll(
              /return (?:cdktf\.Fn\.tolist\()?this\.get\w+Attribute\('(\w+)'\)/g,
            ),
            ...body.matchAll(
              /return this\.interpolationForAttribute\('(\w+)'/g,
            ),
            ...body.matchAll(/= new cdktf\.\w+\(this, "(\w+)"/g),
          ].map(([, leaf = ""]) => leaf),
          blocks: [...body.matchAll(/= new (\w+)\(this, "(\w+)"/g)].map(
            ([, className = "", block = ""]) => [
              block,
              className.replace(/(List|Map)$/, "OutputReference"),
            ],
          ),
        },
      ];
    }),
  );
}

function listPaths(
  { leaves, blocks }: BoundClass,
  classes: ReadonlyMap<string, BoundClass>,
): string[] {
  const nested = blocks.flatMap(([name, className]) => {
    const inner = classes.get(className);
    if (inner === undefined) throw new Error(`class ${className} is missing`);
    return listPaths(inner, classes).map((leaf) => `${name}.${leaf}`);
  });
  return [...new Set([...leaves, ...nested])];
}

interface SchemaBlock {
  readonly attributes?: Readonly<Record<string, SchemaAttribute>>;
  readonly block_types?: Readonly<
    Record<string, { readonly block: SchemaBlock }>
  >;
}

interface SchemaAttribute {
  readonly type?: unknown;
  readonly nested_type?: SchemaBlock;
}

/** Returns the attributes of a block of `terraform providers schema -json`, sorted. */
export function listSchemaAttributes(block: SchemaBlock): readonly string[] {
  const attributes = Object.entries(block.attributes ?? {}).flatMap(
    ([name, { type, nested_type }]) =>
      addPrefix(
        name,
        nested_type ? listSchemaAttributes(nested_type) : listFields(type),
      ),
  );
  const blocks = Object.entries(block.block_types ?? {}).flatMap(
    ([name, inner]) => addPrefix(name, listSchemaAttributes(inner.block)),
  );
  return [...attributes, ...blocks].sort();
}

/** Returns the fields of an object or of a collection of objects; none of another value. */
function listFields(type: unknown): readonly string[] {
  if (!Array.isArray(type)) return [];
  const [kind, inner] = type as readonly unknown[];
  if (kind !== "object") return listFields(inner);
  return Object.entries(inner as Readonly<Record<string, unknown>>).flatMap(
    ([name, field]) => addPrefix(name, listFields(field)),
  );
}

function addPrefix(name: string, inner: readonly string[]): readonly string[] {
  return inner.length === 0 ? [name] : inner.map((leaf) => `${name}.${leaf}`);
}

/** Formats the schema with one line per type. */
export function formatProviderSchema(schema: ProviderSchema): string {
  const versions = Object.entries(schema).map(([version, types]) => {
    const lines = Object.entries(types).map(
      ([type, names]) =>
        `    ${JSON.stringify(type)}: ${JSON.stringify(names)}`,
    );
    return `  ${JSON.stringify(version)}: {\n${lines.join(",\n")}\n  }`;
  });
  return `{\n${versions.join(",\n")}\n}\n`;
}
