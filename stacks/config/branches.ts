/** Stage that a push to each branch deploys, and that a pull request into the branch plans. */
export const BRANCH_STAGES: Readonly<Record<string, string>> = {
  dev: "dev",
  main: "staging",
};

/** Only branch that each branch can be merged from, so that each change is deployed to one stage before the next. */
export const BRANCH_SOURCES: Readonly<Record<string, string>> = {
  main: "dev",
  production: "main",
};

/** Returns the name of the GitHub variable for the ARN of a stage's plan role. */
export function toPlanRoleVariableName(stage: string): string {
  return `PLAN_ROLE_ARN_${toVariableSuffix(stage)}`;
}

/** Returns the name of the GitHub variable for the ARN of the role that rotates a stage's client secrets. */
export function toRotateRoleVariableName(stage: string): string {
  return `ROTATE_ROLE_ARN_${toVariableSuffix(stage)}`;
}

/**
 * Returns the name of the GitHub variable for the GitHub environment of a stage, if it does not have the name of the
 * stage. GitHub reserves names that begin with `GITHUB_`.
 */
export function toEnvironmentVariableName(stage: string): string {
  return `DEPLOY_ENVIRONMENT_${toVariableSuffix(stage)}`;
}

function toVariableSuffix(stage: string): string {
  return stage.toUpperCase().replaceAll("-", "_");
}
