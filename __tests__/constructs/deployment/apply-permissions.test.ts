import type { TerraformStack } from "cdktf";
import { createApplyStatements } from "../../../constructs/deployment/apply-permissions";
import type { DeployScope } from "../../../constructs/deployment/deploy-scope";
import { createBoundaryStatements } from "../../../constructs/deployment/permissions-boundary";
import { createPlanStatements } from "../../../constructs/deployment/plan-permissions";
import { StateBucket } from "../../../constructs/deployment/state-bucket";
import { StateEncryptionKey } from "../../../constructs/deployment/state-encryption-key";
import {
  countPolicyCharacters,
  createPolicyDocument,
  type IdentityStatement,
  type PolicyDocument,
} from "../../../constructs/policy-document";
import { evaluateRequest } from "../../support/iam-evaluator";
import {
  type IamRequest,
  toRequestTagContext,
  toResourceTagContext,
} from "../../support/iam-requests";
import {
  getOnlyResource,
  parsePolicy,
  synthesizeConstructs,
} from "../../support/synth";

const ACCOUNT = "000000000000";
const BOUNDARY = `arn:aws:iam::${ACCOUNT}:policy/veda-auth-stack-boundary`;
const KEY = `arn:aws:kms:us-west-2:${ACCOUNT}:key/1234`;
const SCOPE: DeployScope = {
  region: "us-west-2",
  accountId: ACCOUNT,
  stage: "dev",
  stackName: "veda-auth-stack-dev",
  stateBucket: "our-state",
  stateKey: "veda-auth-stack/dev/terraform.tfstate",
  stateEncryptionKeyArn: KEY,
  boundaryPolicyArn: BOUNDARY,
  deployRolePath: "/veda-auth-stack-account/",
  environmentSecretName: "veda-auth-dev-env",
  userPoolId: "us-west-2_imported",
  dataManagersRoleArn: `arn:aws:iam::${ACCOUNT}:role/veda-data-access`,
};
const OWN = toResourceTagContext({ Stack: "dev" });
const OTHER = toResourceTagContext({ Stack: "prod" });
const BOUNDED = { "iam:PermissionsBoundary": BOUNDARY };

const KEY_POLICY = synthesizePolicy("aws_kms_key", (scope) => {
  new StateEncryptionKey(scope, "key", {
    alias: "alias/state",
    accountId: ACCOUNT,
  });
});
const role = (name: string) => `arn:aws:iam::${ACCOUNT}:role/${name}`;
const secret = (name: string) =>
  `arn:aws:secretsmanager:us-west-2:${ACCOUNT}:secret:${name}-AbCdEf`;
const userPool = (id: string) =>
  `arn:aws:cognito-idp:us-west-2:${ACCOUNT}:userpool/${id}`;
const identityPool = `arn:aws:cognito-identity:us-west-2:${ACCOUNT}:identitypool/us-west-2:1`;
/** Moves an ARN to another Region. */
const moveToOtherRegion = (arn: string) =>
  arn.replaceAll("us-west-2", "us-east-1");
const OTHER_REGION = { "aws:RequestedRegion": "us-east-1" };
const object = (key: string) => `arn:aws:s3:::our-state/${key}`;

function synthesizePolicy(
  type: string,
  build: (scope: TerraformStack) => void,
): PolicyDocument {
  const block = getOnlyResource(synthesizeConstructs(build), type);
  return parsePolicy(block) as PolicyDocument;
}

type Row = [action: string, resource: string, context?: IamRequest["context"]];

function isAllowed(
  statements: readonly IdentityStatement[],
  [action, resource, context = {}]: Row,
): Promise<boolean> {
  // the key policy is evaluated too
  const options = resource === KEY ? { resourcePolicy: KEY_POLICY } : {};
  return evaluateRequest(
    statements,
    { action, resource, context },
    options,
  ).then(({ isAllowed }) => isAllowed);
}

