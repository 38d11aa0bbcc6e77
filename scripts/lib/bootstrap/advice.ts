import type { AccountConfig } from "../../../stacks/account-config";
import type { AccountStage } from "../../../stacks/account-stages";
import { outputName } from "../../../constructs/names";
import { BRANCH_STAGES, planRoleVariable } from "../../../stacks/branches";
import { shellWord } from "../shell-lines";

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
    "# In GitHub, by its command line:",
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
  { stage, environment, environmentSecret, region }: AccountStage,
  settings: Settings,
  repository: string,
  roleArn: (may: "plan" | "apply") => string,
): string[] {
  const secret = JSON.stringify(
    Object.fromEntries([["STAGE", stage], ...settings, ["AWS_REGION", region]]),
  );
  const inEnvironment = ["--repo", repository, "--env", environment];
  const place = `repos/${repository}/environments/${encodeURIComponent(environment)}`;
  const branches = Object.entries(BRANCH_STAGES).filter(
    ([, deployed]) => deployed === stage,
  );
  return [
    command(
      ...["aws", "secretsmanager", "create-secret", "--region", region],
      ...["--name", environmentSecret, "--secret-string", secret],
    ),
    setVariable(planRoleVariable(stage), roleArn("plan"), [
      "--repo",
      repository,
    ]),
    command(
      ...["gh", "api", "--method", "PUT", place],
      ...["-F", "deployment_branch_policy[protected_branches]=false"],
      ...["-F", "deployment_branch_policy[custom_branch_policies]=true"],
    ),
    ...branches.map(([branch]) =>
      command(
        ...["gh", "api", "--method", "POST"],
        ...[`${place}/deployment-branch-policies`, "-f", `name=${branch}`],
      ),
    ),
    setVariable("APPLY_ROLE_ARN", roleArn("apply"), inEnvironment),
    setVariable("AWS_REGION", region, inEnvironment),
  ];
}

function setVariable(
  name: string,
  value: string,
  where: readonly string[],
): string {
  return command("gh", "variable", "set", name, ...where, "--body", value);
}

function command(...words: readonly string[]): string {
  return words.map(shellWord).join(" ");
}
