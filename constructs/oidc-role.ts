import { IamRole } from "@cdktf/provider-aws/lib/iam-role";
import { IamRolePolicy } from "@cdktf/provider-aws/lib/iam-role-policy";
import { IamRolePolicyAttachment } from "@cdktf/provider-aws/lib/iam-role-policy-attachment";
import { Token } from "cdktf";
import { Construct } from "constructs";
import {
  validateGitHubSubject,
  formatGitHubSubjects,
  type GitHubSubject,
} from "./github-subject";
import { LIMITS, type Limit } from "./constraints";
import { getPartition } from "./aws";
import { OIDC_AUDIENCE, type IOidcProvider } from "./oidc-provider";
import {
  countPolicyCharacters,
  createPolicyDocument,
  toPolicyJson,
  type PolicyDocument,
  validateStatements,
  type IdentityStatement,
} from "./policy-document";
import {
  check,
  checkEach,
  checkArnLocation,
  addValidationErrors,
} from "./validation";

export interface OidcRoleProps {
  readonly provider: IOidcProvider;
  readonly roleName: string;
  readonly region: string;
  /** Who may assume the role: GitHub's runs, or another issuer's `sub` claims whole. */
  readonly subjects: readonly (GitHubSubject | string)[];
  /** @default none */
  readonly statements?: readonly IdentityStatement[];
  /**
   * Fixed once the role is made: another path is another role.
   *
   * @default "/"
   */
  readonly path?: string;
  /** @default none */
  readonly description?: string;
  /** @default none */
  readonly managedPolicyArns?: readonly string[];
}

/**
 * A role for workloads of an OIDC issuer. Audience and subject are compared for equality: a pattern in either has let
 * strangers in.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create_for-idp_oidc.html
 */
export class OidcRole extends Construct {
  readonly roleArn: string;

  /** What the role may trust. */
  protected get subjectLimit(): Limit<string> {
    return LIMITS.oidcSubject;
  }

  constructor(scope: Construct, id: string, props: OidcRoleProps) {
    super(scope, id);
    const { provider, statements = [], managedPolicyArns = [] } = props;
    const subjects = props.subjects.flatMap((subject) =>
      typeof subject === "string" ? [subject] : formatGitHubSubjects(subject),
    );
    const policy = createPolicyDocument(...statements);
    // an ARN that only Terraform will know is as long as any other of its issuer
    const countedArn = `arn:${getPartition(props.region)}:iam::000000000000:oidc-provider/${provider.issuer}`;
    addValidationErrors(
      this,
      check(LIMITS.roleName, props.roleName),
      check(LIMITS.rolePath, props.path ?? "/"),
      check(LIMITS.roleDescription, props.description ?? ""),
      subjects.length === 0
        ? "subjects of an OIDC role must be at least one, got none"
        : undefined,
      ...props.subjects.flatMap((subject) =>
        typeof subject === "string" ? [] : validateGitHubSubject(subject),
      ),
      ...checkEach(this.subjectLimit, subjects),
      ...checkEach(LIMITS.managedPolicyArn, managedPolicyArns),
      ...managedPolicyArns.flatMap((arn) =>
        checkArnLocation("managed policy ARN", arn, props.region, undefined),
      ),
      check(LIMITS.managedPoliciesPerRole, managedPolicyArns.length),
      ...validateStatements(statements),
      check(LIMITS.inlinePolicyCharacters, countPolicyCharacters(policy) ?? 0),
      check(
        LIMITS.trustPolicyCharacters,
        countPolicyCharacters(
          createOidcTrustPolicy(
            { ...provider, providerArn: countedArn },
            subjects,
          ),
        ) ?? 0,
      ),
    );

    const role = new IamRole(this, "Resource", {
      name: props.roleName,
      assumeRolePolicy: toPolicyJson(createOidcTrustPolicy(provider, subjects)),
      ...(props.path !== undefined && { path: props.path }),
      ...(props.description !== undefined && {
        description: props.description,
      }),
    });
    if (statements.length > 0) {
      new IamRolePolicy(this, "policy", {
        name: props.roleName,
        role: role.id,
        policy: toPolicyJson(policy),
      });
    }
    for (const [index, policyArn] of [
      ...new Set(managedPolicyArns),
    ].entries()) {
      // an ARN that only Terraform will know cannot key a construct
      const id = Token.isUnresolved(policyArn) ? `policy-${index}` : policyArn;
      new IamRolePolicyAttachment(this, id, { role: role.name, policyArn });
    }
    this.roleArn = role.arn;
  }
}

/** Trust in the subjects of one issuer. */
export function createOidcTrustPolicy(
  provider: IOidcProvider,
  subjects: readonly string[],
): PolicyDocument {
  const [only] = subjects;
  return createPolicyDocument({
    Effect: "Allow",
    Principal: { Federated: provider.providerArn },
    Action: "sts:AssumeRoleWithWebIdentity",
    Condition: {
      StringEquals: {
        [`${provider.issuer}:aud`]: OIDC_AUDIENCE,
        [`${provider.issuer}:sub`]:
          subjects.length === 1 && only !== undefined ? only : subjects,
      },
    },
  });
}
