/** A pull request that a commit belongs to, as far as this project reads it. */
export interface PullRequest {
  readonly number: number;
  readonly merged_at: string | null;
  readonly merge_commit_sha: string | null;
  readonly base: { readonly ref: string };
  readonly head: { readonly sha: string };
}

/** A status of a commit, as far as this project reads it. */
export interface CommitStatus {
  readonly context: string;
  readonly state: string;
  readonly description: string | null;
  readonly creator: Account | null;
}

/** A branch or a tag, as far as this project reads it. */
export interface GitReference {
  readonly object?: { readonly sha?: string };
}

/** A comment on a pull request, as far as this project reads it. */
export interface IssueComment {
  readonly id: number;
  readonly body?: string | null;
  /** None where the account has been deleted. */
  readonly user: Account | null;
}

/** A status to set on a commit. */
export interface NewStatus {
  readonly context: string;
  readonly state: "success" | "pending" | "failure";
  /** At most 140 characters. */
  readonly description: string;
  /** Page that the status leads to. */
  readonly target_url?: string;
}

/** An account of a person, or of a program. */
export interface Account {
  readonly login: string;
  readonly type: string;
}

/** Account that a workflow's own token acts as. */
export const WORKFLOW_ACCOUNT: Account = {
  login: "github-actions[bot]",
  type: "Bot",
};

/** Whether an account is the one of workflows: no account of a person has such a name. */
export function isOfWorkflow(account: Account | null): boolean {
  return (
    account?.login === WORKFLOW_ACCOUNT.login &&
    account.type === WORKFLOW_ACCOUNT.type
  );
}
