import type { App } from "cdktf";
import { Construct } from "constructs";
import { createApplyStatements } from "../constructs/deployment/apply-permissions";
import {
  BoundaryPolicy,
  createBoundaryStatements,
} from "../constructs/deployment/permissions-boundary";
import type { DeployScope } from "../constructs/deployment/deploy-scope";
import {
  formatPullRequestSubjects,
  type GitHubRepository,
} from "../constructs/github-subject";
import { LIMITS } from "../constructs/constraints";
import { getDeployRoleName, getDeployRolePath, getOutputName } from "./naming";
import { type IOidcProvider, OidcProvider } from "../constructs/oidc-provider";
import { OidcReadOnlyRole } from "../constructs/oidc-read-only-role";
import { OidcRole, type OidcRoleProps } from "../constructs/oidc-role";
import { createPlanStatements } from "../constructs/deployment/plan-permissions";
import { StateBucket } from "../constructs/deployment/state-bucket";
import { StateEncryptionKey } from "../constructs/deployment/state-encryption-key";
import {
  addValidationErrors,
  check,
  ensureUniqueId,
} from "../constructs/validation";
import type { AccountConfig, DeployedStage } from "./config/config";
import { BRANCH_STAGES } from "./config/branches";
import { findDeployConflicts } from "./config/stage-conflicts";
import { addOutput } from "./outputs";
import { BaseStack } from "./base-stack";

/**
 * What the stages of one account share, and no stage could own: the bucket of the states, the policy that bounds their
 * roles, GitHub's OIDC provider and, for each stage, a role that plans and a role that applies.
 */
export class AccountStack extends BaseStack<AccountConfig> {
  private readonly bucketName: string;
  private readonly encryptionKeyArn: string | null;
  private readonly provider: IOidcProvider | undefined;
  private readonly roles = new Construct(this, "deploy-roles");
  private readonly deployed: DeployedStage[] = [];

  constructor(app: App, stage: AccountConfig) {
    super(app, stage);
    this.encryptionKeyArn = this.createEncryptionKey();
    const { accountId, region, stateBucket } = stage;
    this.bucketName = stateBucket.name;
    new StateBucket(this, "state-bucket", {
      bucketName: this.bucketName,
      accountId,
      region,
      encryptionKeyArn: this.encryptionKeyArn,
    });
    this.createBoundary();
    this.provider = this.createProvider();
    this.addOutputs();
  }

  /**
   * Adds the roles of CI for one stage: pull requests and branches that deploy may plan it, jobs of its GitHub environment
   * may change it. A stage whose roles would reach another's is reported at synth.
   */
  addDeployRoles(stage: DeployedStage): void {
    const { github, stackName: accountStack } = this.config;
    if (github === undefined || this.provider === undefined) {
      addValidationErrors(
        this,
        `GITHUB_REPOSITORY must be given for roles that deploy, got none for stage "${stage.stage}"`,
      );
      return;
    }
    addValidationErrors(
      this,
      check(LIMITS.stateKey, stage.stateKey),
      ...this.deployed.flatMap((other) => findDeployConflicts([other, stage])),
    );
    this.deployed.push(stage);
    const repository: GitHubRepository = {
      owner: github.owner,
      repo: github.repo,
      ...github.ids,
    };
    const scope = this.createDeployScope(stage);
    const role = (
      may: "plan" | "apply",
    ): Omit<OidcRoleProps, "subjects"> & {
      readonly provider: IOidcProvider;
    } => ({
      provider: this.provider ?? { issuer: "", providerArn: "" },
      roleName: getDeployRoleName(stage.stackName, may),
      path: getDeployRolePath(accountStack),
      region: this.config.region,
      description: `${may === "plan" ? "Plans" : "Changes"} stage ${stage.stage} of VEDA auth`,
      statements:
        may === "plan"
          ? createPlanStatements(scope)
          : createApplyStatements(scope),
    });
    const plan = new OidcReadOnlyRole(
      this.roles,
      ensureUniqueId(this.roles, `${stage.stage}-plan`),
      {
        ...role("plan"),
        subjects: [
          ...formatPullRequestSubjects(repository),
          // scheduled runs are of a branch
          ...Object.keys(BRANCH_STAGES).map((branch) => ({
            ...repository,
            branch,
          })),
        ],
      },
    );
    const apply = new OidcRole(
      this.roles,
      ensureUniqueId(this.roles, `${stage.stage}-apply`),
      {
        ...role("apply"),
        subjects: [{ ...repository, environment: stage.githubEnvironment }],
      },
    );
    addOutput(
      this,
      getOutputName(stage.stage, "plan_role_arn"),
      plan.roleArn,
      `Role that plans stage ${stage.stage}`,
    );
    addOutput(
      this,
      getOutputName(stage.stage, "apply_role_arn"),
      apply.roleArn,
      `Role that changes stage ${stage.stage}`,
    );
  }

  private createEncryptionKey(): string | null {
    const { accountId, region, stateBucket } = this.config;
    const { encryptionKeyAlias: alias } = stateBucket;
    if (alias === undefined) return null;
    const key = new StateEncryptionKey(this, "state-encryption-key", {
      alias,
      accountId,
      region,
    });
    return key.keyArn;
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
        ...this.encryption(),
      }),
    });
  }

  private createProvider(): IOidcProvider | undefined {
    const { github } = this.config;
    if (github === undefined) return undefined;
    const { oidcProvider } = github;
    return oidcProvider.origin === "existing"
      ? OidcProvider.fromIssuer(this, "oidc-provider", oidcProvider.issuer)
      : new OidcProvider(this, "oidc-provider", oidcProvider);
  }

  private createDeployScope(stage: DeployedStage): DeployScope {
    const { userPoolId, dataManagersRoleArn } = stage;
    return {
      region: stage.region,
      accountId: this.config.accountId,
      stage: stage.stage,
      stackName: stage.stackName,
      stateBucket: this.bucketName,
      stateKey: stage.stateKey,
      boundaryPolicyArn: this.getPolicyArn(this.config.boundary.policyName),
      deployRolePath: getDeployRolePath(this.config.stackName),
      environmentSecretName: stage.environmentSecretName,
      ...this.encryption(),
      ...(userPoolId !== undefined && { userPoolId }),
      ...(dataManagersRoleArn !== undefined && { dataManagersRoleArn }),
    };
  }

  private encryption(): { readonly stateEncryptionKeyArn?: string } {
    return this.encryptionKeyArn === null
      ? {}
      : { stateEncryptionKeyArn: this.encryptionKeyArn };
  }

  private addOutputs(): void {
    const { policyName } = this.config.boundary;
    addOutput(
      this,
      "state_bucket_name",
      this.bucketName,
      "Bucket of the Terraform states",
    );
    addOutput(
      this,
      "permissions_boundary_policy_name",
      policyName,
      "Policy that bounds every role of a stage",
    );
    if (this.provider !== undefined) {
      addOutput(
        this,
        "oidc_provider_arn",
        this.provider.providerArn,
        "ARN of the OIDC provider",
      );
    }
  }
}