/** Requests that both roles allow. */
const READS: Row[] = [
  ["s3:ListBucket", "arn:aws:s3:::our-state", { "s3:prefix": SCOPE.stateKey }],
  ["s3:GetObject", object(SCOPE.stateKey)],
  ["s3:GetObject", object(`${SCOPE.stateKey}.tflock`)],
  ["kms:Decrypt", KEY],
  ["secretsmanager:GetSecretValue", secret("veda-auth-dev-env")],
  [
    "secretsmanager:GetSecretValue",
    secret("veda-auth-stack-dev/workflows-client"),
  ],
  ["cognito-idp:DescribeUserPool", userPool("us-west-2_own"), OWN],
  ["cognito-idp:DescribeUserPool", userPool("us-west-2_imported")],
  ["cognito-idp:DescribeIdentityProvider", userPool("us-west-2_own"), OWN],
  ["cognito-idp:GetUICustomization", userPool("us-west-2_own"), OWN],
  ["iam:GetRole", role("veda-auth-stack-dev-veda-writers"), OWN],
  // a role that was deleted outside Terraform has no tags
  ["iam:GetRole", role("veda-auth-stack-dev-veda-writers")],
];

/** Requests that only the apply role allows. */
const WRITES: Row[] = [
  ["cognito-identity:SetIdentityPoolRoles", "*"],
  ["s3:PutObject", object(SCOPE.stateKey)],
  ["s3:PutObject", object(`${SCOPE.stateKey}.tflock`)],
  ["s3:DeleteObject", object(`${SCOPE.stateKey}.tflock`)],
  ["kms:GenerateDataKey", KEY],
  ["cognito-idp:CreateUserPool", "*", toRequestTagContext({ Stack: "dev" })],
  ["cognito-idp:DeleteUserPool", userPool("us-west-2_own"), OWN],
  ["cognito-idp:CreateUserPoolClient", userPool("us-west-2_imported")],
  ["cognito-idp:UpdateIdentityProvider", userPool("us-west-2_own"), OWN],
  ["cognito-idp:SetUserPoolMfaConfig", userPool("us-west-2_own"), OWN],
  ["cognito-idp:SetUICustomization", userPool("us-west-2_own"), OWN],
  ["cognito-idp:CreateManagedLoginBranding", userPool("us-west-2_own"), OWN],
  ["cognito-idp:SetLogDeliveryConfiguration", userPool("us-west-2_own"), OWN],
  ["cognito-identity:UpdateIdentityPool", identityPool, OWN],
  [
    "cognito-idp:TagResource",
    userPool("us-west-2_own"),
    { ...OWN, ...toRequestTagContext({ Owner: "a" }) },
  ],
  [
    "iam:CreateRole",
    role("veda-auth-stack-dev-a"),
    { ...BOUNDED, ...toRequestTagContext({ Stack: "dev" }) },
  ],
  [
    "iam:TagRole",
    role("veda-auth-stack-dev-a"),
    toRequestTagContext({ Stack: "dev", Owner: "a" }),
  ],
  [
    "iam:TagRole",
    role("veda-auth-stack-dev-a"),
    { ...OWN, ...toRequestTagContext({ Owner: "a" }) },
  ],
  ["iam:PutRolePolicy", role("veda-auth-stack-dev-a"), { ...OWN, ...BOUNDED }],
  ["iam:DeleteRole", role("veda-auth-stack-dev-a"), { ...OWN, ...BOUNDED }],
  [
    "iam:UpdateAssumeRolePolicy",
    role("veda-auth-stack-dev-a"),
    { ...OWN, ...BOUNDED },
  ],
  [
    "iam:UntagRole",
    role("veda-auth-stack-dev-a"),
    { ...OWN, "aws:TagKeys": ["Owner"] },
  ],
  [
    "cognito-idp:UntagResource",
    userPool("us-west-2_own"),
    { ...OWN, "aws:TagKeys": ["Owner"] },
  ],
  ["cognito-idp:TagResource", "*", toRequestTagContext({ Stack: "dev" })],
  [
    "iam:PassRole",
    role("veda-auth-stack-dev-a"),
    { "iam:PassedToService": "cognito-identity.amazonaws.com" },
  ],
  [
    "iam:PassRole",
    role("veda-data-access"),
    { "iam:PassedToService": "cognito-idp.amazonaws.com" },
  ],
  ["secretsmanager:CreateSecret", secret("veda-auth-stack-dev/a")],
  [
    "secretsmanager:PutResourcePolicy",
    secret("veda-auth-stack-dev/a"),
    { "secretsmanager:BlockPublicPolicy": "true" },
  ],
  [
    "cognito-idp:UpdateUserPool",
    userPool("us-west-2_own"),
    { ...OWN, ...toRequestTagContext({ Stack: "dev", Owner: "a" }) },
  ],
];

