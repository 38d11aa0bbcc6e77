import * as idp from "@aws-sdk/client-cognito-identity-provider";
import {
  ACCOUNT_ID,
  createClientConfig,
  createDemoUser,
} from "../../scripts/lib/demo/account";
import type { AttachedLocalAws } from "../../scripts/lib/local-aws/local-aws";
import type { IdentityStatement } from "../../constructs/policy-document";
import {
  CONFIGURATION_NAMES,
  createConfiguration,
} from "../support/configurations";
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
import { ExistingResourceSet } from "../support/existing-resources";
import { removeTemporaryDirectories } from "../support/stage";
import { listStackResources } from "../../scripts/lib/demo/stack-resources";

const PREFIX = "theirs";

/** Requests that the apply role of a stage does not allow: an administrator creates the OIDC provider of an account. */
const DENIED: Readonly<Record<string, readonly string[]>> = {
  everything: ["Create", "Delete"].map(
    (verb) =>
      `iam:${verb}OpenIDConnectProvider arn:aws:iam::${ACCOUNT_ID}:oidc-provider/new.${PREFIX}.example`,
  ),
};

describeLocal("a stage on a local AWS", () => {
  let aws: AttachedLocalAws;
  let requests: DeployRoleRequests;
  let roles: Map<string, readonly IdentityStatement[]>;
  let deployment: Deployment;
  let existing: ExistingResourceSet;

  beforeAll(async () => {
    aws = await startLocalAccount();
    const clientConfig = createClientConfig(aws);
    existing = new ExistingResourceSet(
      {
        accountId: ACCOUNT_ID,
        partition: "aws",
        region: clientConfig.region,
        clientConfig,
      },
      PREFIX,
    );
    await existing.create();
    expect(existing.failures).toEqual([]);
    const { STATE_BUCKET, BOUNDARY_POLICY } = existing.ids;
    // the deploy roles create roles only with the boundary
    const boundary = { PERMISSIONS_BOUNDARY_POLICY_NAME: BOUNDARY_POLICY };
    requests = await DeployRoleRequests.start(aws, ACCOUNT_ID);
    deployment = new Deployment(requests.endpoint, {
      ".env": boundary,
      ...Object.fromEntries(
        CONFIGURATION_NAMES.map((stage) => [
          `.env.${stage}`,
          createConfiguration(stage, existing.ids).settings,
        ]),
      ),
    });
    await deployment.startProvider();
    expectSuccess(await deployment.synth());
    roles = synthesizeDeployRoles(
      {
        AWS_ACCOUNT_ID: ACCOUNT_ID,
        STATE_BUCKET_NAME: STATE_BUCKET,
        OWNER: "operator",
        GITHUB_REPOSITORY: "octo/auth",
        ACCOUNT_STAGES: CONFIGURATION_NAMES.join(","),
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

  test.each(CONFIGURATION_NAMES)(
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
      const { settings, group } = createConfiguration(stage, existing.ids);
      if (group !== undefined) {
        const pool = outputs.userpool_id ?? "";
        const user = await createDemoUser(aws, pool, [group]);
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
          (resource) => !resource.includes(`existing.${PREFIX}.example`),
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
