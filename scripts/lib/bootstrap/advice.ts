import type { AccountConfig } from "../../../stacks/account-config";
import type { AccountStage } from "../../../stacks/account-stages";
import { outputName } from "../../../constructs/names";
import {
  environmentVariable,
  planRoleVariable,
} from "../../../stacks/branches";
import { shellWord } from "../shell-lines";
import {
  branchRuleLines,
  command,
  environmentLines,
  setVariable,
} from "./github-steps";

type Settings = readonly (readonly [name: string, value: string])[];

/**
 * What to set where, once the account's stack is there: a script for a shell, in which the settings of stages are
 * assignments, and what is set in AWS and GitHub is commands.
 */
export function advice(
  account: AccountConfig,
  outputs: Readonly<Record<string, string>>,
): string[] {
  const { github, stages, region } = account;
  const settings = stageSettings(account);
  const lines = [
    "# In every stage's .env file, beside what the stage itself needs:",
    ...settings.map(([name, value]) => `${name}=${shellWord(value)}`),
  ];
  if (github === undefined) return lines;
  const repository = `${github.owner}/${github.repo}`;
  return [
    ...lines,
    "",
    "# In GitHub and AWS, by their command lines. Can be run again: what is there is kept.",
    "set -eu",
    setVariable("AWS_REGION", region, ["--repo", repository]),
    ...stages.flatMap((stage) => [
      "",
      `# Stage ${stage.stage}: its settings for CI, its GitHub environment, and which branch may deploy there`,
      ...stageLines(
        stage,
        settings,
        repository,
        (may) => outputs[outputName(stage.stage, `${may}_role_arn`)] ?? "",
      ),
    ]),
    ...branchRuleLines(repository, stages, github.issuer),
  ];
}

/** Settings that a stage has from the account's stack. */
function stageSettings(account: AccountConfig): Settings {
  const { github } = account;
  return [
    ["AWS_ACCOUNT_ID", account.accountId],
    ["AWS_REGION", account.region],
    ["STATE_BUCKET_NAME", account.stateBucketName],
    ...(account.hasEncryptionKey
      ? ([["STATE_CUSTOMER_KEY", "true"]] as const)
      : []),
    ["PERMISSIONS_BOUNDARY_POLICY_NAME", account.boundary.policyName],
    ...(github === undefined
      ? []
      : ([
          ["OIDC_PROVIDER_URL", github.issuer],
          ["OIDC_PROVIDER_EXISTS", "true"],
        ] as const)),
  ];
}

function stageLines(
  account: AccountStage,
  settings: Settings,
  repository: string,
  roleArn: (may: "plan" | "apply") => string,
): string[] {
  const { stage, environment, environmentSecret, region } = account;
  const secret = JSON.stringify(
    Object.fromEntries([["STAGE", stage], ...settings, ["AWS_REGION", region]]),
  );
  const inRepository = ["--repo", repository];
  const inEnvironment = [...inRepository, "--env", environment];
  const secretsManager = (...words: readonly string[]): string =>
    command("aws", "secretsmanager", ...words);
  return [
    `${secretsManager("create-secret", "--region", region, "--name", environmentSecret, "--secret-string", secret)} ||`,
    // a stage's own settings may have been added to the one that is there
    `  ${secretsManager("describe-secret", "--region", region, "--secret-id", environmentSecret)} > /dev/null`,
    setVariable(planRoleVariable(stage), roleArn("plan"), inRepository),
    setVariable(environmentVariable(stage), environment, inRepository),
    ...environmentLines(repository, account),
    setVariable("APPLY_ROLE_ARN", roleArn("apply"), inEnvironment),
    setVariable("AWS_REGION", region, inEnvironment),
  ];
}
