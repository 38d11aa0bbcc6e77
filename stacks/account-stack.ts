import type { App } from "cdktf";
import { Construct } from "constructs";
import { applyStatements } from "../constructs/apply-permissions";
import { boundaryStatements } from "../constructs/boundary-permissions";
import { BoundaryPolicy } from "../constructs/boundary-policy";
import type { DeployScope } from "../constructs/deploy-scope";
import {
  pullRequestSubjects,
  type GitHubRepository,
} from "../constructs/github-subject";
import { LIMITS } from "../constructs/limits";
import {
  deployRoleName,
  deployRolePath,
  outputName,
  stateEncryptionKeyAlias,
} from "../constructs/names";
import { OidcProvider, type IOidcProvider } from "../constructs/oidc-provider";
import { OidcReaderRole } from "../constructs/oidc-reader-role";
import { OidcRole, type OidcRoleProps } from "../constructs/oidc-role";
import { planStatements } from "../constructs/plan-permissions";
import { StateBucket } from "../constructs/state-bucket";
import { StateEncryptionKey } from "../constructs/state-encryption-key";
import { check, reportProblems } from "../constructs/validation";
import type { AccountConfig } from "./account-config";
import type { AccountStage } from "./account-stages";
import { BRANCH_STAGES } from "./branches";
import { deployConflicts } from "./deploy-conflicts";
import { addOutput } from "./outputs";
import { StageStack } from "./stage-stack";
import { uniqueId } from "./unique-id";

/**
 * What the stages of one account share, and no stage could own: the bucket of the states, the policy that bounds their
 * roles, GitHub's OIDC provider and, for each stage, a role that plans and a role that applies.
 */
export class AccountStack extends StageStack<AccountConfig> {
  private readonly bucketName: string;
  private readonly encryptionKeyArn: string | null;
  private readonly provider: IOidcProvider | undefined;
  private readonly roles = new Construct(this, "deploy-roles");
  private readonly deployed: AccountStage[] = [];

  constructor(app: App, stage: AccountConfig) {
    super(app, stage);
    this.encryptionKeyArn = this.makeEncryptionKey();
    const { accountId, region, stateBucketName } = stage;
    new StateBucket(this, "state-bucket", {
      bucketName: stateBucketName,
      accountId,
      region,
      encryptionKeyArn: this.encryptionKeyArn,
    });
    this.bucketName = stateBucketName;
    this.makeBoundary();
    this.provider = this.makeProvider();
    this.addOutputs();
  }

  /**
   * Adds the roles of CI for one stage: pull requests and branches that deploy may plan it, jobs of its GitHub environment
   * may change it. A stage whose roles would reach another's is reported at synth.
   */
  addDeployRoles(stage: AccountStage): void {
    const { github, stackName: accountStack } = this.stage;
    if (github === undefined || this.provider === undefined) {
      reportProblems(
        this,
        `GITHUB_REPOSITORY must be given for roles that deploy, got none for stage "${stage.stage}"`,
      );
      return;
    }
    reportProblems(
      this,
      check(LIMITS.stateKey, stage.stateKey),
      ...this.deployed.flatMap((other) => deployConflicts([other, stage])),
    );
    this.deployed.push(stage);
    const repository: GitHubRepository = {
      owner: github.owner,
      repo: github.repo,
      ...github.ids,
    };
    const scope = this.scopeOf(stage);
    const role = (
      may: "plan" | "apply",
    ): Omit<OidcRoleProps, "subjects"> & {
      readonly provider: IOidcProvider;
    } => ({
      provider: this.provider ?? { issuer: "", providerArn: "" },
      roleName: deployRoleName(stage.stackName, may),
      path: deployRolePath(accountStack),
      region: this.stage.region,
      description: `${may === "plan" ? "Plans" : "Changes"} stage ${stage.stage} of VEDA auth`,
      statements:
        may === "plan" ? planStatements(scope) : applyStatements(scope),
    });
    const plan = new OidcReaderRole(
      this.roles,
      uniqueId(this.roles, `${stage.stage}-plan`),
      {
        ...role("plan"),
        subjects: [
          ...pullRequestSubjects(repository),
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
      uniqueId(this.roles, `${stage.stage}-apply`),
      {
        ...role("apply"),
        subjects: [{ ...repository, environment: stage.environment }],
      },
    );
    addOutput(
      this,
      outputName(stage.stage, "plan_role_arn"),
      plan.roleArn,
      `Role that plans stage ${stage.stage}`,
    );
    addOutput(
      this,
      outputName(stage.stage, "apply_role_arn"),
      apply.roleArn,
      `Role that changes stage ${stage.stage}`,
    );
  }

  private makeEncryptionKey(): string | null {
    const { hasEncryptionKey, appName, accountId, region } = this.stage;
    if (!hasEncryptionKey) return null;
    const key = new StateEncryptionKey(this, "state-encryption-key", {
      alias: stateEncryptionKeyAlias(appName),
      accountId,
      region,
    });
    return key.keyArn;
  }

  private makeBoundary(): void {
    const { boundary, region, stateBucketName } = this.stage;
    if (boundary.exists) return;
    new BoundaryPolicy(this, "boundary", {
      policyName: boundary.policyName,
      statements: boundaryStatements({
        region,
        buckets: boundary.buckets,
        stateBucket: stateBucketName,
        ...this.encryption(),
      }),
    });
  }

  private makeProvider(): IOidcProvider | undefined {
    const { github } = this.stage;
    if (github === undefined) return undefined;
    const { issuer, providerExists, thumbprint } = github;
    return providerExists
      ? OidcProvider.fromIssuer(this, "oidc-provider", issuer)
      : new OidcProvider(this, "oidc-provider", {
          issuer,
          ...(thumbprint !== undefined && { thumbprint }),
        });
  }

  private scopeOf(stage: AccountStage): DeployScope {
    const { userPoolId, dataManagersRoleArn } = stage;
    return {
      region: stage.region,
      accountId: this.stage.accountId,
      stage: stage.stage,
      stackName: stage.stackName,
      stateBucket: this.bucketName,
      stateKey: stage.stateKey,
      boundaryPolicyArn: this.policyArn(this.stage.boundary.policyName),
      deployPath: deployRolePath(this.stage.stackName),
      environmentSecret: stage.environmentSecret,
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
    const { policyName } = this.stage.boundary;
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
