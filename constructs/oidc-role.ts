import { IamRole } from "@cdktf/provider-aws/lib/iam-role";
import { IamRolePolicy } from "@cdktf/provider-aws/lib/iam-role-policy";
import { IamRolePolicyAttachment } from "@cdktf/provider-aws/lib/iam-role-policy-attachment";
import { Fn, Op, TerraformIterator, Token } from "cdktf";
import { Construct } from "constructs";
import { getPartition } from "./aws";
import { formatValue, type Limit, LIMITS, OIDC_AUDIENCE } from "./constraints";
import {
  getGitHubScope,
  isGitHubIssuer,
  isGitHubSubject,
  parseGitHubSubject,
} from "./github-claims";
import {
  formatGitHubSubjects,
  type GitHubSubject,
  validateGitHubSubject,
} from "./github-subject";
import type { IOidcProvider } from "./oidc-provider";
import { checkAtPlan } from "./plan-check";
import {
  countPolicyCharacters,
  createPolicyDocument,
  type IdentityStatement,
  type PolicyDocument,
  validateStatements,
} from "./policy-document";
import { toPolicyJson } from "./policy-json";
import { getRegion } from "./provider-region";
import type { IRole } from "./role";
import {
  addValidationErrors,
  check,
  checkArnLocation,
  checkCount,
  checkEach,
  checkNotEmpty,
  isUnknown,
  toList,
} from "./validation";

/** Configuration of {@link OidcRole}. */
export interface OidcRoleProps {
  readonly provider: IOidcProvider;
  readonly roleName: string;
  /** Principals that can assume the role: runs on GitHub, or complete `sub` claims of another issuer. */
  readonly subjects: readonly (GitHubSubject | string)[];
  /** @default none */
  readonly statements?: readonly IdentityStatement[];
  /**
   * Changing it replaces the role.
   *
   * @default /
   */
  readonly path?: string;
  /** @default none */
  readonly description?: string;
  /** @default none */
  readonly managedPolicyArns?: readonly string[];
}

/**
 * A role for workloads with tokens of an OIDC issuer. Audience and subject must be equal to the token's claims: a pattern
 * could match the claims of another account or repository.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create_for-idp_oidc.html
 */
export class OidcRole extends Construct implements IRole {
  readonly roleArn: string;
  /** Name of the role, as a reference to it. */
  readonly roleName: string;

  /** Subjects that the role can trust. */
  protected get subjectLimit(): Limit<string> {
    return LIMITS.oidcSubject;
  }

