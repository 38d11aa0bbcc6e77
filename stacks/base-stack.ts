import path from "node:path";
import { DataAwsCallerIdentity } from "@cdktf/provider-aws/lib/data-aws-caller-identity";
import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import {
  App,
  Aspects,
  LocalBackend,
  S3Backend,
  TerraformElement,
  TerraformStack,
} from "cdktf";
import { getPartition } from "../constructs/aws";
import { PermissionsBoundary } from "../constructs/deployment/permissions-boundary";
import type { StackConfig } from "./config/environment";
import { formatHcl, type JsonObject } from "./hcl/writer";

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
      defaultTags: [
        {
          tags: {
            Client: "nasa-impact",
            Owner: config.owner,
            Project: config.project,
            Stack: config.stage,
          },
        },
      ],
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

  /** The stack in Terraform's native syntax: cdktf's own writer neither escapes strings nor keeps every override. */
  override toHclTerraform(): { hcl: string; metadata: JsonObject } {
    const configuration = this.toTerraform() as JsonObject;
    const typed: Record<string, JsonObject> = {};
    for (const element of this.node.findAll()) {
      if (TerraformElement.isTerraformElement(element)) {
        // an override of a list would hide its type
        const plain = Object.create(element, {
          rawOverrides: { value: {} },
        }) as TerraformElement;
        mergeFragment(
          typed,
          plain.toHclTerraform() as Record<string, JsonObject>,
        );
      }
    }
    return {
      hcl: formatHcl(configuration, typed),
      metadata: metadataOf(configuration),
    };
  }

  protected getPolicyArn(name: string): string {
    const account =
      this.config.accountId ??
      new DataAwsCallerIdentity(this, "caller-identity", {}).accountId;
    return `arn:${getPartition(this.config.region)}:iam::${account}:policy/${name}`;
  }
}

/** Adds one element's fragment: blocks lie by their type under a section, and by their name under a type. */
function mergeFragment(
  typed: Record<string, JsonObject>,
  fragment: Record<string, JsonObject | undefined>,
): void {
  for (const [section, blocks] of Object.entries(fragment)) {
    for (const [type, block] of Object.entries(blocks ?? {})) {
      const merged = (typed[section] ??= {}) as Record<string, JsonObject>;
      merged[type] = Array.isArray(block)
        ? (block as unknown as JsonObject)
        : { ...merged[type], ...(block as JsonObject) };
    }
  }
}

/** What cdktf keeps beside the native syntax, which has no place for it: the `//` of everything, and the backend. */
function metadataOf(configuration: JsonObject): JsonObject {
  const onlyComments = (section: string): JsonObject =>
    mapValues(configuration[section] as JsonObject | undefined, (type) =>
      mapValues(type as JsonObject, (block) => ({
        "//": (block as JsonObject)["//"] ?? {},
      })),
    );
  return {
    "//": configuration["//"] ?? {},
    terraform: configuration.terraform ?? {},
    resource: onlyComments("resource"),
    data: onlyComments("data"),
  };
}

function mapValues(
  object: JsonObject | undefined,
  change: (value: JsonObject[string]) => JsonObject[string],
): JsonObject {
  return Object.fromEntries(
    Object.entries(object ?? {}).map(([key, value]) => [key, change(value)]),
  );
}