/** Requests that no role allows. */
const REFUSED: [description: string, ...Row][] = [
  // other stages, with similar names too
  [
    "another stage's role",
    "iam:PutRolePolicy",
    role("veda-auth-stack-prod-a"),
    { ...OTHER, ...BOUNDED },
  ],
  [
    "a role of a stage with a similar name",
    "iam:PutRolePolicy",
    role("veda-auth-stack-dev-2-a"),
    { ...toResourceTagContext({ Stack: "dev-2" }), ...BOUNDED },
  ],
  [
    "a role of a stage with a similar name, retagged",
    "iam:TagRole",
    role("veda-auth-stack-dev-2-a"),
    {
      ...toResourceTagContext({ Stack: "dev-2" }),
      ...toRequestTagContext({ Stack: "dev" }),
    },
  ],
  [
    "a role of its own, tagged another's",
    "iam:TagRole",
    role("veda-auth-stack-dev-a"),
    { ...OWN, ...toRequestTagContext({ Stack: "prod" }) },
  ],
  [
    "a role of a stage with a similar name, deleted",
    "iam:DeleteRole",
    role("veda-auth-stack-dev-2-a"),
    toResourceTagContext({ Stack: "dev-2" }),
  ],
  [
    "another stage's secret",
    "secretsmanager:GetSecretValue",
    secret("veda-auth-stack-prod/a"),
  ],
  [
    "a secret of a stage with a similar name",
    "secretsmanager:GetSecretValue",
    secret("veda-auth-stack-dev-2/a"),
  ],
  [
    "another stage's settings",
    "secretsmanager:GetSecretValue",
    secret("veda-auth-prod-env"),
  ],
  ...["veda-auth-dev-2-env", "veda-auth-dev-env-abcdef"].map(
    (name): [string, ...Row] => [
      `settings that are with a similar name, ${name}`,
      "secretsmanager:GetSecretValue",
      secret(name),
    ],
  ),
  [
    "its own settings, changed",
    "secretsmanager:PutSecretValue",
    secret("veda-auth-dev-env"),
  ],
  [
    "another stage's user pool",
    "cognito-idp:UpdateUserPool",
    userPool("us-west-2_prod"),
    OTHER,
  ],
  [
    "another stage's user pool, read",
    "cognito-idp:DescribeUserPool",
    userPool("us-west-2_prod"),
    OTHER,
  ],
  [
    "a user pool without a tag",
    "cognito-idp:DeleteUserPool",
    userPool("us-west-2_other"),
  ],
  [
    "a user pool without a tag, tagged",
    "cognito-idp:TagResource",
    userPool("us-west-2_other"),
    toRequestTagContext({ Stack: "dev" }),
  ],
  [
    "its own user pool, tagged another's",
    "cognito-idp:TagResource",
    userPool("us-west-2_own"),
    { ...OWN, ...toRequestTagContext({ Stack: "prod" }) },
  ],
  [
    "its own user pool, updated with another's tag",
    "cognito-idp:UpdateUserPool",
    userPool("us-west-2_own"),
    { ...OWN, ...toRequestTagContext({ Stack: "prod" }) },
  ],
  [
    "the imported user pool, deleted",
    "cognito-idp:DeleteUserPool",
    userPool("us-west-2_imported"),
  ],
  [
    "a user pool of another stage, created",
    "cognito-idp:CreateUserPool",
    "*",
    toRequestTagContext({ Stack: "prod" }),
  ],
  ["a user pool without a tag, created", "cognito-idp:CreateUserPool", "*"],
  [
    "a user, created",
    "cognito-idp:AdminCreateUser",
    userPool("us-west-2_own"),
    OWN,
  ],
  [
    "another stage's identity pool",
    "cognito-identity:UpdateIdentityPool",
    identityPool,
    OTHER,
  ],
  ...[
    "CreateIdentityProvider",
    "DeleteIdentityProvider",
    "SetUserPoolMfaConfig",
    "SetUICustomization",
  ].map((verb): [string, ...Row] => [
    `${verb} of another stage's user pool`,
    `cognito-idp:${verb}`,
    userPool("us-west-2_prod"),
    OTHER,
  ]),
  [
    "the client secrets of another stage's identity providers",
    "cognito-idp:DescribeIdentityProvider",
    userPool("us-west-2_prod"),
    OTHER,
  ],
  [
    "a federated user, linked",
    "cognito-idp:AdminLinkProviderForUser",
    userPool("us-west-2_own"),
    OWN,
  ],
  [
    "its own identity pool, tagged another's",
    "cognito-identity:TagResource",
    identityPool,
    { ...OWN, ...toRequestTagContext({ Stack: "prod" }) },
  ],
  // a stage without these
  [
    "a function, permitted",
    "lambda:AddPermission",
    `arn:aws:lambda:us-west-2:${ACCOUNT}:function:any`,
    { "lambda:Principal": "cognito-idp.amazonaws.com" },
  ],
  [
    "a web ACL, associated",
    "wafv2:AssociateWebACL",
    `arn:aws:wafv2:us-west-2:${ACCOUNT}:regional/webacl/any/1`,
  ],
  [
    "a record, changed",
    "route53:ChangeResourceRecordSets",
    "arn:aws:route53:::hostedzone/Z1",
  ],
  [
    "a distribution, updated",
    "cloudfront:UpdateDistribution",
    `arn:aws:cloudfront::${ACCOUNT}:distribution/E1`,
  ],
  [
    "a service-linked role, created",
    "iam:CreateServiceLinkedRole",
    `arn:aws:iam::${ACCOUNT}:role/aws-service-role/email.cognito-idp.amazonaws.com/AWSServiceRoleForAmazonCognitoIdpEmailService`,
    { "iam:AWSServiceName": "email.cognito-idp.amazonaws.com" },
  ],
  [
    "another stage's identity pool, read",
    "cognito-identity:DescribeIdentityPool",
    identityPool,
    OTHER,
  ],
  [
    "a role of a stage with a similar name, created",
    "iam:CreateRole",
    role("veda-auth-stack-dev-2-a"),
    { ...BOUNDED, ...toRequestTagContext({ Stack: "dev-2" }) },
  ],
  [
    "its own secret, with a public policy",
    "secretsmanager:PutResourcePolicy",
    secret("veda-auth-stack-dev/a"),
    { "secretsmanager:BlockPublicPolicy": "false" },
  ],
  [
    "a role of a stage with a similar name, read",
    "iam:GetRole",
    role("veda-auth-stack-dev-2-a"),
    toResourceTagContext({ Stack: "dev-2" }),
  ],
  // tag keys are not case-sensitive
  ...["Stack", "stack"].flatMap((key): [string, ...Row][] => [
    [
      `its tag "${key}", off its own removed from its own off its own role`,
      "iam:UntagRole",
      role("veda-auth-stack-dev-a"),
      { ...OWN, "aws:TagKeys": ["Owner", key] },
    ],
    [
      `its tag "${key}", off its own removed from its own off its own user pool`,
      "cognito-idp:UntagResource",
      userPool("us-west-2_own"),
      { ...OWN, "aws:TagKeys": ["Owner", key] },
    ],
    [
      `its tag "${key}", off its own removed from its own off its own identity pool`,
      "cognito-identity:UntagResource",
      identityPool,
      { ...OWN, "aws:TagKeys": ["Owner", key] },
    ],
  ]),
  // other Regions
  ...(
    [
      ["of this stage", { ...OWN, ...OTHER_REGION }],
      ["of another stage", OTHER],
      ["of no stage", {}],
    ] as const
  ).flatMap(([whose, tags]): [string, ...Row][] => [
    [
      `a user pool ${whose} in another Region, tagged`,
      "cognito-idp:TagResource",
      moveToOtherRegion(userPool("us-west-2_a")),
      { ...tags, ...toRequestTagContext({ Stack: "dev" }) },
    ],
    [
      `an identity pool ${whose} in another Region, tagged`,
      "cognito-identity:TagResource",
      moveToOtherRegion(identityPool),
      { ...tags, ...toRequestTagContext({ Stack: "dev" }) },
    ],
  ]),
  [
    "tags on a pool without an ARN, in another Region",
    "cognito-idp:TagResource",
    "*",
    { ...toRequestTagContext({ Stack: "dev" }), ...OTHER_REGION },
  ],
  [
    "a user pool in another Region, created",
    "cognito-idp:CreateUserPool",
    "*",
    { ...toRequestTagContext({ Stack: "dev" }), ...OTHER_REGION },
  ],
  [
    "roles of an identity pool in another Region",
    "cognito-identity:SetIdentityPoolRoles",
    "*",
    OTHER_REGION,
  ],
  // names that a * would match with a path
  ...(
    [
      ["created", "iam:CreateRole", toRequestTagContext({ Stack: "dev" })],
      ["changed", "iam:PutRolePolicy", OWN],
      ["trusting others", "iam:UpdateAssumeRolePolicy", OWN],
      ["deleted", "iam:DeleteRole", OWN],
      ["tagged", "iam:TagRole", toRequestTagContext({ Stack: "dev" })],
      ["read", "iam:GetRole", OWN],
      [
        "for Cognito",
        "iam:PassRole",
        { "iam:PassedToService": "cognito-identity.amazonaws.com" },
      ],
    ] as const
  ).flatMap(([what, action, context]): [string, ...Row][] =>
    ["veda-auth-stack-dev-x/evil", "veda-auth-stack-dev-x/y/z"].map((name) => [
      `a role on a path, ${what}`,
      action,
      role(name),
      { ...context, ...BOUNDED },
    ]),
  ),
  // state
  [
    "another stage's state",
    "s3:GetObject",
    object("veda-auth-stack/prod/terraform.tfstate"),
  ],
  [
    "another stage's state, listed",
    "s3:ListBucket",
    "arn:aws:s3:::our-state",
    { "s3:prefix": "veda-auth-stack/prod/terraform.tfstate" },
  ],
  ["all states, listed", "s3:ListBucket", "arn:aws:s3:::our-state"],
  [
    "the account's state",
    "s3:GetObject",
    object("veda-auth-stack/account/terraform.tfstate"),
  ],
  ["its own state, deleted", "s3:DeleteObject", object(SCOPE.stateKey)],
  [
    "a version of its state, deleted",
    "s3:DeleteObjectVersion",
    object(SCOPE.stateKey),
  ],
  [
    "a version of a lock, deleted",
    "s3:DeleteObjectVersion",
    object(`${SCOPE.stateKey}.tflock`),
  ],
  [
    "the bucket's versions, suspended",
    "s3:PutBucketVersioning",
    "arn:aws:s3:::our-state",
  ],
  ["the bucket's policy", "s3:PutBucketPolicy", "arn:aws:s3:::our-state"],
  ["the bucket", "s3:DeleteBucket", "arn:aws:s3:::our-state"],
  ["the states' key, deleted", "kms:ScheduleKeyDeletion", KEY],
  // the role itself and its boundary
  [
    "its own policy",
    "iam:PutRolePolicy",
    role("veda-auth-stack-account/veda-auth-stack-dev-apply"),
    { ...OWN, ...BOUNDED },
  ],
  [
    "its own trust",
    "iam:UpdateAssumeRolePolicy",
    role("veda-auth-stack-account/veda-auth-stack-dev-apply"),
    OWN,
  ],
  [
    "the plan role's policy",
    "iam:PutRolePolicy",
    role("veda-auth-stack-account/veda-auth-stack-dev-plan"),
    { ...OWN, ...BOUNDED },
  ],
  ["a version of the boundary", "iam:CreatePolicyVersion", BOUNDARY],
  ["a version of the boundary, deleted", "iam:DeletePolicyVersion", BOUNDARY],
  [
    "another version of the boundary, chosen",
    "iam:SetDefaultPolicyVersion",
    BOUNDARY,
  ],
  ["the boundary, deleted", "iam:DeletePolicy", BOUNDARY],
  [
    "the boundary, off its own removed from its own off",
    "iam:DeleteRolePermissionsBoundary",
    role("veda-auth-stack-dev-a"),
    { ...OWN, ...BOUNDED },
  ],
  [
    "the boundary, put on a role",
    "iam:PutRolePermissionsBoundary",
    role("veda-auth-stack-dev-a"),
    { ...OWN, ...BOUNDED },
  ],
  [
    "the boundary, exchanged",
    "iam:PutRolePermissionsBoundary",
    role("veda-auth-stack-dev-a"),
    {
      ...OWN,
      "iam:PermissionsBoundary": `arn:aws:iam::${ACCOUNT}:policy/wide`,
    },
  ],
  [
    "a role without a boundary, created",
    "iam:CreateRole",
    role("veda-auth-stack-dev-a"),
    toRequestTagContext({ Stack: "dev" }),
  ],
  [
    "a role with another boundary, created",
    "iam:CreateRole",
    role("veda-auth-stack-dev-a"),
    {
      ...toRequestTagContext({ Stack: "dev" }),
      "iam:PermissionsBoundary": "arn:aws:iam::aws:policy/AdministratorAccess",
    },
  ],
  [
    "a role without a boundary, widened",
    "iam:PutRolePolicy",
    role("veda-auth-stack-dev-a"),
    OWN,
  ],
  [
    "a role without a boundary, with an attached policy",
    "iam:AttachRolePolicy",
    role("veda-auth-stack-dev-a"),
    { ...OWN, "iam:PolicyARN": "arn:aws:iam::aws:policy/AdministratorAccess" },
  ],
  [
    "a role of another name, created",
    "iam:CreateRole",
    role("admin"),
    { ...BOUNDED, ...toRequestTagContext({ Stack: "dev" }) },
  ],
  [
    "the trust of a role without a boundary",
    "iam:UpdateAssumeRolePolicy",
    role("veda-auth-stack-dev-a"),
    OWN,
  ],
  [
    "tags on a pool without an ARN, of another stage",
    "cognito-idp:TagResource",
    "*",
    toRequestTagContext({ Stack: "prod" }),
  ],
  [
    "the tags of another stage's user pool",
    "cognito-idp:UntagResource",
    userPool("us-west-2_prod"),
    { ...OTHER, "aws:TagKeys": ["Stack"] },
  ],
  [
    "the tags of a role of a stage with a similar name",
    "iam:UntagRole",
    role("veda-auth-stack-dev-2-a"),
    toResourceTagContext({ Stack: "dev-2" }),
  ],
  // privilege escalation
  [
    "its role, for Lambda",
    "iam:PassRole",
    role("veda-auth-stack-dev-a"),
    { "iam:PassedToService": "lambda.amazonaws.com" },
  ],
  [
    "a role of others, for Cognito",
    "iam:PassRole",
    role("admin"),
    { "iam:PassedToService": "cognito-identity.amazonaws.com" },
  ],
  [
    "the apply role, for Cognito",
    "iam:PassRole",
    role("veda-auth-stack-account/veda-auth-stack-dev-apply"),
    { "iam:PassedToService": "cognito-identity.amazonaws.com" },
  ],
  ["a role, assumed", "sts:AssumeRole", role("veda-auth-stack-dev-a"), OWN],
  [
    "a user, created",
    "iam:CreateUser",
    `arn:aws:iam::${ACCOUNT}:user/veda-auth-stack-dev-a`,
    BOUNDED,
  ],
  [
    "the OIDC provider, deleted",
    "iam:DeleteOpenIDConnectProvider",
    `arn:aws:iam::${ACCOUNT}:oidc-provider/token.actions.githubusercontent.com`,
  ],
  [
    "the OIDC provider, changed",
    "iam:UpdateOpenIDConnectProviderThumbprint",
    `arn:aws:iam::${ACCOUNT}:oidc-provider/token.actions.githubusercontent.com`,
  ],
];

