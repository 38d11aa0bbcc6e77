import { writeFileSync } from "node:fs";
import path from "node:path";
import {
  runTerraform,
  terraformEnvironment,
} from "../../scripts/lib/terraform/terraform";
import { environmentWithoutSettings } from "../../scripts/lib/terraform/own-settings";
import { describeLocal, succeed } from "./deployment";
import {
  BOUND,
  boundAttributes,
  formatProviderSchema,
  MIRRORED,
  schemaAttributes,
  SCHEMA_FILE,
  schemaTypes,
  type TypeAttributes,
} from "./provider-schema";
import { removeTemporaryFolders, temporaryFolder } from "./stage";

/**
 * Records `__tests__/fixtures/provider-schema.json` from the AWS provider and from the installed bindings:
 * `npm run record-plans -- --testPathPattern provider-schema`.
 */
jest.setTimeout(120_000);

afterAll(removeTemporaryFolders);

type Block = Parameters<typeof schemaAttributes>[0];
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

describeLocal("the provider's schema", () => {
  test("is recorded", async () => {
    const schema = {
      [MIRRORED]: await providerAttributes(),
      [BOUND]: attributesBy(boundAttributes),
    };
    writeFileSync(SCHEMA_FILE, formatProviderSchema(schema));
    expect(Object.keys(schema[BOUND])).toEqual(schemaTypes());
  });
});

async function providerAttributes(): Promise<TypeAttributes> {
  const directory = temporaryFolder();
  writeFileSync(
    path.join(directory, "main.tf.json"),
    JSON.stringify({
      terraform: {
        required_providers: {
          aws: { source: "hashicorp/aws", version: MIRRORED },
        },
      },
    }),
  );
  const options = {
    directory,
    environment: {
      ...environmentWithoutSettings(),
      ...terraformEnvironment({ directory: path.resolve(".local-aws") }),
    },
    timeoutSeconds: 100,
  };
  succeed(await runTerraform(["init", "-input=false"], options));
  const printed = await runTerraform(["providers", "schema", "-json"], options);
  succeed(printed);
  const { provider_schemas } = JSON.parse(printed.stdout) as Schemas;
  const [provider] = Object.values(provider_schemas);
  return attributesBy((type) => {
    const found = provider?.resource_schemas[type];
    return found && schemaAttributes(found.block);
  });
}

function attributesBy(
  read: (type: string) => readonly string[] | undefined,
): TypeAttributes {
  return Object.fromEntries(
    schemaTypes().flatMap((type) => {
      const attributes = read(type);
      return attributes === undefined ? [] : [[type, attributes]];
    }),
  );
}
