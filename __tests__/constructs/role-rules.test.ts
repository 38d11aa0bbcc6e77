import {
  createRoleMapping,
  type RoleRule,
  type RoleRules,
  validateRoleRules,
} from "../../constructs/role-rules";
import { createUnknownText } from "../support/synth";
import { createUnknownList } from "../support/unknown-collections";

const ROLE = "arn:aws:iam::123456789012:role/readers";
const RULE: RoleRule = {
  claim: "custom:department",
  matchType: "Equals",
  value: "science",
  roleArn: ROLE,
};

function validate(...rules: Partial<RoleRule>[]): string[] {
  return validateRoleRules({
    rules: rules.map((rule) => ({ ...RULE, ...rule })),
    ambiguousRoleResolution: "Deny",
  }).filter((error) => error !== undefined);
}

function createRules(count: number): Partial<RoleRule>[] {
  return Array.from({ length: count }, (_, index) => ({ value: `${index}` }));
}

describe("the mapping of an identity provider", () => {
  test("is by token by default", () => {
    expect(createRoleMapping("provider")).toEqual({
      identity_provider: "provider",
      type: "Token",
      ambiguous_role_resolution: "Deny",
    });
    expect(createRoleMapping("provider", "Token")).toEqual(
      createRoleMapping("provider"),
    );
  });

  test("can be by rules, in order", () => {
    expect(
      createRoleMapping("provider", {
        rules: [RULE, { ...RULE, matchType: "Contains", value: "sc" }],
        ambiguousRoleResolution: "AuthenticatedRole",
      }),
    ).toEqual({
      identity_provider: "provider",
      type: "Rules",
      ambiguous_role_resolution: "AuthenticatedRole",
      mapping_rule: [
        {
          claim: "custom:department",
          match_type: "Equals",
          value: "science",
          role_arn: ROLE,
        },
        {
          claim: "custom:department",
          match_type: "Contains",
          value: "sc",
          role_arn: ROLE,
        },
      ],
    });
  });
});

