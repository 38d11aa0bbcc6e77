import { UserError } from "../../../constructs/errors";
import type { Environment } from "../../../stacks/config/environment";
import { readCommit } from "./checkout";
import {
  GithubClient,
  type GithubClientOptions,
  isWorkflowAccount,
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

/** What has to be known of a plan's review before it is applied, and what is remembered of the apply. */
export interface DeploymentGuard {
  /** Returns the version of the AWS provider that the reviewed plan was made with, if it is known. */
  findAwsVersion(): Promise<string | undefined>;
  /**
   * Returns the plan that was reviewed.
   *
   * @throws UserError when there is none
   */
  findReviewedPlan(): Promise<ReviewedPlan>;
  /**
   * Fails if what is deployed is not the newest commit of its branch.
   *
   * @throws UserError naming both
   */
  requireNewestCommit(): Promise<void>;
  /**
   * Fails if the reviewed plan was applied before.
   *
   * @throws UserError naming the commit that says so
   */
  requireNotApplied(): Promise<void>;
  /** Runs the apply, and remembers that it was begun and how it ended. */
  recordApply(apply: () => Promise<void>): Promise<void>;
}

/** The plan that a person names, outside of GitHub: nothing else is known of it, and nothing is remembered. */
export function createExplicitPlanGuard(plan: ReviewedPlan): DeploymentGuard {
  return {
    findAwsVersion: () => Promise.resolve(undefined),
    findReviewedPlan: () => Promise.resolve(plan),
    requireNewestCommit: () => Promise.resolve(),
    requireNotApplied: () => Promise.resolve(),
    recordApply: (apply) => apply(),
  };
}

/** The plan of a GitHub workflow's run: the one that is recorded for its commit, or that a person names. */
export class GithubGuard implements DeploymentGuard {
  private readonly client: GithubClient;
  private readonly sha: string;
  private readonly branch: string;
  private record: ApplyRecord | undefined;

  /** @throws UserError when GitHub's variables, or the token, are not in the environment */
  constructor(
    env: Environment,
    private readonly options: GithubClientOptions & {
      readonly stage: string;
      readonly named?: ReviewedPlan | undefined;
    },
  ) {
    this.client = new GithubClient(env, options);
    this.sha = requireVariable(env, "GITHUB_SHA");
    this.branch = requireVariable(env, "GITHUB_REF_NAME");
  }

  /** Without a record there is none; that is a problem only if something would be changed. */
  async findAwsVersion(): Promise<string | undefined> {
    if (this.options.named !== undefined) return undefined;
    try {
      return (await this.findRecord()).awsVersion;
    } catch (error) {
      if (error instanceof UserError) return undefined;
      throw error;
    }
  }

  async findReviewedPlan(): Promise<ReviewedPlan> {
    const { sha } = this;
    const { stage, named } = this.options;
    if (named !== undefined) {
      this.record = { commits: [sha], stage, plan: named };
      return named;
    }
    const found = await this.findRecord();
    const { hash, tree, recordedOn } = found;
    this.record = { commits: [sha, recordedOn], stage, plan: { hash, tree } };
    return found;
  }

  /**
   * A run can be started again, or wait for approval, long after its commit was the newest: it would undo what came
   * after.
   */
  async requireNewestCommit(): Promise<void> {
    const { client, sha, branch } = this;
    const commit = await readCommit();
    if (commit !== sha)
      throw new UserError(
        `the checkout must be of commit ${short(sha)}, which this run is for, got ${short(commit)}`,
      );
    const head = await client.getBranchHead(branch);
    if (head !== sha)
      throw new UserError(
        `commit ${short(sha)} must be the newest of branch ${branch}, got one that ${short(head)} has taken the place of`,
        `run the workflow on the newest commit of ${branch}`,
      );
  }

  async requireNotApplied(): Promise<void> {
    const isNamed = this.options.named !== undefined;
    await requireNotApplied(this.client, this.recordOf(), isNamed);
  }

  async recordApply(apply: () => Promise<void>): Promise<void> {
    const record = this.recordOf();
    try {
      await recordApply(this.client, record, "pending");
      await apply();
    } catch (error) {
      await this.recordEnd(record, "failure");
      throw error;
    }
    await this.recordEnd(record, "success");
  }

  /** The apply has ended as it has, also if GitHub cannot record it: without the record it counts as interrupted. */
  private async recordEnd(
    record: ApplyRecord,
    state: "success" | "failure",
  ): Promise<void> {
    try {
      await recordApply(this.client, record, state);
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      this.options.log(`cannot record the end of the apply: ${error.message}`);
    }
  }

  private async findRecord(): Promise<RecordedPlan> {
    const { client, sha, branch } = this;
    const { stage } = this.options;
    return findReviewedPlan(client, { sha, branch, stage });
  }

  private recordOf(): ApplyRecord {
    if (this.record === undefined)
      throw new Error("the reviewed plan must be found first");
    return this.record;
  }
}

function short(sha: string): string {
  return sha.slice(0, 12);
}

/** How an apply went: begun and not yet ended, done, or failed. */
export type ApplyStatus = NewStatus["state"];

export interface ApplyRecord {
  /** Commits that say so: the one that is deployed, and the one that the plan was recorded on. */
  readonly commits: readonly string[];
  readonly stage: string;
  readonly plan: ReviewedPlan;
}

/** Returns the context of the status that an apply to a stage is recorded under. */
export function formatApplyContext(stage: string): string {
  return `applied (${stage})`;
}

/** Records how an apply of a plan went. */
export async function recordApply(
  client: GithubClient,
  { commits, stage, plan }: ApplyRecord,
  state: ApplyStatus,
): Promise<void> {
  for (const sha of new Set(commits))
    await client.addStatus(sha, {
      context: formatApplyContext(stage),
      state,
      description: formatReviewedPlan(plan),
    });
}

/**
 * Fails if this plan was applied before: its reviewer agreed to one apply.
 *
 * A plan whose apply failed may be applied again: the same plan now means that nothing of it was done. One that was
 * interrupted counts as applied, unless a person names it.
 *
 * @param isNamed whether a person has named the plan, knowing that the run before was interrupted
 * @throws UserError if it was
 */
export async function requireNotApplied(
  client: GithubClient,
  { commits, stage, plan }: ApplyRecord,
  isNamed: boolean,
): Promise<void> {
  const context = formatApplyContext(stage);
  for (const sha of new Set(commits)) {
    const statuses = await client.listStatuses(sha);
    const newest = statuses.find(
      (status) =>
        status.context === context &&
        isWorkflowAccount(status.creator) &&
        isSame(parseReviewedPlan(status.description ?? ""), plan),
    );
    if (newest === undefined || newest.state === "failure") continue;
    if (newest.state === "pending" && isNamed) continue;
    throw newest.state === "pending"
      ? new UserError(
          "the apply of this plan was begun before, and its end is not recorded",
          "make sure that the run before has ended; then name the plan to continue",
        )
      : new UserError(
          `this plan was applied before, as commit ${sha.slice(0, 12)} says`,
          "open a pull request, of an empty commit at least, so that the plan is reviewed again",
        );
  }
}

function isSame(one: ReviewedPlan | undefined, other: ReviewedPlan): boolean {
  return one?.hash === other.hash && one.tree === other.tree;
}
