import { IMPORT_IDS } from "../aws/import-ids";
import type { IAMClient, Tag } from "@aws-sdk/client-iam";
import type { KMSClient } from "@aws-sdk/client-kms";
import { getPartition } from "../../../constructs/aws";
import { UserError } from "../../../constructs/errors";
import type { AccountConfig } from "../../../stacks/config/config";
import { getStateEncryptionKeyAlias } from "../../../stacks/naming";
import { type AwsTarget, createAwsClient } from "../aws/client";
import { findOrUndefined } from "../aws/errors";
import type { ResourceChange } from "../plan/plan-json";
import { ExistingBucket } from "./existing-bucket";

/** Address and import id of a resource that already exists in AWS. */
export type ExistingResource = readonly [address: string, id: string];

/**
 * Finds resources that a plan would create and that already exist: from a run that was interrupted before it wrote its
 * state, or a bucket that is older than the stack.
 *
 * @throws UserError if one belongs to another stack
 */
export async function findExistingResources(
  changes: readonly ResourceChange[],
  account: AccountConfig,
  target: AwsTarget,
): Promise<readonly ExistingResource[]> {
  const finder = new ResourceFinder(account, target);
  const found: ExistingResource[] = [];
  for (const change of changes) {
    if (change.change.actions.join() !== "create") continue;
    const id = await finder.find(change);
    if (id !== undefined) found.push([change.address, id]);
  }
  return found;
}

/** Finds a resource in AWS by the values in a plan, and returns its import id. */
class ResourceFinder {
  private iamClient: Promise<IAMClient> | undefined;
  private bucketTypes: Promise<readonly string[]> | undefined;

  constructor(
    private readonly account: AccountConfig,
    private readonly target: AwsTarget,
  ) {}

