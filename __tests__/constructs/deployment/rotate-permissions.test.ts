import type { DeployScope } from "../../../constructs/deployment/deploy-scope";
import { createRotateStatements } from "../../../constructs/deployment/rotate-permissions";
import { createPolicyDocument } from "../../../constructs/policy-document";
import { evaluateRequest } from "../../support/iam-evaluator";
import {
  type IamRequest,
  toResourceTagContext,
} from "../../support/iam-requests";

const ACCOUNT = "000000000000";
const KEY = `arn:aws:kms:us-west-2:${ACCOUNT}:key/1234`;
const STATE = "veda-auth-stack/dev/terraform.tfstate";
const SCOPE: DeployScope = {
  region: "us-west-2",
  accountId: ACCOUNT,
  stage: "dev",
  stackName: "veda-auth-stack-dev",
  stateBucket: "our-state",
  stateKey: STATE,
  stateEncryptionKeyArn: KEY,
  boundaryPolicyArn: `arn:aws:iam::${ACCOUNT}:policy/veda-auth-stack-boundary`,
  deployRolePath: "/veda-auth-stack-account/",
  environmentSecretName: "veda-auth-dev-env",
};
const EXISTING = { ...SCOPE, userPoolId: "us-west-2_imported" };
/** Lets IAM policies allow the use of the key, as the policy of the created key does. */
const KEY_POLICY = createPolicyDocument({
  Effect: "Allow",
  Principal: { AWS: `arn:aws:iam::${ACCOUNT}:root` },
  Action: "kms:*",
  Resource: "*",
});
const OWN = toResourceTagContext({ Stack: "dev" });
const OTHER = toResourceTagContext({ Stack: "dev-2" });

const object = (key: string) => `arn:aws:s3:::our-state/${key}`;
const secret = (name: string) =>
  `arn:aws:secretsmanager:us-west-2:${ACCOUNT}:secret:${name}-AbCdEf`;
const userPool = (id: string) =>
  `arn:aws:cognito-idp:us-west-2:${ACCOUNT}:userpool/${id}`;

type Row = [action: string, resource: string, context?: IamRequest["context"]];

async function findAllowed(
  scope: DeployScope,
  rows: readonly Row[],
): Promise<Row[]> {
  const statements = createRotateStatements(scope);
  const allowed: Row[] = [];
  for (const row of rows) {
    const [action, resource, context = {}] = row;
    const request = { action, resource, context };
    const { isAllowed } = await evaluateRequest(
      statements,
      request,
      resource === KEY ? { resourcePolicy: KEY_POLICY } : {},
    );
    if (isAllowed) allowed.push(row);
  }
  return allowed;
}

const POOL_ACTIONS = [
  "cognito-idp:AddUserPoolClientSecret",
  "cognito-idp:DeleteUserPoolClientSecret",
  "cognito-idp:DescribeUserPoolClient",
  "cognito-idp:ListUserPoolClientSecrets",
];
const SECRET_ACTIONS = [
  "secretsmanager:GetSecretValue",
  "secretsmanager:ListSecretVersionIds",
  "secretsmanager:PutSecretValue",
  "secretsmanager:UpdateSecretVersionStage",
];

const forPool = (id: string, context: IamRequest["context"]): Row[] =>
  POOL_ACTIONS.map((action) => [action, userPool(id), context]);

/** Requests that the role allows, whatever user pool the stage has. */
const ALLOWED: Row[] = [
  ...SECRET_ACTIONS.map((action): Row => [
    action,
    secret("veda-auth-stack-dev/service"),
  ]),
  ["secretsmanager:GetSecretValue", secret("veda-auth-dev-env")],
  ["s3:GetObject", object(`${STATE}.tflock`)],
  [
    "s3:ListBucket",
    "arn:aws:s3:::our-state",
    { "s3:prefix": `${STATE}.tflock` },
  ],
  ["kms:Decrypt", KEY],
];

/** Requests that it denies. */
const DENIED: Row[] = [
  ["s3:GetObject", object(STATE)],
  ["s3:GetObject", object("veda-auth-stack/dev-2/terraform.tfstate.tflock")],
  ["s3:PutObject", object(`${STATE}.tflock`)],
  ["s3:DeleteObject", object(`${STATE}.tflock`)],
  ["s3:ListBucket", "arn:aws:s3:::our-state", { "s3:prefix": STATE }],
  ["s3:ListBucket", "arn:aws:s3:::our-state"],
  ["kms:GenerateDataKey", KEY],
  ["secretsmanager:PutSecretValue", secret("veda-auth-dev-env")],
  ["secretsmanager:GetSecretValue", secret("veda-auth-stack-dev-2/service")],
  ["secretsmanager:PutSecretValue", secret("veda-auth-stack-dev-2/service")],
  ["secretsmanager:GetSecretValue", secret("veda-auth-dev-2-env")],
  ["secretsmanager:DeleteSecret", secret("veda-auth-stack-dev/service")],
  ["secretsmanager:UpdateSecret", secret("veda-auth-stack-dev/service")],
  ["secretsmanager:PutResourcePolicy", secret("veda-auth-stack-dev/service")],
  ["cognito-idp:UpdateUserPoolClient", userPool("us-west-2_own"), OWN],
  ["cognito-idp:CreateUserPoolClient", userPool("us-west-2_own"), OWN],
  ["cognito-idp:DescribeIdentityProvider", userPool("us-west-2_own"), OWN],
  ["cognito-idp:UpdateUserPoolClient", userPool("us-west-2_imported")],
  ...forPool("us-west-2_other", OTHER),
  ...forPool("us-west-2_other", {}),
  ["iam:PutRolePolicy", `arn:aws:iam::${ACCOUNT}:role/veda-auth-stack-dev-x`],
];

describe("the permissions to rotate the client secrets of a stage", () => {
  test("include exactly its user pool, its secrets and the lock of its state", async () => {
    const own = forPool("us-west-2_own", OWN);
    expect(await findAllowed(SCOPE, [...own, ...ALLOWED])).toHaveLength(
      own.length + ALLOWED.length,
    );
    const others = forPool("us-west-2_imported", {});
    expect(await findAllowed(SCOPE, [...DENIED, ...others])).toEqual([]);
  });

  test("include only an existing user pool that the stage uses", async () => {
    const used = forPool("us-west-2_imported", {});
    expect(await findAllowed(EXISTING, [...used, ...ALLOWED])).toHaveLength(
      used.length + ALLOWED.length,
    );
    const others = forPool("us-west-2_own", OWN);
    expect(await findAllowed(EXISTING, [...DENIED, ...others])).toEqual([]);
  });

  test("include no KMS key without a customer managed key", () => {
    expect(
      JSON.stringify(
        createRotateStatements({ ...SCOPE, stateEncryptionKeyArn: null }),
      ),
    ).not.toContain("kms:");
  });

  test("include no action that no request here names", () => {
    const actions = createRotateStatements(SCOPE).flatMap(
      ({ Action }) => Action,
    );
    const named = [...ALLOWED.map(([action]) => action), ...POOL_ACTIONS];
    expect(new Set(actions)).toEqual(new Set(named));
  });
});
