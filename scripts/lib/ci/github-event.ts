import { readFileSync } from "node:fs";
import { UserError } from "../../../constructs/errors";
import type { Environment } from "../../../stacks/config/environment";

/** A pull request, as far as its branches go. */
export interface PullRequestEvent {
  readonly kind: "pull request";
  readonly number: number;
  /** Branch that it would be merged into. */
  readonly base: string;
  readonly head: string;
  /** Newest commit of the head's. */
  readonly headSha: string;
  /** Whether its head lies in another repository, where a branch may have any name. */
  readonly isFork: boolean;
}

/** A run on a branch: a push, a schedule, or a person who starts it. */
export interface BranchEvent {
  readonly kind: "branch";
  readonly branch: string;
}

export type GithubEvent = PullRequestEvent | BranchEvent;

const BRANCH_EVENTS = ["push", "workflow_dispatch", "schedule"];

/**
 * What a workflow runs for, from the variables and the payload that GitHub gives it.
 *
 * @throws UserError when they are those of no event that this project's workflows are for
 */
export function readGithubEvent(env: Environment): GithubEvent {
  const name = requireVariable(env, "GITHUB_EVENT_NAME");
  if (name === "pull_request") return pullRequestEvent(env);
  if (!BRANCH_EVENTS.includes(name))
    throw new UserError(
      `GITHUB_EVENT_NAME must be pull_request, ${BRANCH_EVENTS.join(", ")}, got ${JSON.stringify(name)}`,
    );
  const type = requireVariable(env, "GITHUB_REF_TYPE");
  if (type !== "branch")
    throw new UserError(
      `GITHUB_REF_TYPE must be branch, got ${JSON.stringify(type)}`,
      "a tag has no stage, whatever its name",
    );
  return { kind: "branch", branch: requireVariable(env, "GITHUB_REF_NAME") };
}

/** @throws UserError when the variable is not set */
export function requireVariable(env: Environment, name: string): string {
  const value = env[name] ?? "";
  if (value !== "") return value;
  throw new UserError(
    `${name} must be given, got nothing`,
    "GitHub gives it to the steps of a workflow",
  );
}

function pullRequestEvent(env: Environment): PullRequestEvent {
  const file = requireVariable(env, "GITHUB_EVENT_PATH");
  const { number, head } = pullRequestIn(readFileSync(file, "utf8"));
  if (head?.sha === undefined || !isNumber(number))
    throw new UserError(
      `${file}, which GITHUB_EVENT_PATH names, must be the payload of a pull request, got something else`,
    );
  return {
    kind: "pull request",
    number,
    base: requireVariable(env, "GITHUB_BASE_REF"),
    head: requireVariable(env, "GITHUB_HEAD_REF"),
    headSha: head.sha,
    // a repository that has been deleted is null
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

function pullRequestIn(text: string): Payload {
  try {
    const payload = JSON.parse(text) as {
      readonly pull_request?: Payload | null;
    } | null;
    return payload?.pull_request ?? {};
  } catch {
    return {};
  }
}

/** It becomes part of an address. */
function isNumber(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) > 0;
}
