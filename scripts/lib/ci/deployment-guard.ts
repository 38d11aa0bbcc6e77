import { UserError } from "../../../constructs/errors";
import type { Environment } from "../../../stacks/config/environment";
import { readCommit } from "./checkout";
import {
  GithubClient,
  isWorkflowAccount,
  type GithubClientOptions,
  type NewStatus,
} from "./github-client";
import { requireVariable } from "./github-event";
import {
  findReviewedPlan,
  formatReviewedPlan,
  parseReviewedPlan,
  type RecordedPlan,
  type ReviewedPlan,
} from "./reviewed-plan";

/** Finds the reviewed plan, ensures that it can be applied, and records the apply. */
export interface DeploymentGuard {
  /** Returns the version of the AWS provider that made the reviewed plan, if it is known. */
  findAwsVersion(): Promise<string | undefined>;
  /** @throws UserError if there is no reviewed plan */
  findReviewedPlan(): Promise<ReviewedPlan>;
  /** @throws UserError if the checkout is not the newest commit of its branch */
  requireNewestCommit(): Promise<void>;
  /** @throws UserError if the reviewed plan was applied before */
  requireNotApplied(): Promise<void>;
  /** Runs an apply and records its start and its result. */
  recordApply(apply: () => Promise<void>): Promise<void>;
}

/** Returns a guard for an explicit plan outside of GitHub Actions, which checks and records nothing. */
export function createExplicitPlanGuard(plan: ReviewedPlan): DeploymentGuard {
  return {
    findAwsVersion: () => Promise.resolve(undefined),
    findReviewedPlan: () => Promise.resolve(plan),
    requireNewestCommit: () => Promise.resolve(),
    requireNotApplied: () => Promise.resolve(),
    recordApply: (apply) => apply(),
  };
}

/** Guards a deployment of a GitHub workflow with the records in commit statuses. */
export class GithubGuard implements DeploymentGuard {
  private readonly client: GithubClient;
  private readonly sha: string;
  private readonly branch: string;
  private record: ApplyRecord | undefined;

  /** @throws UserError if the environment lacks the token or a variable of GitHub Actions */
  constructor(
    env: Environment,
    private readonly options: GithubClientOptions & {
      readonly stage: string;
      /** Plan that the user names. @default the recorded one */
      readonly explicitPlan?: ReviewedPlan | undefined;
    },
  ) {
    this.client = new GithubClient(env, options);
    this.sha = requireVariable(env, "GITHUB_SHA");
    this.branch = requireVariable(env, "GITHUB_REF_NAME");
  }

  /** Ignores a missing record: it matters only if the new plan has changes. */
  async findAwsVersion(): Promise<string | undefined> {
    if (this.options.explicitPlan !== undefined) return undefined;
    try {
      return (await this.findRecordedPlan()).awsVersion;
    } catch (error) {
      if (error instanceof UserError) return undefined;
      throw error;
    }
  }

  async findReviewedPlan(): Promise<ReviewedPlan> {
    const { sha } = this;
    const { stage, explicitPlan: plan } = this.options;
    if (plan !== undefined) {
      this.record = { commits: [sha], stage, plan };
      return plan;
    }
    const found = await this.findRecordedPlan();
    const { hash, tree, recordedOn } = found;
    this.record = { commits: [sha, recordedOn], stage, plan: { hash, tree } };
    return found;
  }

  /** A run can start again, or wait for approval, long after its commit was the newest. It would revert newer commits. */
  async requireNewestCommit(): Promise<void> {
    const { client, sha, branch } = this;
    const commit = await readCommit();
    if (commit !== sha)
      throw new UserError(
        `the checkout must be commit ${shorten(sha)} of this run, got ${shorten(commit)}`,
      );
    const head = await client.getBranchHead(branch);
    if (head !== sha)
      throw new UserError(
        `commit ${shorten(sha)} must be the newest of branch ${branch}, which is ${shorten(head)}`,
        `run the workflow on the newest commit of ${branch}`,
      );
  }

  /**
   * Fails for an interrupted apply too, unless the user names the plan. A plan whose apply failed may be applied again: the
   * same plan means that nothing of it was done.
   */
  async requireNotApplied(): Promise<void> {
    const { commits, stage, plan } = this.getRecord();
    const isExplicit = this.options.explicitPlan !== undefined;
    const context = formatApplyContext(stage);
    for (const sha of new Set(commits)) {
      const statuses = await this.client.listStatuses(sha);
      const newest = statuses.find(
        (status) =>
          status.context === context &&
          isWorkflowAccount(status.creator) &&
          isSamePlan(parseReviewedPlan(status.description ?? ""), plan),
      );
      if (newest === undefined || newest.state === "failure") continue;
      if (newest.state !== "pending")
        throw new UserError(
          `this plan was already applied, according to commit ${shorten(sha)}`,
          "open a pull request, which may have an empty commit, to review the plan again",
        );
      if (!isExplicit)
        throw new UserError(
          "an earlier apply of this plan started, and its end is not recorded",
          "make sure that the earlier run has ended; then name the plan to continue",
        );
    }
  }

  async recordApply(apply: () => Promise<void>): Promise<void> {
    try {
      await this.addStatus("pending");
      await apply();
    } catch (error) {
      await this.addFinalStatus("failure");
      throw error;
    }
    await this.addFinalStatus("success");
  }

  /** Logs an error of GitHub instead of failing: the apply has its own result. Without the record it counts as interrupted. */
  private async addFinalStatus(state: "success" | "failure"): Promise<void> {
    try {
      await this.addStatus(state);
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      this.options.log(`cannot record the end of the apply: ${error.message}`);
    }
  }

  private async addStatus(state: NewStatus["state"]): Promise<void> {
    const { commits, stage, plan } = this.getRecord();
    for (const sha of new Set(commits))
      await this.client.addStatus(sha, {
        context: formatApplyContext(stage),
        state,
        description: formatReviewedPlan(plan),
      });
  }

  private async findRecordedPlan(): Promise<RecordedPlan> {
    const { client, sha, branch } = this;
    const { stage } = this.options;
    return findReviewedPlan(client, { sha, branch, stage });
  }

  private getRecord(): ApplyRecord {
    if (this.record === undefined)
      throw new Error("findReviewedPlan must be called first");
    return this.record;
  }
}

interface ApplyRecord {
  /** Commits with a status: the deployed one, and the one with the recorded plan. */
  readonly commits: readonly string[];
  readonly stage: string;
  readonly plan: ReviewedPlan;
}

/** Returns the context of the status that records an apply to a stage. */
function formatApplyContext(stage: string): string {
  return `applied (${stage})`;
}

function shorten(sha: string): string {
  return sha.slice(0, 12);
}

function isSamePlan(
  one: ReviewedPlan | undefined,
  other: ReviewedPlan,
): boolean {
  return one?.hash === other.hash && one.tree === other.tree;
}