describe("rules of a role mapping", () => {
  test.each<[string, Partial<RoleRule>[]]>([
    ["one", [{}]],
    ["the most that AWS allows", createRules(25)],
    [
      "the longest claim and value",
      [{ claim: "a".repeat(64), value: "b".repeat(128) }],
    ],
    [
      "values and roles that only Terraform knows",
      [
        { value: createUnknownText(), roleArn: createUnknownText() },
        { value: createUnknownText(), roleArn: createUnknownText() },
      ],
    ],
    ["Equals on a list", [{ claim: "cognito:groups" }]],
    [
      "other match types on one value",
      [
        { matchType: "Contains" },
        { matchType: "StartsWith", claim: "email" },
        { matchType: "NotEqual", claim: "custom:status" },
      ],
    ],
  ])("can be %s", (_, rules) => {
    expect(validate(...rules)).toEqual([]);
  });

  test.each<[string, Partial<RoleRule>[], RegExp]>([
    [
      "there is none",
      [],
      /^rules of a role mapping must have at least one item, got none$/,
    ],
    [
      "there are 26",
      createRules(26),
      /^number of rules of a role mapping must be at most 25, got 26$/,
    ],
    [
      "a claim is empty",
      [{ claim: "" }],
      /^claim of a rule must be 1-64 .*, got ""$/,
    ],
    [
      "a claim is too long",
      [{ claim: "a".repeat(65) }],
      /^claim of a rule must be 1-64 /,
    ],
    [
      "only Terraform knows a claim",
      [{ claim: createUnknownText() }],
      /^claim of a rule must be known at synth, /,
    ],
    [
      "a value is empty",
      [{ value: "" }],
      /^value of a rule must be 1-128 characters, got ""$/,
    ],
    [
      "a value is too long",
      [{ value: "a".repeat(129) }],
      /^value of a rule must be 1-128 /,
    ],
    [
      "a match type is unknown",
      [{ matchType: "EndsWith" as "Equals" }],
      /^match type of a rule must be one of Equals, /,
    ],
    ["a role is a name", [{ roleArn: "readers" }], /^role ARN must be /],
  ])("fail when %s", (_, rules, message) => {
    expect(validate(...rules)).toEqual([expect.stringMatching(message)]);
  });

  test.each(
    (["Contains", "StartsWith", "NotEqual"] as const).flatMap((matchType) =>
      [
        "cognito:groups",
        "cognito:roles",
        "custom:groups",
        "custom:group",
        "custom:Entitlements",
        "custom:memberOf",
        "custom:affiliation",
        "scope",
      ].map((claim) => [matchType, claim] as const),
    ),
  )("fail when they compare with %s on %s", (matchType, claim) => {
    expect(validate({ matchType, claim, value: "veda-readers" })).toEqual([
      expect.stringMatching(
        `^match type of a rule on "${claim}", which can be a list, must be Equals, got "${matchType}"`,
      ),
    ]);
  });

  test.each<[Partial<RoleRule>, Partial<RoleRule>]>([
    [{}, { roleArn: `${ROLE}-2` }],
    [{ matchType: "StartsWith", value: "sci" }, {}],
    [
      { matchType: "StartsWith", value: "sci" },
      { matchType: "StartsWith", value: "scie" },
    ],
    [{ matchType: "Contains", value: "ci" }, {}],
    [
      { matchType: "Contains", value: "ci" },
      { matchType: "StartsWith", value: "sci" },
    ],
    [
      { matchType: "Contains", value: "ci" },
      { matchType: "Contains", value: "sci" },
    ],
    [{ matchType: "NotEqual", value: "art" }, {}],
    [
      { matchType: "NotEqual", value: "art" },
      { matchType: "NotEqual", value: "art" },
    ],
    [
      { matchType: "NotEqual", value: "art" },
      { matchType: "StartsWith", value: "b" },
    ],
    [
      { matchType: "NotEqual", value: "art" },
      { matchType: "Contains", value: "b" },
    ],
  ])("fail when %j comes before %j", (first, second) => {
    expect(validate(first, { claim: "other" }, second)).toEqual([
      expect.stringMatching(
        /^rule must be before a rule that matches the same users, got .* after /,
      ),
    ]);
  });

  test.each<[Partial<RoleRule>, Partial<RoleRule>]>([
    [{}, { value: "art" }],
    [{}, { matchType: "StartsWith" }],
    [{}, { matchType: "Contains" }],
    [{}, { matchType: "NotEqual" }],
    [{ matchType: "StartsWith", value: "sci" }, { value: "sc" }],
    [
      { matchType: "StartsWith", value: "sci" },
      { matchType: "Contains", value: "sci" },
    ],
    [
      { matchType: "StartsWith", value: "sci" },
      { matchType: "StartsWith", value: "sc" },
    ],
    [{ matchType: "Contains", value: "ci" }, { value: "c" }],
    [
      { matchType: "Contains", value: "ci" },
      { matchType: "NotEqual", value: "ci" },
    ],
    [{ matchType: "NotEqual" }, {}],
    [{ matchType: "NotEqual" }, { matchType: "NotEqual", value: "art" }],
    [{ matchType: "NotEqual" }, { matchType: "StartsWith", value: "sci" }],
    [{ matchType: "NotEqual" }, { matchType: "Contains", value: "enc" }],
  ])("can have %j before %j", (first, second) => {
    expect(validate(first, second)).toEqual([]);
  });

  test("fail when only Terraform knows them", () => {
    const rules = createUnknownList("a") as unknown as RoleRule[];
    expect(
      validateRoleRules({ rules, ambiguousRoleResolution: "Deny" }),
    ).toEqual([
      "rules of a role mapping must be known at synth, got a list that only Terraform knows",
    ]);
  });

  test.each<[string, Partial<RoleRules>, string]>([
    ["omit", {}, "none"],
    ["misspell", { ambiguousRoleResolution: "deny" as "Deny" }, "deny"],
  ])("fail when they %s what no match means", (_, mapping, value) => {
    expect(
      validateRoleRules({ rules: [RULE], ...mapping }).filter(Boolean),
    ).toEqual([
      `ambiguous role resolution must be one of Deny, AuthenticatedRole, got "${value}"`,
    ]);
  });
});
