import {
  comparePlanned,
  NO_DIFFERENCE,
  formatPolicy,
  planUnchanged,
  ROLE,
  GROUP,
  READ,
  WRITE,
  planRolePolicy,
  type Values,
} from "../../support/access-comparisons";
import { type PlanResource } from "../../support/plan-builder";

test.each<
  [
    string,
    readonly Values[],
    readonly Values[],
    readonly string[],
    readonly string[],
  ]
>([
  [
    "added write access",
    [READ],
    [READ, WRITE],
    ["group veda-readers can now write data"],
    [],
  ],
  [
    "removed write access",
    [READ, WRITE],
    [READ],
    [],
    ["group veda-readers can no longer write data"],
  ],
  [
    "all actions",
    [READ],
    [READ, { Effect: "Allow", Action: "s3:*", Resource: "*" }],
    ["group veda-readers can now use more of s3:* on anything"],
    [],
  ],
  [
    "a prefix",
    [],
    [
      {
        Effect: "Allow",
        Action: "s3:GetObject",
        Resource: "arn:aws:s3:::data/raw/*",
      },
    ],
    ["group veda-readers can now read data under raw/"],
    [],
  ],
  [
    "a list under a prefix",
    [],
    [
      {
        Effect: "Allow",
        Action: "s3:ListBucket",
        Resource: "arn:aws:s3:::data",
        Condition: { StringLike: { "s3:prefix": "raw/*" } },
      },
    ],
    ["group veda-readers can now list data under raw/"],
    [],
  ],
  [
    "another service",
    [],
    [
      {
        Effect: "Allow",
        Action: ["sqs:SendMessage", "sqs:ReceiveMessage"],
        Resource: "arn:aws:sqs:us-west-2:1:q",
      },
    ],
    [
      "group veda-readers can now sqs:ReceiveMessage and sqs:SendMessage on arn:aws:sqs:us-west-2:1:q",
    ],
    [],
  ],
  [
    "a condition",
    [],
    [{ ...WRITE, Condition: { IpAddress: { "aws:SourceIp": "10.0.0.0/8" } } }],
    [
      "group veda-readers can now write data when aws:sourceip is in 10.0.0.0/8",
    ],
    [],
  ],
  [
    "a denial",
    [READ, WRITE],
    [READ, WRITE, { Effect: "Deny", Action: "s3:PutObject", Resource: "*" }],
    [],
    ["group veda-readers can no longer write data"],
  ],
  ["another order", [READ, WRITE], [WRITE, READ], [], []],
])("%s in the policy of a group", (_, before, after, gained, lost) => {
  expect(
    comparePlanned(ROLE, GROUP, planRolePolicy(before, after)),
  ).toMatchObject({
    gained,
    lost,
    unknown: [],
  });
});

test("a role without a group is reported by its name", () => {
  expect(comparePlanned(ROLE, planRolePolicy([], [READ])).gained).toEqual([
    "role veda-readers can now read data",
  ]);
});

test("a new group is reported with the access of its new role", () => {
  const found = comparePlanned(
    {
      type: "aws_iam_role",
      address: "aws_iam_role.new",
      after: { name: "new" },
      changeMembers: { after_unknown: { arn: true, assume_role_policy: true } },
      expressions: {
        assume_role_policy: {
          constant_value: formatPolicy({
            Effect: "Allow",
            Action: "sts:AssumeRole",
            Principal: { AWS: "${aws_iam_role.other.arn}" },
          }),
        },
      },
    },
    {
      type: "aws_iam_role",
      address: "aws_iam_role.other",
      after: { name: "other" },
      changeMembers: { after_unknown: { arn: true } },
    },
    {
      type: "aws_iam_role_policy",
      after: { policy: formatPolicy(READ) },
      changeMembers: { after_unknown: { role: true } },
      expressions: {
        role: { constant_value: "${aws_iam_role.new.id}" },
      },
    },
    {
      type: "aws_cognito_user_group",
      after: { name: "g" },
      changeMembers: { after_unknown: { role_arn: true } },
      expressions: { role_arn: { constant_value: "${aws_iam_role.new.arn}" } },
    },
  );
  expect(found).toMatchObject({
    gained: [
      "group g can now assume role new",
      "group g can now read data",
      "role other can now assume new",
    ],
    lost: [],
    unknown: [],
    same: [],
  });
});

