import type { AccountConfig, DeployedStage } from "../../../stacks/config/config";
import { getOutputName } from "../../../stacks/naming";
import {
  BRANCH_STAGES,
  toEnvironmentVariableName,
  toPlanRoleVariableName,
} from "../../../stacks/config/branches";
import { quoteShellWord } from "../system/shell";

type Settings = readonly (readonly [name: string, value: string])[];

/**
 * What to set where, once the account's stack is there: a script for a shell, in which the settings of stages are
 * assignments, and what is set in AWS and GitHub is commands.
 */
export function formatSetupScript(
  account: AccountConfig,
  outputs: Readonly<Record<string, string>>,
): string[] {
  const { github, stages, region } = account;
  const settings = stageSettings(account);
  const lines = [
    "# In every stage's .env file, beside what the stage itself needs:",
    ...settings.map(([name, value]) => `${name}=${quoteShellWord(value)}`),
  ];
  if (github === undefined) return lines;
  const repository = `${github.owner}/${github.repo}`;
  return [
    ...lines,
    "",
    "# In GitHub and AWS, by their command lines. Can be run again: what is there is kept.",
    "set -eu",
    formatSetVariable("AWS_REGION", region, ["--repo", repository]),
    ...stages.flatMap((stage) => [
      "",
      `# Stage ${stage.stage}: its settings for CI, its GitHub environment, and which branch may deploy there`,
      ...stageLines(
        stage,
        settings,
        repository,
        (may) => outputs[getOutputName(stage.stage, `${may}_role_arn`)] ?? "",
      ),
    ]),
    ...formatBranchRules(repository, stages, github.oidcProvider.issuer),
  ];
}

/** Settings that a stage has from the account's stack. */
function stageSettings(account: AccountConfig): Settings {
  const { github } = account;
  return [
    ["AWS_ACCOUNT_ID", account.accountId],
    ["AWS_REGION", account.region],
    ["STATE_BUCKET_NAME", account.stateBucket.name],
    ...(account.stateBucket.encryptionKeyAlias === undefined
      ? []
      : ([["STATE_CUSTOMER_KEY", "true"]] as const)),
    ["PERMISSIONS_BOUNDARY_POLICY_NAME", account.boundary.policyName],
    ...(github === undefined
      ? []
      : ([
          ["OIDC_PROVIDER_URL", github.oidcProvider.issuer],
          ["OIDC_PROVIDER_EXISTS", "true"],
        ] as const)),
  ];
}

function stageLines(
  account: DeployedStage,
  settings: Settings,
  repository: string,
  roleArn: (may: "plan" | "apply") => string,
): string[] {
  const {
    stage,
    githubEnvironment: environment,
    environmentSecretName: environmentSecret,
    region,
  } = account;
  const secret = JSON.stringify(
    Object.fromEntries([["STAGE", stage], ...settings, ["AWS_REGION", region]]),
  );
  const inRepository = ["--repo", repository];
  const inEnvironment = [...inRepository, "--env", environment];
  const secretsManager = (...words: readonly string[]): string =>
    formatCommand("aws", "secretsmanager", ...words);
  return [
    `${secretsManager("create-secret", "--region", region, "--name", environmentSecret, "--secret-string", secret)} ||`,
    // a stage's own settings may have been added to the one that is there
    `  ${secretsManager("describe-secret", "--region", region, "--secret-id", environmentSecret)} > /dev/null`,
    formatSetVariable(
      toPlanRoleVariableName(stage),
      roleArn("plan"),
      inRepository,
    ),
    formatSetVariable(
      toEnvironmentVariableName(stage),
      environment,
      inRepository,
    ),
    ...formatEnvironment(repository, account),
    formatSetVariable("APPLY_ROLE_ARN", roleArn("apply"), inEnvironment),
    formatSetVariable("AWS_REGION", region, inEnvironment),
  ];
}

/** Name of the ruleset that the deployment branches have. */
const RULESET = "veda-auth deployment branches";
/** Names of the jobs that a pull request must pass: of pr.yml and check.yml. */
const CHECKS = ["Plan", "Check"];
/** GitHub's own app, which runs workflows: the same check from elsewhere is none. */
const GITHUB_ACTIONS_APP = 15368;
/** Issuer of tokens of github.com; another server has other numbers. */
const PUBLIC_ISSUER = "token.actions.githubusercontent.com";

const BRANCH_POLICY = {
  deployment_branch_policy: {
    protected_branches: false,
    custom_branch_policies: true,
  },
};

/** Returns one command of a POSIX shell. */
export function formatCommand(...words: readonly string[]): string {
  return words.map(quoteShellWord).join(" ");
}

/** Returns a command that sets a variable of a repository, or of an environment of one. */
export function formatSetVariable(
  name: string,
  value: string,
  where: readonly string[],
): string {
  return formatCommand(
    "gh",
    "variable",
    "set",
    name,
    ...where,
    "--body",
    value,
  );
}

