import * as idp from "@aws-sdk/client-cognito-identity-provider";
import * as identity from "@aws-sdk/client-cognito-identity";
import * as iam from "@aws-sdk/client-iam";
import {
  ACCOUNT_ID,
  createClientConfig,
  DEMO_ACCOUNT,
  createDemoUser,
} from "../../scripts/lib/demo/account";
import type { AttachedLocalAws } from "../../scripts/lib/local-aws/local-aws";
import type { IdentityStatement } from "../../constructs/policy-document";
import type { Environment } from "../../stacks/config/environment";
import {
  Deployment,
  describeLocal,
  startLocalAccount,
  expectSuccess,
} from "../support/deployment";
import {
  DeployRoleRequests,
  synthesizeDeployRoles,
} from "../support/deploy-role-requests";
import { removeTemporaryDirectories } from "../support/stage";
import { listStackResources } from "../../scripts/lib/demo/stack-resources";

const managers = {
  DATA_MANAGERS_ROLE_ARN: `arn:aws:iam::${ACCOUNT_ID}:role/${DEMO_ACCOUNT.managersRole}`,
};
const boundary = {
  PERMISSIONS_BOUNDARY_POLICY_NAME: DEMO_ACCOUNT.boundaryPolicy,
};
const dashboard = {
  DASHBOARD_CALLBACK_URLS: "https://a.example/",
  DASHBOARD_LOGOUT_URLS: "https://a.example/",
};

/** Settings that each stage adds to the minimal ones. `POOL`, `POOL_WITH_DOMAIN` and `IDENTITY_POOL` are replaced by existing resources. */
const configurations: Readonly<Record<string, Environment>> = {
  minimal: {},
  everything: {
    COGNITO_GROUPS: "true",
    AWS_ACCOUNT_ID: ACCOUNT_ID,
    OIDC_PROVIDER_URL: "made.example",
    SECRET_ROLE_ACCESS: managers.DATA_MANAGERS_ROLE_ARN,
    PROGRAMMATIC_CALLBACK_URLS: "http://localhost:8000/",
    ...managers,
    ...dashboard,
  },
  managers: {
    OIDC_PROVIDER_URL: "existing.example",
    OIDC_PROVIDER_EXISTS: "true",
    ...managers,
  },
  "existing-user-pool": { USER_POOL_ID: "POOL", COGNITO_GROUPS: "true" },
  "existing-both": {
    USER_POOL_ID: "POOL_WITH_DOMAIN",
    USER_POOL_DOMAIN: "theirs",
    IDENTITY_POOL_ARN: "IDENTITY_POOL",
    COGNITO_GROUPS: "true",
  },
  "existing-identity-pool": { IDENTITY_POOL_ARN: "IDENTITY_POOL", ...managers },
};
const stages = Object.keys(configurations);

/** Requests that the apply role of a stage does not allow: an administrator creates the OIDC provider of an account. */
const DENIED: Readonly<Record<string, readonly string[]>> = {
  everything: ["Create", "Delete"].map(
    (verb) =>
      `iam:${verb}OpenIDConnectProvider arn:aws:iam::${ACCOUNT_ID}:oidc-provider/made.example`,
  ),
};

