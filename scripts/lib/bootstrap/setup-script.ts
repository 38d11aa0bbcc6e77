import type {
  AccountConfig,
  DeployedStage,
} from "../../../stacks/config/config";
import {
  type DeployAction,
  getJobEnvironment,
  getOutputName,
} from "../../../stacks/naming";
import {
  BRANCH_STAGES,
  toEnvironmentVariableName,
  toPlanRoleVariableName,
  toRotateRoleVariableName,
} from "../../../stacks/config/branches";
import { quoteShellWord } from "../system/shell";
import {
  formatCommand,
  formatQuery,
  formatSetVariable,
  formatWarning,
  formatWrite,
} from "./shell-commands";
import { getDeployedSettings, getSharedSettings } from "./stage-settings";

/** Claims of GitHub's default subject. */
const DEFAULT_CLAIMS = ["repo", "context"];

/** Returns what to do with the lines of {@link formatSetupScript}. */
export function formatNextStep({ accountId, github }: AccountConfig): string {
  const next =
    github === undefined
      ? "write the printed settings to the file .env.<stage> of each stage"
      : `check the printed script, and run it with sh to configure AWS and ${github.owner}/${github.repo}`;
  return `Account ${accountId} is ready. Next: ${next}`;
}

/**
 * Formats a shell script with the settings of the stages, as assignments, and with commands that configure AWS and GitHub.
 * The script can run again.
 */
export function formatSetupScript(
  account: AccountConfig,
  outputs: Readonly<Record<string, string>>,
): string[] {
  const { github, stages, region } = account;
  const lines = [
    "# Settings for the .env file of every stage, in addition to its own:",
    ...Object.entries(getSharedSettings(account)).map(
      ([name, value]) => `${name}=${quoteShellWord(value)}`,
    ),
  ];
  if (github === undefined) return lines;
  const repository = `${github.owner}/${github.repo}`;
  return [
    ...lines,
    "",
    "# Configuration of GitHub and AWS. Can run again: existing settings are retained.",
    "set -eu",
    formatSetVariable("AWS_REGION", region, ["--repo", repository]),
    ...formatClaimCheck(repository, github.claimKeys),
    ...stages.flatMap((stage) => [
      "",
      `# Stage ${stage.stage}: its settings for CI, its GitHub environment and the branch that deploys it`,
      ...formatStage(
        stage,
        getDeployedSettings(account, stage),
        repository,
        (action) =>
          outputs[getOutputName(stage.stage, `${action}_role_arn`)] ?? "",
      ),
    ]),
    ...formatBranchRules(repository, github.oidcProvider.issuer),
  ];
}

/** Formats commands that warn if GitHub's tokens do not have the subjects that the roles trust. */
function formatClaimCheck(
  repository: string,
  claimKeys: readonly string[] = DEFAULT_CLAIMS,
): string[] {
  const path = `repos/${repository}/actions/oidc/customization/sub`;
  const query = `if .use_default != false then ${JSON.stringify(DEFAULT_CLAIMS)} elif (.include_claim_keys // []) == [] then ["the template of the organization"] else .include_claim_keys end | join(",")`;
  const planEnvironment = getJobEnvironment("plan", claimKeys);
  const rotateEnvironment = getJobEnvironment("rotate", claimKeys);
  return [
    "",
    "# Claims in the subjects of GitHub's tokens, which the roles trust",
    `claims=$(${formatCommand("gh", "api", path, "--jq", query)}) || claims=unknown`,
    "case $claims in",
    `  '' | ${quoteShellWord(claimKeys.join())}) ;;`,
    `  *) ${formatWarning(`the claims of GitHub's subjects must be GITHUB_SUBJECT_CLAIMS=${claimKeys.join()}, got`, "$claims")} ;;`,
    "esac",
    ...(planEnvironment === undefined || rotateEnvironment === undefined
      ? []
      : [
          "# GitHub issues such tokens only to jobs in an environment. Add this line to the plan jobs of pr.yml and drift.yml:",
          `#   environment: ${planEnvironment}`,
          "# Add this line to the job of rotate.yml. Only the branches that deploy may use this environment:",
          `#   environment: ${rotateEnvironment}`,
          ...formatEnvironment(
            repository,
            rotateEnvironment,
            Object.keys(BRANCH_STAGES),
          ),
        ]),
  ];
}

