import path from "node:path";
import { DataAwsCallerIdentity } from "@cdktf/provider-aws/lib/data-aws-caller-identity";
import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import {
  type App,
  Aspects,
  LocalBackend,
  S3Backend,
  TerraformOutput,
  TerraformStack,
} from "cdktf";
import {
  addValidationErrors,
  getDnsSuffix,
  getPartition,
  type IOidcProvider,
  OidcProvider,
  PermissionsBoundary,
  REGIONS,
  toMap,
} from "../constructs";
import type { OidcProviderConfig, StackConfig } from "./config/config";
import { formatStackHcl, type StackHcl } from "./hcl/stack-hcl";
import type { OutputName } from "./outputs";
import {
  formatProviderVersions,
  type ProviderFeature,
} from "./provider-versions";

/** Starts with the first version of Terraform that has write-only arguments and locks a state in S3. */
const TERRAFORM_VERSIONS = ">= 1.11.0, < 2.0.0";

/** Regions that the first of these versions of Terraform or of the provider does not know. */
const RECENT_REGIONS = ["ap-east-2", "ap-southeast-6", "eusc-de-east-1"];

/** A stack of a stage or of an account: provider, default tags, state backend, permissions boundary and outputs. */
export class BaseStack<
  Config extends StackConfig = StackConfig,
> extends TerraformStack {
  private readonly outputVariables = new Set<string>();
  private readonly providerFeatures = new Set<ProviderFeature>();

  constructor(
    app: App,
    readonly config: Config,
  ) {
    super(app, config.stackName);
    const account =
      config.accountId === undefined
        ? {}
        : { allowedAccountIds: [config.accountId] };
    const { region } = config;
    const validation = isRecentRegion(region)
      ? { skipRegionValidation: true }
      : {};
    new AwsProvider(this, "aws", {
      region,
      ...validation,
      defaultTags: [{ tags: { ...toMap(config.tags) } }],
      ...account,
    });
    this.addOverride("terraform.required_version", TERRAFORM_VERSIONS);
    this.setProviderVersions();

    if (config.state.backend === "s3") {
      const { bucket, key, encryptionKeyArn } = config.state;
      const backend = new S3Backend(this, {
        bucket,
        key,
        region,
        ...validation,
        ...createEndpoints(region),
        encrypt: true,
        ...(encryptionKeyArn !== undefined && { kmsKeyId: encryptionKeyArn }),
        ...account,
      });
      backend.addOverride("use_lockfile", true);
    } else {
      const directory = path.join(app.outdir, "stacks", config.stackName);
      new LocalBackend(this, {
        path: path.relative(directory, `terraform.${config.stackName}.tfstate`),
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

  /**
   * Adds an output. Its name is its construct id, so that cdktf appends no hash.
   *
   * @returns whether the name was unique
   */
  addOutput(name: OutputName, value: string, description: string): boolean {
    const variable = name.toUpperCase();
    if (this.outputVariables.has(variable)) {
      addValidationErrors(
        this,
        `output name must be unique in upper case, got "${name}" twice`,
      );
      return false;
    }
    this.outputVariables.add(variable);
    new TerraformOutput(this, name, { value, description });
    return true;
  }

  /** Raises the first version of the AWS provider that this stack allows. Other stacks allow the same as before. */
  requireProviderFeature(feature: ProviderFeature): void {
    this.providerFeatures.add(feature);
    this.setProviderVersions();
  }

  /** Returns the native syntax of Terraform of the stack, and what is in its JSON alone. */
  override toHclTerraform(): StackHcl {
    return formatStackHcl(this);
  }

  /** Creates or looks up the OIDC provider, and adds its output. */
  protected createOidcProvider(options: OidcProviderConfig): IOidcProvider {
    const id = "oidc-provider";
    const provider =
      options.origin === "existing"
        ? OidcProvider.fromIssuer(this, id, options.issuer, options.audiences)
        : new OidcProvider(this, id, options);
    this.addOutput(
      "oidc_provider_arn",
      provider.providerArn,
      "ARN of the OIDC provider",
    );
    return provider;
  }

  private setProviderVersions(): void {
    this.addOverride("terraform.required_providers.aws", {
      source: "hashicorp/aws",
      version: formatProviderVersions(this.providerFeatures),
    });
  }

  protected getPolicyArn(name: string): string {
    const account =
      this.config.accountId ??
      new DataAwsCallerIdentity(this, "caller-identity", {}).accountId;
    return `arn:${getPartition(this.config.region)}:iam::${account}:policy/${name}`;
  }
}

/** Whether Terraform can refuse a Region that AWS has. */
function isRecentRegion(region: string): boolean {
  return RECENT_REGIONS.includes(region) || !REGIONS.includes(region);
}

/** Returns the endpoints of the backend in a partition whose host names Terraform's first versions do not know. */
function createEndpoints(region: string) {
  const suffix = getDnsSuffix(region);
  if (suffix === "amazonaws.com") return {};
  const getEndpoint = (service: string) =>
    `https://${service}.${region}.${suffix}`;
  return {
    endpoints: {
      s3: getEndpoint("s3"),
      sts: getEndpoint("sts"),
      iam: getEndpoint("iam"),
    },
  };
}
