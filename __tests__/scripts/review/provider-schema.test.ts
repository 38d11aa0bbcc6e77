import {
  BOUND_VERSION,
  readBoundAttributes,
  readBoundVersion,
  listConstructTypes,
  MIRRORED_VERSION,
  readProviderSchema,
  listSchemaAttributes,
  listSchemaTypes,
} from "../../support/provider-schema";

const SCHEMA = readProviderSchema();

/** Types that the provider has since version 6. */
const NEW = [
  "aws_cognito_log_delivery_configuration",
  "aws_cognito_managed_login_branding",
];

/** Types in both versions that belong to a Region; a bucket had the attribute before. */
const REGIONAL = Object.keys(SCHEMA[MIRRORED_VERSION]).filter(
  (type) => !/^aws_(iam|route53)_/.test(type) && type !== "aws_s3_bucket",
);

describe("the recorded schema of the AWS provider", () => {
  test("is of the version that the bindings were generated from", () => {
    expect(readBoundVersion()).toBe(BOUND_VERSION);
  });

  test.each(listSchemaTypes())(
    "has %s as the installed bindings do",
    (type) => {
      expect(SCHEMA[BOUND_VERSION][type]).toEqual(readBoundAttributes(type));
    },
  );

  test("has every type that a stage or the account can contain, in both versions", () => {
    expect(listConstructTypes()).toContain("aws_kms_key");
    expect(Object.keys(SCHEMA[MIRRORED_VERSION])).toEqual(
      listSchemaTypes().filter((type) => !NEW.includes(type)),
    );
    expect(Object.keys(SCHEMA[BOUND_VERSION])).toEqual(listSchemaTypes());
  });

  test.each(REGIONAL)("has the Region of %s since version 6", (type) => {
    const added = (SCHEMA[BOUND_VERSION][type] ?? []).filter(
      (name) => !SCHEMA[MIRRORED_VERSION][type]?.includes(name),
    );
    expect(added).toContain("region");
  });

  test("has blocks, write-only and computed values by their paths", () => {
    expect(SCHEMA[MIRRORED_VERSION].aws_cognito_user_pool).toEqual(
      expect.arrayContaining([
        "account_recovery_setting.recovery_mechanism.priority",
        "arn",
        "password_policy.minimum_length",
        "tags_all",
      ]),
    );
    expect(SCHEMA[BOUND_VERSION].aws_secretsmanager_secret_version).toEqual(
      expect.arrayContaining(["has_secret_string_wo", "secret_string_wo"]),
    );
  });

  test("has the fields of nested objects", () => {
    expect(
      listSchemaAttributes({
        attributes: {
          plain: { type: "string" },
          objects: { type: ["list", ["object", { b: "string", a: "bool" }]] },
          nested: { nested_type: { attributes: { c: { type: "number" } } } },
        },
        block_types: {
          block: { block: { attributes: { d: { type: ["set", "string"] } } } },
        },
      }),
    ).toEqual(["block.d", "nested.c", "objects.a", "objects.b", "plain"]);
  });
});
