import { Construct } from "constructs";
import {
  addValidationErrors,
  check,
  claimId,
  createApplyStatements,
  createPlanStatements,
  createRotateStatements,
  createUseStatements,
  type DeployScope,
  formatPullRequestSubjects,
  type GitHubRepository,
  type GitHubSubject,
  type IOidcProvider,
  LIMITS,
  ManagedPolicy,
  OidcReadOnlyRole,
  OidcRole,
} from "../constructs";
import type { BaseStack } from "./base-stack";
import { BRANCH_STAGES } from "./config/branches";
import type {
  AccountConfig,
  DeployedStage,
  GitHubConfig,
} from "./config/config";
import { findDeployConflicts } from "./config/stage-conflicts";
import {
  type DeployAction,
  getDeployRoleName,
  getDeployRolePath,
  getJobEnvironment,
  getOutputName,
} from "./naming";

type Subjects = readonly (GitHubSubject | string)[];

/** Names and ARNs of the account that limit the roles of each stage. */
export type AccountScope = Pick<
  DeployScope,
  "accountId" | "boundaryPolicyArn" | "stateBucket" | "stateEncryptionKeyArn"
>;

/** The roles of CI, three for each stage: one plans it, one applies it, and one rotates its client secrets. */
export class DeployRoles {
  private readonly parent: Construct;
  private readonly deployed: DeployedStage[] = [];

  constructor(private readonly stack: BaseStack<AccountConfig>) {
    this.parent = new Construct(stack, "deploy-roles");
  }

  /** Reports an error if the roles have access to another stage. */
  add(
    stage: DeployedStage,
    github: GitHubConfig,
    provider: IOidcProvider,
    account: AccountScope,
  ): void {
    if (this.deployed.some((other) => other.stage === stage.stage)) {
      addValidationErrors(
        this.stack,
        `stage must be unique, got "${stage.stage}" twice`,
      );
      return;
    }
    addValidationErrors(
      this.stack,
      check(LIMITS.stateKey, stage.stateKey),
      ...this.deployed.flatMap((other) => findDeployConflicts([other, stage])),
      checkEnvironment(stage, github),
    );
    this.deployed.push(stage);
    const { owner, repo, ids, claimKeys } = github;
    const repository = { owner, repo, ...ids, claimKeys };
    const { stackName } = this.stack.config;
    const path = getDeployRolePath(stackName);
    const scope = { ...stage, ...account, deployRolePath: path };
    const describe = (action: DeployAction, subjects: Subjects) => ({
      provider,
      path,
      roleName: getDeployRoleName(stage.stackName, action),
      subjects,
    });
    const claim = (action: DeployAction) =>
      claimId(this.parent, `${stage.stage}-${action}`);
    const plan = new OidcReadOnlyRole(...claim("plan"), {
      ...describe("plan", createPlanSubjects(repository)),
      description: `Plans stage ${stage.stage} of VEDA auth`,
      statements: createPlanStatements(scope),
    });
    const apply = new OidcRole(...claim("apply"), {
      ...describe("apply", [
        { ...repository, environment: stage.githubEnvironment },
      ]),
      description: `Changes stage ${stage.stage} of VEDA auth`,
      statements: createApplyStatements(scope),
      managedPolicyArns: this.createUsePolicies(scope),
    });
    const rotate = new OidcRole(...claim("rotate"), {
      ...describe("rotate", createRotateSubjects(repository)),
      description: `Rotates the client secrets of stage ${stage.stage} of VEDA auth`,
      statements: createRotateStatements(scope),
    });
    const addOutput = (action: DeployAction, role: OidcRole, does: string) =>
      this.stack.addOutput(
        getOutputName(stage.stage, `${action}_role_arn`),
        role.roleArn,
        `Role that ${does} stage ${stage.stage}`,
      );
    addOutput("plan", plan, "plans");
    addOutput("apply", apply, "changes");
    addOutput("rotate", rotate, "rotates the client secrets of");
  }

  /** Returns the ARN of the policy for the existing resources that a stage uses; none if it uses none. */
  private createUsePolicies(scope: DeployScope): readonly string[] {
    const statements = createUseStatements(scope);
    if (statements.length === 0) return [];
    const policy = new ManagedPolicy(this.parent, `${scope.stage}-apply-uses`, {
      policyName: `${getDeployRoleName(scope.stackName, "apply")}-uses`,
      description: `Existing resources that stage ${scope.stage} of VEDA auth uses`,
      statements,
    });
    return [policy.policyArn];
  }
}

/** Returns an error if other jobs run in the environment whose jobs can change the stage. */
function checkEnvironment(
  { stage, githubEnvironment }: DeployedStage,
  { claimKeys }: GitHubConfig,
): string | undefined {
  const others = (["plan", "rotate"] as const).map((action) =>
    getJobEnvironment(action, claimKeys),
  );
  return others.includes(githubEnvironment.toLowerCase())
    ? `GITHUB_ENVIRONMENT must not be the environment of plans or rotations with GITHUB_SUBJECT_CLAIMS, got "${githubEnvironment}" for stage "${stage}"`
    : undefined;
}

/** Returns the subjects of the runs that plan: pull requests, and scheduled runs, which have the subject of a branch. */
function createPlanSubjects(repository: GitHubRepository): Subjects {
  const environment = getJobEnvironment("plan", repository.claimKeys);
  return environment === undefined
    ? [
        ...formatPullRequestSubjects(repository),
        ...createBranchSubjects(repository),
      ]
    : [{ ...repository, environment }];
}

/**
 * Returns the subjects of the runs that rotate. A scheduled run has the subject of the default branch, whichever stage it
 * rotates. No pull request is trusted, because its code is not reviewed and the role can write.
 */
function createRotateSubjects(repository: GitHubRepository): Subjects {
  const environment = getJobEnvironment("rotate", repository.claimKeys);
  return environment === undefined
    ? createBranchSubjects(repository)
    : [{ ...repository, environment }];
}

/** Returns the subjects of runs of the deployment branches, which are not in an environment. */
function createBranchSubjects(repository: GitHubRepository): Subjects {
  return Object.keys(BRANCH_STAGES).map((branch) => ({
    ...repository,
    branch,
  }));
}
