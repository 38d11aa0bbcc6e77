import type { App } from "cdktf";
import {
  addValidationErrors,
  BoundaryPolicy,
  type IOidcProvider,
  StateBucket,
  StateEncryptionKey,
} from "../constructs";
import { BaseStack } from "./base-stack";
import type { AccountConfig, DeployedStage } from "./config/config";
import { DeployRoles } from "./deploy-roles";

/**
 * The resources that all stages of an account share: the bucket of the states, the permissions boundary, GitHub's OIDC
 * provider, and the roles of CI for each stage.
 */
export class AccountStack extends BaseStack<AccountConfig> {
  private readonly encryptionKeyArn: string | null;
  private readonly provider: IOidcProvider | undefined;
  private readonly roles = new DeployRoles(this);

  constructor(app: App, config: AccountConfig) {
    super(app, config);
    const { accountId, stateBucket, github } = config;
    this.encryptionKeyArn = this.createEncryptionKey();
    new StateBucket(this, "state-bucket", {
      bucketName: stateBucket.name,
      accountId,
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
   * Adds the roles of CI for one stage. Pull requests and the branches that deploy can plan the stage, jobs of its GitHub
   * environment can apply it, and the branches that deploy can rotate its client secrets. Reports an error if the roles have
   * access to another stage.
   */
  addDeployRoles(stage: DeployedStage): void {
    const { accountId, boundary, github, stateBucket } = this.config;
    if (github === undefined || this.provider === undefined) {
      addValidationErrors(
        this,
        `GITHUB_REPOSITORY is required for the deploy roles of stage "${stage.stage}"`,
      );
      return;
    }
    this.roles.add(stage, github, this.provider, {
      accountId,
      stateBucket: stateBucket.name,
      boundaryPolicyArn: this.getPolicyArn(boundary.policyName),
      stateEncryptionKeyArn: this.encryptionKeyArn,
    });
  }

  private createEncryptionKey(): string | null {
    const { accountId, stateBucket } = this.config;
    const { encryptionKeyAlias: alias } = stateBucket;
    return alias === undefined
      ? null
      : new StateEncryptionKey(this, "state-encryption-key", {
          alias,
          accountId,
        }).keyArn;
  }

  private createBoundary(): void {
    const { boundary, stateBucket } = this.config;
    if (boundary.origin === "existing") return;
    new BoundaryPolicy(this, "boundary", {
      policyName: boundary.policyName,
      buckets: boundary.buckets,
      stateBucket: stateBucket.name,
      stateEncryptionKeyArn: this.encryptionKeyArn,
    });
  }
}
