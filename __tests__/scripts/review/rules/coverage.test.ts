import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import {
  classifyAttribute,
  IGNORED_OF_EVERY_TYPE,
  isReviewedType,
  listKnownAttributes,
  splitNames,
} from "../../../../scripts/lib/review/rules/coverage";
import {
  REVIEWED_TYPES,
  RULES,
} from "../../../../scripts/lib/review/rules/registry";
import type { Environment } from "../../../../stacks/config/environment";
import {
  removeTemporaryDirectories,
  createTemporaryDirectory,
  type Synthesized,
} from "../../../support/stage";
import {
  BOUND_VERSION,
  listConstructTypes,
  readProviderSchema,
} from "../../../support/provider-schema";
import { COMPLETE_STAGE } from "../../../support/whole-stage";

afterAll(removeTemporaryDirectories);

const SCHEMA = readProviderSchema();
const TYPES = Object.keys(REVIEWED_TYPES);
const COMMON = Object.values(IGNORED_OF_EVERY_TYPE).flatMap(splitNames);

function isUnder(attribute: string, path: string): boolean {
  return attribute === path || attribute.startsWith(`${path}.`);
}

test("every type has attributes of the newer provider", () => {
  expect(Object.keys(SCHEMA[BOUND_VERSION])).toEqual(
    expect.arrayContaining(TYPES),
  );
});

describe.each(Object.entries(SCHEMA))("of provider %s", (_, ofType) => {
  const types = TYPES.filter((type) => Object.hasOwn(ofType, type));

  test.each(types)("every attribute of %s has exactly one category", (type) => {
    const attributes = ofType[type] ?? [];
    expect(attributes).not.toEqual([]);
    const categories = attributes.map((attribute) => [
      attribute,
      Object.entries(listKnownAttributes(type)).flatMap(([category, paths]) =>
        paths.some((path) => isUnder(attribute, path)) ? [category] : [],
      ),
    ]);
    expect(categories.filter(([, found]) => found?.length !== 1)).toEqual([]);
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
    const attributes = Object.values(SCHEMA).flatMap(
      (types) => types[type] ?? [],
    );
    const named = Object.values(listKnownAttributes(type))
      .flat()
      .filter((path) => !COMMON.includes(path));
    expect(
      named.filter(
        (path) => !attributes.some((attribute) => isUnder(attribute, path)),
      ),
    ).toEqual([]);
  },
);

test("no type repeats an attribute that every type ignores", () => {
  const own = Object.values(REVIEWED_TYPES).flatMap(({ ignored = {} }) =>
    Object.values(ignored).flatMap(splitNames),
  );
  expect(own.filter((name) => COMMON.includes(name))).toEqual([]);
});

test("rules name no other type", () => {
  const named = Object.values(RULES).flatMap(({ covers }) =>
    Object.keys(covers),
  );
  expect(named.filter((type) => !TYPES.includes(type))).toEqual([]);
});

test.each([
  ["aws_cognito_user_pool", "new_setting"],
  ["aws_cognito_user_pool", "password_policy.new_setting"],
  ["aws_s3_bucket_lifecycle_configuration", "rule.expiration.new_setting"],
  ["aws_iam_role", "toString"],
])("%s has no category for the unknown attribute %s", (type, attribute) => {
  expect(classifyAttribute(type, attribute)).toBeUndefined();
});

describe("every type is reviewed", () => {
  test.each<[string, Environment, string]>([
    ["stage", { ...COMPLETE_STAGE, STAGE: "dev" }, "aws_cognito_identity_pool"],
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
    const types = synthesizeTypes(settings);
    expect(types).toContain(type);
    expect(listUnreviewed(types)).toEqual([]);
  });

  test("that a construct can make", () => {
    const types = listConstructTypes();
    expect(types).toContain("aws_iam_role_policy_attachment");
    expect(listUnreviewed(types)).toEqual([]);
  });
});

/** Synthesizes `main.ts` with these settings, and returns the types of its resources. */
function synthesizeTypes(settings: Environment): readonly string[] {
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

function listUnreviewed(types: readonly string[]): readonly string[] {
  return types.filter((type) => !isReviewedType(type));
}
