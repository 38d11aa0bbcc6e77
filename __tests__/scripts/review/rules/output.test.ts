import { checkOutputs } from "../../../../scripts/lib/review/rules/output";
import { buildPlanModel } from "../../../../scripts/lib/plan/plan-model";
import { toPlainText } from "../../../../scripts/lib/plan/rich-text";
import { buildPlan } from "../../../support/plan-builder";

const PROVIDER = "aws_cognito_identity_provider.keycloak";
const CLIENT = "aws_cognito_user_pool_client.web";

function exposed(output: Readonly<Record<string, unknown>>): readonly string[] {
  const plan = buildPlan([], {
    configuration: { root_module: { outputs: { x: output } } },
  });
  return checkOutputs(buildPlanModel(plan)).map(
    ({ address, message }) => `${address}: ${toPlainText(message)}`,
  );
}

describe("an output that shows a secret", () => {
  test.each([
    ["an attribute", [`${CLIENT}.client_secret`, CLIENT]],
    ["the whole client", [CLIENT]],
    ["one client of several", [`${CLIENT}["a"]`, CLIENT]],
    [
      "a value among others",
      [`${CLIENT}.id`, `${CLIENT}.client_secret`, CLIENT],
    ],
    [
      "the value of a secret",
      ["aws_secretsmanager_secret_version.web.secret_string"],
    ],
    [
      "the connection of an identity provider",
      [`${PROVIDER}.provider_details`],
    ],
    [
      "a key of a connection",
      [
        `${PROVIDER}.provider_details["client_secret"]`,
        `${PROVIDER}.provider_details`,
        PROVIDER,
      ],
    ],
    [
      "a key of a connection that AWS adds",
      [`${PROVIDER}.provider_details["new-key"]`, PROVIDER],
    ],
    ["a whole identity provider", [PROVIDER]],
    ["a data source", ["data.aws_secretsmanager_secret_version.web"]],
    ["a part of a secret", ["module.web.client_secret[0]", "module.web"]],
    ["a variable", ["var.db_password"]],
  ])("comes from %s", (_, references) => {
    expect(exposed({ expression: { references } })).toEqual([
      expect.stringMatching(
        /^output\.x: output x shows .* to anyone who reads the log or the outputs$/,
      ),
    ]);
  });

  test("is found in a nested expression", () => {
    expect(
      exposed({
        expression: [{ value: { references: [`${CLIENT}.client_secret`] } }],
      }),
    ).toHaveLength(1);
  });

  test.each([
    ["an id", [`${CLIENT}.id`, CLIENT]],
    ["a switch", [`${CLIENT}.generate_secret`, CLIENT]],
    ["a token validity", [`${CLIENT}.access_token_validity`, CLIENT]],
    ["the ARN of a secret", ["aws_secretsmanager_secret.web.arn"]],
    [
      "the name of an identity provider",
      [`${PROVIDER}.provider_name`, PROVIDER],
    ],
    ["a constant", undefined],
  ])("does not come from %s", (_, references) => {
    expect(exposed({ expression: { references } })).toEqual([]);
  });

  test("is one that is marked as a secret no more", () => {
    const expression = { references: [`${CLIENT}.client_secret`] };
    expect(exposed({ sensitive: true, expression })).toEqual([]);
    expect(exposed({ sensitive: false, expression })).toHaveLength(1);
  });
});
