import { writeFileSync } from "node:fs";
import path from "node:path";
import {
  runTerraform,
  createProviderEnvironment,
} from "../../scripts/lib/terraform/terraform";
import { getEnvironmentWithoutSettings } from "../../scripts/lib/terraform/environment";
import { describeLocal, expectSuccess } from "./deployment";
import {
  BOUND_VERSION,
  readBoundAttributes,
  formatProviderSchema,
  MIRRORED_VERSION,
  listSchemaAttributes,
  SCHEMA_FILE,
  listSchemaTypes,
  type TypeAttributes,
} from "./provider-schema";
import { removeTemporaryDirectories, createTemporaryDirectory } from "./stage";

/**
 * Records `scripts/lib/review/rules/provider-schema.json` from the AWS provider and from the installed bindings:
 * `npm run record-plans -- --testPathPattern provider-schema`.
 */
jest.setTimeout(120_000);

afterAll(removeTemporaryDirectories);

type Block = Parameters<typeof listSchemaAttributes>[0];
interface Schemas {
  readonly provider_schemas: Readonly<
    Record<
      string,
      {
        readonly resource_schemas: Readonly<
          Record<string, { readonly block: Block }>
        >;
      }
    >
  >;
}

describeLocal("the schema of the provider", () => {
  test("is recorded", async () => {
    const schema = {
      [MIRRORED_VERSION]: await readProviderAttributes(),
      [BOUND_VERSION]: collectAttributes(readBoundAttributes),
    };
    writeFileSync(SCHEMA_FILE, formatProviderSchema(schema));
    expect(Object.keys(schema[BOUND_VERSION])).toEqual(listSchemaTypes());
  });
});

async function readProviderAttributes(): Promise<TypeAttributes> {
  const directory = createTemporaryDirectory();
  writeFileSync(
    path.join(directory, "main.tf.json"),
    JSON.stringify({
      terraform: {
        required_providers: {
          aws: { source: "hashicorp/aws", version: MIRRORED_VERSION },
        },
      },
    }),
  );
  const options = {
    directory,
    environment: {
      ...getEnvironmentWithoutSettings(),
      ...createProviderEnvironment({ directory: path.resolve(".local-aws") }),
    },
    timeoutSeconds: 100,
  };
  expectSuccess(await runTerraform(["init", "-input=false"], options));
  const printed = await runTerraform(["providers", "schema", "-json"], options);
  expectSuccess(printed);
  const { provider_schemas } = JSON.parse(printed.stdout) as Schemas;
  const [provider] = Object.values(provider_schemas);
  return collectAttributes((type) => {
    const found = provider?.resource_schemas[type];
    return found && listSchemaAttributes(found.block);
  });
}

function collectAttributes(
  read: (type: string) => readonly string[] | undefined,
): TypeAttributes {
  return Object.fromEntries(
    listSchemaTypes().flatMap((type) => {
      const attributes = read(type);
      return attributes === undefined ? [] : [[type, attributes]];
    }),
  );
}
