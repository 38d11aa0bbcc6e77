import * as identity from "@aws-sdk/client-cognito-identity";
import * as idp from "@aws-sdk/client-cognito-identity-provider";
import * as iam from "@aws-sdk/client-iam";
import * as s3 from "@aws-sdk/client-s3";
import {
  ACCOUNT_ID,
  createClientConfig,
  DEMO_ACCOUNT,
  listStackResources,
  prepareAccount,
} from "../../scripts/lib/demo/account";
import {
  startLocalAws,
  type AttachedLocalAws,
} from "../../scripts/lib/local-aws/local-aws";
import type {
  IdentityStatement,
  PolicyDocument,
} from "../../constructs/policy-document";
import type { Environment } from "../../stacks/config/environment";
import {
  Deployment,
  describeLocal,
  expectSuccess,
} from "../support/deployment";
import { evaluateRequest } from "../support/iam-evaluator";
import { IamRequestMapper, type IamRequest } from "../support/iam-requests";
import { FaultProxy, type Call } from "../support/fault-proxy";
import { assumeRole, type RoleSession } from "../support/role-session";
import { removeTemporaryDirectories } from "../support/stage";
import { createStateBucket } from "../support/state-bucket";

const BUCKET = "our-auth-state";
const DEV = "veda-auth-stack-dev";
const STAGING = "veda-auth-stack-staging";
const COMMON: Environment = {
  OWNER: "somebody",
  AWS_ACCOUNT_ID: ACCOUNT_ID,
  STATE_BUCKET_NAME: BUCKET,
  OIDC_PROVIDER_URL: "token.actions.githubusercontent.com",
  OIDC_PROVIDER_EXISTS: "true",
  PERMISSIONS_BOUNDARY_POLICY_NAME: "veda-auth-stack-boundary",
  SECRET_RECOVERY_DAYS: "0",
};
const managersRole = `arn:aws:iam::${ACCOUNT_ID}:role/${DEMO_ACCOUNT.managersRole}`;
const FULL: Environment = {
  COGNITO_GROUPS: "true",
  DATA_MANAGERS_ROLE_ARN: managersRole,
  DASHBOARD_CALLBACK_URLS: "https://a.example/",
  PROGRAMMATIC_CALLBACK_URLS: "http://localhost:8000/",
  SECRET_ROLE_ACCESS: managersRole,
};

/** What IAM was asked for, by the role that asked. */
type Asked = Record<"plan" | "apply", Map<string, IamRequest>>;

let aws: AttachedLocalAws;
let proxy: FaultProxy;
let files: Deployment;
const asked: Asked = { plan: new Map(), apply: new Map() };
const statements: Partial<Record<keyof Asked, readonly IdentityStatement[]>> =
  {};

/** Has every call from now on be one of a role, by the policy that IAM has of it, and be noted. */
function be(stack: string, may: keyof Asked): void {
  const session = sessions.get(`${stack}-${may}`);
  own = session?.statements ?? [];
  files.variables = session?.variables ?? {};
  noted = new Map();
  if (stack === DEV) {
    statements[may] = own;
    noted = asked[may];
  }
}

/** Decides on a call as IAM would. */
async function isAllowed(call: Call): Promise<boolean> {
  const signer = /Credential=(\w+)/.exec(call.headers.authorization ?? "");
  signers.add(signer?.[1]);
  let wanted: readonly IamRequest[];
  try {
    wanted = requests.map(call);
  } catch (error) {
    notKnown.push(String(error));
    return false;
  }
  const decisions = await Promise.all(
    wanted.map(async (request) => {
      noted.set(JSON.stringify(request), request);
      const beside = request.action.startsWith("s3:")
        ? { resourcePolicy: bucketPolicy }
        : {};
      return evaluateRequest(own, request, beside);
    }),
  );
  return decisions.every((decision) => decision.isAllowed);
}

const requests = new IamRequestMapper(ACCOUNT_ID, "us-west-2");
let bucketPolicy: PolicyDocument;
let own: readonly IdentityStatement[] = [];
let noted = new Map<string, IamRequest>();
/** Calls that nobody can tell the requests of. */
const notKnown: string[] = [];
const sessions = new Map<string, RoleSession>();
/** Access keys that any call was signed with. */
const signers = new Set<string | undefined>();

