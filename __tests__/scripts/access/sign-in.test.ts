import {
  comparePlanned,
  planUnchanged,
  type Values,
} from "../../support/access-comparisons";
import type { PlanResource } from "../../support/plan-builder";

const POOL = "aws_cognito_user_pool";
const CLIENT = "aws_cognito_user_pool_client";
const PROVIDER = "aws_cognito_identity_provider";
const FUNCTION = "arn:aws:lambda:us-west-2:111122223333:function:grant";

const USER_POOL = { id: "us-west-2_a", name: "people" };
const DASHBOARD = {
  name: "dashboard",
  user_pool_id: "us-west-2_a",
  allowed_oauth_flows_user_pool_client: true,
  allowed_oauth_flows: ["code"],
  explicit_auth_flows: ["ALLOW_REFRESH_TOKEN_AUTH"],
  supported_identity_providers: ["COGNITO"],
};

function update(type: string, before: Values, after: Values): PlanResource {
  return { type, before, after: { ...before, ...after } };
}

describe("users of an identity provider can sign in at a client", () => {
  const keycloak = planUnchanged(PROVIDER, {
    provider_name: "Keycloak",
    user_pool_id: "us-west-2_a",
  });
  const keycloakUsers = "users of identity provider Keycloak";

  test("that lists the provider", () => {
    const { gained, lost } = comparePlanned(
      keycloak,
      update(CLIENT, DASHBOARD, {
        supported_identity_providers: ["COGNITO", "Keycloak"],
      }),
    );
    expect(gained).toEqual([
      `${keycloakUsers} can now sign in at client dashboard`,
    ]);
    expect(lost).toEqual([]);
  });

  test("until the client no longer lists it", () => {
    const { gained, lost } = comparePlanned(
      keycloak,
      update(
        CLIENT,
        { ...DASHBOARD, supported_identity_providers: ["Keycloak"] },
        { supported_identity_providers: ["COGNITO"] },
      ),
    );
    expect(gained).toEqual([]);
    expect(lost).toEqual([
      `${keycloakUsers} can no longer sign in at client dashboard`,
    ]);
  });

  test("that lists a provider which is not in the plan", () => {
    const { gained } = comparePlanned(
      update(CLIENT, DASHBOARD, { supported_identity_providers: ["Google"] }),
    );
    expect(gained).toEqual([
      "users of identity provider Google can now sign in at client dashboard",
    ]);
  });

  test("whether known or not: unknown providers are not lost", () => {
    const { lost, unknown } = comparePlanned(keycloak, {
      type: CLIENT,
      before: { ...DASHBOARD, supported_identity_providers: ["Keycloak"] },
      after: { ...DASHBOARD, supported_identity_providers: undefined },
      actions: ["update"],
      changeMembers: { after_unknown: { supported_identity_providers: true } },
      expressions: {
        supported_identity_providers: { references: ["local.providers"] },
      },
    });
    expect(lost).toEqual([]);
    expect(unknown).toEqual([
      `whether ${keycloakUsers} can still sign in at client dashboard is known only after apply`,
    ]);
  });
});

describe("a function that changes tokens can grant any group", () => {
  const granted = `function ${FUNCTION} can now grant any group to users of user pool people`;

  test.each<[string, Values]>([
    ["pre_token_generation", { pre_token_generation: FUNCTION }],
    [
      "pre_token_generation_config",
      {
        pre_token_generation_config: [
          { lambda_arn: FUNCTION, lambda_version: "V3_0" },
        ],
      },
    ],
    [
      "both, which AWS sets together",
      {
        pre_token_generation: FUNCTION,
        pre_token_generation_config: [
          { lambda_arn: FUNCTION, lambda_version: "V1_0" },
        ],
      },
    ],
  ])("as %s", (_, config) => {
    const { gained } = comparePlanned(
      update(POOL, USER_POOL, { lambda_config: [config] }),
    );
    expect(gained).toEqual([granted]);
  });

  test("and no other trigger can", () => {
    const { gained } = comparePlanned(
      update(POOL, USER_POOL, {
        lambda_config: [{ pre_sign_up: FUNCTION, post_confirmation: FUNCTION }],
      }),
    );
    expect(gained).toEqual([]);
  });

  test("until it is removed", () => {
    const { lost } = comparePlanned(
      update(
        POOL,
        { ...USER_POOL, lambda_config: [{ pre_token_generation: FUNCTION }] },
        { lambda_config: [] },
      ),
    );
    expect(lost).toEqual([
      `function ${FUNCTION} can no longer grant any group to users of user pool people`,
    ]);
  });
});

describe("custom challenges sign users in", () => {
  const custom = {
    ...DASHBOARD,
    explicit_auth_flows: ["ALLOW_CUSTOM_AUTH"],
  };
  const signsIn = "client dashboard can now sign users in";
  const compare = (pool: Values): readonly string[] =>
    comparePlanned(
      planUnchanged(POOL, { ...USER_POOL, ...pool }),
      update(CLIENT, DASHBOARD, custom),
    ).gained;

  test("if a function of the user pool defines them", () => {
    expect(
      compare({ lambda_config: [{ define_auth_challenge: FUNCTION }] }),
    ).toEqual([signsIn]);
  });

  test("and not otherwise", () => {
    expect(compare({ lambda_config: [] })).toEqual([]);
  });

  test("of a user pool that is not in the plan", () => {
    expect(comparePlanned(update(CLIENT, DASHBOARD, custom)).gained).toEqual([
      signsIn,
    ]);
  });
});