test("an unknown policy is reported", () => {
  const found = comparePlanned(ROLE, GROUP, {
    type: "aws_iam_role_policy",
    after: { role: "veda-readers" },
    changeMembers: { after_unknown: { policy: true } },
    expressions: {
      policy: { references: ["data.x.y.json", "data.x.y", "var.z"] },
    },
  });
  expect(found).toMatchObject({
    gained: [],
    lost: [],
    unknown: ["a policy of group veda-readers is known only after apply"],
  });
});

test("a policy that is too large to compare is reported", () => {
  const many = (ending: string): readonly Values[] =>
    Array.from({ length: 700 }, (_, index) => ({
      Effect: "Allow",
      Action: `s:Act${index}*${ending}`,
      Resource: "*",
    }));
  expect(
    comparePlanned(ROLE, GROUP, planRolePolicy(many("a"), many("b"))),
  ).toMatchObject({
    gained: [],
    lost: [],
    unknown: ["the policies of group veda-readers are too large to compare"],
  });
});

test("inline policies of a role are reported", () => {
  const withInlinePolicy = (statement: Values): Values => ({
    name: "r",
    inline_policy: [{ name: "p", policy: formatPolicy(statement) }],
  });
  expect(
    comparePlanned({
      type: "aws_iam_role",
      before: withInlinePolicy(READ),
      after: withInlinePolicy(WRITE),
    }),
  ).toMatchObject({
    gained: ["role r can now write data"],
    lost: ["role r can no longer read data"],
  });
});

test("a resource that is replaced changes no access", () => {
  const trust = (pool: string): string =>
    formatPolicy({
      Effect: "Allow",
      Action: "sts:AssumeRoleWithWebIdentity",
      Principal: { Federated: "cognito-identity.amazonaws.com" },
      Condition: {
        StringEquals: { "cognito-identity.amazonaws.com:aud": pool },
      },
    });
  const id = "us-west-2:00000000-0000-0000-0000-000000000000";
  const found = comparePlanned(
    {
      type: "aws_cognito_identity_pool",
      before: { identity_pool_name: "p", id },
      after: { identity_pool_name: "p" },
      actions: ["delete", "create"],
      changeMembers: { after_unknown: { id: true } },
    },
    {
      type: "aws_iam_role",
      before: { name: "r", assume_role_policy: trust(id) },
      after: { name: "r" },
      changeMembers: { after_unknown: { assume_role_policy: true } },
      expressions: {
        assume_role_policy: {
          constant_value: trust("${aws_cognito_identity_pool.main.id}"),
        },
      },
    },
  );
  expect(found).toEqual({
    ...NO_DIFFERENCE,
    same: [
      "the trust policy of role r is rewritten and allows the same access",
    ],
  });
});

const READ_STATE = {
  Effect: "Allow",
  Action: "s3:GetObject",
  Principal: { AWS: "arn:aws:iam::1:role/x" },
  Resource: "arn:aws:s3:::state/*",
};
const CLIENT = "aws_cognito_user_pool_client";
const SERVICE = {
  name: "workflows-client Service Access",
  allowed_oauth_flows_user_pool_client: true,
  allowed_oauth_flows: ["client_credentials"],
};
const APPLICATION = {
  name: "dashboard",
  allowed_oauth_flows_user_pool_client: true,
  allowed_oauth_flows: ["code"],
  allowed_oauth_scopes: ["openid"],
};