/**
 * Returns lines of a shell that make the rules of the branches that deploy: without them, the record of a reviewed plan
 * says that a workflow has made it, and not that a person has agreed. A ruleset that is there already is kept.
 */
export function formatBranchRules(
  repository: string,
  stages: readonly DeployedStage[],
  issuer: string,
): string[] {
  const branches = Object.entries(BRANCH_STAGES)
    .filter(([, stage]) => stages.some((own) => own.stage === stage))
    .map(([branch]) => branch);
  if (branches.length === 0) return [];
  const rulesets = `repos/${repository}/rulesets`;
  const find = `.[] | select(.name == ${JSON.stringify(RULESET)}) | .id`;
  const owner = `@${repository.split("/")[0] ?? ""}/<team>`;
  return [
    "",
    `# Rules of the branches that deploy: ${branches.join(", ")}`,
    `rules=$(${formatCommand("gh", "api", "--paginate", `${rulesets}?per_page=100`, "--jq", find)})`,
    'if [ -z "$rules" ]; then',
    `  printf '%s\\n' ${quoteShellWord(JSON.stringify(ruleset(branches, issuer)))} |`,
    `    ${formatCommand("gh", "api", "--silent", "--method", "POST", rulesets, "--input", "-")}`,
    "fi",
    "",
    "# The rules ask code owners. Have .github/CODEOWNERS name the team that approves how this deploys:",
    ...[
      "/.github/",
      "/scripts/",
      "/package*.json",
      "/.plan-allowances.json",
    ].map((owned) => `#   ${owned} ${owner}`),
    `${formatCommand("gh", "api", "--silent", `repos/${repository}/codeowners/errors`)} 2> /dev/null ||`,
    `  ${warning("no CODEOWNERS file was found: no particular person has to approve a change of .github")}`,
  ];
}

/** Returns lines of a shell that make a stage's GitHub environment, and keep its reviewers and its wait timer. */
export function formatEnvironment(
  repository: string,
  { stage, githubEnvironment: environment }: DeployedStage,
): string[] {
  const all = `repos/${repository}/environments`;
  const own = `${all}/${encodeURIComponent(environment)}`;
  const policies = `${own}/deployment-branch-policies`;
  const branches = Object.entries(BRANCH_STAGES)
    .filter(([, deployed]) => deployed === stage)
    .map(([branch]) => branch);
  const list = (query: string) =>
    formatCommand(
      "gh",
      "api",
      "--paginate",
      `${policies}?per_page=100`,
      "--jq",
      query,
    );
  const isOther = branches.map((name) => `.name != ${JSON.stringify(name)}`);
  const others = `.branch_policies[] | select(${["true", ...isOther].join(" and ")}) | .name`;
  return [
    `settings=$(${formatCommand("gh", "api", "--paginate", `${all}?per_page=100`, "--jq", keptSettings(environment))})`,
    `if [ -z "$settings" ]; then settings=${quoteShellWord(JSON.stringify(BRANCH_POLICY))}; fi`,
    `printf '%s\\n' "$settings" | ${formatCommand("gh", "api", "--silent", "--method", "PUT", own, "--input", "-")}`,
    "case $settings in",
    `  *'"reviewers":['*) ;;`,
    `  *) ${warning(`no one has to approve a deployment to environment ${environment}: add reviewers to it`)} ;;`,
    "esac",
    ...branches.flatMap((branch) => [
      `policy=$(${list(`.branch_policies[] | select(.name == ${JSON.stringify(branch)}) | .id`)})`,
      `[ -n "$policy" ] ||`,
      `  ${formatCommand("gh", "api", "--silent", "--method", "POST", policies, "-f", `name=${branch}`, "-f", "type=branch")}`,
    ]),
    `others=$(${list(others)})`,
    `[ -z "$others" ] || ${warning(`environment ${environment} also deploys from`, "$others")}`,
  ];
}

/** An environment is written whole: this is what it has, in the form that GitHub takes it in. */
function keptSettings(environment: string): string {
  const name = JSON.stringify(environment.toLowerCase());
  return [
    `.environments[] | select((.name | ascii_downcase) == ${name}) | [.protection_rules[]?] as $rules`,
    JSON.stringify(BRANCH_POLICY),
  ]
    .join(" | ")
    .concat(
      ' + ([$rules[] | select(.type == "wait_timer") | {wait_timer}] | add // {})',
      ' + ([$rules[] | select(.type == "required_reviewers") | {prevent_self_review: (.prevent_self_review // false),',
      " reviewers: [.reviewers[] | {type, id: .reviewer.id}]}] | add // {})",
    );
}

function ruleset(branches: readonly string[], issuer: string): object {
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

/** A command that prints a warning, and what a shell's variable holds after it. */
function warning(text: string, variable?: string): string {
  const words = quoteShellWord(`warning: ${text}`);
  return variable === undefined
    ? `printf '%s\\n' ${words} >&2`
    : `printf '%s: %s\\n' ${words} "${variable}" >&2`;
}
