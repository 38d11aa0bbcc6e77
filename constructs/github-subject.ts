import { formatValue, type Limit, LIMITS, validate } from "./constraints";
import {
  encodeClaimValue,
  isEnvironmentSubject,
  isGitHubSubject,
  parseGitHubSubject,
} from "./github-claims";
import { hasUnknownPart } from "./unknown-part";

/** Runs of a repository's workflows: of one branch, of one environment or of one tag. */
export type GitHubSubject = GitHubRepository &
  Readonly<
    | { branch: string; environment?: never; tag?: never }
    | { environment: string; branch?: never; tag?: never }
    | { tag: string; branch?: never; environment?: never }
  >;

/** A repository on GitHub whose workflows have tokens. */
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
  /**
   * Claims of the subject in their order, which are the `include_claim_keys` of a customized template. Other templates
   * require a complete subject as a string.
   *
   * @default ["repo", "context"], GitHub's default template
   * @see https://docs.github.com/en/rest/actions/oidc
   */
  readonly claimKeys?: readonly GitHubClaimKey[] | undefined;
}

/** Claims whose values are known from the repository and the kind of run. */
export type GitHubClaimKey = (typeof GITHUB_CLAIM_KEYS)[number];

/** Claims that a customized template of subjects can contain. */
export const GITHUB_CLAIM_KEYS = [
  "repo",
  "repository",
  "repository_id",
  "repository_owner",
  "repository_owner_id",
  "context",
  "environment",
  "ref",
] as const;

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

/**
 * Formats the subjects of a run.
 *
 * @param context the end of GitHub's default subject, which is also the claim of the run
 */
function formatSubjects(repository: GitHubRepository, context: string) {
  const { owner, ownerId, repo, repoId, alsoClassic = false } = repository;
  const { claimKeys = ["repo", "context"] } = repository;
  const name = `${owner}/${repo}`;
  const format = (nameWithIds: string): string => {
    const claims: Readonly<Record<GitHubClaimKey, string>> = {
      repo: `repo:${nameWithIds}`,
      // GitHub adds ids to the claim repo alone
      repository: `repository:${name}`,
      repository_id: `repository_id:${repoId ?? ""}`,
      repository_owner: `repository_owner:${owner}`,
      repository_owner_id: `repository_owner_id:${ownerId ?? ""}`,
      context,
      environment: context,
      ref: context,
    };
    return claimKeys.map((key) => claims[key]).join(":");
  };
  if (ownerId === undefined || repoId === undefined) return [format(name)];
  const immutable = format(`${owner}@${ownerId}/${repo}@${repoId}`);
  return alsoClassic ? [...new Set([immutable, format(name)])] : [immutable];
}

function formatRun({ branch = "", environment, tag }: GitHubSubject): string {
  if (environment !== undefined)
    return `environment:${encodeClaimValue(environment)}`;
  if (tag !== undefined) return `ref:refs/tags/${encodeClaimValue(tag)}`;
  return `ref:refs/heads/${encodeClaimValue(branch)}`;
}

/** Returns the errors of a subject; `undefined` values are no errors. */
export function validateGitHubSubject(
  subject: GitHubSubject,
): (string | undefined)[] {
  const { owner, ownerId, repo, repoId } = subject;
  const ref = subject.branch ?? subject.tag ?? subject.environment ?? "";
  return [
    checkPart(LIMITS.githubOwner, owner),
    checkPart(LIMITS.githubRepository, repo),
    ownerId === undefined
      ? undefined
      : checkPart(LIMITS.githubId, ownerId, "GitHub owner id"),
    repoId === undefined
      ? undefined
      : checkPart(LIMITS.githubId, repoId, "GitHub repository id"),
    (ownerId === undefined) === (repoId === undefined)
      ? undefined
      : `GitHub owner id and repository id must be set together, got only the ${ownerId === undefined ? "repository" : "owner"} id`,
    subject.alsoClassic === true && ownerId === undefined
      ? "alsoClassic requires the GitHub ids"
      : undefined,
    checkPart(LIMITS.githubRef, ref),
    ...validateClaimKeys(
      subject,
      subject.environment === undefined ? "ref" : "environment",
    ),
  ];
}

/**
 * Returns the errors of a template of claims for the subjects of one kind of run.
 *
 * @param run the claim of the run: its environment, or its branch or tag
 * @param ids what sets the ids, in errors
 */
export function validateClaimKeys(
  {
    claimKeys,
    ownerId,
    repoId,
  }: Pick<GitHubRepository, "claimKeys" | "ownerId" | "repoId">,
  run: "environment" | "ref",
  subject = "GitHub claim keys",
  ids = "the ids of the GitHub owner and repository",
): (string | undefined)[] {
  if (claimKeys === undefined) return [];
  if (hasUnknownPart(claimKeys))
    return [
      `${subject} must be known at synth, got a list that only Terraform knows`,
    ];
  const got = formatValue(claimKeys.join());
  const includesAny = (...keys: readonly GitHubClaimKey[]): boolean =>
    keys.some((key) => claimKeys.includes(key));
  const other = run === "ref" ? "environment" : "ref";
  const supported: readonly string[] = GITHUB_CLAIM_KEYS;
  return [
    claimKeys.every((key) => supported.includes(key))
      ? undefined
      : `${subject} must be among ${supported.join(", ")}, got ${got}`,
    new Set(claimKeys).size === claimKeys.length
      ? undefined
      : `${subject} must not repeat a key, got ${got}`,
    includesAny("repo", "repository", "repository_id")
      ? undefined
      : `${subject} must include repo, repository or repository_id, got ${got}`,
    includesAny("context", run)
      ? undefined
      : `${subject} must include context or ${run}, got ${got}`,
    // GitHub issues such a subject to jobs in an environment alone, whose ref is not known
    includesAny(other)
      ? `${subject} must not include ${other} with ${run === "ref" ? "a branch or tag" : "an environment"}, got ${got}`
      : undefined,
    includesAny("repository_id", "repository_owner_id") &&
    (ownerId === undefined || repoId === undefined)
      ? `${subject} must not include an id without ${ids}, got ${got}`
      : undefined,
  ];
}

/** Returns the subjects of runs on GitHub without an environment, whose reviewers approve deployments to production. */
export function findUngatedSubjects(
  subjects: readonly (GitHubSubject | string)[],
  issuer: string,
): string[] {
  return subjects
    .flatMap((subject) =>
      typeof subject === "string" ? [subject] : formatGitHubSubjects(subject),
    )
    .filter(
      (subject) =>
        isGitHubSubject(subject, issuer) &&
        !isEnvironmentSubject(parseGitHubSubject(subject)),
    );
}

function checkPart(
  limit: Limit<string>,
  value: string,
  subject?: string,
): string | undefined {
  return hasUnknownPart(value) ? undefined : validate(limit, value, subject);
}
