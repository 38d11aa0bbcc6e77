import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { quoteShellWord } from "../../../scripts/lib/system/shell";
import {
  formatNextStep,
  formatSetupScript,
} from "../../../scripts/lib/bootstrap/setup-script";
import type { AccountConfig } from "../../../stacks/config/config";
import { readAppConfig } from "../../../stacks/config/app-config";
import type { Environment } from "../../../stacks/config/environment";
import {
  removeTemporaryDirectories,
  createTemporaryDirectory,
} from "../../support/stage";

afterAll(removeTemporaryDirectories);

const ARN = "arn:aws:iam::123456789012:role/veda-auth-stack-account/";
const OUTPUTS = {
  dev_plan_role_arn: `${ARN}veda-auth-stack-dev-plan`,
  dev_apply_role_arn: `${ARN}veda-auth-stack-dev-apply`,
  dev_rotate_role_arn: `${ARN}veda-auth-stack-dev-rotate`,
  my_stage_plan_role_arn: `${ARN}veda-auth-stack-my-stage-plan`,
  my_stage_apply_role_arn: `${ARN}veda-auth-stack-my-stage-apply`,
  my_stage_rotate_role_arn: `${ARN}veda-auth-stack-my-stage-rotate`,
};

function createAccount(
  settings: Environment,
  files: Readonly<Record<string, string>> = {},
): AccountConfig {
  const directory = createTemporaryDirectory();
  for (const [name, text] of Object.entries(files))
    writeFileSync(path.join(directory, name), text);
  const config = readAppConfig(
    {
      STAGE: "account",
      AWS_ACCOUNT_ID: "123456789012",
      STATE_BUCKET_NAME: "our-state",
      ...settings,
    },
    directory,
  ).account;
  if (config === undefined) throw new Error("no account");
  return config;
}

const GITHUB = {
  GITHUB_REPOSITORY: "octo/auth",
  ACCOUNT_STAGES: "dev,my-stage",
};

/** Arguments and standard input of a command. */
interface Call {
  readonly words: readonly string[];
  readonly input: string;
}

interface ScriptRun {
  readonly calls: readonly Call[];
  readonly warnings: string;
}

/**
 * Runs a script in a shell with stubs of aws and gh.
 *
 * @param answers output of a command by a part of its arguments; "fail" makes it fail
 */
function run(
  lines: readonly string[],
  answers: Readonly<Record<string, string>> = {},
): ScriptRun {
  const directory = createTemporaryDirectory();
  const log = path.join(directory, "log");
  writeFileSync(log, "");
  const cases = Object.entries(answers).map(
    ([part, answer]) =>
      `*${quoteShellWord(part)}*) ${answer === "fail" ? "exit 1" : `printf '%s\\n' ${quoteShellWord(answer)}`} ;;`,
  );
  const stub = [
    "#!/bin/sh",
    `input=; case "$*" in *--input*) IFS= read -r input ;; esac`,
    `{ for word in "\${0##*/}" "$@"; do printf '%s\\0' "$word"; done; printf '\\1%s\\n' "$input"; } >> ${quoteShellWord(log)}`,
    `case "\${0##*/} $*" in`,
    ...cases,
    "esac",
  ];
  for (const name of ["aws", "gh"]) {
    writeFileSync(path.join(directory, name), `${stub.join("\n")}\n`);
    chmodSync(path.join(directory, name), 0o755);
  }
  const { status, stderr } = spawnSync("/bin/sh", {
    input: lines.join("\n"),
    env: { PATH: directory },
    encoding: "utf8",
  });
  const calls = readFileSync(log, "utf8")
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => {
      const [words = "", input = ""] = line.split("\u0001");
      return { words: words.split("\0").slice(0, -1), input };
    });
  const all = Object.values(answers);
  if (!all.includes("fail")) expect([status, stderr]).toEqual([0, stderr]);
  return { calls, warnings: stderr };
}

function listCommands(
  lines: readonly string[],
): readonly (readonly string[])[] {
  return run(lines).calls.map(({ words }) => words);
}

/** Lists the calls that change something. */
function listWrites({ calls }: ScriptRun): readonly (readonly string[])[] {
  return calls
    .map(({ words }) => words)
    .filter((words) =>
      /\b(set|PUT|POST|create-secret)\b/.test(words.join(" ")),
    );
}

function readInput({ calls }: ScriptRun, part: string): unknown {
  const call = calls.find(
    ({ words, input }) => input !== "" && words.join(" ").includes(part),
  );
  return JSON.parse(call?.input ?? "null");
}

