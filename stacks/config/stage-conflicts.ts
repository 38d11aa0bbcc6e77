import type { AccountConfig, DeployedStage, StageConfig } from "./config";

interface Located {
  readonly accountId?: string | undefined;
}

/** Returns whether two stacks can be in one account. An unknown account can be any account. */
export function canShareAccount(one: Located, other: Located): boolean {
  return (
    one.accountId === undefined ||
    other.accountId === undefined ||
    one.accountId === other.accountId
  );
}

/** Returns the problems that the stacks of one app have with each other. */
export function findStageConflicts(
  stages: readonly StageConfig[],
  account: AccountConfig | undefined,
): string[] {
  const all = [
    ...(account === undefined
      ? []
      : [{ ...account, oidcProvider: account.github?.oidcProvider }]),
    ...stages,
  ];
  const stacks = all.map(({ oidcProvider, state, ...stack }) => ({
    label: "stage" in stack ? labelStage(stack) : "the account stack",
    accountId: stack.accountId,
    uniqueValues: {
      "APP_NAME-STAGE": stack.stackName,
      STATE_BUCKET_KEY:
        state.backend === "s3" ? `${state.bucket}/${state.key}` : undefined,
      USER_POOL_ID: "existing" in stack ? stack.existing.userPoolId : undefined,
      CUSTOM_DOMAIN:
        "customDomain" in stack ? stack.customDomain?.domain : undefined,
    },
    createdIssuer:
      oidcProvider?.origin === "created"
        ? oidcProvider.issuer.replace(/\/$/, "")
        : undefined,
  }));
  return comparePairs(stacks, (one, other) => [
    ...findDuplicates(one, other),
    ...(one.createdIssuer !== undefined &&
    one.createdIssuer === other.createdIssuer &&
    canShareAccount(one, other)
      ? [
          `OIDC_PROVIDER_URL can be created once in an account, got "${one.createdIssuer}" for ${one.label} and ${other.label}: set OIDC_PROVIDER_EXISTS=true for one of them`,
        ]
      : []),
  ]);
}

/**
 * Returns a problem for each way in which the deploy role of one stage could access another stage of the account.
 *
 * @param deployed stages that have deploy roles
 * @param others stages of the same account that have none
 */
export function findDeployConflicts(
  deployed: readonly DeployedStage[],
  others: readonly DeployedStage[] = [],
): string[] {
  const stages = [...deployed, ...others].map((stage) => ({
    ...stage,
    label: labelStage(stage),
    uniqueValues: {
      // GitHub compares the names of environments without regard to case
      GITHUB_ENVIRONMENT: others.includes(stage)
        ? undefined
        : stage.githubEnvironment.toLowerCase(),
      STATE_BUCKET_KEY: stage.stateKey,
      "APP_NAME-STAGE": stage.stackName,
      USER_POOL_ID: stage.userPoolId,
    },
  }));
  return comparePairs(stages, (one, other) =>
    one.uniqueValues.GITHUB_ENVIRONMENT === undefined
      ? []
      : [
          ...findDuplicates(one, other),
          ...findNestedNames(one, other),
          ...findNestedNames(other, one),
          ...findPassedRole(one, other),
          ...findPassedRole(other, one),
        ],
  );
}

function comparePairs<T>(
  stacks: readonly T[],
  compare: (one: T, other: T) => readonly string[],
): string[] {
  return stacks.flatMap((other, index) =>
    stacks.slice(0, index).flatMap((one) => compare(one, other)),
  );
}

interface Labeled {
  readonly label: string;
}

interface UniqueValues extends Labeled {
  /** Values that no other stack can have, by the names of their settings. */
  readonly uniqueValues: Readonly<Record<string, string | undefined>>;
}

function findDuplicates(one: UniqueValues, other: UniqueValues): string[] {
  return Object.entries(one.uniqueValues).flatMap(([name, value]) =>
    value !== undefined && value === other.uniqueValues[name]
      ? [
          `${name} must be unique, got "${value}" for ${one.label} and ${other.label}`,
        ]
      : [],
  );
}

function labelStage({ stage }: { readonly stage: string }): string {
  return `stage "${stage}"`;
}

type LabeledStage = DeployedStage & Labeled;

/** A policy identifies roles by a prefix: `veda-auth-stack-dev-*` matches the roles of stage `dev-2` too. */
function findNestedNames(outer: LabeledStage, inner: LabeledStage): string[] {
  return inner.stackName.startsWith(`${outer.stackName}-`)
    ? [
        `APP_NAME-STAGE of ${inner.label} must not begin with "${outer.stackName}-", the role prefix of ${outer.label}, got "${inner.stackName}": rename one stage, or deploy it in another account`,
      ]
    : [];
}

/** A role that one stage can pass must not be a role that another stage can change. */
function findPassedRole(stage: LabeledStage, owner: LabeledStage): string[] {
  const arn = stage.dataManagersRoleArn;
  const roleName = arn?.slice(arn.lastIndexOf("/") + 1);
  return arn !== undefined && roleName?.startsWith(`${owner.stackName}-`)
    ? [
        `DATA_MANAGERS_ROLE_ARN of ${stage.label} must not be a role of ${owner.label}, got "${arn}"`,
      ]
    : [];
}
