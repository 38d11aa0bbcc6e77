import * as identity from "@aws-sdk/client-cognito-identity";
import * as idp from "@aws-sdk/client-cognito-identity-provider";
import * as iam from "@aws-sdk/client-iam";
import * as s3 from "@aws-sdk/client-s3";
import {
  ACCOUNT_ID,
  createClientConfig,
  DEMO_ACCOUNT,
  prepareAccount,
} from "../../scripts/lib/demo/account";
import type { DoctorReport } from "../../scripts/lib/doctor/run-checks";
import type {
  IdentityStatement,
  PolicyDocument,
} from "../../constructs/policy-document";
import type { Environment } from "../../stacks/config/environment";
import type { DeployAction } from "../../stacks/naming";
import {
  startCheckedAws,
  type CheckedLocalAws,
} from "../support/api-model/checked-aws";
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
import { listStackResources } from "../../scripts/lib/demo/stack-resources";

const BUCKET = "our-auth-state";
const DEV = "veda-auth-stack-dev";
const STAGING = "veda-auth-stack-staging";
const COMMON: Environment = {
  OWNER: "operator",
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

/** Requests to IAM by role. */
type RequestsByRole = Record<DeployAction, Map<string, IamRequest>>;

let aws: CheckedLocalAws;
let proxy: FaultProxy;
let files: Deployment;
const requestsByRole: RequestsByRole = {
  plan: new Map(),
  apply: new Map(),
  rotate: new Map(),
};
const statements: Partial<
  Record<keyof RequestsByRole, readonly IdentityStatement[]>
> = {};

/** Sends the next calls as a role, evaluates them with its policy and records them. */
function useRole(stack: string, action: keyof RequestsByRole): void {
  const session = sessions.get(`${stack}-${action}`);
  own = session?.statements ?? [];
  files.variables = session?.variables ?? {};
  recorded = new Map();
  if (stack === DEV) {
    statements[action] = own;
    recorded = requestsByRole[action];
  }
}

/** Decides on a call as IAM does. */
async function isAllowed(call: Call): Promise<boolean> {
  // needs the secret of a client, and no permission
  if (/^\/oauth2\/|\/\.well-known\//.test(call.url)) return true;
  const signer = /Credential=(\w+)/.exec(call.headers.authorization ?? "");
  signers.add(signer?.[1]);
  let wanted: readonly IamRequest[];
  try {
    wanted = requests.map(call);
  } catch (error) {
    unknownCalls.push(String(error));
    return false;
  }
  const decisions = await Promise.all(
    wanted.map(async (request) => {
      recorded.set(JSON.stringify(request), request);
      const options = request.action.startsWith("s3:")
        ? { resourcePolicy: bucketPolicy }
        : {};
      return evaluateRequest(own, request, options);
    }),
  );
  return decisions.every((decision) => decision.isAllowed);
}

const requests = new IamRequestMapper(ACCOUNT_ID, "us-west-2");
let bucketPolicy: PolicyDocument;
let own: readonly IdentityStatement[] = [];
let recorded = new Map<string, IamRequest>();
/** Calls without known requests. */
const unknownCalls: string[] = [];
const sessions = new Map<string, RoleSession>();
/** Access keys that signed the calls. */
const signers = new Set<string | undefined>();

beforeAll(async () => {
  if (describeLocal !== describe) return;
  aws = await startCheckedAws();
  await Promise.all([prepareAccount(aws), createStateBucket(aws, BUCKET)]);
  proxy = await FaultProxy.start(aws.endpoint);
  const existingPools = await createPools();
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
    ".env.staging": { ...existingPools, DATA_MANAGERS_ROLE_ARN: managersRole },
  });
  expectSuccess(await files.runCommand("bootstrap", "--yes"));
  const { Policy = "" } = await new s3.S3Client({
    ...createClientConfig(aws),
    forcePathStyle: true,
  }).send(new s3.GetBucketPolicyCommand({ Bucket: BUCKET }));
  bucketPolicy = JSON.parse(Policy) as PolicyDocument;
  for (const name of [
    `${DEV}-plan`,
    `${DEV}-apply`,
    `${DEV}-rotate`,
    `${STAGING}-apply`,
  ])
    sessions.set(name, await assumeRole(aws, name));
  // the local AWS does not evaluate conditions on tags of pools, boundaries and passed roles
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

/** Creates pools without the tag of a stage. */
async function createPools(): Promise<Environment> {
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

describeLocal("a complete stage, in this order,", () => {
  test("is deployed by its apply role, with its state in the account's bucket", async () => {
    useRole(DEV, "apply");
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

  test("is planned by its plan role, without changes", async () => {
    useRole(DEV, "plan");
    expectSuccess(await files.plan(DEV, "-lock=false"));
  }, 60_000);

  test("is checked by doctor with its plan role, in which no check fails", async () => {
    useRole(DEV, "plan");
    const { stdout } = await files.runCommand(
      "doctor",
      "--stage",
      "dev",
      "--format",
      "json",
    );
    const { checks } = JSON.parse(stdout) as DoctorReport;
    expect(checks.filter(({ status }) => status === "failed")).toEqual([]);
    expect(
      checks
        .filter(({ message }) => message.startsWith("missing permission"))
        .map(({ id }) => id),
      // a secret that does not exist, and the role that another owner manages
    ).toEqual(["settings", "group-roles"]);
  }, 60_000);

  test("fails when the plan role locks the state", async () => {
    recorded = new Map();
    const { code, stderr } = await files.plan(DEV);
    expect([code, stderr]).toEqual([
      1,
      expect.stringMatching(/Error acquiring the state lock/),
    ]);
  }, 60_000);

  test("fails when the plan role changes it", async () => {
    files.write(".env.dev", {
      ...FULL,
      DASHBOARD_CALLBACK_URLS: "https://b.example/",
      PROGRAMMATIC_CALLBACK_URLS: "http://localhost:9000/",
      COGNITO_GROUPS: "false",
      SECRET_ROLE_ACCESS: "",
      OWNER: "another-operator",
      DELETION_PROTECTION: "false",
    });
    recorded = new Map();
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

  test("is changed by its apply role, with a change of every type", async () => {
    useRole(DEV, "apply");
    expectSuccess(await files.apply(DEV));
  }, 60_000);

  test("has its secrets rotated by its rotate role, which requires all of its permissions", async () => {
    useRole(DEV, "rotate");
    const rotate = ["rotate-secret", "--stage", "dev", "--all"] as const;
    for (const action of ["started", "finished"]) {
      const { code, stdout, stderr } = await files.runCommand(
        ...rotate,
        ...(action === "finished" ? ["--finish"] : []),
      );
      expect([code, code === 0 ? "" : stderr]).toEqual([0, ""]);
      expect(JSON.parse(stdout)).toMatchObject({
        client: "workflows-client",
        action,
      });
    }
    const used = [...recorded.values()].map(({ action }) => action);
    const allowed = own.flatMap(({ Action }) => Action);
    expect([...new Set(used)].sort()).toEqual(
      [...new Set(allowed)].filter((one) => one !== "s3:GetObject").sort(),
    );
  }, 60_000);

  test("shares the account's OIDC provider with another stage, which its own role deploys with existing pools", async () => {
    useRole(DEV, "apply");
    const { oidc_provider_arn: ofDev } = await files.readOutputs(DEV);
    useRole(STAGING, "apply");
    await files.init(STAGING);
    expectSuccess(await files.apply(STAGING));
    const { oidc_provider_arn: arn } = await files.readOutputs(STAGING);
    expect(ofDev).toBe(arn);
    const { OpenIDConnectProviderList } = await new iam.IAMClient(
      createClientConfig(aws),
    ).send(new iam.ListOpenIDConnectProvidersCommand({}));
    expect(OpenIDConnectProviderList).toEqual([{ Arn: arn }]);
  }, 60_000);

  test("fails when the role of another stage plans it", async () => {
    const { code, stderr } = await files.plan(DEV);
    expect([code, stderr]).toEqual([
      1,
      expect.stringMatching(/AccessDenied|not authorized|403/),
    ]);
  }, 60_000);

  test("fails when its role requests resources of another stage from IAM directly", async () => {
    useRole(DEV, "apply");
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
    const similar = `${DEV}-2-veda-writers`;
    const root = new iam.IAMClient(createClientConfig(aws));
    await root.send(
      new iam.CreateRoleCommand({
        RoleName: similar,
        AssumeRolePolicyDocument: "{}",
        Tags: [{ Key: "Stack", Value: "dev-2" }],
      }),
    );
    const boundary = `arn:aws:iam::${ACCOUNT_ID}:policy/veda-auth-stack-boundary`;
    for (const command of [
      new iam.GetRoleCommand({ RoleName: `${STAGING}-veda-writers` }),
      new iam.GetRoleCommand({ RoleName: similar }),
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
      new iam.DeleteRoleCommand({ RoleName: similar }),
      new iam.UntagRoleCommand({ RoleName: similar, TagKeys: ["Stack"] }),
    ])
      await expect(roles.send(command as iam.GetRoleCommand)).rejects.toThrow(
        /not authorized to perform: iam:/,
      );
    await root.send(new iam.DeleteRoleCommand({ RoleName: similar }));
  }, 30_000);

  test("does not delete existing pools when the other stage is destroyed", async () => {
    useRole(STAGING, "apply");
    expectSuccess(await files.destroy(STAGING));
  }, 60_000);

  test("is destroyed by its apply role", async () => {
    useRole(DEV, "apply");
    expectSuccess(await files.destroy(DEV));
    expect(
      (await listStackResources(aws, DEV)).filter(
        (resource) => !/^OIDC provider|-(plan|apply|rotate)$/.test(resource),
      ),
    ).toEqual([]);
  }, 60_000);

  test("is accessed with temporary credentials of roles only", () => {
    const keys = [...sessions.values()].map(
      ({ variables }) => variables.AWS_ACCESS_KEY_ID,
    );
    expect([...signers].sort()).toEqual(keys.sort());
    expect(keys.filter((key) => key?.startsWith("ASIA") !== true)).toEqual([]);
  });

  test("sends only calls with known requests", () => {
    expect(unknownCalls).toEqual([]);
  });

  test("sends many requests in each run", () => {
    expect(requestsByRole.plan.size).toBeGreaterThan(20);
    expect(requestsByRole.apply.size).toBeGreaterThan(50);
  });

  test("is planned without write requests", () => {
    const writes = [...requestsByRole.plan.values()].filter(
      ({ action }) => !/:(Get|List|Describe)/.test(action),
    );
    expect(writes).toEqual([]);
  });

  test("requires every permission to write, except for repairs and for sign-in features, which another test has", () => {
    const used = new Set(
      [...requestsByRole.apply.values()].map(({ action }) => action),
    );
    const allowedActions = (statements.apply ?? [])
      .filter(({ Effect }) => Effect === "Allow")
      .flatMap(({ Action }) => Action);
    const unused = allowedActions.filter((action) => !used.has(action)).sort();
    expect(unused).toMatchInlineSnapshot(`
[
  "cognito-identity:ListTagsForResource",
  "cognito-identity:UntagResource",
  "cognito-identity:UpdateIdentityPool",
  "cognito-idp:AddCustomAttributes",
  "cognito-idp:CreateIdentityProvider",
  "cognito-idp:CreateManagedLoginBranding",
  "cognito-idp:DeleteIdentityProvider",
  "cognito-idp:DeleteManagedLoginBranding",
  "cognito-idp:DescribeIdentityProvider",
  "cognito-idp:DescribeManagedLoginBranding",
  "cognito-idp:GetLogDeliveryConfiguration",
  "cognito-idp:GetUICustomization",
  "cognito-idp:ListTagsForResource",
  "cognito-idp:SetLogDeliveryConfiguration",
  "cognito-idp:SetUICustomization",
  "cognito-idp:SetUserPoolMfaConfig",
  "cognito-idp:UntagResource",
  "cognito-idp:UpdateGroup",
  "cognito-idp:UpdateIdentityProvider",
  "cognito-idp:UpdateManagedLoginBranding",
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
  "secretsmanager:ValidateResourcePolicy",
]
`);
  });
});
