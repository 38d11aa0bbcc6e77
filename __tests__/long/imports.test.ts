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
  EVERY_PART,
  stateOf,
  type StateResource,
} from "../support/whole-stage";

const stack = "veda-auth-stack-dev";
const BLOCKS = "imports.tf.json";

jest.setTimeout(180_000);

let aws: AttachedLocalAws;
let deployment: Deployment;
let resources: readonly StateResource[];
/** The state with everything in it. */
let whole: string;

interface State {
  readonly resources: readonly {
    readonly type: string;
    readonly name: string;
  }[];
}

type Values = StateResource["values"];

/** What each type is imported by. */
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
/** Types that the provider does not read back whole: a plan after their import replaces them. */
const REPLACED = [
  // generate_secret stays null, and any value is another
  "aws_cognito_user_pool_client",
  // the version of a value that is only written stays null
  "aws_secretsmanager_secret_version",
];

/** A type of which one attribute is not read back, so that a plan after the import writes the same once more. */
const WRITTEN_AGAIN = "aws_secretsmanager_secret_policy";

beforeAll(async () => {
  if (describeLocal !== describe) return;
  aws = await startLocalAccount();
  deployment = new Deployment(aws.endpoint, { ".env.dev": EVERY_PART });
  expectSuccess(await deployment.synth());
  await deployment.init(stack);
  expectSuccess(await deployment.apply(stack));
  resources = stateOf(deployment, stack);
  whole = readFileSync(stateFile(), "utf8");
}, 120_000);

afterAll(async () => {
  if (describeLocal === describe) await aws.stop();
  removeTemporaryDirectories();
});

describeLocal("a stage that its state has lost, in this order,", () => {
  test("has no type without an id to import it by", () => {
    const types = new Set(resources.map(({ type }) => type));
    expect([...types].sort()).toEqual(Object.keys(IMPORT_IDS).sort());
  });

  test("is imported by blocks, and the plan has nothing else to do", async () => {
    const lost = resources.filter(({ type }) => !REPLACED.includes(type));
    const { code, stdout, stderr } = await planOf(lost);
    expect([code, stderr]).toEqual([2, ""]);
    expect(plannedIn(stdout)).toEqual(
      Object.fromEntries(
        lost.map(({ type, address }) => [
          address,
          type === WRITTEN_AGAIN
            ? "will be updated in-place"
            : "will be imported",
        ]),
      ),
    );
    expect(stdout).toContain(
      `Plan: ${lost.length} to import, 0 to add, 1 to change, 0 to destroy.`,
    );
  });

  test.each(REPLACED)(
    "would have every %s replaced, which is why none is imported",
    async (type) => {
      const lost = resources.filter((resource) => resource.type === type);
      const { stdout } = await planOf(lost);
      const planned = plannedIn(stdout);
      expect(lost.map(({ address }) => planned[address])).toEqual(
        lost.map(() => "must be replaced"),
      );
    },
  );

  test("is imported, and has an empty plan", async () => {
    const lost = resources.filter(({ type }) => !REPLACED.includes(type));
    await planOf(lost);
    expectSuccess(await deployment.apply(stack));
    rmSync(path.join(deployment.getStackDirectory(stack), BLOCKS));
    expectSuccess(await deployment.plan(stack));
  });
});

/** The plan of a stage whose state has lost these, with a block for each. */
async function planOf(lost: readonly StateResource[]) {
  const addresses = lost.map(({ address }) => address);
  const state = JSON.parse(whole) as State;
  writeFileSync(
    stateFile(),
    JSON.stringify({
      ...state,
      resources: state.resources.filter(
        ({ type, name }) => !addresses.includes(`${type}.${name}`),
      ),
    }),
  );
  const blocks = lost.map(({ type, address, values }) => ({
    to: address,
    id: IMPORT_IDS[type]?.(values),
  }));
  writeFileSync(
    path.join(deployment.getStackDirectory(stack), BLOCKS),
    JSON.stringify({ import: blocks }),
  );
  return deployment.plan(stack);
}

function stateFile(): string {
  return path.join(deployment.directory, `terraform.${stack}.tfstate`);
}