describe("createPlanStatements", () => {
  const statements = createPlanStatements(SCOPE);

  test.each(READS)("allows %s on %s", async (...row) => {
    expect(await isAllowed(statements, row)).toBe(true);
  });

  test.each(WRITES)("does not allow %s on %s", async (...row) => {
    expect(await isAllowed(statements, row)).toBe(false);
  });

  test.each(REFUSED)("does not allow %s (%s)", async (_, ...row) => {
    expect(await isAllowed(statements, row)).toBe(false);
  });
});

describe("createApplyStatements", () => {
  const statements = createApplyStatements(SCOPE);

  test.each([...READS, ...WRITES])("allows %s on %s", async (...row) => {
    expect(await isAllowed(statements, row)).toBe(true);
  });

  test.each(REFUSED)("does not allow %s (%s)", async (_, ...row) => {
    expect(await isAllowed(statements, row)).toBe(false);
  });

  test("requires each of its denials", async () => {
    const everything: IdentityStatement = {
      Effect: "Allow",
      Action: "*",
      Resource: "*",
    };
    const isRefused = async (
      among: readonly IdentityStatement[],
      rows: readonly (typeof REFUSED)[number][],
    ): Promise<string[]> => {
      const descriptions: string[] = [];
      for (const [description, ...row] of rows)
        if (!(await isAllowed([...among, everything], row)))
          descriptions.push(description);
      return descriptions;
    };
    const guards = statements.filter(({ Effect }) => Effect === "Deny");
    const all = await isRefused(guards, REFUSED);
    expect(all).toEqual(
      expect.arrayContaining(
        REFUSED.map(([description]) => description).filter((description) =>
          /^(its own (policy|trust)|its tag|the plan role's|a version|another version|the boundary|the bucket|a role on a path)/.test(
            description,
          ),
        ),
      ),
    );
    const held = REFUSED.filter(([description]) => all.includes(description));
    const unnecessary: string[] = [];
    for (const guard of guards) {
      const others = guards.filter((other) => other !== guard);
      if ((await isRefused(others, held)).length === held.length)
        unnecessary.push(guard.Sid ?? "");
    }
    expect(unnecessary).toEqual([]);
  });

  test("requires each of its statements and conditions", async () => {
    const holds = async (changed: readonly IdentityStatement[]) => {
      for (const row of [...READS, ...WRITES, ...OTHER_READS])
        if (!(await isAllowed(changed, row))) return false;
      for (const [, ...row] of REFUSED)
        if (await isAllowed(changed, row)) return false;
      return true;
    };
    expect(await holds(statements)).toBe(true);
    const unnecessary: string[] = [];
    for (const [index, statement] of statements.entries()) {
      const others = statements.filter((_, other) => other !== index);
      // the test above covers denials
      if (statement.Effect === "Allow") {
        if (await holds(others)) unnecessary.push(statement.Sid ?? "");
        for (const operator of Object.keys(statement.Condition ?? {})) {
          const { [operator]: keys = {}, ...rest } = statement.Condition ?? {};
          for (const key of Object.keys(keys)) {
            const left = Object.fromEntries(
              Object.entries(keys).filter(([other]) => other !== key),
            );
            const Condition = { ...rest, [operator]: left };
            if (await holds([...others, { ...statement, Condition }]))
              unnecessary.push(`${statement.Sid ?? ""} ${operator} ${key}`);
          }
        }
      }
    }
    expect(unnecessary).toEqual([]);
  }, 60_000);

  test("returns a policy within AWS's limit for the longest names", () => {
    const long = createApplyStatements({
      ...SCOPE,
      stage: "s".repeat(30),
      stackName: "a".repeat(63),
      stateBucket: "b".repeat(63),
      stateKey: "k".repeat(200),
    });
    expect(countPolicyCharacters(createPolicyDocument(...long))).toBeLessThan(
      10_240,
    );
  });

  test("uses the partition of its Region", () => {
    const text = JSON.stringify(
      createApplyStatements({ ...SCOPE, region: "us-gov-west-1" }),
    );
    expect(text).toContain("arn:aws-us-gov:iam::");
    expect(text).toContain("cognito-identity-us-gov.amazonaws.com");
    expect(
      text
        .replaceAll(BOUNDARY, "")
        .replaceAll(KEY, "")
        .replaceAll(SCOPE.dataManagersRoleArn ?? "", ""),
    ).not.toContain("arn:aws:");
  });
});

