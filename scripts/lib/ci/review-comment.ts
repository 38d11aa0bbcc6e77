import type { Environment } from "../../../stacks/config/environment";
import { GithubClient, isWorkflowAccount } from "./github-client";
import { requirePullRequest } from "./github-event";

/**
 * Updates the one comment with a stage's review on the pull request that this workflow runs for.
 *
 * @param markdown begins with a line that identifies the comment
 * @throws UserError if this runs for no pull request, or GitHub denies the request
 */
export async function postReviewComment(
  env: Environment,
  markdown: string,
  log: (line: string) => void,
): Promise<void> {
  const { number } = requirePullRequest(env, "--comment");
  const [marker = ""] = markdown.split("\n");
  const client = new GithubClient(env, { log });
  await upsertComment(client, { pullRequest: number, marker, body: markdown });
  log(`the review is a comment of pull request #${number}`);
}

/**
 * Updates the oldest comment of the workflow that begins with a marker, if it differs, or adds one. Never changes a comment
 * of another account.
 *
 * @throws UserError if GitHub denies the request
 */
export async function upsertComment(
  client: GithubClient,
  comment: {
    readonly pullRequest: number;
    /** First line of the comment, which identifies it. */
    readonly marker: string;
    /** Begins with the marker. */
    readonly body: string;
  },
): Promise<"created" | "updated" | "unchanged"> {
  const { pullRequest, marker, body } = comment;
  const comments = await client.listComments(pullRequest);
  const own = comments.find(
    (one) => isWorkflowAccount(one.user) && (one.body ?? "").startsWith(marker),
  );
  if (own === undefined) {
    await client.addComment(pullRequest, body);
    return "created";
  }
  if (normalize(own.body ?? "") === normalize(body)) return "unchanged";
  await client.updateComment(own.id, body);
  return "updated";
}

/** Normalizes line ends and trailing white space, which GitHub may change. */
function normalize(text: string): string {
  return text.replaceAll("\r\n", "\n").trimEnd();
}
