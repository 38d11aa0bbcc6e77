import { LIMITS, validate } from "./constraints";

/** Which runs of a repository's workflows a role trusts; exactly one of branch, environment and tag is given. */
export type GitHubSubject = GitHubRepository &
  (
    | OneOf<"branch", "environment" | "tag">
    | OneOf<"environment", "branch" | "tag">
    | OneOf<"tag", "branch" | "environment">
  );

type OneOf<Given extends string, Absent extends string> = Readonly<
  Record<Given, string> & Partial<Record<Absent, never>>
>;

export interface GitHubRepository {
  readonly owner: string;
  readonly repo: string;
  /**
   * Number of the owner, which stays its own when its name goes to somebody else.
   *
   * @default the subject is matched by name alone, as GitHub writes it for repositories made before 2026-07-15
   */
  readonly ownerId?: string;
  /**
   * Number of the repository; given with `ownerId` or not at all.
   *
   * @default the subject is matched by name alone
   */
  readonly repoId?: string;
  /**
   * Trusts the spelling without numbers as well, while a repository moves from the one to the other.
   *
   * @default false
   */
  readonly alsoClassic?: boolean;
}

/**
 * The `sub` claims of such runs.
 *
 * @see https://docs.github.com/en/actions/reference/security/oidc
 */
export function formatGitHubSubjects(subject: GitHubSubject): string[] {
  return subjectsOf(subject, runOf(subject));
}

function subjectsOf(repository: GitHubRepository, run: string): string[] {
  const { owner, ownerId, repo, repoId, alsoClassic = false } = repository;
  const classic = `repo:${owner}/${repo}:${run}`;
  if (ownerId === undefined || repoId === undefined) return [classic];
  const immutable = `repo:${owner}@${ownerId}/${repo}@${repoId}:${run}`;
  return alsoClassic ? [immutable, classic] : [immutable];
}

/**
 * The `sub` claims of a repository's pull requests, whoever wrote what they run: nothing for a role that changes anything.
 */
export function formatPullRequestSubjects(
  repository: GitHubRepository,
): string[] {
  return subjectsOf(repository, "pull_request");
}

/** What GitHub or a trust policy would not take of a subject. */
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
      : `GitHub owner id and repository id must be given together, got ${ownerId === undefined ? "the repository's" : "the owner's"} alone`,
    subject.alsoClassic === true && ownerId === undefined
      ? "alsoClassic must come with GitHub's ids, got it alone"
      : undefined,
    validate(LIMITS.githubRef, ref),
  ];
}

/**
 * Which of these subjects are of GitHub's runs that no environment let through: its reviewers are the gate before
 * production.
 */
export function findUngatedSubjects(
  subjects: readonly (GitHubSubject | string)[],
): string[] {
  return subjects
    .flatMap((subject) =>
      typeof subject === "string" ? [subject] : formatGitHubSubjects(subject),
    )
    .filter((claim) => /^repo:(?![^:]*:environment:)/.test(claim));
}

function runOf(subject: GitHubSubject): string {
  const { branch, environment, tag } = subject;
  if (environment !== undefined) return `environment:${encode(environment)}`;
  if (tag !== undefined) return `ref:refs/tags/${encode(tag)}`;
  return `ref:refs/heads/${encode(branch)}`;
}

/** GitHub writes a colon inside a value so, since colons part the claim's fields. */
function encode(value: string): string {
  return value.replaceAll(":", "%3A");
}
