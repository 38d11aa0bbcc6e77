import { Testing } from "cdktf";
import type { UsedResources } from "../../constructs";
import { AccountStack } from "../../stacks/account-stack";
import { readAppConfig } from "../../stacks/config/app-config";
import type { Environment } from "../../stacks/config/environment";
import {
  createApp,
  createTemporaryDirectory,
  getOnlyBlock,
  listAddresses,
  removeTemporaryDirectories,
  type Synthesized,
} from "../support/stage";

afterAll(removeTemporaryDirectories);

const ACCOUNT: Environment = {
  STAGE: "account",
  AWS_ACCOUNT_ID: "123456789012",
  STATE_BUCKET_NAME: "our-state",
  OWNER: "operator",
};
const GITHUB: Environment = {
  GITHUB_REPOSITORY: "octo/auth",
  GITHUB_OWNER_ID: "1",
  GITHUB_REPOSITORY_ID: "2",
  ACCOUNT_STAGES: "dev,prod",
};

function createStack(settings: Environment): AccountStack {
  const { account } = readAppConfig(
    { ...ACCOUNT, ...settings },
    createTemporaryDirectory(),
  );
  if (account === undefined) throw new Error("no account");
  const stack = new AccountStack(createApp(), account);
  for (const stage of account.stages) stack.addDeployRoles(stage);
  return stack;
}

/** Lists the addresses of an account with the deploy roles of a stage. */
function listDeployAddresses(uses: UsedResources): string[] {
  const { account } = readAppConfig(
    { ...ACCOUNT, ...GITHUB, ACCOUNT_STAGES: "dev" },
    createTemporaryDirectory(),
  );
  if (account?.stages[0] === undefined) throw new Error("no stage");
  const stack = new AccountStack(createApp(), account);
  stack.addDeployRoles({ ...account.stages[0], ...uses });
  return listAddresses(JSON.parse(Testing.synth(stack, true)) as Synthesized);
}

function synthesize(settings: Environment = {}): Synthesized {
  return JSON.parse(Testing.synth(createStack(settings), true)) as Synthesized;
}

/** Returns the trusted subjects by role name. */
function listTrustedSubjects(
  configuration: Synthesized,
): Record<string, unknown> {
  const roles = Object.values(configuration.resource.aws_iam_role ?? {});
  return Object.fromEntries(
    roles.map((role) => {
      const trust = JSON.parse(String(role.assume_role_policy)) as {
        Statement: [{ Condition: { StringEquals: Record<string, unknown> } }];
      };
      const { StringEquals } = trust.Statement[0].Condition;
      expect(StringEquals["token.actions.githubusercontent.com:aud"]).toBe(
        "sts.amazonaws.com",
      );
      return [
        String(role.name),
        StringEquals["token.actions.githubusercontent.com:sub"],
      ];
    }),
  );
}

