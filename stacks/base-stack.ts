import path from "node:path";
import { DataAwsCallerIdentity } from "@cdktf/provider-aws/lib/data-aws-caller-identity";
import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { App, Aspects, LocalBackend, S3Backend, TerraformStack } from "cdktf";
import { getPartition } from "../constructs/aws";
import { PermissionsBoundary } from "../constructs/deployment/permissions-boundary";
import type { StackConfig } from "./config/config";
import { formatStackHcl, type StackHcl } from "./hcl/stack-hcl";

/** From Terraform's first version that has write-only arguments and locks state in S3 alone. */
const TERRAFORM_VERSIONS = ">= 1.11.0, < 2.0.0";
/** From the provider's first version with all that is used here. */
const PROVIDER_VERSIONS = ">= 5.100.0, < 7.0.0";

/**
 * What every stack has, a stage's or the account's, whatever it holds: the provider with its tags, the state, the permissions boundary, and
 * Terraform's native syntax.
 */
export class BaseStack<
  Config extends StackConfig = StackConfig,
> extends TerraformStack {
  /** Variables that the outputs are read as. */
  readonly outputVariables = new Set<string>();

  constructor(
    app: App,
    readonly config: Config,
  ) {
    super(app, config.stackName);
    const account =
      config.accountId === undefined
        ? {}
        : { allowedAccountIds: [config.accountId] };
    new AwsProvider(this, "aws", {
      region: config.region,
      defaultTags: [{ tags: { ...config.tags } }],
      ...account,
    });
    this.addOverride("terraform.required_version", TERRAFORM_VERSIONS);
    this.addOverride("terraform.required_providers.aws", {
      source: "hashicorp/aws",
      version: PROVIDER_VERSIONS,
    });

    if (config.state.backend === "s3") {
      const { bucket, key, encryptionKeyArn } = config.state;
      const backend = new S3Backend(this, {
        bucket,
        key,
        region: config.region,
        encrypt: true,
        ...(encryptionKeyArn !== undefined && { kmsKeyId: encryptionKeyArn }),
        ...account,
      });
      backend.addOverride("use_lockfile", true);
    } else {
      const folder = path.join(app.outdir, "stacks", config.stackName);
      new LocalBackend(this, {
        path: path.relative(folder, `terraform.${config.stackName}.tfstate`),
      });
    }
    if (config.permissionsBoundaryPolicyName !== undefined) {
      Aspects.of(this).add(
        new PermissionsBoundary(
          this.getPolicyArn(config.permissionsBoundaryPolicyName),
        ),
      );
    }
  }

  override toHclTerraform(): StackHcl {
    return formatStackHcl(this);
  }

  protected getPolicyArn(name: string): string {
    const account =
      this.config.accountId ??
      new DataAwsCallerIdentity(this, "caller-identity", {}).accountId;
    return `arn:${getPartition(this.config.region)}:iam::${account}:policy/${name}`;
  }
}
