import { UserError } from "../../../constructs/errors";
import type { Environment } from "../../../stacks/config";
import { GithubClient } from "./github-client";
import { githubEvent } from "./github-event";
import { keepComment } from "./sticky-comment";

/**
 * Keeps a review as the one comment of its stage on the pull request that this workflow runs for.
 *
 * @param markdown begins with the line that the comment is known by
 * @param log told what is done, a line at a time
 * @throws UserError when this runs for no pull request, or GitHub does not take it
 */
export async function commentReview(
  env: Environment,
  markdown: string,
  log: (line: string) => void,
): Promise<void> {
  const event = githubEvent(env);
  if (event.kind !== "pull request")
    throw new UserError(
      `a review is a comment of a pull request, got a run on branch ${event.branch}`,
      "leave --comment out",
    );
  const [marker = ""] = markdown.split("\n");
  await keepComment(new GithubClient(env, { log }), {
    pullRequest: event.number,
    marker,
    body: markdown,
  });
  log(`the review is a comment of pull request #${event.number}`);
}
