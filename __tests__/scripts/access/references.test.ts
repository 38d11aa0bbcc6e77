import { compareSnapshots } from "../../../scripts/lib/access/access-changes";
import { buildPlanModel } from "../../../scripts/lib/plan/plan-model";
import { toPlainText } from "../../../scripts/lib/plan/rich-text";
import { formatPolicy, WRITE } from "../../support/access-comparisons";
import { buildPlan, type PlanResource } from "../../support/plan-builder";

const HOST = "token.actions.githubusercontent.com";
const AUD = { [`${HOST}:aud`]: "sts.amazonaws.com" };

describe("references to resources of modules and for_each", () => {
  const PROVIDER = "aws_iam_openid_connect_provider.github";
  const provider = (address: string): PlanResource => ({
    type: "aws_iam_openid_connect_provider",
    address,
    before: { url: `https://${HOST}`, arn: "arn:p" },
    after: { url: `https://${HOST}`, arn: "arn:p" },
  });
  const trust = (reference: string, sub: string): string =>
    formatPolicy({
      Effect: "Allow",
      Action: "sts:AssumeRoleWithWebIdentity",
      Principal: { Federated: reference },
      Condition: {
        StringEquals: AUD,
        StringLike: { [`${HOST}:sub`]: sub },
      },
    });

  test("a reference with a key is resolved", () => {
    const plan = buildPlan(
      [
        provider(`${PROVIDER}["github"]`),
        {
          type: "aws_iam_role",
          before: {
            name: "deploy",
            assume_role_policy: trust("arn:p", "repo:o/r:ref:refs/heads/main"),
          },
          after: { name: "deploy" },
          changeMembers: { after_unknown: { assume_role_policy: true } },
        },
      ],
      {
        configuration: {
          root_module: {
            resources: [
              { address: PROVIDER, for_each_expression: {} },
              {
                address: "aws_iam_role.main",
                expressions: {
                  assume_role_policy: {
                    constant_value: trust(
                      `\${${PROVIDER}["github"].arn}`,
                      "repo:*:*",
                    ).replaceAll('\\"', '"'),
                  },
                },
              },
            ],
          },
        },
      },
    );
    const { before, after } = buildPlanModel(plan);
    expect(compareSnapshots(before, after).gained.map(toPlainText)).toEqual([
      "any GitHub repository with subject repo:*:* can now assume deploy",
    ]);
  });

  test("references in a module are resolved to resources of the module", () => {
    const at = (name: string): string => `module.auth.${name}`;
    const plan = buildPlan(
      [
        {
          type: "aws_iam_role",
          address: at("aws_iam_role.editors"),
          after: { name: "editors" },
          changeMembers: { after_unknown: { id: true, arn: true } },
        },
        {
          type: "aws_iam_role_policy",
          address: at("aws_iam_role_policy.editors"),
          after: { name: "p", policy: formatPolicy(WRITE) },
          changeMembers: { after_unknown: { role: true } },
        },
        {
          type: "aws_cognito_user_group",
          address: at("aws_cognito_user_group.editors"),
          after: { name: "editors" },
          changeMembers: { after_unknown: { role_arn: true } },
        },
      ],
      {
        configuration: {
          root_module: {
            module_calls: {
              auth: {
                module: {
                  resources: [
                    { address: "aws_iam_role.editors", expressions: {} },
                    {
                      address: "aws_iam_role_policy.editors",
                      expressions: {
                        role: { constant_value: "${aws_iam_role.editors.id}" },
                      },
                    },
                    {
                      address: "aws_cognito_user_group.editors",
                      expressions: {
                        role_arn: {
                          constant_value: "${aws_iam_role.editors.arn}",
                        },
                      },
                    },
                  ],
                },
              },
            },
          },
        },
      },
    );
    const { before, after } = buildPlanModel(plan);
    expect(compareSnapshots(before, after).gained.map(toPlainText)).toEqual([
      "group editors can now assume role editors",
      "group editors can now write data",
    ]);
  });
});