describe("an account's stack", () => {
  test("has a bucket and a boundary by default", () => {
    expect(listAddresses(synthesize())).toMatchInlineSnapshot(`
[
  "aws_iam_policy.boundary_45A5A84B",
  "aws_s3_bucket.state-bucket_5D7007DC",
  "aws_s3_bucket_lifecycle_configuration.state-bucket_lifecycle_C2B75840",
  "aws_s3_bucket_ownership_controls.state-bucket_ownership_A4364906",
  "aws_s3_bucket_policy.state-bucket_policy_7580CD97",
  "aws_s3_bucket_public_access_block.state-bucket_public-access_A7F1B8BC",
  "aws_s3_bucket_server_side_encryption_configuration.state-bucket_encryption_09E6F87B",
  "aws_s3_bucket_versioning.state-bucket_versioning_933ED8BF",
]
`);
  });

  test("has one OIDC provider and three roles per stage with a repository", () => {
    expect(listAddresses(synthesize(GITHUB))).toMatchInlineSnapshot(`
[
  "aws_iam_openid_connect_provider.oidc-provider_DE485312",
  "aws_iam_policy.boundary_45A5A84B",
  "aws_iam_role.deploy-roles_dev-apply_A05B5BC3",
  "aws_iam_role.deploy-roles_dev-plan_AB40166C",
  "aws_iam_role.deploy-roles_dev-rotate_B1CF5B9D",
  "aws_iam_role.deploy-roles_prod-apply_6F2F4EC6",
  "aws_iam_role.deploy-roles_prod-plan_890461A5",
  "aws_iam_role.deploy-roles_prod-rotate_D48CBC63",
  "aws_iam_role_policy.deploy-roles_dev-apply_policy_C92E82B4",
  "aws_iam_role_policy.deploy-roles_dev-plan_policy_FD6164D5",
  "aws_iam_role_policy.deploy-roles_dev-rotate_policy_291149A0",
  "aws_iam_role_policy.deploy-roles_prod-apply_policy_ACB75D61",
  "aws_iam_role_policy.deploy-roles_prod-plan_policy_1B855945",
  "aws_iam_role_policy.deploy-roles_prod-rotate_policy_034996B7",
  "aws_s3_bucket.state-bucket_5D7007DC",
  "aws_s3_bucket_lifecycle_configuration.state-bucket_lifecycle_C2B75840",
  "aws_s3_bucket_ownership_controls.state-bucket_ownership_A4364906",
  "aws_s3_bucket_policy.state-bucket_policy_7580CD97",
  "aws_s3_bucket_public_access_block.state-bucket_public-access_A7F1B8BC",
  "aws_s3_bucket_server_side_encryption_configuration.state-bucket_encryption_09E6F87B",
  "aws_s3_bucket_versioning.state-bucket_versioning_933ED8BF",
]
`);
  });

  test("has a customer managed key that encrypts all states with STATE_CUSTOMER_KEY", () => {
    const configuration = synthesize({ STATE_CUSTOMER_KEY: "true" });
    expect(getOnlyBlock(configuration, "aws_kms_alias").name).toBe(
      "alias/veda-auth-stack-state",
    );
    expect(configuration.terraform.backend).toMatchObject({
      s3: {
        kms_key_id:
          "arn:aws:kms:us-west-2:123456789012:alias/veda-auth-stack-state",
      },
    });
    expect(
      getOnlyBlock(
        configuration,
        "aws_s3_bucket_server_side_encryption_configuration",
      ).rule,
    ).toEqual([
      {
        apply_server_side_encryption_by_default: {
          sse_algorithm: "aws:kms",
          kms_master_key_id: expect.stringMatching(
            /^\$\{aws_kms_key\..*\.arn\}$/,
          ) as string,
        },
        bucket_key_enabled: true,
      },
    ]);
  });

  test("trusts pull requests to plan, branches to rotate, and only a GitHub environment to apply", () => {
    const subject = "repo:octo@1/auth@2:";
    const rotate = [
      `${subject}ref:refs/heads/dev`,
      `${subject}ref:refs/heads/main`,
    ];
    const plan = [`${subject}pull_request`, ...rotate];
    expect(listTrustedSubjects(synthesize(GITHUB))).toEqual({
      "veda-auth-stack-dev-plan": plan,
      "veda-auth-stack-dev-apply": `${subject}environment:dev`,
      "veda-auth-stack-dev-rotate": rotate,
      "veda-auth-stack-prod-plan": plan,
      "veda-auth-stack-prod-apply": `${subject}environment:prod`,
      "veda-auth-stack-prod-rotate": rotate,
    });
  });

  test("has the same configuration with the claims of GitHub's default", () => {
    expect(
      synthesize({ ...GITHUB, GITHUB_SUBJECT_CLAIMS: "repo,context" }),
    ).toEqual(synthesize(GITHUB));
  });

  test("trusts customized subjects", () => {
    const trusted = (claims: string) =>
      listTrustedSubjects(
        synthesize({
          ...GITHUB,
          ACCOUNT_STAGES: "dev",
          GITHUB_SUBJECT_CLAIMS: claims,
        }),
      );
    expect(trusted("repository_id,context")).toEqual({
      "veda-auth-stack-dev-plan": [
        "repository_id:2:pull_request",
        "repository_id:2:ref:refs/heads/dev",
        "repository_id:2:ref:refs/heads/main",
      ],
      "veda-auth-stack-dev-apply": "repository_id:2:environment:dev",
      "veda-auth-stack-dev-rotate": [
        "repository_id:2:ref:refs/heads/dev",
        "repository_id:2:ref:refs/heads/main",
      ],
    });
    // GitHub issues these tokens only to jobs in an environment
    expect(trusted("repo,environment")).toEqual({
      "veda-auth-stack-dev-plan": "repo:octo@1/auth@2:environment:plan",
      "veda-auth-stack-dev-apply": "repo:octo@1/auth@2:environment:dev",
      "veda-auth-stack-dev-rotate": "repo:octo@1/auth@2:environment:rotate",
    });
  });

  test.each(["Plan", "rotate"])(
    "fails when other jobs run in the environment %s of a stage",
    (environment) => {
      const settings = {
        ...GITHUB,
        ACCOUNT_STAGES: "dev",
        GITHUB_ENVIRONMENT: environment,
      };
      expect(createStack(settings).node.validate()).toEqual([]);
      const stack = createStack({
        ...settings,
        GITHUB_SUBJECT_CLAIMS: "repo,environment",
      });
      expect(stack.node.validate()).toEqual([
        `GITHUB_ENVIRONMENT must not be the environment of plans or rotations with GITHUB_SUBJECT_CLAIMS, got "${environment}" for stage "dev"`,
      ]);
    },
  );

  test("trusts a repository by name without ids", () => {
    const byName = {
      ...GITHUB,
      GITHUB_OWNER_ID: "",
      GITHUB_REPOSITORY_ID: "",
      GITHUB_ENVIRONMENT: "live",
      ACCOUNT_STAGES: "dev",
    };
    expect(
      listTrustedSubjects(synthesize(byName))["veda-auth-stack-dev-apply"],
    ).toBe("repo:octo/auth:environment:live");
  });

  test("has its roles on a path without roles of stages", () => {
    const roles = Object.values(synthesize(GITHUB).resource.aws_iam_role ?? {});
    expect(roles.map((role) => role.path)).toEqual(
      Array<string>(6).fill("/veda-auth-stack-account/"),
    );
  });

  test("does not create an existing provider or boundary", () => {
    const configuration = synthesize({
      ...GITHUB,
      OIDC_PROVIDER_URL: "token.actions.githubusercontent.com",
      OIDC_PROVIDER_EXISTS: "true",
      PERMISSIONS_BOUNDARY_POLICY_NAME: "theirs",
      PERMISSIONS_BOUNDARY_EXISTS: "true",
    });
    expect(configuration.resource).not.toHaveProperty(
      "aws_iam_openid_connect_provider",
    );
    expect(configuration.resource).not.toHaveProperty("aws_iam_policy");
    for (const role of Object.values(
      configuration.resource.aws_iam_role ?? {},
    )) {
      expect(role.permissions_boundary).toBe(
        "arn:aws:iam::123456789012:policy/theirs",
      );
    }
  });

  test("does not set its permissions boundary on the deploy roles", () => {
    for (const role of Object.values(
      synthesize(GITHUB).resource.aws_iam_role ?? {},
    )) {
      expect(role).not.toHaveProperty("permissions_boundary");
    }
  });

  test("attaches a policy to the apply role of a stage that uses existing resources", () => {
    const addresses = listDeployAddresses({});
    const triggerArns = [
      "arn:aws:lambda:us-west-2:123456789012:function:add-groups",
    ];
    const added = listDeployAddresses({ triggerArns }).filter(
      (address) => !addresses.includes(address),
    );
    expect(added).toMatchInlineSnapshot(`
[
  "aws_iam_policy.deploy-roles_dev-apply-uses_C37AC14D",
  "aws_iam_role_policy_attachment.deploy-roles_dev-apply_policy-0_8A700D74",
]
`);
  });

  test("has outputs with the settings of CI", () => {
    expect(Object.keys(synthesize(GITHUB).output)).toEqual([
      "dev_apply_role_arn",
      "dev_plan_role_arn",
      "dev_rotate_role_arn",
      "oidc_provider_arn",
      "permissions_boundary_policy_name",
      "prod_apply_role_arn",
      "prod_plan_role_arn",
      "prod_rotate_role_arn",
      "state_bucket_name",
    ]);
  });

  test("fails when a stage has access to another", () => {
    const stack = createStack(GITHUB);
    const stage = {
      region: "us-west-2",
      githubEnvironment: "Prod",
      environmentSecretName: "veda-auth-prod-2-env",
    };
    stack.addDeployRoles({
      ...stage,
      stage: "prod-2",
      stackName: "veda-auth-stack-prod-2",
      stateKey: "a/*",
    });
    expect(stack.node.validate()).toEqual([
      expect.stringMatching(/^state key must be .* \* or \?.*, got "a\/\*"$/),
      'GITHUB_ENVIRONMENT must be unique, got "prod" for stage "prod" and stage "prod-2"',
      expect.stringMatching(
        /^APP_NAME-STAGE of stage "prod-2" must not begin with/,
      ),
    ]);
  });

  test("fails when a stage has deploy roles twice, as one problem", () => {
    const stack = createStack(GITHUB);
    for (const stage of stack.config.stages) stack.addDeployRoles(stage);
    expect(
      stack.node.findAll().flatMap((construct) => construct.node.validate()),
    ).toEqual([
      'stage must be unique, got "dev" twice',
      'stage must be unique, got "prod" twice',
    ]);
  });

  test("fails when a stage has deploy roles without a repository", () => {
    const stack = createStack({});
    stack.addDeployRoles({
      stage: "dev",
      stackName: "veda-auth-stack-dev",
      region: "us-west-2",
      stateKey: "a",
      githubEnvironment: "dev",
      environmentSecretName: "veda-auth-dev-env",
    });
    expect(stack.node.validate()).toEqual([
      'GITHUB_REPOSITORY is required for the deploy roles of stage "dev"',
    ]);
  });
});
