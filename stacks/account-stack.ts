import type { App } from "cdktf";
import { Construct } from "constructs";
import {
  addValidationErrors,
  BoundaryPolicy,
  check,
  claimId,
  createApplyStatements,
  createBoundaryStatements,
  createPlanStatements,
  createUseStatements,
  type DeployScope,
  formatPullRequestSubjects,
  type GitHubRepository,
  type GitHubSubject,
  type IOidcProvider,
  LIMITS,
  ManagedPolicy,
  OidcReadOnlyRole,
  OidcRole,
  StateBucket,
  StateEncryptionKey,
} from "../constructs";
import { BaseStack } from "./base-stack";
import { BRANCH_STAGES } from "./config/branches";
import type { AccountConfig, DeployedStage } from "./config/config";
import { findDeployConflicts } from "./config/stage-conflicts";
import {
  getDeployRoleName,
  getDeployRolePath,
  getOutputName,
  getPlanEnvironment,
} from "./naming";

/**
 * The resources that all stages of an account share: the bucket of the states, the permissions boundary, GitHub's OIDC
 * provider, and a plan role and an apply role for each stage.
 */
export class AccountStack extends BaseStack<AccountConfig> {
  private readonly encryptionKeyArn: string | null;
  private readonly provider: IOidcProvider | undefined;
  private readonly roles = new Construct(this, "deploy-roles");
  private readonly deployed: DeployedStage[] = [];

  constructor(app: App, config: AccountConfig) {
    super(app, config);
    const { accountId, region, stateBucket, github } = config;
    this.encryptionKeyArn = this.createEncryptionKey();
    new StateBucket(this, "state-bucket", {
      bucketName: stateBucket.name,
      accountId,
      region,
      encryptionKeyArn: this.encryptionKeyArn,
    });
    this.createBoundary();
    this.provider = github && this.createOidcProvider(github.oidcProvider);
    this.addOutput(
      "state_bucket_name",
      stateBucket.name,
      "Bucket of the Terraform states",
    );
    this.addOutput(
      "permissions_boundary_policy_name",
      config.boundary.policyName,
      "Policy that bounds every role of a stage",
    );
  }

  /**
   * Adds the roles of CI for one stage. Pull requests and the branches that deploy can plan the stage; jobs of its GitHub
   * environment can apply it. Reports an error if the roles have access to another stage.
   */
  addDeployRoles(stage: DeployedStage): void {
    const { github, region, stackName } = this.config;
    const { provider } = this;
    if (github === undefined || provider === undefined) {
      addValidationErrors(
        this,
        `GITHUB_REPOSITORY is required for the deploy roles of stage "${stage.stage}"`,
      );
      return;
    }
    if (this.deployed.some((other) => other.stage === stage.stage)) {
      addValidationErrors(
        this,
        `stage must be unique, got "${stage.stage}" twice`,
      );
      return;
    }
    addValidationErrors(
      this,
      check(LIMITS.stateKey, stage.stateKey),
      ...this.deployed.flatMap((other) => findDeployConflicts([other, stage])),
      stage.githubEnvironment.toLowerCase() ===
        getPlanEnvironment(github.claimKeys)
        ? `GITHUB_ENVIRONMENT must not be the environment of plans with GITHUB_SUBJECT_CLAIMS, got "${stage.githubEnvironment}" for stage "${stage.stage}"`
        : undefined,
    );
    this.deployed.push(stage);
    const { owner, repo, ids, claimKeys } = github;
    const repository = { owner, repo, ...ids, claimKeys };
    const planSubjects = createPlanSubjects(repository);
    const scope = this.createDeployScope(stage);
    const common = { provider, region, path: getDeployRolePath(stackName) };
    const plan = new OidcReadOnlyRole(
      ...claimId(this.roles, `${stage.stage}-plan`),
      {
        ...common,
        roleName: getDeployRoleName(stage.stackName, "plan"),
        description: `Plans stage ${stage.stage} of VEDA auth`,
        statements: createPlanStatements(scope),
        subjects: planSubjects,
      },
    );
    const apply = new OidcRole(...claimId(this.roles, `${stage.stage}-apply`), {
      ...common,
      roleName: getDeployRoleName(stage.stackName, "apply"),
      description: `Changes stage ${stage.stage} of VEDA auth`,
      statements: createApplyStatements(scope),
      managedPolicyArns: this.createUsePolicies(scope),
      subjects: [{ ...repository, environment: stage.githubEnvironment }],
    });
    this.addOutput(
      getOutputName(stage.stage, "plan_role_arn"),
      plan.roleArn,
      `Role that plans stage ${stage.stage}`,
    );
    this.addOutput(
      getOutputName(stage.stage, "apply_role_arn"),
      apply.roleArn,
      `Role that changes stage ${stage.stage}`,
    );
  }

  /** Returns the ARN of the policy for the existing resources that a stage uses; none if it uses none. */
  private createUsePolicies(scope: DeployScope): readonly string[] {
    const statements = createUseStatements(scope);
    if (statements.length === 0) return [];
    const policy = new ManagedPolicy(this.roles, `${scope.stage}-apply-uses`, {
      policyName: `${getDeployRoleName(scope.stackName, "apply")}-uses`,
      description: `Existing resources that stage ${scope.stage} of VEDA auth uses`,
      statements,
    });
    return [policy.policyArn];
  }

  private createEncryptionKey(): string | null {
    const { accountId, region, stateBucket } = this.config;
    const { encryptionKeyAlias: alias } = stateBucket;
    return alias === undefined
      ? null
      : new StateEncryptionKey(this, "state-encryption-key", {
          alias,
          accountId,
          region,
        }).keyArn;
  }

  private createBoundary(): void {
    const { boundary, region, stateBucket } = this.config;
    if (boundary.origin === "existing") return;
    new BoundaryPolicy(this, "boundary", {
      policyName: boundary.policyName,
      statements: createBoundaryStatements({
        region,
        buckets: boundary.buckets,
        stateBucket: stateBucket.name,
        stateEncryptionKeyArn: this.encryptionKeyArn,
      }),
    });
  }

  private createDeployScope(stage: DeployedStage): DeployScope {
    const { accountId, boundary, stackName, stateBucket } = this.config;
    return {
      ...stage,
      accountId,
      stateBucket: stateBucket.name,
      boundaryPolicyArn: this.getPolicyArn(boundary.policyName),
      deployRolePath: getDeployRolePath(stackName),
      stateEncryptionKeyArn: this.encryptionKeyArn,
    };
  }
}

/** Returns the subjects of the runs that plan: pull requests, and scheduled runs, which have the subject of a branch. */
function createPlanSubjects(
  repository: GitHubRepository,
): readonly (GitHubSubject | string)[] {
  const environment = getPlanEnvironment(repository.claimKeys);
  if (environment !== undefined) return [{ ...repository, environment }];
  return [
    ...formatPullRequestSubjects(repository),
    ...Object.keys(BRANCH_STAGES).map((branch) => ({ ...repository, branch })),
  ];
}
