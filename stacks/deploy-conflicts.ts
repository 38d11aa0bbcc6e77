import type { AccountStage } from "./account-stages";

/**
 * Returns the ways in which the deploy role of one stage would reach another stage of the account, as problems.
 *
 * @param deployed stages that have deploy roles
 * @param others stages of the same account that have none, such as those that are deployed from a laptop
 */
export function deployConflicts(
  deployed: readonly AccountStage[],
  others: readonly AccountStage[] = [],
): string[] {
  return deployed.flatMap((stage, index) => [
    ...deployed
      .slice(0, index)
      .flatMap((other) => [
        ...sharedEnvironment(other, stage),
        ...reachesBetween(other, stage),
      ]),
    ...others.flatMap((other) => reachesBetween(stage, other)),
  ]);
}

/** GitHub compares names of environments without regard to case. */
function sharedEnvironment(one: AccountStage, other: AccountStage): string[] {
  return one.environment.toLowerCase() === other.environment.toLowerCase()
    ? [
        mustBeUnique(
          "GITHUB_ENVIRONMENT",
          [one.environment, other.environment],
          one,
          other,
        ),
      ]
    : [];
}

function reachesBetween(one: AccountStage, other: AccountStage): string[] {
  return [
    ...shared("STATE_BUCKET_KEY", one, other, ({ stateKey }) => stateKey),
    ...shared("APP_NAME-STAGE", one, other, ({ stackName }) => stackName),
    ...shared("USER_POOL_ID", one, other, ({ userPoolId }) => userPoolId),
    ...nestedNames(one, other),
    ...nestedNames(other, one),
    ...managersRoleOf(one, other),
    ...managersRoleOf(other, one),
  ];
}

function shared(
  name: string,
  one: AccountStage,
  other: AccountStage,
  valueOf: (stage: AccountStage) => string | undefined,
): string[] {
  const value = valueOf(one);
  return value !== undefined && value === valueOf(other)
    ? [mustBeUnique(name, [value], one, other)]
    : [];
}

/** Roles are known by how their names begin: `veda-auth-stack-dev-*` matches those of stage `dev-2` too. */
function nestedNames(outer: AccountStage, inner: AccountStage): string[] {
  return inner.stackName.startsWith(`${outer.stackName}-`)
    ? [
        `APP_NAME-STAGE must not begin another stage's in the account, got ${list([outer.stackName, inner.stackName])} for ${both(outer, inner)}, whose roles it would reach: rename one, or deploy it in another account`,
      ]
    : [];
}

/** A role that a stage passes on must not be one that another stage changes. */
function managersRoleOf(stage: AccountStage, owner: AccountStage): string[] {
  const arn = stage.dataManagersRoleArn;
  const roleName = arn?.slice(arn.lastIndexOf("/") + 1);
  return arn !== undefined && roleName?.startsWith(`${owner.stackName}-`)
    ? [
        `DATA_MANAGERS_ROLE_ARN of stage "${stage.stage}" must not be a role of stage "${owner.stage}", got "${arn}"`,
      ]
    : [];
}

function mustBeUnique(
  name: string,
  values: readonly string[],
  one: AccountStage,
  other: AccountStage,
): string {
  return `${name} must be another for each stage, got ${list(values)} for ${both(one, other)}`;
}

function both(one: AccountStage, other: AccountStage): string {
  return `stages "${one.stage}" and "${other.stage}"`;
}

function list(values: readonly string[]): string {
  return [...new Set(values)].map((value) => `"${value}"`).join(" and ");
}