function formatStage(
  account: DeployedStage,
  settings: Readonly<Record<string, string>>,
  repository: string,
  roleArn: (action: DeployAction) => string,
): string[] {
  const { stage, githubEnvironment: environment, region } = account;
  const secret = JSON.stringify(settings);
  const name = account.environmentSecretName;
  const inRepository = ["--repo", repository];
  const inEnvironment = [...inRepository, "--env", environment];
  const formatSecretCommand = (command: string, ...options: string[]): string =>
    formatCommand(
      "aws",
      "secretsmanager",
      command,
      "--region",
      region,
      ...options,
    );
  return [
    `${formatSecretCommand("create-secret", "--name", name, "--secret-string", secret)} ||`,
    // an existing secret may have additional settings
    `  ${formatSecretCommand("describe-secret", "--secret-id", name)} > /dev/null`,
    formatSetVariable(
      toPlanRoleVariableName(stage),
      roleArn("plan"),
      inRepository,
    ),
    formatSetVariable(
      toRotateRoleVariableName(stage),
      roleArn("rotate"),
      inRepository,
    ),
    formatSetVariable(
      toEnvironmentVariableName(stage),
      environment,
      inRepository,
    ),
    ...formatEnvironment(
      repository,
      environment,
      listBranches((name) => name === stage),
    ),
    "case $settings in",
    `  *'"reviewers":['*) ;;`,
    `  *) ${formatWarning(`a deployment to environment ${environment} requires no approval: add reviewers`)} ;;`,
    "esac",
    formatSetVariable("APPLY_ROLE_ARN", roleArn("apply"), inEnvironment),
    formatSetVariable("AWS_REGION", region, inEnvironment),
  ];
}

/** Name of the ruleset of the deployment branches. */
const RULESET = "veda-auth deployment branches";
/** Jobs of pr.yml and check.yml that a pull request must pass. */
const CHECKS = ["Plan", "Check"];
/** App of GitHub Actions. A check of another app does not count. */
const GITHUB_ACTIONS_APP = 15368;
/** Issuer of github.com. Another server has other app ids. */
const PUBLIC_ISSUER = "token.actions.githubusercontent.com";

const BRANCH_POLICY = {
  deployment_branch_policy: {
    protected_branches: false,
    custom_branch_policies: true,
  },
};

function listBranches(isDeployed: (stage: string) => boolean): string[] {
  return Object.entries(BRANCH_STAGES).flatMap(([branch, stage]) =>
    isDeployed(stage) ? [branch] : [],
  );
}

/**
 * Formats commands that create the rules of the deployment branches, unless they exist. Without the rules, the record of a
 * plan does not mean that someone approved it, and anyone who can push can rotate secrets: the rotate role of each stage
 * trusts every deployment branch.
 */
function formatBranchRules(repository: string, issuer: string): string[] {
  const branches = Object.keys(BRANCH_STAGES);
  const rulesets = `repos/${repository}/rulesets`;
  const find = `.[] | select(.name == ${JSON.stringify(RULESET)}) | .id`;
  const owner = `@${repository.split("/")[0] ?? ""}/<team>`;
  return [
    "",
    `# Rules of the deployment branches: ${branches.join(", ")}`,
    `rules=$(${formatQuery(rulesets, find)})`,
    'if [ -z "$rules" ]; then',
    `  printf '%s\\n' ${quoteShellWord(JSON.stringify(createRuleset(branches, issuer)))} |`,
    `    ${formatWrite("POST", rulesets, "--input", "-")}`,
    "else",
    `  missing=$(gh api "${rulesets}/$rules" --jq ${quoteShellWord(formatMissingQuery(branches))}) || missing=unknown`,
    `  [ -z "$missing" ] || ${formatWarning(`the ruleset ${RULESET} must include all branches that deploy, add`, "$missing")}`,
    "fi",
    "",
    "# The rules require an approval of code owners. Name the team that approves deployments in .github/CODEOWNERS:",
    ...[
      "/.github/",
      "/scripts/",
      "/cdktf.json",
      "/package*.json",
      "/.plan-allowances.json",
    ].map((file) => `#   ${file} ${owner}`),
    `${formatCommand("gh", "api", "--silent", `repos/${repository}/codeowners/errors`)} 2> /dev/null ||`,
    `  ${formatWarning("CODEOWNERS was not found: a change of .github requires no approval of a code owner")}`,
  ];
}