test.each<[string, PlanResource, readonly string[], readonly string[]]>([
  [
    "a scope of a service",
    {
      type: CLIENT,
      before: { ...SERVICE, allowed_oauth_scopes: ["s/stac:register"] },
      after: {
        ...SERVICE,
        allowed_oauth_scopes: ["s/stac:register", "s/stac:cancel"],
      },
    },
    [
      "service client workflows-client can now request scope stac:cancel of resource server s",
    ],
    [],
  ],
  [
    "a removed scope",
    {
      type: CLIENT,
      before: { ...SERVICE, allowed_oauth_scopes: ["s/a"] },
      after: { ...SERVICE, allowed_oauth_scopes: [] },
    },
    [],
    [
      "service client workflows-client can no longer request scope a of resource server s",
    ],
  ],
  [
    "a callback URL",
    {
      type: CLIENT,
      before: { ...APPLICATION, callback_urls: ["https://a"] },
      after: { ...APPLICATION, callback_urls: ["https://b"] },
    },
    ["client dashboard can now send users who sign in to https://b"],
    ["client dashboard can no longer send users who sign in to https://a"],
  ],
  [
    "another role of a group",
    {
      type: "aws_cognito_user_group",
      before: { name: "g", role_arn: "arn:a" },
      after: { name: "g", role_arn: "arn:b" },
    },
    ["group g can now assume role arn:b"],
    ["group g can no longer assume role arn:a"],
  ],
  [
    "a client of an identity pool",
    {
      type: "aws_cognito_identity_pool",
      before: { identity_pool_name: "p", cognito_identity_providers: [] },
      after: {
        identity_pool_name: "p",
        cognito_identity_providers: [{ client_id: "c", provider_name: "i" }],
      },
    },
    ["users of client c of i can now get AWS credentials from identity pool p"],
    [],
  ],
  [
    "unauthenticated identities of an identity pool",
    {
      type: "aws_cognito_identity_pool",
      before: { identity_pool_name: "p" },
      after: {
        identity_pool_name: "p",
        allow_unauthenticated_identities: true,
      },
    },
    [
      "users who are not signed in can now get AWS credentials from identity pool p",
    ],
    [],
  ],
  [
    "a default role",
    {
      type: "aws_cognito_identity_pool_roles_attachment",
      before: { roles: { authenticated: "arn:a" } },
      after: { roles: { authenticated: "arn:a", unauthenticated: "arn:u" } },
    },
    ["users who are not signed in can now assume role arn:u"],
    [],
  ],
  [
    "a role by a claim",
    {
      type: "aws_cognito_identity_pool_roles_attachment",
      before: { role_mapping: [] },
      after: {
        role_mapping: [
          {
            mapping_rule: [
              {
                claim: "org",
                match_type: "Equals",
                value: "nasa",
                role_arn: "arn:n",
              },
            ],
          },
        ],
      },
    },
    ["users by a claim can now assume role arn:n when org Equals nasa"],
    [],
  ],
  [
    "users of another identity provider",
    {
      type: "aws_cognito_identity_provider",
      after: { provider_name: "Login", user_pool_id: "us-west-2_x" },
    },
    [
      "users of identity provider Login can now sign in to user pool us-west-2_x",
    ],
    [],
  ],
  [
    "a member of a group",
    {
      type: "aws_cognito_user_in_group",
      before: { username: "jo", group_name: "g" },
    },
    [],
    ["user jo can no longer use the permissions of group g"],
  ],
  [
    "a managed policy outside of the plan",
    {
      type: "aws_iam_role_policy_attachment",
      after: {
        role: "r",
        policy_arn: "arn:aws:iam::aws:policy/AdministratorAccess",
      },
    },
    [
      "role r can now use the permissions of policy arn:aws:iam::aws:policy/AdministratorAccess",
    ],
    [],
  ],
  [
    "a reader of a secret",
    {
      type: "aws_secretsmanager_secret_policy",
      after: {
        secret_arn: "arn:s",
        policy: formatPolicy({
          Effect: "Allow",
          Action: [
            "secretsmanager:GetSecretValue",
            "secretsmanager:DescribeSecret",
          ],
          Principal: { AWS: "arn:aws:iam::1:role/x" },
          Resource: "*",
        }),
      },
    },
    ["principal arn:aws:iam::1:role/x can now read secret arn:s"],
    [],
  ],
  [
    "a removed denial of a bucket policy",
    {
      type: "aws_s3_bucket_policy",
      before: {
        bucket: "state",
        policy: formatPolicy(READ_STATE, {
          Effect: "Deny",
          Action: "s3:DeleteBucket",
          Principal: "*",
          Resource: "arn:aws:s3:::state",
        }),
      },
      after: { bucket: "state", policy: formatPolicy(READ_STATE) },
    },
    ["bucket state no longer forbids anyone to change the settings of it"],
    [],
  ],
  [
    "a permissions boundary",
    {
      type: "aws_iam_policy",
      after: {
        name: "b",
        policy: formatPolicy({
          Effect: "Allow",
          Action: "s3:GetObject",
          Resource: "arn:aws:s3:::data/*",
        }),
      },
    },
    ["a role with permissions boundary b can now read data"],
    [],
  ],
])("%s", (_, resource, gained, lost) => {
  expect(comparePlanned(resource)).toMatchObject({ gained, lost, unknown: [] });
});

