import { LIMITS, validate } from "./constraints";

/** Runs of a repository's workflows: of one branch, of one environment or of one tag. */
export type GitHubSubject = GitHubRepository &
  Readonly<
    | { branch: string; environment?: never; tag?: never }
    | { environment: string; branch?: never; tag?: never }
    | { tag: string; branch?: never; environment?: never }
  >;

export interface GitHubRepository {
  readonly owner: string;
  readonly repo: string;
  /**
   * Numeric id of the owner, which another owner of the same name does not have.
   *
   * @default the subject has names only, as for repositories created before 2026-07-15
   */
  readonly ownerId?: string;
  /**
   * Numeric id of the repository. Requires `ownerId`.
   *
   * @default the subject has names only
   */
  readonly repoId?: string;
  /**
   * Whether to trust the subject without ids too, while GitHub migrates the repository.
   *
   * @default false
   */
  readonly alsoClassic?: boolean;
}

/**
 * Returns the `sub` claims of the runs.
 *
 * @see https://docs.github.com/en/actions/reference/security/oidc
 */
export function formatGitHubSubjects(subject: GitHubSubject): string[] {
  return formatSubjects(subject, formatRun(subject));
}

/** Returns the `sub` claims of a repository's pull requests. Trust them with read-only roles alone. */
export function formatPullRequestSubjects(
  repository: GitHubRepository,
): string[] {
  return formatSubjects(repository, "pull_request");
}

function formatSubjects(repository: GitHubRepository, run: string): string[] {
  const { owner, ownerId, repo, repoId, alsoClassic = false } = repository;
  const classic = `repo:${owner}/${repo}:${run}`;
  if (ownerId === undefined || repoId === undefined) return [classic];
  const immutable = `repo:${owner}@${ownerId}/${repo}@${repoId}:${run}`;
  return alsoClassic ? [immutable, classic] : [immutable];
}

function formatRun({ branch, environment, tag }: GitHubSubject): string {
  if (environment !== undefined) return `environment:${encode(environment)}`;
  if (tag !== undefined) return `ref:refs/tags/${encode(tag)}`;
  return `ref:refs/heads/${encode(branch)}`;
}

/** Encodes a value as GitHub does: colons separate the fields of the claim. */
function encode(value: string): string {
  return value.replaceAll(":", "%3A");
}

/** Returns the errors of a subject; `undefined` values are no errors. */
export function validateGitHubSubject(
  subject: GitHubSubject,
): (string | undefined)[] {
  const { owner, ownerId, repo, repoId } = subject;
  const ref = subject.branch ?? subject.tag ?? subject.environment ?? "";
  return [
    validate(LIMITS.githubOwner, owner),
    validate(LIMITS.githubRepository, repo),
    ownerId === undefined
      ? undefined
      : validate(LIMITS.githubId, ownerId, "GitHub owner id"),
    repoId === undefined
      ? undefined
      : validate(LIMITS.githubId, repoId, "GitHub repository id"),
    (ownerId === undefined) === (repoId === undefined)
      ? undefined
      : `GitHub owner id and repository id must be set together, got only the ${ownerId === undefined ? "repository" : "owner"} id`,
    subject.alsoClassic === true && ownerId === undefined
      ? "alsoClassic requires the GitHub ids"
      : undefined,
    validate(LIMITS.githubRef, ref),
  ];
}

/** Returns the subjects of runs on GitHub without an environment, whose reviewers approve deployments to production. */
export function findUngatedSubjects(
  subjects: readonly (GitHubSubject | string)[],
): string[] {
  return subjects
    .flatMap((subject) =>
      typeof subject === "string" ? [subject] : formatGitHubSubjects(subject),
    )
    .filter((claim) => /^repo:(?![^:]*:environment:)/.test(claim));
}
