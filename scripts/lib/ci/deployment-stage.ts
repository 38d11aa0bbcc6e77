import { UserError } from "../../../constructs/errors";
import {
  BRANCH_SOURCES,
  BRANCH_STAGES,
  toPlanRoleVariableName,
} from "../../../stacks/config/branches";
import type { GithubEvent, PullRequestEvent } from "./github-event";

/** The stage that a workflow run is for. */
export interface Deployment {
  /** Absent if the branch has no stage. */
  readonly stage?: string;
  /** Whether the run can plan the stage. Code of a fork gets no credentials. */
  readonly canPlan: boolean;
  /** Summary of both. */
  readonly message: string;
}

/**
 * Resolves the stage of an event: that of its branch, or of the base branch of a pull request.
 *
 * @throws UserError if the base branch does not allow pull requests from the head branch
 */
export function resolveDeployment(event: GithubEvent): Deployment {
  if (event.kind === "pull request") requireSource(event);
  const branch = event.kind === "branch" ? event.branch : event.base;
  const stage = getOwn(BRANCH_STAGES, branch);
  if (stage === undefined)
    return { canPlan: false, message: `branch ${branch} has no stage` };
  if (event.kind === "branch")
    return {
      stage,
      canPlan: true,
      message: `branch ${branch} deploys stage ${stage}`,
    };
  const message = `a pull request into ${branch} is for stage ${stage}`;
  return event.isFork
    ? {
        stage,
        canPlan: false,
        message: `${message}; this one is from a fork, which gets no credentials, so it is not planned`,
      }
    : { stage, canPlan: true, message };
}

/**
 * Formats lines for the file in `GITHUB_OUTPUT`. Returns none if there is no stage.
 *
 * @param environment name of the GitHub environment of the stage (default: the stage)
 * @throws UserError if the name has a control character
 */
export function formatOutputLines(
  { stage, canPlan }: Deployment,
  environment = stage,
): readonly string[] {
  if (stage === undefined || environment === undefined) return [];
  // a second line would be another output
  if (/\p{Cc}/u.test(environment))
    throw new UserError(
      `the GitHub environment of a stage must be free of control characters, got ${JSON.stringify(environment)}`,
      "correct the repository's variable or GITHUB_ENVIRONMENT",
    );
  return [
    `stage=${stage}`,
    `environment=${environment}`,
    ...(canPlan ? [`plan_role_variable=${toPlanRoleVariableName(stage)}`] : []),
  ];
}

function requireSource({ base, head, isFork }: PullRequestEvent): void {
  const source = getOwn(BRANCH_SOURCES, base);
  if (source === undefined || (head === source && !isFork)) return;
  throw new UserError(
    `a pull request into ${base} must be from ${source}, got ${isFork ? `${head} of a fork` : head}`,
    `merge into ${source} first`,
  );
}

/** A branch can have the name of an inherited property. */
function getOwn(
  table: Readonly<Record<string, string>>,
  name: string,
): string | undefined {
  return Object.hasOwn(table, name) ? table[name] : undefined;
}
