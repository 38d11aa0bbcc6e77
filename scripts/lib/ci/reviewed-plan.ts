import { UserError } from "../../../constructs/errors";
import type { StagePlan } from "../plan/stage-workspace";
import {
  GithubClient,
  isWorkflowAccount,
  WORKFLOW_ACCOUNT,
} from "./github-client";
import type { Environment } from "../../../stacks/config/environment";
import type { PlanJson } from "../plan/plan-json";
import { getAwsProviderVersion } from "../plan/plan-provenance";
import { readTreeHash, requireCleanCheckout } from "./checkout";
import { readGithubEvent } from "./github-event";

/** GitHub takes no longer description of a status. */
const LONGEST_DESCRIPTION = 140;

/** It becomes a part of a dependency lock file. */
const AWS_VERSION = / aws@(\d+\.\d+\.\d+(?:-[0-9A-Za-z.-]+)?)(?: |$)/;

/** A plan that was shown for review: of which files, and what it would do. */
export interface ReviewedPlan {
  /** `sha256:` and the plan's hash. */
  readonly hash: string;
  /** Git's name for the files of the checkout, the same before and after a merge that changes nothing of them. */
  readonly tree: string;
}

/** A plan that a pull request's workflow has recorded. */
export interface RecordedPlan extends ReviewedPlan {
  readonly pullRequest: number;
  /** Commit that has the record. */
  readonly recordedOn: string;
  /** Version of the AWS provider that it was made with, if the record has it. */
  readonly awsVersion?: string;
}

/** What a plan would do, by the number of resources. */
export type PlanCounts = StagePlan["counts"];

/** The line that names a plan, as a status of a commit has it and a person gives it. */
export function formatReviewedPlan({ hash, tree }: ReviewedPlan): string {
  return `${hash} tree:${tree}`;
}

/** The plan that a {@link formatReviewedPlan} line names, whatever follows it; `undefined` when it is none. */
export function parseReviewedPlan(text: string): ReviewedPlan | undefined {
  const [, hash, tree] =
    /^(sha256:[0-9a-f]{64}) tree:([0-9a-f]{40}|[0-9a-f]{64})(?: .*)?$/.exec(
      text.trim(),
    ) ?? [];
  return hash === undefined || tree === undefined ? undefined : { hash, tree };
}

/** Context of the status that a stage's plan is recorded under. */
export function formatPlanContext(stage: string): string {
  return `plan (${stage})`;
}

/** Records a plan that is shown for review, on the newest commit of the pull request. */
export async function addPlanStatus(
  client: GithubClient,
  record: {
    readonly sha: string;
    readonly stage: string;
    readonly plan: ReviewedPlan;
    readonly counts: PlanCounts;
    /** Version of the AWS provider that the plan was made with. */
    readonly awsVersion?: string | undefined;
    /** Page that shows the plan. */
    readonly page?: string | undefined;
  },
): Promise<void> {
  const { sha, stage, plan, counts, awsVersion, page } = record;
  const line =
    formatReviewedPlan(plan) +
    (awsVersion === undefined ? "" : ` aws@${awsVersion}`);
  const counted = `${line} +${counts.add} ~${counts.change} -${counts.destroy}`;
  await client.addStatus(sha, {
    context: formatPlanContext(stage),
    state: "success",
    description: counted.length <= LONGEST_DESCRIPTION ? counted : line,
    ...(page !== undefined && { target_url: page }),
  });
}

/**
 * The plan that was recorded for the pull request that a commit of a branch is the merge of.
 *
 * @throws UserError when there is no such pull request, or no plan is recorded for it
 */