describeLocal("a stage on a local AWS", () => {
  let aws: AttachedLocalAws;
  let requests: DeployRoleRequests;
  let roles: Map<string, readonly IdentityStatement[]>;
  let deployment: Deployment;

  beforeAll(async () => {
    aws = await startLocalAccount();
    const existing = await createExistingResources(aws);
    const files = Object.fromEntries(
      Object.entries(configurations).map(([stage, settings]) => [
        `.env.${stage}`,
        Object.fromEntries(
          Object.entries(settings).map(([name, value]) => [
            name,
            existing[value ?? ""] ?? value,
          ]),
        ),
      ]),
    );
    requests = await DeployRoleRequests.start(aws, ACCOUNT_ID);
    deployment = new Deployment(requests.endpoint, {
      ".env": {
        STATE_BUCKET_NAME: DEMO_ACCOUNT.stateBucket,
        ...boundary,
        DELETION_PROTECTION: "false",
        SECRET_RECOVERY_DAYS: "0",
      },
      ...files,
    });
    expectSuccess(await deployment.synth());
    roles = synthesizeDeployRoles(
      {
        AWS_ACCOUNT_ID: ACCOUNT_ID,
        STATE_BUCKET_NAME: DEMO_ACCOUNT.stateBucket,
        OWNER: "operator",
        GITHUB_REPOSITORY: "octo/auth",
        ACCOUNT_STAGES: stages.join(","),
        ...boundary,
      },
      deployment.directory,
    );
  }, 60_000);

  afterAll(async () => {
    await requests.stop();
    await aws.stop();
    removeTemporaryDirectories();
  });

  test.each(stages)(
    "%s is applied, has an empty second plan, works and is destroyed completely",
    async (stage) => {
      const stack = `veda-auth-stack-${stage}`;
      await deployment.init(stack);
      expectSuccess(await deployment.apply(stack));
      requests.role = "plan";
      expectSuccess(await deployment.plan(stack, "-lock=false"));
      requests.role = "apply";

      const use = deployment.createCommands(stage);
      const outputs = await use.readOutputs();
      expect(outputs).toEqual(await deployment.readOutputs(stack));
      const token = await use.getServiceToken("workflows-client");
      expect(token.scope).toBe(
        "veda-stac-ingestion-registry-server/stac:register",
      );
      const settings = configurations[stage] ?? {};
      if (
        settings.COGNITO_GROUPS !== undefined &&
        settings.IDENTITY_POOL_ARN === undefined
      ) {
        const pool = outputs.userpool_id ?? "";
        const user = await createDemoUser(aws, pool, ["veda-readers"]);
        const credentials = await use.getCredentials(
          user.userName,
          user.password,
        );
        expect(credentials.AccessKeyId).toMatch(/^ASIA/);
      }

      expectSuccess(await deployment.destroy(stack));
      const remaining = await deployment.terraform(stack, "state", "list");
      expectSuccess(remaining);
      expect(remaining.stdout).toBe("");
      const pool =
        settings.USER_POOL_ID === undefined ? undefined : outputs.userpool_id;
      if (pool !== undefined) expect(await listContents(aws, pool)).toEqual([]);
      expect(
        (await listStackResources(aws, stack)).filter(
          (resource) => !resource.includes("existing.example"),
        ),
      ).toEqual([]);
      for (const role of ["plan", "apply"] as const) {
        const statements = roles.get(`${stack}-${role}`) ?? [];
        const { count, denied } = await requests.evaluate(role, statements);
        expect(denied).toEqual(role === "apply" ? (DENIED[stage] ?? []) : []);
        expect(count).toBeGreaterThan(5);
      }
    },
    120_000,
  );
});

/** Lists the clients, groups and resource servers of a user pool. */
async function listContents(
  aws: AttachedLocalAws,
  pool: string,
): Promise<unknown[]> {
  const users = new idp.CognitoIdentityProviderClient(createClientConfig(aws));
  const of = { UserPoolId: pool, MaxResults: 50 };
  const [clients, groups, servers] = await Promise.all([
    users.send(new idp.ListUserPoolClientsCommand(of)),
    users.send(new idp.ListGroupsCommand({ UserPoolId: pool })),
    users.send(new idp.ListResourceServersCommand(of)),
  ]);
  return [
    clients.UserPoolClients,
    groups.Groups,
    servers.ResourceServers,
  ].flatMap((list) => list ?? []);
}

/** Creates the existing pools and the OIDC provider, and returns their ids by placeholder. */
async function createExistingResources(
  aws: AttachedLocalAws,
): Promise<Record<string, string>> {
  const config = createClientConfig(aws);
  const users = new idp.CognitoIdentityProviderClient(config);
  const [plain, withDomain] = await Promise.all(
    ["plain", "with-domain"].map((name) =>
      users.send(new idp.CreateUserPoolCommand({ PoolName: name })),
    ),
  );
  await users.send(
    new idp.CreateUserPoolDomainCommand({
      UserPoolId: withDomain?.UserPool?.Id,
      Domain: "theirs",
    }),
  );
  const { IdentityPoolId } = await new identity.CognitoIdentityClient(
    config,
  ).send(
    new identity.CreateIdentityPoolCommand({
      IdentityPoolName: "theirs",
      AllowUnauthenticatedIdentities: false,
    }),
  );
  await new iam.IAMClient(config).send(
    new iam.CreateOpenIDConnectProviderCommand({
      Url: "https://existing.example",
      ClientIDList: ["sts.amazonaws.com"],
    }),
  );
  return {
    POOL: plain?.UserPool?.Id ?? "",
    POOL_WITH_DOMAIN: withDomain?.UserPool?.Id ?? "",
    IDENTITY_POOL: `arn:aws:cognito-identity:us-west-2:${ACCOUNT_ID}:identitypool/${IdentityPoolId ?? ""}`,
  };
}
