import { setTimeout as sleep } from "node:timers/promises";
import type { IAMClient, Role as IamRole } from "@aws-sdk/client-iam";
import { parseArn } from "../../../constructs/aws";
import { UserError } from "../../../constructs/errors";
import { LIMITS, validate } from "../../../constructs/constraints";
import { type AwsTarget, createAwsClient } from "../aws/client";
import { explainError } from "../aws/errors";
import { UsageError } from "../cli/command";
import { decodePolicy, parsePolicy, toPolicyKey } from "../iam/policy";

/** A role by its name, and by its ARN where it is known. */
export interface RoleName {
  readonly name: string;
  readonly arn?: string;
}

/** A role as it is. */
export interface Role {
  readonly name: string;
  readonly arn: string;
  readonly account: string;
  /** Its trust policy. */
  readonly policy: string;
  /** What a role that was made anew under the same name has not. */
  readonly id: string;
}

/** Waits between readings of what was written: IAM shows it after some seconds. */
const READ_BACK_MS: readonly number[] = [0, 250, 500, 1000, 2000, 4000];

/** Paths of roles whose trust is not their account's to change. */
const FOREIGN_PATHS = [
  [
    "/aws-service-role/",
    "is linked to a service, which alone says who can take it",
  ],
  [
    "/aws-reserved/",
    "is of IAM Identity Center, which writes its trust policy again",
  ],
] as const;

/** @throws UsageError when a text is neither a role's name nor its ARN */
export function parseRoleName(text: string, subject: string): RoleName {
  const isArn = text.startsWith("arn:");
  const limit = isArn ? LIMITS.roleArn : LIMITS.roleName;
  const problem = validate(limit, text, subject);
  if (problem !== undefined) throw new UsageError(problem);
  const name = text.slice(text.lastIndexOf("/") + 1);
  return isArn ? { name, arn: text } : { name };
}

/** The trust policy of one role in IAM. */
export class RoleTrust {
  private readonly client: Promise<IAMClient>;

  /**
   * @param place whose account, and a Region of the partition that the role is in
   * @param readBackMs waits between readings of what was written
   */
  constructor(
    private readonly role: RoleName,
    place: AwsTarget,
    private readonly readBackMs = READ_BACK_MS,
  ) {
    this.client = import("@aws-sdk/client-iam").then(({ IAMClient }) =>
      createAwsClient(IAMClient, place),
    );
  }

  /** @throws UserError when there is no such role, or it is one that cannot be changed */
  async read(): Promise<Role> {
    const { GetRoleCommand } = await import("@aws-sdk/client-iam");
    const client = await this.client;
    const { name } = this.role;
    const answer = await client
      .send(new GetRoleCommand({ RoleName: name }))
      .catch((error: unknown) => {
        throw explainRoleError(error, name);
      });
    return this.checked(answer.Role);
  }

  /** How many characters a trust policy may have in the account; `undefined` where that is not told. */
  async readQuota(): Promise<number | undefined> {
    const { GetAccountSummaryCommand } = await import("@aws-sdk/client-iam");
    const client = await this.client;
    try {
      const { SummaryMap } = await client.send(
        new GetAccountSummaryCommand({}),
      );
      return SummaryMap?.AssumeRolePolicySizeQuota;
    } catch (error) {
      // whoever may change a role may not be allowed to read that
      if (isOfCaller(error)) return undefined;
      throw error;
    }
  }

  /**
   * Writes a trust policy in place of the one that was read, and waits until IAM shows it.
   *
   * @throws UserError when the role is no longer what was read, or IAM does not take the policy
   */
  async replace(before: Role, policy: string): Promise<void> {
    const now = await this.read();
    if (now.policy !== before.policy || now.id !== before.id) {
      throw new UserError(
        `role ${before.name} was changed by somebody else in the meantime, so nothing was written`,
        "run the command again, and look at the new difference",
      );
    }
    const { UpdateAssumeRolePolicyCommand } =
      await import("@aws-sdk/client-iam");
    const client = await this.client;
    await client
      .send(
        new UpdateAssumeRolePolicyCommand({
          RoleName: before.name,
          PolicyDocument: policy,
        }),
      )
      .catch((error: unknown) => {
        throw explainRoleError(error, before.name);
      });
    const key = toPolicyKey(parsePolicy(policy));
    for (const wait of this.readBackMs) {
      await sleep(wait);
      if (toPolicyKey(parsePolicy((await this.read()).policy)) === key) return;
    }
    throw new UserError(
      `IAM took the trust policy of role ${before.name}, and shows another`,
      "run the command again in a minute: IAM may be slow, or somebody else has changed the role",
    );
  }

  private checked(role: IamRole | undefined): Role {
    const { arn: wanted } = this.role;
    const {
      RoleName: name = this.role.name,
      Arn: arn = "",
      Path: path = "/",
      RoleId: id = "",
    } = role ?? {};
    if (wanted !== undefined && wanted !== arn) {
      throw new UserError(
        `--role must be the role's own ARN, got ${wanted}, and in the account of the credentials role ${name} is ${arn}`,
        "name a profile of the role's account with --profile or AWS_PROFILE, or check the role's path",
      );
    }
    const why = FOREIGN_PATHS.find(([start]) => path.startsWith(start))?.[1];
    if (why !== undefined)
      throw new UserError(`role ${name} cannot be changed: it ${why}`);
    return {
      name,
      arn,
      account: parseArn(arn)?.account ?? "",
      policy: decodePolicy(role?.AssumeRolePolicyDocument ?? ""),
      id,
    };
  }
}

function isOfCaller(error: unknown): boolean {
  return (
    error instanceof Error && "$fault" in error && error.$fault === "client"
  );
}

/** Returns a `UserError` for an IAM error about one role, or the error itself. */
export function explainRoleError(error: unknown, role: string): unknown {
  return explainError(error, [
    {
      names: /^NoSuchEntity/,
      message: `there is no role "${role}" in the account of the credentials`,
      hint: "check --role, and the account of --profile or AWS_PROFILE",
    },
    {
      names: /^MalformedPolicyDocument/,
      message: ({ message }) =>
        `IAM rejected the trust policy of role ${role}: ${message}`,
      hint: "a statement may name a user or role that was deleted, by an id such as AIDA… or AROA…: fix that first",
    },
    {
      names: /^LimitExceeded/,
      message: ({ message }) =>
        `the trust policy of role ${role} is too long: ${message}`,
      hint: "remove statements that are not needed, or raise the quota in Service Quotas",
    },
    {
      names: /^ConcurrentModification/,
      message: `another process is changing role ${role}, so nothing was written`,
      hint: "run the command again, and check the new difference",
    },
    {
      names: /^UnmodifiableEntity/,
      message: ({ message }) => `role ${role} cannot be changed: ${message}`,
    },
  ]);
}
