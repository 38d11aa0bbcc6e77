/** Keys of the claims that GitHub can put into a subject, apart from custom properties of a repository. */
const CLAIM_KEYS = new Set([
  "actor",
  "actor_id",
  "base_ref",
  "check_run_id",
  "enterprise",
  "enterprise_id",
  "environment",
  "environment_node_id",
  "event_name",
  "head_ref",
  "job_workflow_ref",
  "job_workflow_sha",
  "ref",
  "ref_protected",
  "ref_type",
  "repo",
  "repository",
  "repository_id",
  "repository_owner",
  "repository_owner_id",
  "repository_visibility",
  "run_attempt",
  "run_id",
  "run_number",
  "runner_environment",
  "sha",
  "workflow",
  "workflow_ref",
  "workflow_sha",
]);

/** The context of a pull request, which is the only claim without a value. */
const PULL_REQUEST = "pull_request";

const WILDCARD = /[*?]/;

/** A claim of a GitHub subject. */
export interface GitHubClaim {
  readonly key: string;
  /** Value with decoded colons; empty for the context of a pull request. It can contain wildcards. */
  readonly value: string;
  /** Whether GitHub documents the key. */
  readonly isKnown: boolean;
}

/** A GitHub subject as a list of claims. */
export interface GitHubSubjectClaims {
  /** The claims that every token of the subject has, in the order of the subject. */
  readonly claims: readonly GitHubClaim[];
  /** The rest of the subject, which is not certain to be a claim; empty if the whole subject is parsed. */
  readonly rest: string;
}

/** Returns whether an issuer is GitHub's: of github.com, of an enterprise with data residency, or of a server. */
export function isGitHubIssuer(issuer: string): boolean {
  return /^token\.actions\.(?:githubusercontent\.com|[a-z0-9-]+\.ghe\.com)(?:\/|$)|\/_services\/token\/?$/i.test(
    issuer,
  );
}

/**
 * Parses a subject, or a pattern of subjects, into its claims. A template of a repository or an organization selects the
 * claims and their order. Keys and values alternate, and GitHub encodes colons in values, so that no value can add a claim.
 *
 * A wildcard also matches colons. The fields after it are a claim only if no value can look like their key, that is, if
 * their value cannot be a key.
 *
 * @see https://docs.github.com/en/actions/reference/security/oidc#customizing-the-token-claims
 */
export function parseGitHubSubject(subject: string): GitHubSubjectClaims {
  const fields = subject.split(":");
  const claims: GitHubClaim[] = [];
  const rest: string[] = [];
  let isAligned = true;
  for (let index = 0; index < fields.length;) {
    const [key = "", value] = fields.slice(index, index + 2);
    const isMarker = key === PULL_REQUEST;
    if (
      isAligned
        ? !WILDCARD.test(key) && (isMarker || value !== undefined)
        : isKnownKey(key) && !isMarker && !canMatchKey(value ?? "")
    ) {
      const text = isMarker ? "" : (value ?? "");
      claims.push({
        key,
        value: decodeValue(key, text),
        isKnown: isKnownKey(key),
      });
      isAligned = !WILDCARD.test(text);
      index += isMarker ? 1 : 2;
    } else {
      rest.push(key);
      isAligned = false;
      index += 1;
    }
  }
  return { claims, rest: rest.join(":") };
}

function isKnownKey(key: string): boolean {
  return (
    key === PULL_REQUEST ||
    CLAIM_KEYS.has(key) ||
    key.startsWith("repo_property_")
  );
}

/** Whether a key can match a pattern. Keys have letters, digits and underscores. */
function canMatchKey(pattern: string): boolean {
  const [start = ""] = pattern.split(WILDCARD);
  return /^\w*$/.test(start);
}

/** GitHub encodes colons alone. The name of a branch or a tag has no colon, but can contain `%3A`. */
function decodeValue(key: string, value: string): string {
  return /^(?:base_|head_)?ref$/.test(key)
    ? value
    : value.replaceAll("%3A", ":");
}

/** Encodes a value as GitHub does. */
export function encodeClaimValue(value: string): string {
  return value.replaceAll(":", "%3A");
}

/** Returns whether a subject is one of GitHub. The issuers of servers that are compatible with GitHub are not known. */
export function isGitHubSubject(subject: string, issuer: string): boolean {
  const [first] = parseGitHubSubject(subject).claims;
  return (
    subject.startsWith("repo:") ||
    // a claim that GitHub adds later is unknown, but a subject of GitLab begins with its own
    (isGitHubIssuer(issuer) &&
      first !== undefined &&
      first.key !== "project_path")
  );
}

/** The repositories whose tokens have a subject. */
export type GitHubScope =
  /** One repository. */
  | "repository"
  /** Several repositories of one owner. */
  | "owner"
  /** Repositories of any owner. */
  | "any";

/**
 * Returns the repositories whose tokens have a subject. The path of a workflow does not limit them: any repository can call
 * a reusable workflow that it can read.
 */
export function getGitHubScope({ claims }: GitHubSubjectClaims): GitHubScope {
  const scopes = claims.map(getClaimScope);
  if (scopes.includes("repository")) return "repository";
  return scopes.includes("owner") ? "owner" : "any";
}

function getClaimScope({ key, value }: GitHubClaim): GitHubScope {
  if (key === "repository_id" && /^\d+$/.test(value)) return "repository";
  const isOwner =
    (key === "repository_owner" && /^[^*?]+$/.test(value)) ||
    (key === "repository_owner_id" && /^\d+$/.test(value));
  if (isOwner) return "owner";
  if (key !== "repo" && key !== "repository") return "any";
  const [owner = "", name = ""] = value.split(/\/(.*)/);
  if (owner === "" || name === "" || WILDCARD.test(owner)) return "any";
  return WILDCARD.test(name) ? "owner" : "repository";
}

/** Parses `owner/name`, or `owner@id/name@id` with immutable ids. */
export function parseGitHubRepository(value: string): {
  readonly owner: string;
  readonly name: string;
  readonly ids: readonly string[];
} {
  const [owner = "", name = ""] = value.split(/\/(.*)/);
  const [ownerName = "", ownerId] = owner.split(/@(.*)/);
  const [repositoryName = "", repositoryId] = name.split(/@(.*)/);
  const ids = [ownerId, repositoryId].filter((id) => id !== undefined);
  return { owner: ownerName, name: repositoryName, ids };
}

/**
 * Returns whether a subject is one of pull requests, whose code no one has reviewed: by its context, by its event, by a
 * branch that only pull requests have, or by the ref of the pull request's merge commit.
 */
export function isPullRequestSubject({ claims }: GitHubSubjectClaims): boolean {
  return claims.some(({ key, value, isKnown }) => {
    if (key === PULL_REQUEST) return true;
    if (key === "event_name") return value.startsWith(PULL_REQUEST);
    if (key === "base_ref" || key === "head_ref") return value !== "";
    if (/^(?:ref|job_workflow_ref|workflow_ref)$/.test(key))
      return /^(?:.*@)?refs\/pull\//.test(value);
    // an unknown key can have no value
    return !isKnown && value === PULL_REQUEST;
  });
}

/** Returns whether a subject is one of jobs in one environment, wherever the claim is. */
export function isEnvironmentSubject({ claims }: GitHubSubjectClaims): boolean {
  return claims.some(
    ({ key, value }) =>
      key === "environment" && value !== "" && !WILDCARD.test(value),
  );
}
