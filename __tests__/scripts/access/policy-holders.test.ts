import { buildAccessGraph } from "../../../scripts/lib/access/build-access-graph";
import { buildPlanModel } from "../../../scripts/lib/plan/plan-model";
import {
  comparePlanned,
  NO_DIFFERENCE,
  formatPolicy,
  planUnchanged,
  ARN,
  ROLE,
  GROUP,
  READ,
  WRITE,
  planRolePolicy,
  type Values,
} from "../../support/access-comparisons";
import { buildPlan, type PlanResource } from "../../support/plan-builder";

const ADMIN = "arn:aws:iam::aws:policy/AdministratorAccess";
const ANYTHING = { Effect: "Allow", Action: "*", Resource: "*" };

describe("the policies of one role are compared together", () => {
  const ATTACHED = planUnchanged("aws_iam_role_policy_attachment", {
    role: "veda-readers",
    policy_arn: "arn:aws:iam::aws:policy/ReadOnlyAccess",
  });
  const OWN = planRolePolicy([READ], [READ]);
  const role = (values: Values): Values => ({
    name: "veda-readers",
    arn: ARN,
    id: "veda-readers",
    ...values,
  });

  test("an inline policy in addition to a policy resource", () => {
    const inline = [
      { name: "p", policy: formatPolicy(READ) },
      { name: "more", policy: formatPolicy(ANYTHING) },
    ];
    expect(
      comparePlanned(GROUP, OWN, {
        type: "aws_iam_role",
        before: role({ inline_policy: [] }),
        after: role({ inline_policy: inline }),
      }).gained,
    ).toEqual(["group veda-readers can now use more of * on anything"]);
  });

  test("an inline policy of the code with the name of a policy resource", () => {
    expect(
      comparePlanned(GROUP, OWN, {
        type: "aws_iam_role",
        before: role({ inline_policy: [] }),
        after: role({
          inline_policy: [{ name: "p", policy: formatPolicy(ANYTHING) }],
        }),
        expressions: { inline_policy: [{}] },
      }).gained,
    ).toEqual(["group veda-readers can now use more of * on anything"]);
  });

  test("a managed policy in managed_policy_arns in addition to an attachment", () => {
    const named = (...managed_policy_arns: readonly string[]): Values =>
      role({ managed_policy_arns });
    const readOnly = "arn:aws:iam::aws:policy/ReadOnlyAccess";
    expect(
      comparePlanned(ATTACHED, {
        type: "aws_iam_role",
        before: named(readOnly),
        after: named(readOnly, ADMIN),
      }),
    ).toEqual({
      ...NO_DIFFERENCE,
      gained: [
        `role veda-readers can now use the permissions of policy ${ADMIN}`,
      ],
    });
  });

  test("inline and managed policies of a new role", () => {
    expect(
      comparePlanned({
        type: "aws_iam_role",
        after: role({
          inline_policy: [{ name: "p", policy: formatPolicy(ANYTHING) }],
          managed_policy_arns: [ADMIN],
        }),
      }).gained,
    ).toEqual([
      `role veda-readers can now use the permissions of policy ${ADMIN}`,
      "role veda-readers can now * on anything",
    ]);
  });

  test("policies that AWS reports both as resources and as attributes count once", () => {
    const values = role({
      inline_policy: [{ name: "p", policy: formatPolicy(READ) }],
      managed_policy_arns: ["arn:aws:iam::aws:policy/ReadOnlyAccess"],
    });
    expect(
      comparePlanned(ATTACHED, OWN, {
        type: "aws_iam_role",
        before: role({ inline_policy: [], managed_policy_arns: [] }),
        after: values,
      }),
    ).toEqual(NO_DIFFERENCE);
  });

  test("an attached policy of the same plan", () => {
    const customer = planUnchanged("aws_iam_policy", {
      name: "all",
      arn: "arn:aws:iam::1:policy/all",
      policy: formatPolicy(ANYTHING),
    });
    expect(
      comparePlanned(ROLE, customer, {
        type: "aws_iam_role_policy_attachment",
        after: {
          role: "veda-readers",
          policy_arn: "arn:aws:iam::1:policy/all",
        },
      }).gained,
    ).toEqual(["role veda-readers can now * on anything"]);
  });
});

test("a new role that trusts anyone is reported", () => {
  const trust = formatPolicy({
    Effect: "Allow",
    Action: "sts:AssumeRole",
    Principal: "*",
  });
  expect(
    comparePlanned({
      type: "aws_iam_role",
      after: { name: "r", assume_role_policy: trust },
    }),
  ).toEqual({ ...NO_DIFFERENCE, gained: ["anyone can now assume r"] });
});