beforeAll(async () => {
  if (describeLocal !== describe) return;
  aws = await startLocalAws({ log: () => undefined });
  await Promise.all([prepareAccount(aws), createStateBucket(aws, BUCKET)]);
  proxy = await FaultProxy.start(aws.endpoint);
  const given = await makePools();
  files = new Deployment(proxy.endpoint, {
    ".env": COMMON,
    ".env.account": {
      GITHUB_REPOSITORY: "octo/auth",
      GITHUB_OWNER_ID: "1",
      GITHUB_REPOSITORY_ID: "2",
      OIDC_PROVIDER_EXISTS: "false",
      PERMISSIONS_BOUNDARY_POLICY_NAME: "veda-auth-stack-boundary",
    },
    ".env.dev": FULL,
    ".env.staging": { ...given, DATA_MANAGERS_ROLE_ARN: managersRole },
  });
  expectSuccess(await files.runCommand("bootstrap", "--yes"));
  const { Policy = "" } = await new s3.S3Client({
    ...createClientConfig(aws),
    forcePathStyle: true,
  }).send(new s3.GetBucketPolicyCommand({ Bucket: BUCKET }));
  bucketPolicy = JSON.parse(Policy) as PolicyDocument;
  for (const name of [`${DEV}-plan`, `${DEV}-apply`, `${STAGING}-apply`])
    sessions.set(name, await assumeRole(aws, name));
  // the local AWS does not know the tags of pools, boundaries and passed roles that the policies ask about
  proxy.authorize = isAllowed;
  proxy.onAnswered = (call) => {
    requests.record(call);
  };
}, 120_000);

afterAll(async () => {
  if (describeLocal === describe) {
    await proxy.stop();
    await aws.stop();
  }
  removeTemporaryDirectories();
});

/** Pools of others, which have no tag of a stage. */
async function makePools(): Promise<Environment> {
  const { UserPool } = await new idp.CognitoIdentityProviderClient(
    createClientConfig(aws),
  ).send(new idp.CreateUserPoolCommand({ PoolName: "theirs" }));
  const { IdentityPoolId = "" } = await new identity.CognitoIdentityClient(
    createClientConfig(aws),
  ).send(
    new identity.CreateIdentityPoolCommand({
      IdentityPoolName: "theirs",
      AllowUnauthenticatedIdentities: false,
    }),
  );
  return {
    USER_POOL_ID: UserPool?.Id,
    IDENTITY_POOL_ARN: `arn:aws:cognito-identity:us-west-2:${ACCOUNT_ID}:identitypool/${IdentityPoolId}`,
  };
}