/** Formats a jq query that returns the branches that a ruleset does not name. */
function formatMissingQuery(branches: readonly string[]): string {
  const refs = JSON.stringify(branches.map((branch) => `refs/heads/${branch}`));
  return `.conditions.ref_name.include as $all | if $all | index("~ALL") then empty else ${refs} - $all | .[] end`;
}

/**
 * Formats commands that create a GitHub environment for jobs of some branches, or update it with its reviewers and wait timer.
 * The variable `settings` then has its settings.
 */
function formatEnvironment(
  repository: string,
  environment: string,
  branches: readonly string[],
): string[] {
  const all = `repos/${repository}/environments`;
  const own = `${all}/${encodeURIComponent(environment)}`;
  const policies = `${own}/deployment-branch-policies`;
  const isOther = branches.map((name) => `.name != ${JSON.stringify(name)}`);
  const others = `.branch_policies[] | select(${["true", ...isOther].join(" and ")}) | .name`;
  return [
    `settings=$(${formatQuery(all, formatSettingsQuery(environment))})`,
    `if [ -z "$settings" ]; then settings=${quoteShellWord(JSON.stringify(BRANCH_POLICY))}; fi`,
    `printf '%s\\n' "$settings" | ${formatWrite("PUT", own, "--input", "-")}`,
    ...branches.flatMap((branch) => [
      `policy=$(${formatQuery(policies, `.branch_policies[] | select(.name == ${JSON.stringify(branch)}) | .id`)})`,
      `[ -n "$policy" ] ||`,
      `  ${formatWrite("POST", policies, "-f", `name=${branch}`, "-f", "type=branch")}`,
    ]),
    `others=$(${formatQuery(policies, others)})`,
    `[ -z "$others" ] || ${formatWarning(`environment ${environment} also deploys from`, "$others")}`,
  ];
}

/** Formats a jq query that returns the settings of an environment as GitHub requires them in an update. */
function formatSettingsQuery(environment: string): string {
  const name = JSON.stringify(environment.toLowerCase());
  return [
    `.environments[] | select((.name | ascii_downcase) == ${name}) | [.protection_rules[]?] as $rules | ${JSON.stringify(BRANCH_POLICY)}`,
    ' + ([$rules[] | select(.type == "wait_timer") | {wait_timer}] | add // {})',
    ' + ([$rules[] | select(.type == "required_reviewers") | {prevent_self_review: (.prevent_self_review // false),',
    " reviewers: [.reviewers[] | {type, id: .reviewer.id}]}] | add // {})",
  ].join("");
}

function createRuleset(branches: readonly string[], issuer: string): object {
  return {
    name: RULESET,
    target: "branch",
    enforcement: "active",
    conditions: {
      ref_name: {
        include: branches.map((branch) => `refs/heads/${branch}`),
        exclude: [],
      },
    },
    rules: [
      { type: "deletion" },
      { type: "non_fast_forward" },
      {
        type: "pull_request",
        parameters: {
          required_approving_review_count: 1,
          dismiss_stale_reviews_on_push: true,
          require_code_owner_review: true,
          require_last_push_approval: true,
          required_review_thread_resolution: false,
        },
      },
      {
        type: "required_status_checks",
        parameters: {
          strict_required_status_checks_policy: true,
          required_status_checks: CHECKS.map((context) => ({
            context,
            ...(issuer === PUBLIC_ISSUER && {
              integration_id: GITHUB_ACTIONS_APP,
            }),
          })),
        },
      },
    ],
  };
}