/** Requests for statements that no other test requires. */
const OTHER_READS: Row[] = [
  ["cognito-idp:DescribeUserPoolDomain", "*"],
  ["cognito-identity:DescribeIdentityPool", identityPool, OWN],
  [
    "iam:GetOpenIDConnectProvider",
    `arn:aws:iam::${ACCOUNT}:oidc-provider/token.actions.githubusercontent.com`,
  ],
];

describe("createBoundaryStatements", () => {
  const statements = createBoundaryStatements({
    region: "us-west-2",
    buckets: ["veda-data-store*", "field-campaign", "our-*"],
    stateBucket: "our-state",
    stateEncryptionKeyArn: KEY,
  });

  test.each<Row>([
    ["s3:GetObject", "arn:aws:s3:::veda-data-store/a"],
    ["s3:PutObject", "arn:aws:s3:::veda-data-store-dev/a"],
    ["s3:ListBucket", "arn:aws:s3:::veda-data-store"],
    ["s3:GetObject", "arn:aws:s3:::field-campaign/a"],
    ["s3:ListBucket", "arn:aws:s3:::field-campaign"],
  ])("allows %s on %s", async (...row) => {
    expect(await isAllowed(statements, row)).toBe(true);
  });

  test.each<Row>([
    ["s3:GetObject", object("veda-auth-stack/dev/terraform.tfstate")],
    ["s3:ListBucket", "arn:aws:s3:::our-state"],
    ["s3:PutObject", "arn:aws:s3:::field-campaign-2/a"],
    ["s3:PutObject", "arn:aws:s3:::cdk-assets/a"],
    ["s3:PutBucketPolicy", "arn:aws:s3:::veda-data-store"],
    ["kms:Decrypt", KEY],
    // a role that deploys a stage can create a role and assume it
    ["secretsmanager:GetSecretValue", secret("veda-auth-stack-dev/a")],
    ["secretsmanager:GetSecretValue", secret("veda-auth-stack-prod/a")],
    ["iam:CreateRole", role("veda-auth-stack-dev-a"), BOUNDED],
    ["sts:AssumeRole", role("admin")],
    ["cognito-idp:AdminCreateUser", userPool("us-west-2_own")],
  ])("does not allow %s on %s", async (...row) => {
    expect(await isAllowed(statements, row)).toBe(false);
  });
});

