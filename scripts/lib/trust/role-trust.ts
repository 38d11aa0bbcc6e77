import { setTimeout as sleep } from "node:timers/promises";
import type { IAMClient, Role as IamRole } from "@aws-sdk/client-iam";
import { parseArn } from "../../../constructs/aws";
import { LIMITS, validate } from "../../../constructs/constraints";
import { UserError } from "../../../constructs/errors";
import { type AwsTarget, createAwsClient } from "../aws/client";
import { explainError } from "../aws/errors";
import { UsageError } from "../cli/usage-error";
import { decodePolicy, parsePolicy, toPolicyKey } from "../iam/policy";

/** Name of a role, and its ARN if it was named by ARN. */
export interface RoleName {
  readonly name: string;
  readonly arn?: string;
}

/** A role in IAM. */
export interface Role {
  readonly name: string;
  readonly arn: string;
  readonly account: string;
  /** Trust policy, as JSON. */
  readonly policy: string;
  /** Unique ID, which changes if a role is deleted and created again. */
  readonly id: string;
}

/** Delays between reads after a write, because IAM is eventually consistent. */
const READ_DELAYS_MS: readonly number[] = [0, 250, 500, 1000, 2000, 4000];

/** Paths of roles whose trust policy the account cannot change. */
const RESERVED_PATHS = [
  ["/aws-service-role/", "it is linked to an AWS service"],
  ["/aws-reserved/", "IAM Identity Center manages it"],
] as const;

export const SHORTEN_HINT =
  "remove statements that are not needed, or request a quota increase in Service Quotas";
const RETRY_HINT = "run the command again, and check the new difference";

/** @throws UsageError if the text is neither a role name nor a role ARN */
export function parseRoleName(text: string, subject: string): RoleName {
  const isArn = text.startsWith("arn:");
  const limit = isArn ? LIMITS.roleArn : LIMITS.roleName;
  const problem = validate(limit, text, subject);
  if (problem !== undefined) throw new UsageError(problem);
  const name = text.slice(text.lastIndexOf("/") + 1);
  return isArn ? { name, arn: text } : { name };
}

/** Reads and writes the trust policy of one role. */
export class RoleTrust {
  private readonly client: Promise<IAMClient>;

  /** @param target account, and any Region of the partition that the role is in */
  constructor(
    private readonly role: RoleName,
    target: AwsTarget,
    private readonly readDelaysMs = READ_DELAYS_MS,
  ) {
    this.client = import("@aws-sdk/client-iam").then(({ IAMClient }) =>
      createAwsClient(IAMClient, target),
    );
  }

  /** @throws UserError if the role does not exist or cannot be changed */
  async read(): Promise<Role> {
    const { GetRoleCommand } = await import("@aws-sdk/client-iam");
    const client = await this.client;
    const { name } = this.role;
    const { Role: role } = await client
      .send(new GetRoleCommand({ RoleName: name }))
      .catch((error: unknown) => {
        throw explainRoleError(error, name);
      });
    return this.checkRole(role);
  }

  /** Returns the account's quota of trust policy characters, or `undefined` if the caller cannot read it. */
  async readQuota(): Promise<number | undefined> {
    const { GetAccountSummaryCommand } = await import("@aws-sdk/client-iam");
    const client = await this.client;
    try {
      const { SummaryMap } = await client.send(
        new GetAccountSummaryCommand({}),
      );
      return SummaryMap?.AssumeRolePolicySizeQuota;
    } catch (error) {
      // the permission is optional, and a local AWS may not support the call
      if ((error as { $fault?: string }).$fault === "client") return undefined;
      throw error;
    }
  }

  /**
   * Replaces the trust policy, and waits until IAM returns the new one.
   *
   * @throws UserError if the role has changed since it was read, or IAM rejects the policy
   */
  async replace(before: Role, policy: string): Promise<void> {
    const { name } = before;
    const now = await this.read();
    if (now.policy !== before.policy || now.id !== before.id)
      throw new UserError(
        `cannot write the trust policy of role ${name}: the role has changed since it was read`,
        RETRY_HINT,
      );
    const { UpdateAssumeRolePolicyCommand } =
      await import("@aws-sdk/client-iam");
    const client = await this.client;
    await client
      .send(
        new UpdateAssumeRolePolicyCommand({
          RoleName: name,
          PolicyDocument: policy,
        }),
      )
      .catch((error: unknown) => {
        throw explainRoleError(error, name);
      });
    const key = toPolicyKey(parsePolicy(policy));
    for (const delay of this.readDelaysMs) {
      await sleep(delay);
      const { policy: current } = await this.read();
      if (toPolicyKey(parsePolicy(current)) === key) return;
    }
    throw new UserError(
      `IAM accepted the trust policy of role ${name}, but returns another one`,
      "run the command again in a minute; IAM can be slow, or the role has changed again",
    );
  }

  private checkRole(role: IamRole | undefined): Role {
    const { arn: expectedArn } = this.role;
    const {
      RoleName: name = this.role.name,
      Arn: arn = "",
      Path: path = "/",
      RoleId: id = "",
    } = role ?? {};
    if (expectedArn !== undefined && expectedArn !== arn)
      throw new UserError(
        `--role must be the ARN of role ${name} in this account, ${arn}, got ${expectedArn}`,
        "select a profile of the role's account with --profile or AWS_PROFILE, or check the path of the role",
      );
    const reason = RESERVED_PATHS.find(([start]) =>
      path.startsWith(start),
    )?.[1];
    if (reason !== undefined)
      throw new UserError(`cannot change role ${name}: ${reason}`);
    return {
      name,
      arn,
      account: parseArn(arn)?.account ?? "",
      policy: decodePolicy(role?.AssumeRolePolicyDocument ?? ""),
      id,
    };
  }
}

/** Explains an IAM error about the trust policy of a role. Returns any other error unchanged. */
export function explainRoleError(error: unknown, role: string): unknown {
  return explainError(error, [
    {
      names: /^NoSuchEntity/,
      message: `role "${role}" must exist in the account of the credentials`,
      hint: "check --role, and the account of --profile or AWS_PROFILE",
    },
    {
      names: /^MalformedPolicyDocument/,
      message: ({ message }) =>
        `IAM did not accept the trust policy of role ${role}: ${message}`,
      hint: "if a statement names a deleted user or role, by an ID such as AIDA… or AROA…, remove it first",
    },
    {
      names: /^LimitExceeded/,
      message: ({ message }) =>
        `the trust policy of role ${role} is too long: ${message}`,
      hint: SHORTEN_HINT,
    },
    {
      names: /^ConcurrentModification/,
      message: `cannot write the trust policy of role ${role}: another change is in progress`,
      hint: RETRY_HINT,
    },
    {
      names: /^UnmodifiableEntity/,
      message: ({ message }) => `cannot change role ${role}: ${message}`,
    },
  ]);
}
