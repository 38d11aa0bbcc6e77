import { createHash } from "node:crypto";
import {
  IamRolePolicy,
  type IamRolePolicyConfig,
} from "@cdktf/provider-aws/lib/iam-role-policy";
import { Fn, Op, type Precondition, Token } from "cdktf";
import type { Construct } from "constructs";
import { LIMITS } from "./constraints";
import { allow, createPolicyDocument } from "./policy-document";
import { toPolicyJson } from "./policy-json";
import { getRegion } from "./provider-region";
import { type ResolvedRole, resolveRole, type RoleReference } from "./role";
import { joinParts, resolveText } from "./text-parts";
import { addValidationErrors, checkArnLocation } from "./validation";

/** Permissions of a role that reads a secret. */
export const READ_ACTIONS = [
  "secretsmanager:GetSecretValue",
  "secretsmanager:DescribeSecret",
] as const;

interface ReadSecret {
  readonly secretName: string;
  readonly secretArn: string;
  readonly accountId: string | undefined;
}

/** The roles that can read a secret by policies of their own. */
export class SecretReaders {
  /** Policies by the role. */
  private readonly policies = new Map<string, IamRolePolicy>();
  /** ARNs whose account Terraform compares. */
  private readonly comparedArns = new Set<string>();

  constructor(
    private readonly scope: Construct,
    private readonly secret: ReadSecret,
  ) {}

  /** Adds a role, unless it is one of them. */
  add(role: RoleReference): void {
    const resolved = resolveRole(this.scope, role);
    const { key, existingArn, errors } = resolved;
    const known = this.policies.get(key);
    const policy = known ?? this.createPolicy(resolved);
    this.policies.set(key, policy);
    if (known === undefined) addValidationErrors(policy, ...errors);
    if (existingArn !== undefined) this.compareAccount(policy, existingArn);
  }

  private createPolicy({ key, id, roleName }: ResolvedRole): IamRolePolicy {
    const { secretName, secretArn } = this.secret;
    const name = `reader-${id ?? this.policies.size + 1}`;
    const isUsed = this.scope.node.tryFindChild(name) !== undefined;
    return new IamRolePolicy(
      this.scope,
      isUsed ? `${name}-${hash(key)}` : name,
      {
        ...createPolicyName(secretName),
        role: roleName,
        policy: toPolicyJson(
          createPolicyDocument(allow("ReadSecret", READ_ACTIONS, secretArn)),
        ),
      },
    );
  }

  /** Makes Terraform refuse a role of another account. */
  private compareAccount(policy: IamRolePolicy, roleArn: string): void {
    const { accountId } = this.secret;
    const resolvedArn = resolveText(this.scope, roleArn);
    if (this.comparedArns.has(resolvedArn)) return;
    this.comparedArns.add(resolvedArn);
    addValidationErrors(
      policy,
      ...checkArnLocation(
        LIMITS.roleArn.subject,
        roleArn,
        getRegion(this.scope),
        accountId,
      ),
    );
    policy.lifecycle = {
      precondition: [
        ...(policy.lifecycle?.precondition ?? []),
        ...createConditions(this.secret, joinParts(roleArn)),
      ],
    };
  }
}

/** Creates the condition that a role is in the account of a secret. */
function createConditions(
  { secretName, secretArn }: ReadSecret,
  roleArn: string,
): Precondition[] {
  return [
    {
      condition: Op.or(
        Op.not(Fn.startswith(roleArn, "arn:")),
        Op.eq(getAccount(roleArn), getAccount(secretArn)),
      ),
      errorMessage: `A role that reads the secret ${secretName} must be in its account, whose AWS managed key encrypts the secret.`,
    },
  ];
}

function getAccount(arn: string): string {
  return Token.asString(Fn.element(Fn.split(":", arn), 4));
}

/** Returns a name that is unique for a role with other policies, also of secrets with similar names. */
function createPolicyName(
  secretName: string,
): Pick<IamRolePolicyConfig, "name" | "namePrefix"> {
  if (Token.isUnresolved(secretName)) return { namePrefix: "read-secret-" };
  const words = secretName.replaceAll("/", "-").slice(0, 100);
  return { name: `read-${words}-${hash(secretName)}` };
}

function hash(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 8);
}