describe("the policy of a state bucket", () => {
  const resourcePolicy = synthesizePolicy("aws_s3_bucket_policy", (scope) => {
    new StateBucket(scope, "bucket", {
      bucketName: "our-state",
      accountId: ACCOUNT,
      encryptionKeyArn: KEY,
    });
  });
  const everything: IdentityStatement = {
    Effect: "Allow",
    Action: "*",
    Resource: "*",
  };
  const state = object(SCOPE.stateKey);
  const sse = "s3:x-amz-server-side-encryption";

  test.each<[boolean, ...Row]>([
    [true, "s3:GetObject", state],
    [true, "s3:PutObject", state],
    [true, "s3:PutObject", state, { [sse]: "aws:kms" }],
    [false, "s3:PutObject", state, { [sse]: "AES256" }],
    [false, "s3:PutObject", state, { [`${sse}-customer-algorithm`]: "AES256" }],
    [false, "s3:GetObject", state, { "aws:SecureTransport": "false" }],
    [false, "s3:DeleteObjectVersion", state],
    [false, "s3:DeleteBucket", "arn:aws:s3:::our-state"],
    [false, "s3:PutBucketVersioning", "arn:aws:s3:::our-state"],
    [true, "s3:PutBucketVersioning", "arn:aws:s3:::another"],
  ])(
    "allows an administrator (%s) %s on %s %j",
    async (isAllowed, action, resource, context = {}) => {
      const decision = await evaluateRequest(
        [everything],
        { action, resource, context },
        resource.includes("our-state") ? { resourcePolicy } : {},
      );
      expect(decision.isAllowed).toBe(isAllowed);
    },
  );
});
