import { UserError } from "../../../constructs/errors";
import type { Environment } from "../../../stacks/config";
import {
  recordApply,
  requireNotApplied,
  type ApplyRecord,
} from "./applied-plan";
import { checkoutCommit } from "./checkout";
import { GithubClient, type GithubClientOptions } from "./github-client";
import { required } from "./github-event";
import {
  findReviewedPlan,
  type RecordedPlan,
  type ReviewedPlan,
} from "./reviewed-plan";

/** What has to be known of a plan's review before it is applied, and what is remembered of the apply. */
export interface DeploymentGuard {
  /** Returns the version of the AWS provider that the reviewed plan was made with, if it is known. */
  reviewedAwsVersion(): Promise<string | undefined>;
  /**
   * Returns the plan that was reviewed.
   *
   * @throws UserError when there is none
   */
  findReviewed(): Promise<ReviewedPlan>;
  /**
   * Fails if what is deployed is not the newest commit of its branch.
   *
   * @throws UserError naming both
   */
  requireNewest(): Promise<void>;
  /**
   * Fails if the reviewed plan was applied before.
   *
   * @throws UserError naming the commit that says so
   */
  requireUnused(): Promise<void>;
  /** Runs the apply, and remembers that it was begun and how it ended. */
  remember(apply: () => Promise<void>): Promise<void>;
}

/** The plan that a person names, outside of GitHub: nothing else is known of it, and nothing is remembered. */
export function namedPlanGuard(plan: ReviewedPlan): DeploymentGuard {
  return {
    reviewedAwsVersion: () => Promise.resolve(undefined),
    findReviewed: () => Promise.resolve(plan),
    requireNewest: () => Promise.resolve(),
    requireUnused: () => Promise.resolve(),
    remember: (apply) => apply(),
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
    this.sha = required(env, "GITHUB_SHA");
    this.branch = required(env, "GITHUB_REF_NAME");
  }

  /** Without a record there is none; that is a problem only if something would be changed. */
  async reviewedAwsVersion(): Promise<string | undefined> {
    if (this.options.named !== undefined) return undefined;
    try {
      return (await this.findRecord()).awsVersion;
    } catch (error) {
      if (error instanceof UserError) return undefined;
      throw error;
    }
  }

  async findReviewed(): Promise<ReviewedPlan> {
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
  async requireNewest(): Promise<void> {
    const { client, sha, branch } = this;
    const commit = await checkoutCommit();
    if (commit !== sha)
      throw new UserError(
        `the checkout must be of commit ${short(sha)}, which this run is for, got ${short(commit)}`,
      );
    const head = await client.branchHead(branch);
    if (head !== sha)
      throw new UserError(
        `commit ${short(sha)} must be the newest of branch ${branch}, got one that ${short(head)} has taken the place of`,
        `run the workflow on the newest commit of ${branch}`,
      );
  }

  async requireUnused(): Promise<void> {
    const isNamed = this.options.named !== undefined;
    await requireNotApplied(this.client, this.recordOf(), isNamed);
  }

  async remember(apply: () => Promise<void>): Promise<void> {
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
