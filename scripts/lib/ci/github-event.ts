import { UserError } from "../../../constructs/errors";
import type { Environment } from "../../../stacks/config/environment";
import { readInputFile } from "../system/input-file";
import { parseJsonObject, toJsonObject } from "../system/json-object";

/** A run for a pull request. */
export interface PullRequestEvent {
  readonly kind: "pull request";
  readonly number: number;
  /** Branch that the pull request merges into. */
  readonly base: string;
  readonly head: string;
  /** Newest commit of the head branch. */
  readonly headSha: string;
  /** Whether the head is in another repository, where a branch can have any name. */
  readonly isFork: boolean;
}

/** A run for a pull request, or on a branch: a push, a schedule or a manual start. */
export type GithubEvent =
  PullRequestEvent | { readonly kind: "branch"; readonly branch: string };

const BRANCH_EVENTS = ["push", "workflow_dispatch", "schedule"];

/**
 * Reads the event of a workflow run from GitHub's variables and payload.
 *
 * @throws UserError if it is not an event of this project's workflows
 */
export function readGithubEvent(env: Environment): GithubEvent {
  const name = requireVariable(env, "GITHUB_EVENT_NAME");
  if (name === "pull_request") return readPullRequestEvent(env);
  if (!BRANCH_EVENTS.includes(name))
    throw new UserError(
      `GITHUB_EVENT_NAME must be pull_request, ${BRANCH_EVENTS.join(", ")}, got ${JSON.stringify(name)}`,
    );
  const type = requireVariable(env, "GITHUB_REF_TYPE");
  if (type !== "branch")
    throw new UserError(
      `GITHUB_REF_TYPE must be branch, got ${JSON.stringify(type)}`,
      "run the workflow on a branch: a tag has no stage",
    );
  return { kind: "branch", branch: requireVariable(env, "GITHUB_REF_NAME") };
}

/**
 * Returns the pull request that a workflow runs for.
 *
 * @param option the command's option that requires one
 * @throws UserError if it runs for a branch
 */
export function requirePullRequest(
  env: Environment,
  option: string,
): PullRequestEvent {
  const event = readGithubEvent(env);
  if (event.kind === "pull request") return event;
  throw new UserError(
    `${option} requires a pull request, got a run on branch ${event.branch}`,
    `remove ${option}`,
  );
}

/** @throws UserError if the variable is not set */
export function requireVariable(env: Environment, name: string): string {
  const value = env[name] ?? "";
  if (value !== "") return value;
  throw new UserError(
    `${name} is required`,
    "run this in a GitHub workflow, which sets it",
  );
}

function readPullRequestEvent(env: Environment): PullRequestEvent {
  const file = requireVariable(env, "GITHUB_EVENT_PATH");
  const { number, head } = parsePullRequest(
    readInputFile(
      file,
      "event payload",
      "run this in a GitHub workflow, which writes the file of GITHUB_EVENT_PATH",
    ).toString(),
  );
  if (head?.sha === undefined || !isPositiveInteger(number))
    throw new UserError(
      `GITHUB_EVENT_PATH must be the payload of a pull request, got ${file} with another content`,
    );
  return {
    kind: "pull request",
    number,
    base: requireVariable(env, "GITHUB_BASE_REF"),
    head: requireVariable(env, "GITHUB_HEAD_REF"),
    headSha: head.sha,
    // a deleted repository is null
    isFork: head.repo?.full_name !== requireVariable(env, "GITHUB_REPOSITORY"),
  };
}

interface Payload {
  readonly number?: unknown;
  readonly head?: {
    readonly sha?: string;
    readonly repo?: { readonly full_name?: string } | null;
  };
}

function parsePullRequest(text: string): Payload {
  return toJsonObject(parseJsonObject(text).pull_request);
}

/** The number becomes part of a URL. */
function isPositiveInteger(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) > 0;
}
