import type { KMSClient } from "@aws-sdk/client-kms";
import { stateEncryptionKeyAlias } from "../../../constructs/names";
import type { AccountConfig } from "../../../stacks/account-config";
import { awsClient, type AwsPlace } from "../aws-client";

/**
 * The key of the states that an account has already: the alias's, or one that was made just before a run was
 * interrupted.
 *
 * @returns the id that Terraform imports it by
 */
export async function existingKey(
  type: "aws_kms_key" | "aws_kms_alias",
  account: AccountConfig,
  place: AwsPlace,
): Promise<string | undefined> {
  const { KMSClient } = await import("@aws-sdk/client-kms");
  const client = await awsClient(KMSClient, place);
  const alias = stateEncryptionKeyAlias(account.appName);
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
  { stage, project }: AccountConfig,
): Promise<string | undefined> {
  const { DescribeKeyCommand, ListResourceTagsCommand, paginateListKeys } =
    await import("@aws-sdk/client-kms");
  const wanted = { Stack: stage, Project: project, Client: "nasa-impact" };
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
