import { UserError } from "../../../constructs/errors";
import type { Environment } from "../../../stacks/config";
import type { PlanJson } from "../plan/plan-json";
import { awsVersionOf } from "../plan/plan-provenance";
import type { StagePlan } from "../plan/stage-workspace";
import { checkoutTree, requireCleanCheckout } from "./checkout";
import { GithubClient } from "./github-client";
import { githubEvent } from "./github-event";
import { recordPlan } from "./reviewed-plan";

/**
 * Records a plan that is shown for review on the pull request that this workflow runs for, so that it can be applied once
 * that is merged.
 *
 * @param log told what is done, a line at a time
 * @throws UserError when this runs for none, or GitHub does not take it
 */
export async function recordForReview(
  env: Environment,
  stage: string,
  plan: Pick<StagePlan, "hash" | "counts"> & { readonly json?: PlanJson },
  log: (line: string) => void,
): Promise<void> {
  const event = githubEvent(env);
  if (event.kind !== "pull request")
    throw new UserError(
      `a plan is recorded for a pull request, got a run on branch ${event.branch}`,
      "leave --record out",
    );
  await requireCleanCheckout();
  const tree = await checkoutTree();
  await recordPlan(new GithubClient(env, { log }), {
    sha: event.headSha,
    stage,
    plan: { hash: plan.hash, tree },
    counts: plan.counts,
    awsVersion: awsVersionOf(plan.json?.provenance),
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
