import { UserError } from "../../../constructs/errors";
import type { Environment } from "../../../stacks/config/environment";
import type { PlanJson } from "../plan/plan-json";
import { getAwsProviderVersion } from "../plan/plan-provenance";
import type { StagePlan } from "../plan/stage-workspace";
import { readTreeHash, requireCleanCheckout } from "./checkout";
import {
  GithubClient,
  isWorkflowAccount,
  WORKFLOW_ACCOUNT,
} from "./github-client";
import { requirePullRequest } from "./github-event";

/** GitHub's limit for the description of a status. */
const MAX_DESCRIPTION_LENGTH = 140;

/** The version becomes part of a dependency lock file. */
const AWS_VERSION = / aws@(\d+\.\d+\.\d+(?:-[0-9A-Za-z.-]+)?)(?: |$)/;

/** A plan that was shown for review, and the files that it was made from. */
export interface ReviewedPlan {
  /** `sha256:` and the hash of the plan. */
  readonly hash: string;
  /** Git's hash of the files of the checkout. A merge that changes no file has the same. */
  readonly tree: string;
}

/** A plan that the workflow of a pull request recorded. */
export interface RecordedPlan extends ReviewedPlan {
  readonly pullRequest: number;
  /** Commit with the record. */
  readonly recordedOn: string;
  /** Version of the AWS provider, if the record contains it. */
  readonly awsVersion?: string;
}

/** Formats the line that identifies a plan in a commit status and on the command line. */
export function formatReviewedPlan({ hash, tree }: ReviewedPlan): string {
  return `${hash} tree:${tree}`;
}

/** Parses a line of {@link formatReviewedPlan}, with any text after it. */
export function parseReviewedPlan(text: string): ReviewedPlan | undefined {
  const [, hash, tree] =
    /^(sha256:[0-9a-f]{64}) tree:([0-9a-f]{40}|[0-9a-f]{64})(?: .*)?$/.exec(
      text.trim(),
    ) ?? [];
  return hash === undefined || tree === undefined ? undefined : { hash, tree };
}

/** Returns the context of the status that records a plan of a stage. */
function formatPlanContext(stage: string): string {
  return `plan (${stage})`;
}

/** The line that `apply-reviewed` requires for a plan, or the reason why there is none. */
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

/**
 * Records a reviewed plan on the pull request that this workflow runs for, so that it can be applied after the merge.
 *
 * @throws UserError if this runs for no pull request, or GitHub denies the request
 */
export async function recordReviewedPlan(
  env: Environment,
  stage: string,
  plan: Pick<StagePlan, "hash" | "counts"> & { readonly json?: PlanJson },
  log: (line: string) => void,
): Promise<void> {
  const { headSha } = requirePullRequest(env, "--record");
  await requireCleanCheckout();
  await addPlanStatus(new GithubClient(env, { log }), {
    sha: headSha,
    stage,
    plan: { hash: plan.hash, tree: await readTreeHash() },
    counts: plan.counts,
    awsVersion: getAwsProviderVersion(plan.json?.provenance),
    page: getRunPage(env),
  });
  log(`recorded for review on commit ${headSha.slice(0, 12)}`);
}

/** Adds the status that records a plan to the newest commit of a pull request. */
export async function addPlanStatus(
  client: GithubClient,
  record: {
    readonly sha: string;
    readonly stage: string;
    readonly plan: ReviewedPlan;
    readonly counts: StagePlan["counts"];
    /** Version of the AWS provider that made the plan. */
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
    description: counted.length <= MAX_DESCRIPTION_LENGTH ? counted : line,
    ...(page !== undefined && { target_url: page }),
  });
}

/** Returns the page of this workflow run, whose summary shows the plan. */
function getRunPage(env: Environment): string | undefined {
  const { GITHUB_SERVER_URL, GITHUB_REPOSITORY, GITHUB_RUN_ID } = env;
  return GITHUB_SERVER_URL === undefined ||
    GITHUB_REPOSITORY === undefined ||
    GITHUB_RUN_ID === undefined
    ? undefined
    : `${GITHUB_SERVER_URL}/${GITHUB_REPOSITORY}/actions/runs/${GITHUB_RUN_ID}`;
}

/**
 * Finds the plan that was recorded for the pull request that a commit merges.
 *
 * @throws UserError if there is no such pull request, or no plan is recorded for it
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
      `cannot find a reviewed plan: commit ${sha.slice(0, 12)} merges no pull request into ${branch}`,
    );
  const recordedOn = merged.head.sha;
  const context = formatPlanContext(stage);
  const statuses = (await client.listStatuses(recordedOn)).filter(
    (status) => status.context === context,
  );
  // any account with write access can add a status
  const trusted = statuses.find(({ creator }) => isWorkflowAccount(creator));
  const description = trusted?.description ?? "";
  const plan =
    trusted?.state === "success" ? parseReviewedPlan(description) : undefined;
  if (plan !== undefined) {
    const [, awsVersion] = AWS_VERSION.exec(description) ?? [];
    return {
      ...plan,
      pullRequest: merged.number,
      recordedOn,
      ...(awsVersion !== undefined && { awsVersion }),
    };
  }
  const [untrusted] = statuses;
  const reason =
    trusted === undefined && untrusted !== undefined
      ? `its status "${context}" is from ${untrusted.creator?.login ?? "an unknown account"}, not from ${WORKFLOW_ACCOUNT.login}`
      : `commit ${recordedOn.slice(0, 12)} has no status "${context}" with a plan`;
  throw new UserError(
    `cannot find the plan of pull request #${merged.number}: ${reason}`,
  );
}