describe("a policy that is not readable", () => {
  const odd = formatPolicy({ Effect: "allow", Action: "*", Resource: "*" });
  const values = { role: "veda-readers", name: "p" };

  test("is reported without lost access", () => {
    expect(
      comparePlanned(ROLE, {
        type: "aws_iam_role_policy",
        after: { ...values, policy: odd },
      }),
    ).toEqual({
      ...NO_DIFFERENCE,
      unknown: ["a policy of role veda-readers is not readable"],
    });
  });

  test("is not reported if its text does not change", () => {
    expect(
      comparePlanned(
        ROLE,
        planUnchanged("aws_iam_role_policy", { ...values, policy: odd }),
      ),
    ).toEqual(NO_DIFFERENCE);
  });

  test("is reported if only whitespace changes", () => {
    expect(
      comparePlanned(ROLE, {
        type: "aws_iam_role_policy",
        before: { ...values, policy: odd },
        after: { ...values, policy: `${odd} ` },
      }).unknown,
    ).toHaveLength(1);
  });
});

test("a rewritten policy with the same access is one sentence", () => {
  const [divided, together] = [
    [
      { Effect: "Allow", Action: "s3:GetObject", Resource: "arn:aws:s3:::d/*" },
      { Effect: "Allow", Action: "s3:PutObject", Resource: "arn:aws:s3:::d/*" },
    ],
    [
      {
        Effect: "Allow",
        Action: ["s3:PutObject", "s3:GetObject"],
        Resource: ["arn:aws:s3:::d/*"],
      },
    ],
  ];
  expect(
    comparePlanned(ROLE, GROUP, planRolePolicy(divided, together)),
  ).toEqual({
    ...NO_DIFFERENCE,
    same: [
      "the policy of role veda-readers is rewritten and allows the same access",
    ],
  });
});

describe("a group whose role is known only after apply", () => {
  const group = (expressions: Values) =>
    comparePlanned(ROLE, {
      type: "aws_cognito_user_group",
      before: { name: "g", role_arn: ARN },
      after: { name: "g" },
      changeMembers: { after_unknown: { role_arn: true } },
      expressions,
    });

  test("has an unknown role", () => {
    expect(group({ role_arn: { references: ["var.a", "var.b"] } })).toEqual({
      ...NO_DIFFERENCE,
      gained: ["group g can now assume a role that is known only after apply"],
      unknown: [
        "whether group g can still assume role veda-readers is known only after apply",
      ],
    });
  });

  test("does not have a role that its expression only refers to", () => {
    expect(
      group({
        role_arn: {
          references: ["aws_iam_role.main.arn", "aws_iam_role.main"],
        },
      }).gained,
    ).toEqual(["group g can now assume a role that is known only after apply"]);
  });
});

test("a graph has the changes of a plan", () => {
  const plan = buildPlan([ROLE, GROUP, planRolePolicy([READ], [WRITE])]);
  const { before, after } = buildPlanModel(plan);
  const { nodes, edges } = buildAccessGraph(after, before);
  const names = new Map(nodes.map(({ id, name }) => [id, name]));
  expect(
    edges.map(({ from, can, to, change }) =>
      [names.get(from), can, names.get(to), change].join(" | "),
    ),
  ).toEqual([
    "veda-readers | assume | veda-readers | same",
    "veda-readers | read | data | lost",
    "veda-readers | write | data | gained",
  ]);
});

test.each(["aws_s3_bucket_policy.a", "aws_s3_bucket_policy.z"])(
  "a second policy of a bucket is reported in any order: %s",
  (address) => {
    const bucket = (Principal: unknown): Values => ({
      bucket: "state",
      policy: formatPolicy({
        Effect: "Allow",
        Action: "s3:GetObject",
        Resource: "arn:aws:s3:::state/*",
        Principal,
      }),
    });
    const own = {
      ...planUnchanged(
        "aws_s3_bucket_policy",
        bucket({ AWS: "arn:aws:iam::1:role/x" }),
      ),
      address: "aws_s3_bucket_policy.main",
    };
    const other: PlanResource = {
      type: "aws_s3_bucket_policy",
      address,
      after: bucket("*"),
    };
    const plan = address.endsWith("a") ? [other, own] : [own, other];
    expect(comparePlanned(...plan).gained.join()).toContain("anyone can now ");
  },
);
