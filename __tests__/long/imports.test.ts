import { readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { AttachedLocalAws } from "../../scripts/lib/local-aws/local-aws";
import {
  Deployment,
  describeLocal,
  startLocalAccount,
  expectSuccess,
} from "../support/deployment";
import { plannedIn } from "../support/plan-text";
import { removeTemporaryDirectories } from "../support/stage";
import {
  COMPLETE_STAGE,
  readStateResources,
  type StateResource,
} from "../support/whole-stage";

const stack = "veda-auth-stack-dev";
const BLOCKS = "imports.tf.json";

jest.setTimeout(180_000);

let aws: AttachedLocalAws;
let deployment: Deployment;
let resources: readonly StateResource[];
/** The complete state. */
let completeState: string;

interface State {
  readonly resources: readonly {
    readonly type: string;
    readonly name: string;
  }[];
}

type Values = StateResource["values"];

/** Formats the import id of each type. */
const IMPORT_IDS: Readonly<Record<string, (values: Values) => string>> = {
  aws_cognito_user_pool: ({ id = "" }) => id,
  aws_cognito_user_pool_domain: ({ domain = "" }) => domain,
  aws_cognito_resource_server: ({ user_pool_id: pool = "", identifier = "" }) =>
    `${pool}|${identifier}`,
  aws_cognito_user_group: ({ user_pool_id: pool = "", name = "" }) =>
    `${pool}/${name}`,
  aws_cognito_user_pool_client: ({ user_pool_id: pool = "", id = "" }) =>
    `${pool}/${id}`,
  aws_cognito_identity_pool: ({ id = "" }) => id,
  aws_cognito_identity_pool_roles_attachment: ({ id = "" }) => id,
  aws_iam_role: ({ name = "" }) => name,
  aws_iam_role_policy: ({ id = "" }) => id,
  aws_iam_openid_connect_provider: ({ arn = "" }) => arn,
  aws_secretsmanager_secret: ({ arn = "" }) => arn,
  aws_secretsmanager_secret_policy: ({ secret_arn: secret = "" }) => secret,
  aws_secretsmanager_secret_version: ({ id = "" }) => id,
};
/** Types that the provider does not read completely: a plan after their import replaces them, apart from first versions. */
const REPLACED = [
  // generate_secret is null after an import, and any value differs
  "aws_cognito_user_pool_client",
  // the version of a write-only value is null after an import
  "aws_secretsmanager_secret_version",
];

/** A type with an attribute that the provider does not read: the plan after an import updates it to the same value. */
const UPDATED_AFTER_IMPORT = "aws_secretsmanager_secret_policy";

beforeAll(async () => {
  if (describeLocal !== describe) return;
  aws = await startLocalAccount();
  deployment = new Deployment(aws.endpoint, { ".env.dev": COMPLETE_STAGE });
  await deployment.startProvider();
  expectSuccess(await deployment.synth());
  await deployment.init(stack);
  expectSuccess(await deployment.apply(stack));
  resources = readStateResources(deployment, stack);
  completeState = readFileSync(getStateFile(), "utf8");
}, 120_000);

afterAll(async () => {
  if (describeLocal === describe) await aws.stop();
  removeTemporaryDirectories();
});

describeLocal("a stage without a state, in this order,", () => {
  test("has no type without an id to import it by", () => {
    const types = new Set(resources.map(({ type }) => type));
    expect([...types].sort()).toEqual(Object.keys(IMPORT_IDS).sort());
  });

  test("is imported by blocks, with no other changes in the plan", async () => {
    const missing = resources.filter((resource) => !isReplaced(resource));
    const { code, stdout, stderr } = await planImports(missing);
    expect([code, stderr]).toEqual([2, ""]);
    expect(plannedIn(stdout)).toEqual(
      Object.fromEntries(
        missing.map(({ type, address }) => [
          address,
          type === UPDATED_AFTER_IMPORT
            ? "will be updated in-place"
            : "will be imported",
        ]),
      ),
    );
    expect(stdout).toContain(
      `Plan: ${missing.length} to import, 0 to add, 1 to change, 0 to destroy.`,
    );
  });

  test.each(REPLACED)("replaces every %s after an import", async (type) => {
    const missing = resources.filter(
      (resource) => resource.type === type && isReplaced(resource),
    );
    const { stdout } = await planImports(missing);
    const planned = plannedIn(stdout);
    expect(missing.map(({ address }) => planned[address])).toEqual(
      missing.map(() => "must be replaced"),
    );
  });

  test("is imported, and has an empty plan", async () => {
    const missing = resources.filter((resource) => !isReplaced(resource));
    await planImports(missing);
    expectSuccess(await deployment.apply(stack));
    rmSync(path.join(deployment.getStackDirectory(stack), BLOCKS));
    expectSuccess(await deployment.plan(stack));
  });
});

/** The first version of a secret has no write-only value. */
function isReplaced({ type, address }: StateResource): boolean {
  return REPLACED.includes(type) && !/_first_[0-9A-F]{8}$/.test(address);
}

/** Plans a stage without these resources in its state, with an import block for each. */
async function planImports(missing: readonly StateResource[]) {
  const addresses = missing.map(({ address }) => address);
  const state = JSON.parse(completeState) as State;
  writeFileSync(
    getStateFile(),
    JSON.stringify({
      ...state,
      resources: state.resources.filter(
        ({ type, name }) => !addresses.includes(`${type}.${name}`),
      ),
    }),
  );
  const blocks = missing.map(({ type, address, values }) => ({
    to: address,
    id: IMPORT_IDS[type]?.(values),
  }));
  writeFileSync(
    path.join(deployment.getStackDirectory(stack), BLOCKS),
    JSON.stringify({ import: blocks }),
  );
  return deployment.plan(stack);
}

function getStateFile(): string {
  return path.join(deployment.directory, `terraform.${stack}.tfstate`);
}
