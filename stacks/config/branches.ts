/**
 * Branches that deploy, and the stage of each: a push there deploys it, and a pull request into it shows what would
 * change.
 */
export const BRANCH_STAGES: Readonly<Record<string, string>> = {
  dev: "dev",
  main: "staging",
};

/** Branches that take pull requests from one branch alone, and which: what is deployed next has been deployed before. */
export const BRANCH_SOURCES: Readonly<Record<string, string>> = {
  main: "dev",
  production: "main",
};

/** Name of the variable of a GitHub repository that holds the ARN of a stage's plan role. */
export function toPlanRoleVariableName(stage: string): string {
  return `PLAN_ROLE_ARN_${variablePart(stage)}`;
}

/**
 * Returns the name of the variable of a GitHub repository that holds the GitHub environment of a stage, for a stage whose
 * environment has another name than its own. GitHub takes no variable that begins with `GITHUB_`.
 */
export function toEnvironmentVariableName(stage: string): string {
  return `DEPLOY_ENVIRONMENT_${variablePart(stage)}`;
}

function variablePart(stage: string): string {
  return stage.toUpperCase().replaceAll("-", "_");
}
