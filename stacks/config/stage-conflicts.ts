import type { AccountConfig, DeployedStage } from "./account-config";
import {
  canShareAccount,
  type StackConfig,
  type StageConfig,
} from "./environment";

type Compared = StackConfig & Pick<StageConfig, "userPoolId" | "oidcProvider">;

/** Problems that the stages of one app have with each other, and with the account's stack. */
export function findStageConflicts(
  stages: readonly StageConfig[],
  account?: AccountConfig,
): string[] {
  const all = account === undefined ? stages : [compared(account), ...stages];
  return all.flatMap((stage, index) =>
    all.slice(0, index).flatMap((other) => conflicts(other, stage)),
  );
}

/** The account's stack, as far as it can be in a stage's way. */
function compared({ github, ...account }: AccountConfig): Compared {
  return {
    ...account,
    ...(github !== undefined && {
      oidcProvider: { issuer: github.issuer, exists: github.providerExists },
    }),
  };
}

function conflicts(one: Compared, other: Compared): string[] {
  const both = `stages "${one.stage}" and "${other.stage}"`;
  const problems: string[] = [];
  const shared = <T>(value: (stage: Compared) => T | undefined) => {
    const [first, second] = [value(one), value(other)];
    return first !== undefined && first === second ? first : undefined;
  };

  const stackName = shared((stage) => stage.stackName);
  if (stackName !== undefined) {
    problems.push(
      `APP_NAME-STAGE must be another for each stage, got "${stackName}" for ${both}`,
    );
  }
  const state = shared(({ state }) =>
    state.backend === "s3" ? `${state.bucket}/${state.key}` : undefined,
  );
  if (state !== undefined) {
    problems.push(
      `STATE_BUCKET_KEY must be another for each stage, got "${state}" for ${both}`,
    );
  }
  const userPoolId = shared((stage) => stage.userPoolId);
  if (userPoolId !== undefined) {
    problems.push(
      `USER_POOL_ID must be another for each stage, got "${userPoolId}" for ${both}`,
    );
  }
  const issuer = shared(({ oidcProvider }) =>
    oidcProvider?.exists === false
      ? oidcProvider.issuer.replace(/\/$/, "")
      : undefined,
  );
  if (issuer !== undefined && canShareAccount(one, other)) {
    problems.push(
      `OIDC_PROVIDER_URL can be made once in an account, got "${issuer}" for ${both}: set OIDC_PROVIDER_EXISTS=true in one`,
    );
  }
  return problems;
}

/**
 * Returns the ways in which the deploy role of one stage would reach another stage of the account, as problems.
 *
 * @param deployed stages that have deploy roles
 * @param others stages of the same account that have none, such as those that are deployed from a laptop
 */
export function findDeployConflicts(
  deployed: readonly DeployedStage[],
  others: readonly DeployedStage[] = [],
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
function sharedEnvironment(one: DeployedStage, other: DeployedStage): string[] {
  return one.githubEnvironment.toLowerCase() ===
    other.githubEnvironment.toLowerCase()
    ? [
        mustBeUnique(
          "GITHUB_ENVIRONMENT",
          [one.githubEnvironment, other.githubEnvironment],
          one,
          other,
        ),
      ]
    : [];
}

function reachesBetween(one: DeployedStage, other: DeployedStage): string[] {
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
  one: DeployedStage,
  other: DeployedStage,
  valueOf: (stage: DeployedStage) => string | undefined,
): string[] {
  const value = valueOf(one);
  return value !== undefined && value === valueOf(other)
    ? [mustBeUnique(name, [value], one, other)]
    : [];
}

/** Roles are known by how their names begin: `veda-auth-stack-dev-*` matches those of stage `dev-2` too. */
function nestedNames(outer: DeployedStage, inner: DeployedStage): string[] {
  return inner.stackName.startsWith(`${outer.stackName}-`)
    ? [
        `APP_NAME-STAGE must not begin another stage's in the account, got ${list([outer.stackName, inner.stackName])} for ${both(outer, inner)}, whose roles it would reach: rename one, or deploy it in another account`,
      ]
    : [];
}

/** A role that a stage passes on must not be one that another stage changes. */
function managersRoleOf(stage: DeployedStage, owner: DeployedStage): string[] {
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
  one: DeployedStage,
  other: DeployedStage,
): string {
  return `${name} must be another for each stage, got ${list(values)} for ${both(one, other)}`;
}

function both(one: DeployedStage, other: DeployedStage): string {
  return `stages "${one.stage}" and "${other.stage}"`;
}

function list(values: readonly string[]): string {
  return [...new Set(values)].map((value) => `"${value}"`).join(" and ");
}
