import { UserError } from "../../../constructs/errors";
import {
  BRANCH_SOURCES,
  BRANCH_STAGES,
  toPlanRoleVariableName,
} from "../../../stacks/config/branches";
import type { GithubEvent, PullRequestEvent } from "./github-event";

/** What a workflow run is for. */
export interface Deployment {
  /** Absent where the branch has none. */
  readonly stage?: string;
  /** Whether the run may look at the stage: one for a fork's code is given no credentials. */
  readonly canPlan: boolean;
  /** All of it in a sentence. */
  readonly message: string;
}

/**
 * The stage that an event is for: a pull request's is that of the branch it would be merged into.
 *
 * @throws UserError when the branch takes no pull request from that one
 */
export function resolveDeployment(event: GithubEvent): Deployment {
  if (event.kind === "pull request") requireSource(event);
  const branch = event.kind === "branch" ? event.branch : event.base;
  const stage = valueOf(BRANCH_STAGES, branch);
  if (stage === undefined)
    return { canPlan: false, message: `branch ${branch} has no stage` };
  if (event.kind === "branch")
    return {
      stage,
      canPlan: true,
      message: `branch ${branch} is of stage ${stage}`,
    };
  const told = `a pull request into ${branch} is for stage ${stage}`;
  return event.isFork
    ? {
        stage,
        canPlan: false,
        message: `${told}; this one is from a fork, which is given no credentials, so that nothing is planned`,
      }
    : { stage, canPlan: true, message: told };
}

/**
 * Returns lines for the file that `GITHUB_OUTPUT` names; none if there is no stage.
 *
 * @param environmentOf the GitHub environment that settings name for a stage
 * @throws UserError if that is no name
 */
export function formatOutputLines(
  { stage, canPlan: mayPlan }: Deployment,
  environmentOf: (stage: string) => string | undefined = () => undefined,
): readonly string[] {
  if (stage === undefined) return [];
  return [
    `stage=${stage}`,
    `environment=${environmentName(environmentOf(stage) ?? stage)}`,
    ...(mayPlan ? [`plan_role_variable=${toPlanRoleVariableName(stage)}`] : []),
  ];
}

/** Another line would be another output. */
function environmentName(name: string): string {
  if (!/\p{Cc}/u.test(name)) return name;
  throw new UserError(
    `the GitHub environment of a stage must be a name in one line, got ${JSON.stringify(name)}`,
    "correct the repository's variable, or GITHUB_ENVIRONMENT",
  );
}

function requireSource({ base, head, isFork }: PullRequestEvent): void {
  const source = valueOf(BRANCH_SOURCES, base);
  if (source === undefined || (head === source && !isFork)) return;
  const got = isFork ? `${head} of a fork` : head;
  throw new UserError(
    `a pull request into ${base} must be from ${source}, got one from ${got}`,
    `merge into ${source} first`,
  );
}

/** A branch may be named as what every object has. */
function valueOf(
  table: Readonly<Record<string, string>>,
  name: string,
): string | undefined {
  return Object.hasOwn(table, name) ? table[name] : undefined;
}