test("a repository that can assume a role on any branch", () => {
  const trust = (sub: Values): string =>
    formatPolicy({
      Effect: "Allow",
      Action: "sts:AssumeRoleWithWebIdentity",
      Principal: {
        Federated:
          "arn:aws:iam::1:oidc-provider/token.actions.githubusercontent.com",
      },
      Condition: sub,
    });
  const key = "token.actions.githubusercontent.com:sub";
  const aud = {
    "token.actions.githubusercontent.com:aud": "sts.amazonaws.com",
  };
  const found = comparePlanned({
    type: "aws_iam_role",
    before: {
      name: "deploy",
      assume_role_policy: trust({
        StringEquals: { ...aud, [key]: "repo:o/r:ref:refs/heads/main" },
      }),
    },
    after: {
      name: "deploy",
      assume_role_policy: trust({
        StringEquals: aud,
        StringLike: { [key]: "repo:o/r:ref:refs/heads/*" },
      }),
    },
  });
  expect(found).toMatchObject({
    gained: ["GitHub o/r on any branch can now assume deploy"],
    lost: [],
    unknown: [],
    same: [],
  });
});

test("a forgotten resource retains its access", () => {
  const found = comparePlanned({
    type: "aws_cognito_user_group",
    before: { name: "g", role_arn: "arn:a" },
    actions: ["forget"],
  });
  expect(found).toEqual(NO_DIFFERENCE);
});

const ADMIN = "arn:aws:iam::aws:policy/AdministratorAccess";

test("a managed policy in managed_policy_arns is reported", () => {
  const role = (managed_policy_arns: readonly string[]): Values => ({
    name: "r",
    managed_policy_arns,
  });
  expect(
    comparePlanned({
      type: "aws_iam_role",
      before: role([]),
      after: role([ADMIN]),
    }).gained,
  ).toEqual([`role r can now use the permissions of policy ${ADMIN}`]);
});

test.each<[string, readonly string[], string]>([
  [
    "a secret",
    ["secretsmanager:GetSecretValue", "secretsmanager:DeleteSecret"],
    "read and secretsmanager:DeleteSecret",
  ],
  ["a secret", ["secretsmanager:*"], "do anything with"],
])("each action on %s is described: %j", (_, Action, permission) => {
  const secret = planUnchanged("aws_secretsmanager_secret", {
    name: "s",
    arn: "arn:s",
  });
  const statement = { Effect: "Allow", Action, Resource: "arn:s" };
  const { gained } = comparePlanned(
    secret,
    ROLE,
    planRolePolicy([], [statement]),
  );
  expect(gained).toHaveLength(1);
  expect(gained[0]).toContain(`can now ${permission}`);
});