export async function findReviewedPlan(
  client: GithubClient,
  commit: {
    readonly sha: string;
    readonly branch: string;
    readonly stage: string;
  },
): Promise<RecordedPlan> {
  const { sha, branch, stage } = commit;
  const short = sha.slice(0, 12);
  const pullRequests = await client.listPullRequests(sha);
  const [merged] = pullRequests
    .filter(
      ({ merged_at, merge_commit_sha, base, head }) =>
        merged_at !== null &&
        base.ref === branch &&
        (merge_commit_sha === sha || head.sha === sha),
    )
    // one commit can be the head of several
    .sort((one, other) => other.number - one.number);
  if (merged === undefined)
    throw new UserError(
      `no plan of commit ${short} was reviewed: it is the merge of no pull request into ${branch}`,
    );
  const statuses = await client.listStatuses(merged.head.sha);
  const context = formatPlanContext(stage);
  const own = statuses.filter((status) => status.context === context);
  // a status of another account says nothing about a plan of a workflow
  const believed = own.find(({ creator }) => isWorkflowAccount(creator));
  const plan =
    believed?.state === "success"
      ? parseReviewedPlan(believed.description ?? "")
      : undefined;
  if (plan !== undefined) {
    const [, awsVersion] = AWS_VERSION.exec(believed?.description ?? "") ?? [];
    return {
      ...plan,
      pullRequest: merged.number,
      recordedOn: merged.head.sha,
      ...(awsVersion !== undefined && { awsVersion }),
    };
  }
  const foreign = own.find(({ creator }) => !isWorkflowAccount(creator));
  const why =
    believed === undefined && foreign !== undefined
      ? `its status "${context}" is from ${foreign.creator?.login ?? "an unknown account"}, not from ${WORKFLOW_ACCOUNT.login}`
      : `commit ${merged.head.sha.slice(0, 12)} has no status "${context}" that tells of one`;
  throw new UserError(
    `no plan of pull request #${merged.number} was recorded: ${why}`,
  );
}

/**
 * Records a plan that is shown for review on the pull request that this workflow runs for, so that it can be applied once
 * that is merged.
 *
 * @param log told what is done, a line at a time
 * @throws UserError when this runs for none, or GitHub does not take it
 */
export async function recordReviewedPlan(
  env: Environment,
  stage: string,
  plan: Pick<StagePlan, "hash" | "counts"> & { readonly json?: PlanJson },
  log: (line: string) => void,
): Promise<void> {
  const event = readGithubEvent(env);
  if (event.kind !== "pull request")
    throw new UserError(
      `a plan is recorded for a pull request, got a run on branch ${event.branch}`,
      "leave --record out",
    );
  await requireCleanCheckout();
  const tree = await readTreeHash();
  await addPlanStatus(new GithubClient(env, { log }), {
    sha: event.headSha,
    stage,
    plan: { hash: plan.hash, tree },
    counts: plan.counts,
    awsVersion: getAwsProviderVersion(plan.json?.provenance),
    page: runPage(env),
  });
  log(`recorded for review on commit ${event.headSha.slice(0, 12)}`);
}

/** Page of GitHub's that shows this run, and in its summary the plan. */
function runPage(env: Environment): string | undefined {
  const { GITHUB_SERVER_URL, GITHUB_REPOSITORY, GITHUB_RUN_ID } = env;
  return GITHUB_SERVER_URL === undefined ||
    GITHUB_REPOSITORY === undefined ||
    GITHUB_RUN_ID === undefined
    ? undefined
    : `${GITHUB_SERVER_URL}/${GITHUB_REPOSITORY}/actions/runs/${GITHUB_RUN_ID}`;
}

/** The line that `apply-reviewed` accepts for a plan, or why there is none. */
export type PlanLine =
  | { readonly line: string }
  | { readonly line: undefined; readonly reason: string };

/** Returns the line of a plan that was made from the checkout in the working directory. */
export async function getPlanLine(hash: string): Promise<PlanLine> {
  try {
    await requireCleanCheckout();
    return { line: formatReviewedPlan({ hash, tree: await readTreeHash() }) };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return {
      line: undefined,
      reason: `no line for apply-reviewed: ${error.message}`,
    };
  }
}
