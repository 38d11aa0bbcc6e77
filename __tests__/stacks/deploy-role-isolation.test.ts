import type { IdentityStatement } from "../../constructs/policy-document";
import { synthesizeDeployRoles } from "../support/deploy-role-requests";
import { evaluateRequest } from "../support/iam-evaluator";
import {
  type IamRequest,
  toRequestTagContext,
  toResourceTagContext,
} from "../support/iam-requests";
import {
  createTemporaryDirectory,
  removeTemporaryDirectories,
  synthesize,
} from "../support/stage";

afterAll(removeTemporaryDirectories);

const ACCOUNT = "123456789012";
/** Similar names that one account can have. */
const STAGES = ["dev", "dev2", "a-dev", "dev2dev"];
const BUCKET = "our-state";
const BOUNDED = {
  "iam:PermissionsBoundary": `arn:aws:iam::${ACCOUNT}:policy/veda-auth-stack-boundary`,
};

const roleArn = (name: string, path = "/") =>
  `arn:aws:iam::${ACCOUNT}:role${path}${name}`;
const secretArn = (name: string) =>
  `arn:aws:secretsmanager:us-west-2:${ACCOUNT}:secret:${name}-AbCdEf`;

/** Lists requests on all named resources of a stage, as a run of the stage `by` could send them. */
function listRequests(stage: string, by: string): IamRequest[] {
  const { resource, terraform } = synthesize(
    { STAGE: stage, STATE_BACKEND: "s3", STATE_BUCKET_NAME: BUCKET },
    (auth) => {
      const api = auth.addResourceServer("api", { read: "Read" });
      auth.addServiceClient("service", { scopes: [api.scope("read")] });
      auth.addGroup("readers", {
        description: "Some",
        precedence: 1,
        buckets: { "our-data": "read" },
      });
    },
  );
  const listNames = (type: string) =>
    Object.values(resource[type] ?? {}).map(({ name }) => String(name));
  const { key } = (terraform.backend as { s3: { key: string } }).s3;
  const roles = listNames("aws_iam_role");
  const secrets = listNames("aws_secretsmanager_secret");
  expect([roles.length, secrets.length]).toEqual([2, 2]);
  return [
    ...roles.flatMap((name) => listRoleRequests(roleArn(name), stage, by)),
    ...secrets.flatMap((name) =>
      ["GetSecretValue", "PutSecretValue", "DeleteSecret"].map((verb) => ({
        action: `secretsmanager:${verb}`,
        resource: secretArn(name),
        context: {},
      })),
    ),
    ...["s3:GetObject", "s3:PutObject"].flatMap((action) =>
      [key, `${key}.tflock`].map((object) => ({
        action,
        resource: `arn:aws:s3:::${BUCKET}/${object}`,
        context: {},
      })),
    ),
    {
      action: "secretsmanager:GetSecretValue",
      resource: secretArn(`veda-auth-${stage}-env`),
      context: {},
    },
  ];
}

function listRoleRequests(
  resource: string,
  stage: string,
  by: string,
): IamRequest[] {
  const tags = toResourceTagContext({ Stack: stage });
  return [
    { action: "iam:GetRole", context: tags },
    {
      action: "iam:CreateRole",
      context: { ...BOUNDED, ...toRequestTagContext({ Stack: by }) },
    },
    { action: "iam:PutRolePolicy", context: { ...BOUNDED, ...tags } },
    {
      action: "iam:TagRole",
      context: { ...tags, ...toRequestTagContext({ Stack: by }) },
    },
    {
      action: "iam:PassRole",
      context: {
        "iam:PassedToService": "cognito-identity.amazonaws.com",
      },
    },
  ].map((request) => ({ ...request, resource }));
}

async function listAllowed(
  statements: readonly IdentityStatement[],
  requests: readonly IamRequest[],
): Promise<string[]> {
  const allowed: string[] = [];
  for (const request of requests) {
    const { isAllowed } = await evaluateRequest(statements, request, {
      accountId: ACCOUNT,
    });
    if (isAllowed) allowed.push(`${request.action} ${request.resource}`);
  }
  return allowed;
}

describe("the deploy roles of an account", () => {
  const policies = synthesizeDeployRoles(
    {
      AWS_ACCOUNT_ID: ACCOUNT,
      STATE_BUCKET_NAME: BUCKET,
      OWNER: "platform",
      GITHUB_REPOSITORY: "octo/auth",
      ACCOUNT_STAGES: STAGES.join(","),
    },
    createTemporaryDirectory(),
  );
  const policy = (stage: string, may: string) =>
    policies.get(`veda-auth-stack-${stage}-${may}`) ?? [];

  test.each(STAGES)(
    "of stage %s have access to its resources",
    async (stage) => {
      const own = listRequests(stage, stage);
      expect(await listAllowed(policy(stage, "apply"), own)).toHaveLength(
        own.length,
      );
      const read = await listAllowed(policy(stage, "plan"), own);
      expect(read.length).toBeGreaterThan(5);
      expect(read.filter((one) => !/^\w+:Get/.test(one))).toEqual([]);
      const rotate = await listAllowed(policy(stage, "rotate"), own);
      expect(rotate.filter((one) => /:(Get|Put)Secret/.test(one))).toHaveLength(
        5,
      );
      expect(rotate.filter((one) => !one.includes("Secret"))).toEqual([
        expect.stringMatching(/^s3:GetObject .*\.tflock$/),
      ]);
    },
  );

  test.each(STAGES)(
    "of stage %s have no access to other stages",
    async (by) => {
      for (const stage of STAGES.filter((other) => other !== by)) {
        const requests = listRequests(stage, by);
        for (const may of ["plan", "apply", "rotate"])
          expect(await listAllowed(policy(by, may), requests)).toEqual([]);
      }
    },
  );

  test("have no access to the deploy roles", async () => {
    const requests = [...policies.keys()].flatMap((name) =>
      listRoleRequests(
        roleArn(name, "/veda-auth-stack-account/"),
        "dev",
        "dev",
      ),
    );
    for (const statements of policies.values())
      expect(await listAllowed(statements, requests)).toEqual([]);
  });
});
