import type { GithubClient } from "./github-client";
import { isOfWorkflow } from "./github-objects";

/**
 * Keeps one comment of the workflow on a pull request as a text has it: the oldest one that begins with the marker is
 * updated, if it differs, and if there is none, one is made. A comment of anybody else is left alone, whatever it begins
 * with.
 *
 * @throws UserError when GitHub does not take it
 */
export async function keepComment(
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
  const comments = await client.commentsOf(pullRequest);
  const own = comments.find(
    (one) => isOfWorkflow(one.user) && (one.body ?? "").startsWith(marker),
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
