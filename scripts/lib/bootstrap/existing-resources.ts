import type { IAMClient, Tag } from "@aws-sdk/client-iam";
import { UserError } from "../../../constructs/errors";
import { getStateEncryptionKeyAlias } from "../../../stacks/naming";
import { getPartition } from "../../../constructs/aws";
import type { AccountConfig } from "../../../stacks/config/config";
import { type AwsTarget, createAwsClient } from "../aws/client";
import type { ResourceChange } from "../plan/plan-json";
import { ExistingBucket } from "./existing-bucket";
import type { KMSClient } from "@aws-sdk/client-kms";

/** A resource that is there already, by its address and the id that Terraform imports it by. */
export type ExistingResource = readonly [address: string, id: string];

/**
 * Those of the resources a plan would create that the account has already: from a run that was interrupted before it
 * could write its state, or, for the bucket, from before there was a stack.
 *
 * @throws UserError when one is somebody else's
 */
export async function findExistingResources(
  changes: readonly ResourceChange[],
  account: AccountConfig,
  place: AwsTarget,
): Promise<readonly ExistingResource[]> {
  const created = changes.filter(
    ({ change: { actions } }) => actions.join() === "create",
  );
  const finders = new Finders(account, place);
  const found: ExistingResource[] = [];
  for (const change of created) {
    const id = await finders.find(change);
    if (id !== undefined) found.push([change.address, id]);
  }
  return found;
}

class Finders {
  private readonly iam: Promise<IAMClient>;
  private bucketParts: Promise<readonly string[]> | undefined;

  constructor(
    private readonly account: AccountConfig,
    private readonly place: AwsTarget,
  ) {
    this.iam = import("@aws-sdk/client-iam").then(({ IAMClient }) =>
      createAwsClient(IAMClient, place),
    );
  }

  async find({ type, change }: ResourceChange): Promise<string | undefined> {
    const after = change.after as Record<string, unknown>;
    const text = (name: string): string =>
      typeof after[name] === "string" ? after[name] : "";
    switch (type) {
      case "aws_iam_role":
        return this.role(text("name"));
      case "aws_iam_role_policy":
        return this.rolePolicy(text("name"));
      case "aws_iam_policy":
        return this.policy(text("name"));
      case "aws_iam_openid_connect_provider":
        return this.oidcProvider(text("url"));
      case "aws_kms_key":
        return findExistingKey("aws_kms_key", this.account, this.place);
      case "aws_kms_alias":
        return findExistingKey("aws_kms_alias", this.account, this.place);
      default:
        return type.startsWith("aws_s3_bucket") ? this.bucket(type) : undefined;
    }
  }

  private async bucket(type: string): Promise<string | undefined> {
    this.bucketParts ??= (async () => {
      const bucket = new ExistingBucket(this.account, this.place);
      return (await bucket.exists())
        ? ["aws_s3_bucket", ...(await bucket.listConfiguredTypes())]
        : [];
    })();
    return (await this.bucketParts).includes(type)
      ? this.account.stateBucket.name
      : undefined;
  }

  private async role(name: string): Promise<string | undefined> {
    const { GetRoleCommand } = await import("@aws-sdk/client-iam");
    return unlessMissing(async () => {
      const { Role } = await (
        await this.iam
      ).send(new GetRoleCommand({ RoleName: name }));
      this.requireOwn(`role "${name}"`, Role?.Tags);
      return name;
    });
  }

  /** A role's one policy, which has the role's name. */
  private async rolePolicy(name: string): Promise<string | undefined> {
    const { GetRolePolicyCommand } = await import("@aws-sdk/client-iam");
    return unlessMissing(async () => {
      await (
        await this.iam
      ).send(new GetRolePolicyCommand({ RoleName: name, PolicyName: name }));
      return `${name}:${name}`;
    });
  }