  async find({ type, change }: ResourceChange): Promise<string | undefined> {
    const after = change.after as Record<string, unknown>;
    const text = (name: string): string =>
      typeof after[name] === "string" ? after[name] : "";
    switch (type) {
      case "aws_iam_role":
        return this.findRole(text("name"));
      case "aws_iam_role_policy":
        return this.findRolePolicy(text("name"));
      case "aws_iam_policy":
        return this.findPolicy(text("name"));
      case "aws_iam_openid_connect_provider":
        return this.findOidcProvider(text("url").replace(/^https:\/\//, ""));
      case "aws_kms_key":
        return findKey("aws_kms_key", this.account, this.target);
      case "aws_kms_alias":
        return findKey("aws_kms_alias", this.account, this.target);
      default:
        return type.startsWith("aws_s3_bucket")
          ? this.findBucket(type)
          : undefined;
    }
  }

  private async findBucket(type: string): Promise<string | undefined> {
    this.bucketTypes ??= (async () => {
      const bucket = new ExistingBucket(this.account, this.target);
      return (await bucket.exists())
        ? ["aws_s3_bucket", ...(await bucket.listConfiguredTypes())]
        : [];
    })();
    return (await this.bucketTypes).includes(type)
      ? this.account.stateBucket.name
      : undefined;
  }

  private async findRole(name: string): Promise<string | undefined> {
    return this.callIam(async (iam, client) => {
      const command = new iam.GetRoleCommand({ RoleName: name });
      const { Role } = await client.send(command);
      this.requireOwn(`role "${name}"`, Role?.Tags);
      return name;
    });
  }

  /** The only policy of a role has the name of the role. */
  private async findRolePolicy(name: string): Promise<string | undefined> {
    return this.callIam(async (iam, client) => {
      const input = { RoleName: name, PolicyName: name };
      await client.send(new iam.GetRolePolicyCommand(input));
      return IMPORT_IDS.rolePolicy(name, name);
    });
  }

  private async findPolicy(name: string): Promise<string | undefined> {
    const arn = this.formatArn(`policy/${name}`);
    return this.callIam(async (iam, client) => {
      const command = new iam.GetPolicyCommand({ PolicyArn: arn });
      const { Policy } = await client.send(command);
      this.requireOwn(
        `policy "${name}"`,
        Policy?.Tags,
        "set PERMISSIONS_BOUNDARY_EXISTS=true to use it unchanged",
      );
      return arn;
    });
  }

  private async findOidcProvider(issuer: string): Promise<string | undefined> {
    const arn = this.formatArn(`oidc-provider/${issuer}`);
    return this.callIam(async (iam, client) => {
      const input = { OpenIDConnectProviderArn: arn };
      const command = new iam.GetOpenIDConnectProviderCommand(input);
      const { Tags } = await client.send(command);
      this.requireOwn(
        `OIDC provider "${issuer}"`,
        Tags,
        `set OIDC_PROVIDER_EXISTS=true and OIDC_PROVIDER_URL=${issuer} to use it unchanged`,
      );
      return arn;
    });
  }

  private formatArn(resource: string): string {
    const { region, accountId } = this.account;
    return `arn:${getPartition(region)}:iam::${accountId}:${resource}`;
  }

  private async callIam(
    call: (
      iam: typeof import("@aws-sdk/client-iam"),
      client: IAMClient,
    ) => Promise<string>,
  ): Promise<string | undefined> {
    const iam = await import("@aws-sdk/client-iam");
    this.iamClient ??= createAwsClient(iam.IAMClient, this.target);
    const client = await this.iamClient;
    return findOrUndefined(() => call(iam, client));
  }

  /** Every resource of the account's stack has its tag. */
  private requireOwn(
    resource: string,
    tags: readonly Tag[] | undefined,
    hint = "find its owner; remove it or choose another APP_NAME",
  ): void {
    const { Stack } = this.account.tags;
    const isOwn = (tags ?? []).some(
      ({ Key, Value }) => Key === "Stack" && Value === Stack,
    );
    if (!isOwn)
      throw new UserError(
        `${resource} must not exist or must have the tag Stack=${Stack}, got another one`,
        hint,
      );
  }
}

/** Finds the encryption key of the states: that of the alias, or one that an interrupted run created before its alias. */
async function findKey(
  type: "aws_kms_key" | "aws_kms_alias",
  account: AccountConfig,
  target: AwsTarget,
): Promise<string | undefined> {
  const { KMSClient, paginateListAliases } =
    await import("@aws-sdk/client-kms");
  const client = await createAwsClient(KMSClient, target);
  const alias = getStateEncryptionKeyAlias(account.appName);
  for await (const { Aliases = [] } of paginateListAliases({ client }, {})) {
    const found = Aliases.find(({ AliasName }) => AliasName === alias);
    if (found !== undefined)
      return type === "aws_kms_alias" ? alias : found.TargetKeyId;
  }
  return type === "aws_kms_alias"
    ? undefined
    : findKeyWithoutAlias(client, account);
}

async function findKeyWithoutAlias(
  client: KMSClient,
  { tags: { Client, Project, Stack } }: AccountConfig,
): Promise<string | undefined> {
  const { DescribeKeyCommand, ListResourceTagsCommand, paginateListKeys } =
    await import("@aws-sdk/client-kms");
  const tags = { Client, Project, Stack };
  for await (const { Keys = [] } of paginateListKeys({ client }, {})) {
    for (const { KeyId } of Keys) {
      const { KeyMetadata } = await client.send(
        new DescribeKeyCommand({ KeyId }),
      );
      if (KeyMetadata?.KeyManager !== "CUSTOMER" || !KeyMetadata.Enabled)
        continue;
      const { Tags = [] } = await client.send(
        new ListResourceTagsCommand({ KeyId }),
      );
      const isOwn = Object.entries(tags).every(([key, value]) =>
        Tags.some(
          ({ TagKey, TagValue }) => TagKey === key && TagValue === value,
        ),
      );
      if (isOwn) return KeyId;
    }
  }
  return undefined;
}
