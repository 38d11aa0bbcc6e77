import { UserError } from "../../../constructs/errors";
import type { Environment } from "../../../stacks/config/environment";
import { GithubClient, isWorkflowAccount } from "./github-client";
import { readGithubEvent } from "./github-event";

/**
 * Keeps a review as the one comment of its stage on the pull request that this workflow runs for.
 *
 * @param markdown begins with the line that the comment is known by
 * @param log told what is done, a line at a time
 * @throws UserError when this runs for no pull request, or GitHub does not take it
 */
export async function postReviewComment(
  env: Environment,
  markdown: string,
  log: (line: string) => void,
): Promise<void> {
  const event = readGithubEvent(env);
  if (event.kind !== "pull request")
    throw new UserError(
      `a review is a comment of a pull request, got a run on branch ${event.branch}`,
      "leave --comment out",
    );
  const [marker = ""] = markdown.split("\n");
  await upsertComment(new GithubClient(env, { log }), {
    pullRequest: event.number,
    marker,
    body: markdown,
  });
  log(`the review is a comment of pull request #${event.number}`);
}

/**
 * Keeps one comment of the workflow on a pull request as a text has it: the oldest one that begins with the marker is
 * updated, if it differs, and if there is none, one is made. A comment of anybody else is left alone, whatever it begins
 * with.
 *
 * @throws UserError when GitHub does not take it
 */
export async function upsertComment(
  client: GithubClient,
  comment: {
    /** Its number. */
    readonly pullRequest: number;
    /** Line that the comment, and none about anything else, begins with. */
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
  if (asKept(own.body ?? "") === asKept(body)) return "unchanged";
  await client.updateComment(own.id, body);
  return "updated";
}

/** A text as it is the same to GitHub, which may end lines in its own way and leave out the last. */
function asKept(text: string): string {
  return text.replaceAll("\r\n", "\n").trimEnd();
}
