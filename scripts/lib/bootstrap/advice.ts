import type {
  AccountConfig,
  AccountStage,
} from "../../../stacks/account-config";
import { outputName } from "../../../constructs/names";
import { BRANCH_STAGES, planRoleVariable } from "../../../stacks/branches";

/** What to set where, once the account's stack is there: lines of comments and commands for a shell. */
export function advice(
  account: AccountConfig,
  outputs: Readonly<Record<string, string>>,
): string[] {
  const { github, stages } = account;
  const settings = stageSettings(account);
  const lines = [
    "# In every stage's .env file, beside what the stage itself needs:",
    ...settings.map(([name, value]) => `${name}=${value}`),
  ];
  if (github === undefined) return lines;
  const repository = `${github.owner}/${github.repo}`;
  const inRepository = `--repo ${repository}`;
  return [
    ...lines,
    "",
    "# In GitHub, by its command line:",
    `gh variable set AWS_REGION ${inRepository} --body ${account.region}`,
    ...stages.flatMap((stage) => [
      "",
      `# Stage ${stage.stage}: its settings for CI, its environment, and who may come in there`,
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
function stageSettings(
  account: AccountConfig,
): readonly (readonly [name: string, value: string])[] {
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
  settings: readonly (readonly [name: string, value: string])[],
  repository: string,
  roleArn: (may: "plan" | "apply") => string,
): string[] {
  const secret = JSON.stringify(
    Object.fromEntries([["STAGE", stage], ...settings]),
  );
  const inEnvironment = `--repo ${repository} --env ${environment}`;
  const place = `repos/${repository}/environments/${environment}`;
  const branches = Object.entries(BRANCH_STAGES).filter(
    ([, deployed]) => deployed === stage,
  );
  return [
    `aws secretsmanager create-secret --region ${region} --name ${environmentSecret} --secret-string '${secret}'`,
    `gh variable set ${planRoleVariable(stage)} --repo ${repository} --body ${roleArn("plan")}`,
    `gh api --method PUT ${place} -F 'deployment_branch_policy[protected_branches]=false' -F 'deployment_branch_policy[custom_branch_policies]=true'`,
    ...branches.map(
      ([branch]) =>
        `gh api --method POST ${place}/deployment-branch-policies -f name=${branch}`,
    ),
    `gh variable set APPLY_ROLE_ARN ${inEnvironment} --body ${roleArn("apply")}`,
    `gh variable set AWS_REGION ${inEnvironment} --body ${region}`,
  ];
}