  constructor(scope: Construct, id: string, props: OidcRoleProps) {
    super(scope, id);
    const { provider } = props;
    const region = getRegion(this);
    const statements = toList(props.statements ?? []);
    const managedPolicyArns = toList(props.managedPolicyArns ?? []);
    const subjects = toList(props.subjects).flatMap((subject) =>
      typeof subject === "string" ? [subject] : formatGitHubSubjects(subject),
    );
    const policy = createPolicyDocument(...statements);
    // only Terraform knows the provider's ARN, but its length is fixed
    const sampleArn = `arn:${getPartition(region)}:iam::000000000000:oidc-provider/${provider.issuer}`;
    addValidationErrors(
      this,
      check(LIMITS.roleName, props.roleName),
      check(LIMITS.rolePath, props.path),
      check(LIMITS.roleDescription, props.description),
      checkNotEmpty("subjects of an OIDC role", subjects),
      ...toList(props.subjects).flatMap((subject) =>
        typeof subject === "string"
          ? [checkRepository(subject, provider.issuer)]
          : validateGitHubSubject(subject),
      ),
      ...checkEach(this.subjectLimit, subjects),
      ...checkEach(LIMITS.managedPolicyArn, managedPolicyArns),
      ...managedPolicyArns.flatMap((arn) =>
        checkArnLocation("managed policy ARN", arn, region, undefined),
      ),
      checkCount(LIMITS.managedPoliciesPerRole, managedPolicyArns),
      ...validateStatements(statements),
      check(LIMITS.inlinePolicyCharacters, countPolicyCharacters(policy)),
      check(
        LIMITS.trustPolicyCharacters,
        countPolicyCharacters(
          createOidcTrustPolicy(
            { ...provider, providerArn: sampleArn },
            subjects,
          ),
        ),
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
    checkAtPlan(
      role,
      subjects,
      createGitHubCondition(REPOSITORY_SUBJECT, provider.issuer),
      "OIDC subjects of GitHub must include repo, repository or repository_id with one repository.",
    );
    if (this.subjectLimit === LIMITS.oidcSubject)
      checkAtPlan(
        role,
        subjects,
        (subject) => Op.not(Fn.can(Fn.regex(PULL_REQUEST_SUBJECT, subject))),
        "OIDC subjects must not be of a pull request, which can assume read-only roles alone.",
      );
    if (statements.length > 0) {
      new IamRolePolicy(this, "policy", {
        name: props.roleName,
        role: role.id,
        policy: toPolicyJson(policy),
      });
    }
    this.attachPolicies(role, managedPolicyArns);
    this.roleArn = role.arn;
    this.roleName = role.name;
  }

  private attachPolicies(role: IamRole, policyArns: readonly string[]): void {
    if (isUnknown(policyArns)) {
      const forEach = TerraformIterator.fromList([...policyArns]);
      new IamRolePolicyAttachment(this, "policies", {
        forEach,
        role: role.name,
        policyArn: Token.asString(forEach.value),
      });
      return;
    }
    for (const [index, policyArn] of [...new Set(policyArns)].entries()) {
      // an ARN that only Terraform knows cannot be a construct id
      const id = Token.isUnresolved(policyArn) ? `policy-${index}` : policyArn;
      new IamRolePolicyAttachment(this, id, { role: role.name, policyArn });
    }
  }
}

/** Checks that a subject of GitHub names one repository, because the role would trust others too. */
function checkRepository(subject: string, issuer: string): string | undefined {
  return Token.isUnresolved(subject) ||
    // the limit of a subject reports a pattern
    /[*?]/.test(subject) ||
    !isGitHubSubject(subject, issuer) ||
    getGitHubScope(parseGitHubSubject(subject)) === "repository"
    ? undefined
    : `OIDC subject must include repo, repository or repository_id with one repository, got ${formatValue(subject)}`;
}

/** Creates the trust policy for subjects of one issuer. */
export function createOidcTrustPolicy(
  provider: IOidcProvider,
  subjects: readonly string[],
): PolicyDocument {
  return createPolicyDocument({
    Effect: "Allow",
    Principal: { Federated: provider.providerArn },
    Action: "sts:AssumeRoleWithWebIdentity",
    Condition: {
      StringEquals: {
        [`${provider.issuer}:aud`]: simplify(
          provider.audiences ?? [OIDC_AUDIENCE],
        ),
        [`${provider.issuer}:sub`]: simplify(subjects),
      },
    },
  });
}

/** Returns the only value of a list, or the list. */
function simplify(values: readonly string[]): string | readonly string[] {
  const [only] = values;
  return values.length === 1 && only !== undefined && !isUnknown(values)
    ? only
    : values;
}

/** Patterns of subjects, in which keys and values of claims alternate. */
const CLAIMS = "^([^:]+:[^:]*:)*";
const ENVIRONMENT_SUBJECT = `${CLAIMS}environment:[^:*?]+(:|$)`;
const REPOSITORY_SUBJECT = `${CLAIMS}((repo|repository):[^:/*?]+/[^:*?]+|repository_id:[0-9]+)(:|$)`;
const PULL_REQUEST_SUBJECT = `${CLAIMS}(pull_request(:|$)|event_name:pull_request|(base|head)_ref:[^:]|(ref|job_workflow_ref|workflow_ref):([^:]*@)?refs/pull/)`;

/** Makes Terraform check that subjects of GitHub have an environment, if only it knows them. */
export function checkEnvironmentsAtPlan(
  role: OidcRole,
  subjects: OidcRoleProps["subjects"],
  issuer: string,
): void {
  checkAtPlan(
    role.node.defaultChild as IamRole,
    toList(subjects),
    createGitHubCondition(ENVIRONMENT_SUBJECT, issuer),
    "OIDC subjects of a stage for production must be of a GitHub environment, whose reviewers approve deployments.",
  );
}

/** Returns a condition that subjects of GitHub match, and all subjects of other issuers. */
function createGitHubCondition(
  pattern: string,
  issuer: string,
): (subject: string) => unknown {
  return (subject) => {
    const isMatch = Fn.can(Fn.regex(pattern, subject));
    return isGitHubIssuer(issuer)
      ? isMatch
      : Op.or(Op.not(Fn.startswith(subject, "repo:")), isMatch);
  };
}