  private async policy(name: string): Promise<string | undefined> {
    const { GetPolicyCommand } = await import("@aws-sdk/client-iam");
    const { region, accountId } = this.account;
    const arn = `arn:${getPartition(region)}:iam::${accountId}:policy/${name}`;
    return unlessMissing(async () => {
      const { Policy } = await (
        await this.iam
      ).send(new GetPolicyCommand({ PolicyArn: arn }));
      this.requireOwn(
        `policy "${name}"`,
        Policy?.Tags,
        "PERMISSIONS_BOUNDARY_EXISTS=true has the roles bounded by it as it is",
      );
      return arn;
    });
  }

  private async oidcProvider(url: string): Promise<string | undefined> {
    const { GetOpenIDConnectProviderCommand } =
      await import("@aws-sdk/client-iam");
    const { region, accountId } = this.account;
    const issuer = url.replace(/^https:\/\//, "");
    const arn = `arn:${getPartition(region)}:iam::${accountId}:oidc-provider/${issuer}`;
    return unlessMissing(async () => {
      const { Tags } = await (
        await this.iam
      ).send(
        new GetOpenIDConnectProviderCommand({ OpenIDConnectProviderArn: arn }),
      );
      this.requireOwn(
        `OIDC provider "${issuer}"`,
        Tags,
        `OIDC_PROVIDER_EXISTS=true, with OIDC_PROVIDER_URL=${issuer}, has it looked up, and left to who owns it`,
      );
      return arn;
    });
  }

  /** Everything that the account's stack makes is tagged so: without the tag it is somebody else's, who would lose it. */
  private requireOwn(
    what: string,
    tags: readonly Tag[] | undefined,
    hint = "look at who made it, and remove it or choose another APP_NAME",
  ): void {
    const { Stack } = this.account.tags;
    const isOwn = (tags ?? []).some(
      ({ Key, Value }) => Key === "Stack" && Value === Stack,
    );
    if (!isOwn)
      throw new UserError(
        `${what} must be of this stack, tagged Stack=${Stack}, or not be there, got one that is somebody else's`,
        hint,
      );
  }
}

async function unlessMissing<T>(
  find: () => Promise<T>,
): Promise<T | undefined> {
  try {
    return await find();
  } catch (error) {
    if (error instanceof Error && error.name.startsWith("NoSuchEntity"))
      return undefined;
    throw error;
  }
}

/**
 * The key of the states that an account has already: the alias's, or one that was made just before a run was
 * interrupted.
 *
 * @returns the id that Terraform imports it by
 */
export async function findExistingKey(
  type: "aws_kms_key" | "aws_kms_alias",
  account: AccountConfig,
  place: AwsTarget,
): Promise<string | undefined> {
  const { KMSClient } = await import("@aws-sdk/client-kms");
  const client = await createAwsClient(KMSClient, place);
  const alias = getStateEncryptionKeyAlias(account.appName);
  const target = await targetOf(client, alias);
  if (type === "aws_kms_alias") return target === undefined ? target : alias;
  return target ?? (await orphan(client, account));
}

async function targetOf(
  client: KMSClient,
  alias: string,
): Promise<string | undefined> {
  const { paginateListAliases } = await import("@aws-sdk/client-kms");
  for await (const { Aliases = [] } of paginateListAliases({ client }, {})) {
    const found = Aliases.find(({ AliasName }) => AliasName === alias);
    if (found !== undefined) return found.TargetKeyId;
  }
  return undefined;
}

/** A key of this stack, by its tags, that no alias names yet. */
async function orphan(
  client: KMSClient,
  { tags }: AccountConfig,
): Promise<string | undefined> {
  const { DescribeKeyCommand, ListResourceTagsCommand, paginateListKeys } =
    await import("@aws-sdk/client-kms");
  const { Client, Project, Stack } = tags;
  const wanted = { Client, Project, Stack };
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
      const isOwn = Object.entries(wanted).every(([key, value]) =>
        Tags.some(
          ({ TagKey, TagValue }) => TagKey === key && TagValue === value,
        ),
      );
      if (isOwn) return KeyId;
    }
  }
  return undefined;
}
