import type { IAMClient, Tag } from "@aws-sdk/client-iam";
import { UserError } from "../../../constructs/errors";
import { partitionOf } from "../../../constructs/names";
import type { AccountConfig } from "../../../stacks/account-config";
import { awsClient, type AwsPlace } from "../aws-client";
import type { ResourceChange } from "../plan/plan-json";
import { ExistingBucket } from "./existing-bucket";
import { existingKey } from "./existing-key";

/** A resource that is there already, by its address and the id that Terraform imports it by. */
export type Import = readonly [address: string, id: string];

/**
 * Those of the resources a plan would create that the account has already: from a run that was interrupted before it
 * could write its state, or, for the bucket, from before there was a stack.
 *
 * @throws UserError when one is somebody else's
 */
export async function existingResources(
  changes: readonly ResourceChange[],
  account: AccountConfig,
  place: AwsPlace,
): Promise<readonly Import[]> {
  const created = changes.filter(
    ({ change: { actions } }) => actions.join() === "create",
  );
  const finders = new Finders(account, place);
  const found: Import[] = [];
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
    private readonly place: AwsPlace,
  ) {
    this.iam = import("@aws-sdk/client-iam").then(({ IAMClient }) =>
      awsClient(IAMClient, place),
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
        return existingKey("aws_kms_key", this.account, this.place);
      case "aws_kms_alias":
        return existingKey("aws_kms_alias", this.account, this.place);
      default:
        return type.startsWith("aws_s3_bucket") ? this.bucket(type) : undefined;
    }
  }

  private async bucket(type: string): Promise<string | undefined> {
    const { stateBucketName } = this.account;
    this.bucketParts ??= (async () => {
      const bucket = new ExistingBucket(this.account, this.place);
      return (await bucket.exists())
        ? ["aws_s3_bucket", ...(await bucket.parts())]
        : [];
    })();
    return (await this.bucketParts).includes(type)
      ? stateBucketName
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
    const arn = `arn:${partitionOf(region)}:iam::${accountId}:policy/${name}`;
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
    const arn = `arn:${partitionOf(region)}:iam::${accountId}:oidc-provider/${issuer}`;
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
    const { stage } = this.account;
    const isOwn = (tags ?? []).some(
      ({ Key, Value }) => Key === "Stack" && Value === stage,
    );
    if (!isOwn)
      throw new UserError(
        `${what} must be of this stack, tagged Stack=${stage}, or not be there, got one that is somebody else's`,
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