describeLocal("a full stage, in this order,", () => {
  test("is deployed under the role that applies, with its state in the account's bucket", async () => {
    be(DEV, "apply");
    expectSuccess(await files.synth());
    await files.init(DEV);
    expectSuccess(await files.apply(DEV));
    const { Contents = [] } = await new s3.S3Client({
      ...createClientConfig(aws),
      forcePathStyle: true,
    }).send(new s3.ListObjectsV2Command({ Bucket: BUCKET }));
    expect(Contents.map(({ Key }) => Key)).toContain(
      "veda-auth-stack/dev/terraform.tfstate",
    );
  }, 120_000);

  test("is planned under the role that plans, which finds nothing to do", async () => {
    be(DEV, "plan");
    expectSuccess(await files.plan(DEV, "-lock=false"));
  }, 60_000);

  test("fails when the role that plans would lock the state", async () => {
    noted = new Map();
    const { code, stderr } = await files.plan(DEV);
    expect([code, stderr]).toEqual([
      1,
      expect.stringMatching(/Error acquiring the state lock/),
    ]);
  }, 60_000);

  test("fails when the role that plans would change it", async () => {
    files.write(".env.dev", {
      ...FULL,
      DASHBOARD_CALLBACK_URLS: "https://b.example/",
      PROGRAMMATIC_CALLBACK_URLS: "http://localhost:9000/",
      COGNITO_GROUPS: "false",
      SECRET_ROLE_ACCESS: "",
      OWNER: "somebody else",
      DELETION_PROTECTION: "false",
    });
    noted = new Map();
    expectSuccess(await files.synth());
    const { code, stderr } = await files.terraform(
      DEV,
      "apply",
      "-auto-approve",
      "-input=false",
      "-lock=false",
    );
    expect([code, stderr]).toEqual([
      1,
      expect.stringMatching(/AccessDenied|not authorized/),
    ]);
  }, 60_000);

  test("is changed in every kind of thing under the role that applies", async () => {
    be(DEV, "apply");
    expectSuccess(await files.apply(DEV));
  }, 60_000);

  test("shares the account's OIDC provider with another stage, deployed by its own role on pools of others", async () => {
    const { oidc_provider_arn: ofDev } = await files.readOutputs(DEV);
    be(STAGING, "apply");
    await files.init(STAGING);
    expectSuccess(await files.apply(STAGING));
    const { oidc_provider_arn: arn } = await files.readOutputs(STAGING);
    expect(ofDev).toBe(arn);
    const { OpenIDConnectProviderList } = await new iam.IAMClient(
      createClientConfig(aws),
    ).send(new iam.ListOpenIDConnectProvidersCommand({}));
    expect(OpenIDConnectProviderList).toEqual([{ Arn: arn }]);
  }, 60_000);

  test("fails when its own role is another stage's", async () => {
    const { code, stderr } = await files.plan(DEV);
    expect([code, stderr]).toEqual([
      1,
      expect.stringMatching(/AccessDenied|not authorized|403/),
    ]);
  }, 60_000);

  test("fails when its role asks the server itself for another stage's", async () => {
    be(DEV, "apply");
    const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN } =
      files.variables;
    const credentials = {
      accessKeyId: AWS_ACCESS_KEY_ID ?? "",
      secretAccessKey: AWS_SECRET_ACCESS_KEY ?? "",
      sessionToken: AWS_SESSION_TOKEN ?? "",
    };
    const roles = new iam.IAMClient({
      ...createClientConfig(aws),
      credentials,
    });
    const alike = `${DEV}-2-veda-writers`;
    const root = new iam.IAMClient(createClientConfig(aws));
    await root.send(
      new iam.CreateRoleCommand({
        RoleName: alike,
        AssumeRolePolicyDocument: "{}",
        Tags: [{ Key: "Stack", Value: "dev-2" }],
      }),
    );
    const boundary = `arn:aws:iam::${ACCOUNT_ID}:policy/veda-auth-stack-boundary`;
    for (const command of [
      new iam.GetRoleCommand({ RoleName: `${STAGING}-veda-writers` }),
      new iam.GetRoleCommand({ RoleName: alike }),
      new iam.CreateRoleCommand({
        RoleName: "evil",
        Path: `/${DEV}-x/`,
        AssumeRolePolicyDocument: "{}",
        PermissionsBoundary: boundary,
        Tags: [{ Key: "Stack", Value: "dev" }],
      }),
      new iam.PutRolePermissionsBoundaryCommand({
        RoleName: `${DEV}-authenticated`,
        PermissionsBoundary: boundary,
      }),
      new iam.UntagRoleCommand({
        RoleName: `${DEV}-authenticated`,
        TagKeys: ["stack"],
      }),
      new iam.DeleteRoleCommand({ RoleName: alike }),
      new iam.UntagRoleCommand({ RoleName: alike, TagKeys: ["Stack"] }),
    ])
      await expect(roles.send(command as iam.GetRoleCommand)).rejects.toThrow(
        /not authorized to perform: iam:/,
      );
    await root.send(new iam.DeleteRoleCommand({ RoleName: alike }));
  }, 30_000);

  test("leaves the pools of others when the other stage is destroyed", async () => {
    be(STAGING, "apply");
    expectSuccess(await files.destroy(STAGING));
  }, 60_000);

  test("is destroyed under the role that applies", async () => {
    be(DEV, "apply");
    expectSuccess(await files.destroy(DEV));
    expect(
      (await listStackResources(aws, DEV)).filter(
        (left) => !/^OIDC provider|-(plan|apply)$/.test(left),
      ),
    ).toEqual([]);
  }, 60_000);

  test("is worked on with the temporary credentials of roles alone", () => {
    const keys = [...sessions.values()].map(
      ({ variables }) => variables.AWS_ACCESS_KEY_ID,
    );
    expect([...signers].sort()).toEqual(keys.sort());
    expect(keys.filter((key) => key?.startsWith("ASIA") !== true)).toEqual([]);
  });

  test("is asked for nothing that no request is known for", () => {
    expect(notKnown).toEqual([]);
  });

  test("asks for more than its state in each run that was let through", () => {
    expect(asked.plan.size).toBeGreaterThan(20);
    expect(asked.apply.size).toBeGreaterThan(50);
  });

  test("is planned without a write", () => {
    const writes = [...asked.plan.values()].filter(
      ({ action }) => !/:(Get|List|Describe)/.test(action),
    );
    expect(writes).toEqual([]);
  });

  test("asks for every kind of write that its role may, but for repairs", () => {
    const used = new Set([...asked.apply.values()].map(({ action }) => action));
    const may = (statements.apply ?? [])
      .filter(({ Effect }) => Effect === "Allow")
      .flatMap(({ Action }) => Action);
    const unused = may.filter((action) => !used.has(action)).sort();
    expect(unused).toMatchInlineSnapshot(`
[
  "cognito-identity:ListTagsForResource",
  "cognito-identity:UntagResource",
  "cognito-identity:UpdateIdentityPool",
  "cognito-idp:AddCustomAttributes",
  "cognito-idp:ListTagsForResource",
  "cognito-idp:SetUserPoolMfaConfig",
  "cognito-idp:UntagResource",
  "cognito-idp:UpdateGroup",
  "cognito-idp:UpdateResourceServer",
  "cognito-idp:UpdateUserPoolDomain",
  "iam:AttachRolePolicy",
  "iam:DetachRolePolicy",
  "iam:ListRoleTags",
  "iam:UntagRole",
  "iam:UpdateAssumeRolePolicy",
  "iam:UpdateRole",
  "iam:UpdateRoleDescription",
  "secretsmanager:ListSecretVersionIds",
  "secretsmanager:RestoreSecret",
  "secretsmanager:UntagResource",
  "secretsmanager:UpdateSecret",
  "secretsmanager:UpdateSecretVersionStage",
  "secretsmanager:ValidateResourcePolicy",
]
`);
  });
});