test("an action without a verb is listed after the verbs", () => {
  const statement = {
    Effect: "Allow",
    Action: ["s3:GetObject", "s3:P*"],
    Resource: "arn:aws:s3:::data/*",
  };
  expect(comparePlanned(ROLE, planRolePolicy([], [statement])).gained).toEqual([
    "role veda-readers can now read and s3:P* on data",
  ]);
});

const HOST = "token.actions.githubusercontent.com";

function githubTrust(
  condition: Values,
  action = "sts:AssumeRoleWithWebIdentity",
): string {
  return formatPolicy({
    Effect: "Allow",
    Action: action,
    Principal: { Federated: `arn:aws:iam::1:oidc-provider/${HOST}` },
    Condition: condition,
  });
}

const MAIN = { [`${HOST}:sub`]: "repo:o@1/r@2:ref:refs/heads/main" };
const AUD = { [`${HOST}:aud`]: "sts.amazonaws.com" };

test.each<[string, Values]>([
  [
    "another owner of the same name",
    {
      StringEquals: {
        ...AUD,
        [`${HOST}:sub`]: "repo:o@6/r@7:ref:refs/heads/main",
      },
    },
  ],
  [
    "the name without IDs",
    {
      StringEquals: { ...AUD, [`${HOST}:sub`]: "repo:o/r:ref:refs/heads/main" },
    },
  ],
  ["every other audience", { StringEquals: MAIN, StringNotEquals: AUD }],
  [
    "an audience that may be missing",
    { StringEquals: MAIN, "ForAllValues:StringEquals": AUD },
  ],
])("a trust policy for %s is reported", (_, condition) => {
  const role = (assume_role_policy: string): Values => ({
    name: "r",
    assume_role_policy,
  });
  const { gained } = comparePlanned({
    type: "aws_iam_role",
    before: role(githubTrust({ StringEquals: { ...AUD, ...MAIN } })),
    after: role(githubTrust(condition)),
  });
  expect(gained).toHaveLength(1);
});

test.each(["sts:A*", "s*", "sts:?ssumeRole", "sts:*Role"])(
  "a trust policy for anyone with the action %s is reported",
  (Action) => {
    const trust = formatPolicy({ Effect: "Allow", Action, Principal: "*" });
    expect(
      comparePlanned({
        type: "aws_iam_role",
        after: { name: "r", assume_role_policy: trust },
      }).gained,
    ).toEqual(["anyone can now assume r"]);
  },
);

test("NotPrincipal grants more than Principal", () => {
  const bucket = (statement: Values): Values => ({
    bucket: "state",
    policy: formatPolicy({
      Effect: "Allow",
      Action: "s3:*",
      Resource: "*",
      ...statement,
    }),
  });
  const { gained } = comparePlanned({
    type: "aws_s3_bucket_policy",
    before: bucket({ Principal: { AWS: "arn:a" } }),
    after: bucket({ NotPrincipal: { AWS: "arn:a" } }),
  });
  expect(gained).toHaveLength(1);
  expect(gained[0]).toMatch(/^anyone except some principals/);
});

test("known access is reported in addition to an unknown policy", () => {
  const found = comparePlanned(ROLE, planRolePolicy([READ], [READ, WRITE]), {
    type: "aws_iam_role_policy",
    address: "aws_iam_role_policy.later",
    after: { role: "veda-readers" },
    changeMembers: { after_unknown: { policy: true } },
    expressions: { policy: { references: ["var.x", "var.y"] } },
  });
  expect(found.gained).toEqual(["role veda-readers can now write data"]);
  expect(found.unknown).toHaveLength(1);
});

test("a sensitive policy is unknown", () => {
  const found = comparePlanned(ROLE, {
    type: "aws_iam_role_policy",
    after: { role: "veda-readers", policy: formatPolicy(READ) },
    changeMembers: { after_sensitive: { policy: true } },
  });
  expect(found.gained).toEqual([]);
  expect(found.unknown).toHaveLength(1);
});
