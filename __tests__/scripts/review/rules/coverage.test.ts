import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { BLOCK_ATTRIBUTES } from "../../../../scripts/lib/review/rules/block-attributes";
import {
  getRuleAttributes,
  IGNORED_ATTRIBUTES,
  isReviewedType,
  classifyAttribute,
  ACCESS_ATTRIBUTES,
} from "../../../../scripts/lib/review/rules/coverage";
import { RULES } from "../../../../scripts/lib/review/rules/registry";
import type { Environment } from "../../../../stacks/config/environment";
import {
  removeTemporaryDirectories,
  createTemporaryDirectory,
  type Synthesized,
} from "../../../support/stage";
import { EVERY_PART } from "../../../support/whole-stage";

afterAll(removeTemporaryDirectories);

/** Names of attributes by version of the provider and by type of resource. */
type Schema = Readonly<
  Record<string, Readonly<Record<string, readonly string[]>>>
>;

const SCHEMA = JSON.parse(
  readFileSync(
    path.resolve(__dirname, "../../../fixtures/provider-schema.json"),
    "utf8",
  ),
) as Schema;
const VERSIONS = ["5.100.0", "6.25.0"];
const TYPES = Object.keys(IGNORED_ATTRIBUTES);

/** The places in which a change of an attribute may be judged, each with its attributes of a type. */
function placesOf(type: string): Readonly<Record<string, readonly string[]>> {
  return {
    rule: getRuleAttributes(type),
    access: ACCESS_ATTRIBUTES[type] ?? [],
    harmless: Object.keys(IGNORED_ATTRIBUTES[type] ?? {}),
  };
}

function isUnder(attribute: string, path: string): boolean {
  return attribute === path || attribute.startsWith(`${path}.`);
}

test("the schema is that of the versions that a stage accepts", () => {
  expect(Object.keys(SCHEMA)).toEqual(VERSIONS);
});

describe.each(VERSIONS)("of provider %s", (version) => {
  test.each(TYPES)("every attribute of %s is in exactly one place", (type) => {
    const attributes = SCHEMA[version]?.[type] ?? [];
    expect(attributes).toContain("id");
    const places = attributes.map((attribute) => [
      attribute,
      Object.entries(placesOf(type)).flatMap(([place, paths]) =>
        paths.some((path) => isUnder(attribute, path)) ? [place] : [],
      ),
    ]);
    expect(places.filter(([, found]) => found?.length !== 1)).toEqual([]);
    // the review looks an attribute up by this
    expect(
      attributes.filter(
        (attribute) => classifyAttribute(type, attribute) === undefined,
      ),
    ).toEqual([]);
  });
});

test.each(TYPES)(
  "no list names an attribute of %s that does not exist",
  (type) => {
    const attributes = VERSIONS.flatMap(
      (version) => SCHEMA[version]?.[type] ?? [],
    );
    const named = [
      ...Object.values(placesOf(type)).flat(),
      ...(BLOCK_ATTRIBUTES[type] ?? []),
    ];
    expect(
      named.filter(
        (path) => !attributes.some((attribute) => isUnder(attribute, path)),
      ),
    ).toEqual([]);
  },
);

test("rules and the comparison of access name no other type", () => {
  const named = [
    ...Object.values(RULES).flatMap(({ covers }) => Object.keys(covers)),
    ...Object.keys(ACCESS_ATTRIBUTES),
    ...Object.keys(BLOCK_ATTRIBUTES),
  ];
  expect(named.filter((type) => !TYPES.includes(type))).toEqual([]);
});

test.each([
  ["aws_cognito_user_pool", "new_setting"],
  ["aws_cognito_user_pool", "password_policy.new_setting"],
  ["aws_s3_bucket_lifecycle_configuration", "rule.expiration.new_setting"],
  ["aws_iam_role", "toString"],
])("%s has no place for the unknown attribute %s", (type, attribute) => {
  expect(classifyAttribute(type, attribute)).toBeUndefined();
});

test("every harmless attribute has its reason", () => {
  const reasons = Object.values(IGNORED_ATTRIBUTES).flatMap((one) =>
    Object.values(one),
  );
  expect(reasons.filter((reason) => reason.length < 10)).toEqual([]);
});

describe("every type is reviewed", () => {
  test.each<[string, Environment, string]>([
    ["stage", { ...EVERY_PART, STAGE: "dev" }, "aws_cognito_identity_pool"],
    [
      "account",
      {
        STAGE: "account",
        OWNER: "owner",
        AWS_ACCOUNT_ID: "000000000000",
        STATE_BUCKET_NAME: "our-state",
        STATE_CUSTOMER_KEY: "true",
        ACCOUNT_STAGES: "dev",
        GITHUB_REPOSITORY: "octo/auth",
        GITHUB_OWNER_ID: "1",
        GITHUB_REPOSITORY_ID: "2",
      },
      "aws_kms_alias",
    ],
  ])("of a whole %s", (_, settings, type) => {
    const types = synthesizedTypes(settings);
    expect(types).toContain(type);
    expect(notReviewed(types)).toEqual([]);
  });

  test("that a construct can make", () => {
    const directory = path.resolve(__dirname, "../../../../constructs");
    const types = readdirSync(directory).flatMap((file) =>
      [
        ...readFileSync(path.join(directory, file), "utf8").matchAll(
          /"@cdktf\/provider-aws\/lib\/(?!data-|provider")([a-z0-9-]+)"/g,
        ),
      ].map(([, name = ""]) => `aws_${name.replaceAll("-", "_")}`),
    );
    expect(types).toContain("aws_iam_role_policy_attachment");
    expect(notReviewed(types)).toEqual([]);
  });
});

/** Synthesizes `main.ts` with these settings, and returns the types of its resources. */
function synthesizedTypes(settings: Environment): readonly string[] {
  const before = process.env;
  const directory = createTemporaryDirectory();
  process.env = { ...settings, CDKTF_OUTDIR: directory };
  try {
    jest.isolateModules(() => {
      jest.requireActual("../../../../main");
    });
  } finally {
    process.env = before;
  }
  const stacks = path.join(directory, "stacks");
  return readdirSync(stacks).flatMap((stack) => {
    const file = path.join(stacks, stack, "cdk.tf.json");
    const { resource } = JSON.parse(readFileSync(file, "utf8")) as Synthesized;
    return Object.keys(resource);
  });
}

function notReviewed(types: readonly string[]): readonly string[] {
  return types.filter((type) => !isReviewedType(type));
}
