import { toPlainText } from "../../../scripts/lib/plan/rich-text";
import { reviewPlan } from "../../../scripts/lib/review/review-plan";
import { buildPlan, type PlanResource } from "../../support/plan-builder";
import {
  BUCKET,
  CLIENT,
  GROUP,
  IDENTITY_POOL,
  POOL,
  ROLE_POLICY,
  SECRET,
  SERVER,
} from "../../support/rule-cases";

type Values = Readonly<Record<string, unknown>>;

const POOL_ID = "us-west-2_abc";
const NAME = { name: "our-auth-dev" };
const ARN = "arn:aws:cognito-idp:us-west-2:111122223333:userpool/us-west-2_abc";

/** Resources that the state has, that Terraform does not find in AWS, and that the code has. */
const LOST: readonly (readonly [type: string, values: Values])[] = [
  [POOL, { ...NAME, id: POOL_ID, arn: ARN }],
  [CLIENT, { name: "api", id: "apiapiapi", user_pool_id: POOL_ID }],
  [SERVER, { identifier: "registry-server", user_pool_id: POOL_ID }],
  [GROUP, { name: "readers", user_pool_id: POOL_ID }],
];

function reviewLost(
  lost: typeof LOST,
  {
    resources = lost.map(([type, { user_pool_id, ...values }]) => ({
      type,
      after: { ...values, id: undefined, arn: undefined },
      changeMembers: {
        after_unknown: {
          id: true,
          arn: true,
          ...(user_pool_id !== undefined && { user_pool_id: true }),
        },
      },
    })),
    region = "us-west-2",
  }: {
    readonly resources?: readonly PlanResource[];
    readonly region?: string;
  } = {},
) {
  const plan = buildPlan(resources, {
    resource_drift: lost.map(([type, before]) => ({
      address: `${type}.main`,
      mode: "managed",
      type,
      name: "main",
      change: { actions: ["delete"], before, after: null },
    })),
    configuration: {
      provider_config: {
        aws: {
          name: "aws",
          full_name: "registry.terraform.io/hashicorp/aws",
          expressions: { region: { constant_value: region } },
        },
      },
      root_module: {
        resources: lost.map(([type, { user_pool_id }]) => ({
          address: `${type}.main`,
          mode: "managed",
          type,
          expressions:
            user_pool_id === undefined
              ? {}
              : { user_pool_id: { references: [`${POOL}.main.id`] } },
        })),
      },
    },
  });
  const { findings, gate } = reviewPlan(plan, {
    policy: "data-loss",
    allowances: [],
    today: "2026-11-30",
  });
  return {
    passes: gate.passes,
    found: findings
      .filter(({ rule }) => rule === "resource-recreated")
      .map(({ address, message, consequences }) => ({
        address,
        message: toPlainText(message),
        consequences: consequences.map((one) => one.address).sort(),
      })),
  };
}

test("a user pool that was deleted outside Terraform blocks a plan that creates another one", () => {
  expect(reviewLost(LOST)).toEqual({
    passes: false,
    found: [
      {
        address: `${POOL}.main`,
        message:
          "user pool our-auth-dev is in the state but not in AWS, and is created again: all its users and client ids are lost",
        consequences: [
          `${CLIENT}.main`,
          `${SERVER}.main`,
          `${GROUP}.main`,
        ].sort(),
      },
    ],
  });
});

test("a user pool in another Region blocks a plan that creates a second one", () => {
  const { passes, found } = reviewLost(LOST, { region: "us-east-1" });
  expect(passes).toBe(false);
  expect(found.map(({ message }) => message)).toEqual([
    "user pool our-auth-dev is created a second time, in Region us-east-1: the state has it in us-west-2, where it remains without Terraform",
  ]);
});

test.each([
  [CLIENT, { name: "api", id: "apiapiapi" }],
  [GROUP, { name: "readers" }],
  [SECRET, { name: "our-auth-dev/api" }],
  [IDENTITY_POOL, { identity_pool_name: "pool" }],
  [BUCKET, { bucket: "data" }],
])("%s that was deleted outside Terraform is data loss", (type, values) => {
  const { passes, found } = reviewLost([[type, values]]);
  expect(passes).toBe(false);
  expect(found.map(({ address }) => address)).toEqual([`${type}.main`]);
});

test("a deleted resource is not reported if nothing is lost with it", () => {
  expect(reviewLost([[ROLE_POLICY, { name: "p", role: "reader" }]])).toEqual({
    passes: true,
    found: [],
  });
});

test("a deleted resource is not reported if the plan does not create it", () => {
  const none = { passes: true, found: [] };
  expect(reviewLost(LOST.slice(0, 1), { resources: [] })).toEqual(none);
});

test("a resource that is imported again is not reported", () => {
  const values = { ...NAME, id: POOL_ID };
  const resource: PlanResource = {
    type: POOL,
    before: values,
    after: values,
    actions: ["no-op"],
    changeMembers: { importing: { id: POOL_ID } },
  };
  expect(reviewLost(LOST.slice(0, 1), { resources: [resource] }).found).toEqual(
    [],
  );
});