/** Settings in a secret that has no settings of its own. */
const DEFAULT_NAMES = [
  ...["STAGE", "AWS_ACCOUNT_ID", "AWS_REGION", "STATE_BUCKET_NAME"],
  "PERMISSIONS_BOUNDARY_POLICY_NAME",
  ...["OIDC_PROVIDER_URL", "OIDC_PROVIDER_EXISTS"],
];

/** Reads the settings in the first secret that a script creates. */
function readSecret(
  lines: readonly string[],
): Readonly<Record<string, string>> {
  const words = listCommands(lines).find((one) =>
    one.includes("create-secret"),
  );
  return JSON.parse(words?.at(-1) ?? "{}") as Record<string, string>;
}

test.each([
  [{}, "write the printed settings to the file .env.<stage> of each stage"],
  [GITHUB, "run it with sh to configure AWS and octo/auth"],
])("the next step with %j is named", (settings, step) => {
  expect(formatNextStep(createAccount(settings))).toContain(step);
});

describe("the setup script", () => {
  test("has only settings without a repository", () => {
    expect(formatSetupScript(createAccount({}), {})).toEqual([
      "# Settings for the .env file of every stage, in addition to its own:",
      "AWS_ACCOUNT_ID=123456789012",
      "AWS_REGION=us-west-2",
      "STATE_BUCKET_NAME=our-state",
      "PERMISSIONS_BOUNDARY_POLICY_NAME=veda-auth-stack-boundary",
    ]);
  });

  test("has settings for a customer managed key and an existing boundary", () => {
    expect(
      formatSetupScript(
        createAccount({
          STATE_CUSTOMER_KEY: "true",
          PERMISSIONS_BOUNDARY_POLICY_NAME: "existing",
        }),
        {},
      ),
    ).toEqual(
      expect.arrayContaining([
        "STATE_CUSTOMER_KEY=true",
        "PERMISSIONS_BOUNDARY_POLICY_NAME=existing",
      ]),
    );
  });

  test.each<[settings: Environment, file: string, own: Environment]>([
    [{}, "", {}],
    [{ APP_NAME: "our-auth" }, "", { APP_NAME: "our-auth" }],
    [
      { AWS_REGION: "xx-new-1", ALLOW_UNKNOWN_REGION: "true" },
      "ALLOW_UNKNOWN_REGION=true",
      { ALLOW_UNKNOWN_REGION: "true" },
    ],
  ])(
    "repeats the account's settings %j for every stage",
    (settings, file, own) => {
      const account = createAccount(
        { ...GITHUB, ACCOUNT_STAGES: "dev", ...settings },
        { ".env.dev": file },
      );
      const lines = formatSetupScript(account, OUTPUTS);
      const names = Object.keys(readSecret(lines));
      for (const [name, value] of Object.entries(own))
        expect(lines).toContain(`${name}=${value ?? ""}`);
      expect(names.filter((name) => !DEFAULT_NAMES.includes(name))).toEqual(
        Object.keys(own),
      );
    },
  );

  test.each<[settings: Environment, file: string]>([
    [{}, ""],
    [{ APP_NAME: "our-auth" }, ""],
    [{ APP_NAME: "our-auth" }, "STATE_BUCKET_KEY=our/key"],
    [{ APP_NAME: "our-auth" }, "APP_NAME=veda-auth-stack"],
    [{ APP_NAME: "our-auth" }, "STATE_BUCKET_KEY=veda-auth-stack/dev/key"],
    [{}, "APP_NAME=other\nGITHUB_ENVIRONMENT=live"],
    [{}, "AWS_REGION=us-east-1\nUSER_POOL_ID=us-east-1_abc"],
    [{}, "AWS_REGION=xx-new-1\nALLOW_UNKNOWN_REGION=true"],
    [{}, "DATA_MANAGERS_ROLE_ARN=arn:aws:iam::123456789012:role/managers"],
  ])(
    "writes a secret with which CI deploys what the roles allow: %j, %j",
    (settings, file) => {
      const account = createAccount(
        { ...GITHUB, ACCOUNT_STAGES: "dev", ...settings },
        { ".env.dev": file },
      );
      const [deployed] = account.stages;
      const secret = readSecret(formatSetupScript(account, OUTPUTS));
      const [stage] = readAppConfig(secret, createTemporaryDirectory()).stages;
      expect(stage).toMatchObject({
        stackName: deployed?.stackName,
        region: deployed?.region,
        accountId: account.accountId,
        state: { bucket: account.stateBucket.name, key: deployed?.stateKey },
        permissionsBoundaryPolicyName: account.boundary.policyName,
        existing: { userPoolId: deployed?.userPoolId },
        groups: { dataManagersRoleArn: deployed?.dataManagersRoleArn },
      });
      expect(
        createAccount({
          ...secret,
          ...GITHUB,
          STAGE: "account",
          ACCOUNT_STAGES: "dev",
        }).stages[0]?.githubEnvironment,
      ).toBe(deployed?.githubEnvironment);
    },
  );

  test("runs in a shell and configures each stage", () => {
    const ran = run(formatSetupScript(createAccount(GITHUB), OUTPUTS));
    const commands = listWrites(ran);
    const secret = commands.find(([name]) => name === "aws");
    expect(secret?.slice(0, -1)).toEqual([
      ...["aws", "secretsmanager", "create-secret", "--region", "us-west-2"],
      ...["--name", "veda-auth-dev-env", "--secret-string"],
    ]);
    expect(JSON.parse(secret?.at(-1) ?? "")).toEqual({
      STAGE: "dev",
      AWS_ACCOUNT_ID: "123456789012",
      AWS_REGION: "us-west-2",
      STATE_BUCKET_NAME: "our-state",
      PERMISSIONS_BOUNDARY_POLICY_NAME: "veda-auth-stack-boundary",
      OIDC_PROVIDER_URL: "token.actions.githubusercontent.com",
      OIDC_PROVIDER_EXISTS: "true",
    });
    const repo = ["--repo", "octo/auth"];
    const stage = (name: string) => {
      const role = (action: string) =>
        `${ARN}veda-auth-stack-${name}-${action}`;
      const variable = name.toUpperCase().replace("-", "_");
      const environment = `repos/octo/auth/environments/${name}`;
      const set = ["gh", "variable", "set"];
      const inEnvironment = [...repo, "--env", name, "--body"];
      return [
        ...(["plan", "rotate"] as const).map((action) => [
          ...set,
          `${action.toUpperCase()}_ROLE_ARN_${variable}`,
          ...[...repo, "--body", role(action)],
        ]),
        [...set, `DEPLOY_ENVIRONMENT_${variable}`, ...repo, "--body", name],
        [
          "gh",
          "api",
          "--silent",
          "--method",
          "PUT",
          environment,
          "--input",
          "-",
        ],
        ...(name === "dev"
          ? [
              [
                ...["gh", "api", "--silent", "--method", "POST"],
                `${environment}/deployment-branch-policies`,
                ...["-f", "name=dev", "-f", "type=branch"],
              ],
            ]
          : []),
        [...set, "APPLY_ROLE_ARN", ...inEnvironment, role("apply")],
        [...set, "AWS_REGION", ...inEnvironment, "us-west-2"],
      ];
    };
    expect(commands.filter(([name]) => name === "gh")).toEqual([
      ["gh", "variable", "set", "AWS_REGION", ...repo, "--body", "us-west-2"],
      ...stage("dev"),
      ...stage("my-stage"),
      [
        ...["gh", "api", "--silent", "--method", "POST"],
        ...["repos/octo/auth/rulesets", "--input", "-"],
      ],
    ]);
    expect(readInput(ran, "environments/dev")).toEqual({
      deployment_branch_policy: {
        protected_branches: false,
        custom_branch_policies: true,
      },
    });
    expect(ran.warnings).toContain(
      "a deployment to environment dev requires no approval",
    );
  });

  test("makes branches require a pull request, an approval, code owners and the checks", () => {
    const lines = formatSetupScript(createAccount(GITHUB), OUTPUTS);
    const ran = run(lines, { "codeowners/errors": "fail" });
    expect(readInput(ran, "rulesets")).toMatchObject({
      target: "branch",
      enforcement: "active",
      conditions: {
        ref_name: {
          include: ["refs/heads/dev", "refs/heads/main"],
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
          },
        },
        {
          type: "required_status_checks",
          parameters: {
            strict_required_status_checks_policy: true,
            required_status_checks: [
              { context: "Plan", integration_id: 15368 },
              { context: "Check", integration_id: 15368 },
            ],
          },
        },
      ],
    });
    expect(ran.warnings).toContain("CODEOWNERS was not found");
    expect(lines).toContain("#   /.github/ @octo/<team>");
  });

  test.each<[claims: string, settings: Environment, isExpected: boolean]>([
    ["repo,context", {}, true],
    ["repo,environment", { GITHUB_SUBJECT_CLAIMS: "repo,environment" }, true],
    ["environment,repo", { GITHUB_SUBJECT_CLAIMS: "repo,environment" }, false],
    ["repo,context", { GITHUB_SUBJECT_CLAIMS: "repo,environment" }, false],
    ["repo,context,workflow", {}, false],
    ["the template of the organization", {}, false],
    ["fail", {}, false],
  ])("compares the claims %s with %j", (claims, settings, isExpected) => {
    const { warnings } = run(
      formatSetupScript(createAccount({ ...GITHUB, ...settings }), OUTPUTS),
      { "customization/sub": claims },
    );
    const { GITHUB_SUBJECT_CLAIMS: expected = "repo,context" } = settings;
    const found = claims === "fail" ? "unknown" : claims;
    const warning = `warning: the claims of GitHub's subjects must be GITHUB_SUBJECT_CLAIMS=${expected}, got: ${found}\n`;
    expect(warnings.includes(warning)).toBe(!isExpected);
  });

  test.each(["plan", "rotate"])(
    "names the environment %s if every job requires one",
    (environment) => {
      const line = `#   environment: ${environment}`;
      const format = (settings: Environment) =>
        formatSetupScript(createAccount({ ...GITHUB, ...settings }), OUTPUTS);
      expect(format({ GITHUB_SUBJECT_CLAIMS: "repo,environment" })).toContain(
        line,
      );
      expect(format({ GITHUB_SUBJECT_CLAIMS: "repo,context" })).not.toContain(
        line,
      );
    },
  );

  test("lets only the branches that deploy use the environment of rotations, without approval", () => {
    const settings = { ...GITHUB, GITHUB_SUBJECT_CLAIMS: "repo,environment" };
    const ran = run(formatSetupScript(createAccount(settings), OUTPUTS));
    expect(readInput(ran, "environments/rotate")).toEqual({
      deployment_branch_policy: {
        protected_branches: false,
        custom_branch_policies: true,
      },
    });
    const policies = listWrites(ran).filter((words) =>
      words.includes(
        "repos/octo/auth/environments/rotate/deployment-branch-policies",
      ),
    );
    expect(policies.map((words) => words.slice(-4))).toEqual([
      ["-f", "name=dev", "-f", "type=branch"],
      ["-f", "name=main", "-f", "type=branch"],
    ]);
    expect(ran.warnings).not.toContain("environment rotate requires");
  });

  test("retains existing rules, reviewers, branches and settings", () => {
    const existing =
      '{"deployment_branch_policy":{"custom_branch_policies":true},"reviewers":[{"id":1,"type":"User"}],"wait_timer":5}';
    const ran = run(
      formatSetupScript(
        createAccount({ ...GITHUB, ACCOUNT_STAGES: "dev" }),
        OUTPUTS,
      ),
      {
        "rulesets?per_page": "12",
        "environments?per_page": existing,
        '.name == "dev"': "34",
      },
    );
    expect(readInput(ran, "environments/dev")).toEqual(JSON.parse(existing));
    const changing = listWrites(ran).map((words) => words.join(" "));
    expect(changing.filter((words) => words.includes("POST"))).toEqual([]);
    expect(ran.warnings).toBe("");
  });

  test("warns about an existing ruleset without a branch that the rotate roles trust", () => {
    const { warnings } = run(
      formatSetupScript(createAccount(GITHUB), OUTPUTS),
      { "rulesets?per_page": "12", "rulesets/12": "refs/heads/main" },
    );
    expect(warnings).toContain(
      "warning: the ruleset veda-auth deployment branches must include all branches that deploy, add: refs/heads/main",
    );
  });

  test("warns about other branches of the environment", () => {
    const { warnings } = run(
      formatSetupScript(
        createAccount({ ...GITHUB, ACCOUNT_STAGES: "dev" }),
        OUTPUTS,
      ),
      { ".name != ": "release/*" },
    );
    expect(warnings).toContain(
      "warning: environment dev also deploys from: release/*",
    );
  });

  test.each(["environments?per_page", "rulesets?per_page"])(
    "overwrites nothing that it cannot read: %s",
    (part) => {
      const ran = run(
        formatSetupScript(
          createAccount({ ...GITHUB, ACCOUNT_STAGES: "dev" }),
          OUTPUTS,
        ),
        { [part]: "fail" },
      );
      const written = listWrites(ran).map((words) => words.join(" "));
      expect(
        written.filter((words) => words.includes("environments/dev --input")),
      ).toHaveLength(part.startsWith("environments") ? 0 : 1);
      expect(written.filter((words) => words.includes("rulesets"))).toEqual([]);
    },
  );

  const hasJq =
    process.env.E2E === "required" ||
    spawnSync("jq", ["--version"]).status === 0;
  (hasJq ? test : test.skip)(
    "reads the claims of a template in GitHub's format",
    () => {
      const { calls } = run(formatSetupScript(createAccount(GITHUB), OUTPUTS));
      const query =
        calls
          .map(({ words }) => words)
          .find((words) => words.join(" ").includes("customization/sub"))
          ?.at(-1) ?? "";
      const read = (answer: object) =>
        execFileSync("jq", ["-r", query], {
          input: JSON.stringify(answer),
          encoding: "utf8",
        }).trim();
      expect(read({ use_default: true })).toBe("repo,context");
      expect(
        read({ use_default: false, include_claim_keys: ["repo", "ref"] }),
      ).toBe("repo,ref");
      for (const keys of [{}, { include_claim_keys: [] }])
        expect(read({ use_default: false, ...keys })).toBe(
          "the template of the organization",
        );
    },
  );
  (hasJq ? test : test.skip)(
    "reads the branches of a ruleset in GitHub's format",
    () => {
      const { calls } = run(formatSetupScript(createAccount(GITHUB), OUTPUTS), {
        "rulesets?per_page": "12",
      });
      const query =
        calls
          .map(({ words }) => words)
          .find((words) => words.includes("repos/octo/auth/rulesets/12"))
          ?.at(-1) ?? "";
      const read = (include: readonly string[]) =>
        execFileSync("jq", ["-r", query], {
          input: JSON.stringify({ conditions: { ref_name: { include } } }),
          encoding: "utf8",
        }).trim();
      expect(read(["refs/heads/dev"])).toBe("refs/heads/main");
      expect(read(["refs/heads/main", "refs/heads/dev"])).toBe("");
      expect(read(["~ALL"])).toBe("");
    },
  );
  (hasJq ? test : test.skip)(
    "reads the reviewers and the wait timer of an environment in GitHub's format",
    () => {
      const { calls } = run(
        formatSetupScript(
          createAccount({ ...GITHUB, ACCOUNT_STAGES: "dev" }),
          OUTPUTS,
        ),
      );
      const query = calls
        .find(({ words }) => words.join(" ").includes("environments?per_page"))
        ?.words.at(-1);
      const environments = [
        { name: "other", protection_rules: [] },
        {
          name: "DEV",
          protection_rules: [
            { id: 1, type: "wait_timer", wait_timer: 30 },
            {
              id: 2,
              type: "required_reviewers",
              prevent_self_review: true,
              reviewers: [{ type: "Team", reviewer: { id: 7, name: "x" } }],
            },
            { id: 3, type: "branch_policy" },
          ],
        },
      ];
      const read = (input: object) =>
        execFileSync("jq", ["-c", query ?? ""], {
          input: JSON.stringify(input),
          encoding: "utf8",
        });
      expect(JSON.parse(read({ environments }))).toEqual({
        deployment_branch_policy: {
          protected_branches: false,
          custom_branch_policies: true,
        },
        wait_timer: 30,
        prevent_self_review: true,
        reviewers: [{ type: "Team", id: 7 }],
      });
      expect(read({ environments: [{ name: "other" }] })).toBe("");
      expect(JSON.parse(read({ environments: [{ name: "dev" }] }))).toEqual({
        deployment_branch_policy: {
          protected_branches: false,
          custom_branch_policies: true,
        },
      });
    },
  );

  test("quotes a name with spaces and quotes", () => {
    const commands = listCommands(
      formatSetupScript(
        createAccount({
          ...GITHUB,
          ACCOUNT_STAGES: "dev",
          GITHUB_ENVIRONMENT: "the 'live' one/1",
        }),
        OUTPUTS,
      ),
    );
    expect(commands).toContainEqual(
      expect.arrayContaining(["--env", "the 'live' one/1"]),
    );
    expect(commands).toContainEqual(
      expect.arrayContaining([
        "repos/octo/auth/environments/the%20'live'%20one%2F1",
      ]),
    );
  });
});
