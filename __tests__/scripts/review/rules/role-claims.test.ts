import { buildPlanModel } from "../../../../scripts/lib/plan/plan-model";
import { toPlainText } from "../../../../scripts/lib/plan/rich-text";
import { ROLE_CLAIM_RULES } from "../../../../scripts/lib/review/rules/role-claims";
import { runRules } from "../../../../scripts/lib/review/run-rules";
import { buildPlan, type PlanResource } from "../../../support/plan-builder";
import { ROLE_ARN, unchanged } from "../../../support/rule-cases";

type Values = Readonly<Record<string, unknown>>;

const CLIENT = "aws_cognito_user_pool_client";
const ATTACHMENT = "aws_cognito_identity_pool_roles_attachment";
const ISSUER = "cognito-idp.us-west-2.amazonaws.com/us-west-2_a:client";

/** A client whose users sign in through the API, with one writable attribute. */
const API = {
  name: "cli",
  explicit_auth_flows: ["ALLOW_USER_SRP_AUTH"],
  write_attributes: ["name"],
};
/** A client of the sign-in pages, whose tokens cannot change attributes. */
const PAGES = {
  name: "portal",
  explicit_auth_flows: ["ALLOW_REFRESH_TOKEN_AUTH"],
  allowed_oauth_flows_user_pool_client: true,
  allowed_oauth_flows: ["code"],
  allowed_oauth_scopes: ["openid"],
  write_attributes: ["custom:groups"],
};

function mapping(claim: string, identity_provider = ISSUER): Values {
  return {
    role_mapping: [
      {
        identity_provider,
        type: "Rules",
        ambiguous_role_resolution: "Deny",
        mapping_rule: [
          { claim, match_type: "Equals", value: "a", role_arn: ROLE_ARN },
        ],
      },
    ],
  };
}

function findClaims(...resources: readonly PlanResource[]): readonly string[] {
  return runRules(buildPlanModel(buildPlan(resources)), undefined)
    .findings.filter(({ rule }) => Object.hasOwn(ROLE_CLAIM_RULES, rule))
    .map(({ message, address }) => `${address}: ${toPlainText(message)}`);
}

const update = (type: string, before: Values, after: Values): PlanResource => ({
  type,
  before,
  after: { ...before, ...after },
});

const atClient = (name: string, claim = "custom:groups"): string =>
  `${CLIENT}.main: users of client ${name} can write ${claim}, by which an identity pool chooses their role`;

describe("users can write the claim of a role mapping", () => {
  test.each<[string, Values, Values]>([
    [
      "when it is added to a list",
      API,
      { write_attributes: ["custom:groups"] },
    ],
    [
      "when it is in the first list",
      { ...API, write_attributes: null },
      { write_attributes: ["custom:groups"] },
    ],
    [
      "when a client signs users in through the API",
      PAGES,
      { name: "cli", explicit_auth_flows: ["ALLOW_USER_PASSWORD_AUTH"] },
    ],
    [
      "when a client gets the scope for it",
      PAGES,
      {
        name: "cli",
        allowed_oauth_scopes: ["openid", "aws.cognito.signin.user.admin"],
      },
    ],
  ])("%s", (_, before, after) => {
    expect(
      findClaims(
        update(CLIENT, before, after),
        unchanged(ATTACHMENT, mapping("custom:groups")),
      ),
    ).toEqual([atClient("cli")]);
  });

  test("when the list is removed, of standard attributes", () => {
    expect(
      findClaims(
        update(CLIENT, API, { write_attributes: [] }),
        unchanged(ATTACHMENT, mapping("email")),
      ),
    ).toEqual([atClient("cli", "email")]);
  });

  test("when a client is created", () => {
    expect(
      findClaims(
        { type: CLIENT, after: { ...API, write_attributes: ["email"] } },
        unchanged(ATTACHMENT, mapping("email")),
      ),
    ).toEqual([atClient("cli", "email")]);
  });

  test("when the mapping begins to read it, of several clients in one sentence", () => {
    const writes = { ...API, write_attributes: ["custom:groups"] };
    expect(
      findClaims(
        update(ATTACHMENT, { role_mapping: [] }, mapping("custom:groups")),
        unchanged(CLIENT, writes, `${CLIENT}.one`),
        unchanged(CLIENT, { ...writes, name: "app" }, `${CLIENT}.other`),
      ),
    ).toEqual([
      `${ATTACHMENT}.main: users of client cli and app can write custom:groups, by which an identity pool chooses their role`,
    ]);
  });
});

describe("users cannot write the claim of a role mapping", () => {
  test.each<[string, Values, Values]>([
    ["that another client attribute is", API, mapping("custom:groups")],
    [
      "that is not a standard attribute, without a list",
      { ...API, write_attributes: [] },
      mapping("custom:groups"),
    ],
    ["with tokens of the sign-in pages", PAGES, mapping("custom:groups")],
    ["that Cognito issues", { ...API, write_attributes: [] }, mapping("sub")],
    [
      "with the groups of Cognito",
      { ...API, write_attributes: [] },
      mapping("cognito:groups"),
    ],
    [
      "of a provider of the account",
      { ...API, write_attributes: [] },
      mapping("groups", "arn:aws:iam::111122223333:saml-provider/partner"),
    ],
  ])("%s", (_, client, attachment) => {
    expect(
      findClaims(
        { type: CLIENT, after: client },
        { type: ATTACHMENT, after: attachment },
      ),
    ).toEqual([]);
  });

  test("more than before", () => {
    const writes = { ...API, write_attributes: ["custom:groups"] };
    expect(
      findClaims(
        update(CLIENT, writes, { name: "other" }),
        unchanged(ATTACHMENT, mapping("custom:groups")),
      ),
    ).toEqual([]);
  });
});

test.each(["Contains", "StartsWith", "NotEqual"])(
  "a rule with %s matches other values",
  (match_type) => {
    const values = mapping("custom:groups");
    const [block = {}] = values.role_mapping as readonly Values[];
    const [rule = {}] = block.mapping_rule as readonly Values[];
    expect(
      findClaims({
        type: ATTACHMENT,
        after: {
          role_mapping: [{ ...block, mapping_rule: [{ ...rule, match_type }] }],
        },
      }),
    ).toEqual([
      `${ATTACHMENT}.main: role mapping of identity pool ${ATTACHMENT}.main: users assume role ${ROLE_ARN} if custom:groups ${match_type} a, which other values match too`,
    ]);
  },
);
