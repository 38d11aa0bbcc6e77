import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import * as idp from "@aws-sdk/client-cognito-identity-provider";
import * as secrets from "@aws-sdk/client-secrets-manager";
import {
  createClientConfig,
  DEMO_ACCOUNT,
} from "../../scripts/lib/demo/account";
import {
  createLocalAwsEnvironment,
  type AttachedLocalAws,
} from "../../scripts/lib/local-aws/local-aws";
import { createProviderEnvironment } from "../../scripts/lib/terraform/terraform";
import {
  getEnvironment,
  type Environment,
} from "../../stacks/config/environment";
import { describeLocal, startLocalAccount } from "../support/deployment";
import { readDotenv } from "../support/dotenv";
import { PersistentProvider } from "../support/persistent-provider";
import { FakeGithub, JOB_TOKEN, REPOSITORY } from "../support/fake-github";
import {
  removeTemporaryDirectories,
  createTemporaryDirectory,
} from "../support/stage";
import { readCompositeAction, getJob } from "../support/workflow-files";
import { GitOrigin } from "../support/workflow-origin";
import {
  runAction,
  runJob,
  type JobResult,
  type RunnerOptions,
  type ActionStub,
} from "../support/workflow-runner";

const STACK = "veda-auth-stack-dev";
const SECRET = "veda-auth-dev-env";
const SETTINGS = {
  STAGE: "dev",
  OWNER: "ci",
  STATE_BUCKET_NAME: DEMO_ACCOUNT.stateBucket,
  SECRET_RECOVERY_DAYS: "0",
  DELETION_PROTECTION: "false",
};
const DASHBOARD = "https://dashboard.example.com/";
const VARIABLES = {
  PLAN_ROLE_ARN_DEV: "arn:aws:iam::000000000000:role/plan",
  APPLY_ROLE_ARN: "arn:aws:iam::000000000000:role/apply",
  ROTATE_ROLE_ARN_DEV: "arn:aws:iam::000000000000:role/rotate",
};
const LINE = /^sha256:[0-9a-f]{64} tree:[0-9a-f]{40}$/m;

// each job starts several processes
jest.setTimeout(120_000);

let aws: AttachedLocalAws;
let github: FakeGithub;
let origin: GitOrigin;
let base: Environment;
/** Output and summaries of all steps. */
const outputs: string[] = [];

beforeAll(async () => {
  if (describeLocal !== describe) return;
  const home = createTemporaryDirectory();
  base = {
    PATH: getEnvironment().PATH,
    LANG: "C.UTF-8",
    HOME: home,
    TMPDIR: createTemporaryDirectory(),
    CI: "true",
    ...createProviderEnvironment({ directory: home }),
    npm_config_update_notifier: "false",
  };
  [aws, github, origin] = await Promise.all([
    startLocalAccount(),
    FakeGithub.start(),
    GitOrigin.create(base),
  ]);
  const provider = await PersistentProvider.startFromMirror({
    ...base,
    ...createLocalAwsEnvironment(aws.endpoint),
  });
  base = { ...base, ...provider?.createCommandVariables() };
}, 60_000);

afterAll(async () => {
  if (describeLocal === describe)
    await Promise.all([aws.stop(), github.stop()]);
  removeTemporaryDirectories();
});

interface Run {
  /** Variables of the event. */
  readonly event: Environment;
  /** Commit to check out, unless a step names a branch. */
  readonly commit: string;
  readonly contexts?: Readonly<Record<string, unknown>>;
}

interface RunResult extends JobResult {
  readonly home: string;
  /** Assumed roles. */
  readonly roles: readonly string[];
}

/** Runs steps with a new home directory and workspace. */
async function runSteps(
  { event, commit, contexts = {} }: Run,
  steps: (options: RunnerOptions) => Promise<JobResult>,
): Promise<RunResult> {
  const home = createTemporaryDirectory();
  const workspace = path.join(home, "work");
  mkdirSync(workspace);
  const roles: string[] = [];
  const noAction: ActionStub = () => undefined;
  const result = await steps({
    workspace,
    environment: {
      ...base,
      HOME: home,
      GITHUB_ACTIONS: "true",
      GITHUB_API_URL: github.endpoint,
      GITHUB_SERVER_URL: "https://github.com",
      GITHUB_RUN_ID: "1",
      GITHUB_REPOSITORY: REPOSITORY,
      GITHUB_REPOSITORY_ID: "2",
      GITHUB_REPOSITORY_OWNER_ID: "3",
      GITHUB_REF_TYPE: "branch",
      GITHUB_SHA: commit,
      ...event,
    },
    contexts: {
      github: { token: JOB_TOKEN },
      vars: VARIABLES,
      inputs: {},
      ...contexts,
    },
    actions: {
      "actions/checkout": async ({ ref }) =>
        origin.checkout(
          ref === undefined ? commit : await origin.getBranchHead(ref),
          workspace,
        ),
      "actions/setup-node": noAction,
      "actions/setup-python": (_, job) => {
        job.environment.PATH = `${createPythonDirectory()}:${job.environment.PATH ?? ""}`;
      },
      "hashicorp/setup-terraform": noAction,
      "aws-actions/configure-aws-credentials": (inputs, job) => {
        roles.push(inputs["role-to-assume"] ?? "");
        Object.assign(
          job.environment,
          createLocalAwsEnvironment(aws.endpoint),
          {
            AWS_REGION: inputs["aws-region"],
          },
        );
      },
    },
    notExecuted: ["npm ci", "npm ci --ignore-scripts", "npm test"],
  });
  outputs.push(result.printed, result.summary);
  return { ...result, home, roles };
}

/** Runs the job of a pull request. */
async function runPullRequest(
  merge: string,
  head: string,
  { from = "feature/x", into = "dev", repository = REPOSITORY } = {},
): Promise<RunResult> {
  const file = path.join(createTemporaryDirectory(), "event.json");
  writeFileSync(
    file,
    JSON.stringify({
      pull_request: {
        number: 7,
        head: { sha: head, repo: { full_name: repository } },
      },
    }),
  );
  const event = {
    GITHUB_EVENT_NAME: "pull_request",
    GITHUB_EVENT_PATH: file,
    GITHUB_BASE_REF: into,
    GITHUB_HEAD_REF: from,
    GITHUB_REF_NAME: "7/merge",
  };
  return runSteps({ event, commit: merge }, (options) =>
    runJob(getJob("pr.yml", "plan"), options),
  );
}

/** Runs the two jobs of a deployment of branch `dev` or an older commit, and returns the result of the second. */
async function deploy(
  reviewedPlan?: string,
  older?: string,
): Promise<RunResult> {
  const event = {
    GITHUB_EVENT_NAME:
      reviewedPlan === undefined ? "push" : "workflow_dispatch",
    GITHUB_REF_NAME: "dev",
  };
  const head = await origin.getBranchHead("dev");
  const commit = older ?? head;
  github.branches.set("dev", head);
  const stage = await runSteps({ event, commit }, (options) =>
    runJob(getJob("deploy.yml", "stage"), options),
  );
  expectJobSuccess(stage);
  expect(stage.roles).toEqual([]);
  const contexts = {
    needs: { stage: { outputs: stage.outputs } },
    inputs: { reviewed_plan: reviewedPlan },
  };
  return runSteps({ event, commit, contexts }, (options) =>
    runJob(getJob("deploy.yml", "deploy"), options),
  );
}

/** Runs the job of a scheduled workflow for a stage. */
async function runScheduled(id: string, stage: string): Promise<RunResult> {
  const job = getJob(`${id}.yml`, id);
  const matrix = job.strategy?.matrix.include?.find(
    (one) => one.stage === stage,
  );
  const event = { GITHUB_EVENT_NAME: "schedule", GITHUB_REF_NAME: "dev" };
  const commit = await origin.getBranchHead("dev");
  return runSteps({ event, commit, contexts: { matrix } }, (options) =>
    runJob(job, options),
  );
}

/** Merges the pull request, like GitHub. */
async function mergePullRequest(commit: string, head: string): Promise<void> {
  await origin.setBranch("dev", commit);
  github.pullRequests.set(commit, [
    {
      number: 7,
      merged_at: "2026-11-23T00:00:00Z",
      merge_commit_sha: commit,
      base: { ref: "dev" },
      head: { sha: head },
    },
  ]);
}

function getOutcomes({ steps }: JobResult): Record<string, string> {
  return Object.fromEntries(steps.map(({ name, outcome }) => [name, outcome]));
}

function expectJobSuccess(result: JobResult): void {
  expect(result.outcome === "success" ? "" : result.printed).toBe("");
}

function readOutputs({
  home,
}: RunResult): Record<string, Record<string, string>> {
  const file = path.join(home, "cdk-outputs.json");
  return JSON.parse(readFileSync(file, "utf8")) as ReturnType<
    typeof readOutputs
  >;
}

function createSecretsManager(): secrets.SecretsManagerClient {
  return new secrets.SecretsManagerClient(createClientConfig(aws));
}

async function putSettings(name: string, settings: Environment): Promise<void> {
  const SecretString = JSON.stringify(settings);
  await createSecretsManager()
    .send(new secrets.CreateSecretCommand({ Name: name, SecretString }))
    .catch(() =>
      createSecretsManager().send(
        new secrets.PutSecretValueCommand({ SecretId: name, SecretString }),
      ),
    );
}

async function listUserPools(): Promise<string[]> {
  const { UserPools = [] } = await new idp.CognitoIdentityProviderClient(
    createClientConfig(aws),
  ).send(new idp.ListUserPoolsCommand({ MaxResults: 60 }));
  return UserPools.map(({ Name = "" }) => Name);
}

/** Changes the dashboard's callback URLs outside Terraform. */
async function setCallbacks(CallbackURLs: string[]): Promise<void> {
  const client = new idp.CognitoIdentityProviderClient(createClientConfig(aws));
  const pools = await client.send(
    new idp.ListUserPoolsCommand({ MaxResults: 60 }),
  );
  const UserPoolId = pools.UserPools?.[0]?.Id ?? "";
  const { UserPoolClients = [] } = await client.send(
    new idp.ListUserPoolClientsCommand({ UserPoolId, MaxResults: 60 }),
  );
  const { ClientId } =
    UserPoolClients.find(({ ClientName }) => ClientName === "veda-dashboard") ??
    {};
  await client.send(
    new idp.UpdateUserPoolClientCommand({ UserPoolId, ClientId, CallbackURLs }),
  );
}

/** Creates a directory with a `python` whose pip installs nothing. */
function createPythonDirectory(): string {
  const directory = path.join(createTemporaryDirectory(), "bin");
  mkdirSync(directory);
  const lines = [
    "#!/bin/sh",
    'if [ "$1 $2 $3" = "-m pip install" ]; then exit 0; fi',
    'exec python3 "$@"',
  ];
  writeFileSync(path.join(directory, "python"), `${lines.join("\n")}\n`, {
    mode: 0o755,
  });
  return directory;
}

describeLocal("a pull request's plan, in this order,", () => {
  let head: string;
  let reviewed: string;
  let line: string;

  beforeAll(async () => {
    await putSettings(SECRET, SETTINGS);
    const dev = await origin.getBranchHead("dev");
    head = await origin.commit(dev, "CHANGES.md", "one\n");
  }, 60_000);

  test("is shown and recorded, with only the plan role", async () => {
    const dev = await origin.getBranchHead("dev");
    const merge = await origin.merge(dev, head, "merge result");
    const result = await runPullRequest(merge, head);
    expectJobSuccess(result);
    expect(result.roles).toEqual([VARIABLES.PLAN_ROLE_ARN_DEV]);
    expect(result.summary).toContain("aws_cognito_user_pool");
    const [status, ...more] = github.statuses.get(head) ?? [];
    expect(more).toEqual([]);
    expect(status?.context).toBe("plan (dev)");
    expect(status?.description).toContain(
      `tree:${await origin.getTreeHash(merge)}`,
    );
    reviewed = /^sha256:\S+/.exec(status?.description ?? "")?.[0] ?? "";
    expect(await listUserPools()).toEqual([]);
    const [comment, ...others] = github.comments.get(7) ?? [];
    expect(others).toEqual([]);
    expect(comment?.body).toContain(
      "service client `workflows-client` can now",
    );
    expect(comment?.body).toContain(reviewed);
  });

  test("is not applied after a change of the code, even with a status of another account", async () => {
    const dev = await origin.getBranchHead("dev");
    const other = await origin.commit(head, "CHANGES.md", "one and another\n");
    const merge = await origin.merge(dev, other, "merged with more");
    await mergePullRequest(merge, head);
    const forged = `${reviewed} tree:${await origin.getTreeHash(merge)}`;
    github.addStatus(
      head,
      { context: "plan (dev)", description: forged },
      { login: "another", type: "User" },
    );
    const result = await deploy();
    expect(getOutcomes(result)["Apply the reviewed plan"]).toBe("failure");
    expect(result.printed).toMatch(
      /nothing was applied to stage dev: the code has changed since the review/,
    );
    expect(result.printed).not.toContain("the plan differs");
    expect(result.summary).toContain(forged);
    expect(await listUserPools()).toEqual([]);
    await origin.setBranch("dev", dev);
  });

  test("is applied after the merge, with its outputs", async () => {
    const dev = await origin.getBranchHead("dev");
    await mergePullRequest(await origin.merge(dev, head, "merged"), head);
    const result = await deploy();
    expectJobSuccess(result);
    expect(result.roles).toEqual([VARIABLES.APPLY_ROLE_ARN]);
    expect(await listUserPools()).toEqual([STACK]);
    expect(readOutputs(result)).toEqual({
      [STACK]: expect.objectContaining({
        workflows_client_secret_id: `${STACK}/workflows-client`,
      }) as object,
    });
  });

  test("is not applied after a change of the settings", async () => {
    await putSettings(SECRET, {
      ...SETTINGS,
      DASHBOARD_CALLBACK_URLS: DASHBOARD,
    });
    const result = await deploy();
    expect(getOutcomes(result)["Apply the reviewed plan"]).toBe("failure");
    expect(result.printed).toMatch(
      /nothing was applied to stage dev: the plan differs from the reviewed plan/,
    );
    expect(existsSync(path.join(result.home, "cdk-outputs.json"))).toBe(false);
    line = LINE.exec(result.summary)?.[0] ?? "";
    expect(line).not.toBe("");
  });

  test("is applied when a user names the plan of the failed run", async () => {
    const result = await deploy(line);
    expectJobSuccess(result);
    expect(readOutputs(result)[STACK]).toHaveProperty(
      "veda_dashboard_client_id",
    );
  });

  test("requires no review without changes, and writes the outputs", async () => {
    const result = await deploy();
    expectJobSuccess(result);
    expect(result.summary).toContain("no changes");
    expect(Object.keys(readOutputs(result))).toEqual([STACK]);
  });

  test("is not applied by a run of an older commit, recorded or named", async () => {
    const older = await origin.getBranchHead("dev");
    const next = await origin.commit(older, "CHANGES.md", "two\n");
    // otherwise the plan of the older commit would be applied again
    await putSettings(SECRET, SETTINGS);
    const failed = await deploy();
    line = LINE.exec(failed.summary)?.[0] ?? "";
    expect(line).toContain(`tree:${await origin.getTreeHash(older)}`);
    await origin.setBranch("dev", next);
    for (const named of [undefined, line]) {
      const result = await deploy(named, older);
      expect(getOutcomes(result)["Apply the reviewed plan"]).toBe("failure");
      expect(result.printed).toContain(
        `commit ${older.slice(0, 12)} must be the newest of branch dev, which is ${next.slice(0, 12)}`,
      );
    }
    await origin.setBranch("dev", older);
    await putSettings(SECRET, {
      ...SETTINGS,
      DASHBOARD_CALLBACK_URLS: DASHBOARD,
    });
  });

  test("is not applied a second time, although the plan is the same", async () => {
    const more = `${DASHBOARD},https://b.example.com/`;
    await putSettings(SECRET, { ...SETTINGS, DASHBOARD_CALLBACK_URLS: more });
    const failed = await deploy();
    const named = LINE.exec(failed.summary)?.[0] ?? "";
    expectJobSuccess(await deploy(named));
    const commit = await origin.getBranchHead("dev");
    const [last, ...before] = (github.statuses.get(commit) ?? []).filter(
      ({ context }) => context === "applied (dev)",
    );
    expect([last?.state, last?.description]).toEqual(["success", named]);
    expect(before[0]?.state).toBe("pending");
    const unchanged = await deploy(named);
    expectJobSuccess(unchanged);
    expect(unchanged.summary).toContain("no changes");
    await setCallbacks([DASHBOARD]);
    const again = await deploy(named);
    expect(getOutcomes(again)["Apply the reviewed plan"]).toBe("failure");
    expect(again.printed).toContain(
      `nothing was applied to stage dev: this plan was already applied, according to commit ${commit.slice(0, 12)}`,
    );
  });

  test("is followed by a rotation of the secrets that are due, with only the rotate role", async () => {
    const result = await runScheduled("rotate", "dev");
    expectJobSuccess(result);
    expect(result.roles).toEqual([VARIABLES.ROTATE_ROLE_ARN_DEV]);
    expect(result.summary).toMatch(
      /^### Client secrets of dev\n\n.*\n.*\n\| `workflows-client` \| idle \| rotated after .* UTC \|$/m,
    );
  });

  test("is not rotated without the variable of its role, which a notice reports", async () => {
    const result = await runScheduled("rotate", "staging");
    expectJobSuccess(result);
    expect([result.roles, result.summary]).toEqual([[], ""]);
    expect(result.printed).toBe(
      "::notice title=Not rotated::The secrets of stage staging are not rotated, because the variable ROTATE_ROLE_ARN_STAGING is not set.\n",
    );
  });

  test("is followed by a drift report, which fails for changes outside Terraform", async () => {
    await setCallbacks([DASHBOARD, "https://manual.example.com/"]);
    const result = await runScheduled("drift", "dev");
    expect(result.roles).toEqual([VARIABLES.PLAN_ROLE_ARN_DEV]);
    expect(getOutcomes(result)).toMatchObject({
      "Read the settings of the stage": "success",
      "Report changes outside Terraform": "failure",
    });
    expect(result.summary).toContain("https://manual.example.com/");
  });

  test("and no output contains the secret of a client", async () => {
    const { SecretString = "{}" } = await createSecretsManager().send(
      new secrets.GetSecretValueCommand({
        SecretId: `${STACK}/workflows-client`,
      }),
    );
    const { client_secret: secret = "" } = JSON.parse(SecretString) as Record<
      string,
      string
    >;
    expect(secret).toMatch(/^\S{24,}$/);
    const written = JSON.stringify(secret).slice(1, -1);
    const all = [...outputs, JSON.stringify([...github.statuses])];
    expect(all.filter((text) => text.includes(secret))).toEqual([]);
    expect(all.filter((text) => text.includes(written))).toEqual([]);
  });
});

describeLocal("a pull request", () => {
  test("from a fork gets no credentials", async () => {
    const commit = await origin.getBranchHead("dev");
    const result = await runPullRequest(commit, commit, {
      repository: "else/veda-auth",
    });
    expectJobSuccess(result);
    expect(result.roles).toEqual([]);
    expect(result.summary).toMatch(/stage dev.* from a fork/);
    expect(
      Object.entries(getOutcomes(result))
        .filter(([, outcome]) => outcome === "success")
        .map(([name]) => name),
    ).toEqual([
      "Check out the merge result",
      "Set up Node",
      "Install packages",
      "Find the stage",
    ]);
  });

  test("fails if its base branch does not allow its head branch", async () => {
    const commit = await origin.getBranchHead("dev");
    const result = await runPullRequest(commit, commit, { into: "main" });
    expect(result.outcome).toBe("failure");
    expect(result.roles).toEqual([]);
    expect(result.printed).toContain(
      "a pull request into main must be from dev, got feature/x",
    );
  });
});

describeLocal("the action for other repositories, in this order,", () => {
  const NAME = "veda/others";
  const OTHER = "veda-auth-stack-other";
  const SCRIPT = `
import argparse, json, os, urllib.request
parser = argparse.ArgumentParser()
parser.add_argument("--secret-id", required=True)
request = urllib.request.Request(
    os.environ["AWS_ENDPOINT_URL"],
    json.dumps({"SecretId": parser.parse_args().secret_id}).encode(),
    {
        "Content-Type": "application/x-amz-json-1.1",
        "X-Amz-Target": "secretsmanager.GetSecretValue",
        "Authorization": "AWS4-HMAC-SHA256 Credential=test/20261123/us-west-2/secretsmanager/aws4_request",
    },
)
answer = json.load(urllib.request.urlopen(request, timeout=10))
with open(".env", "a") as file:
    for name, value in json.loads(answer["SecretString"]).items():
        file.write(f"{name}={value}\\n")
`;

  beforeAll(async () => {
    await putSettings(NAME, { ...SETTINGS, STAGE: "other" });
  }, 60_000);

  /** Calls the action from a workflow of another repository with a checkout of this project. */
  async function call(
    scriptPath: string,
    notExecuted: readonly string[] = [],
  ): Promise<RunResult> {
    const event = { GITHUB_EVENT_NAME: "push", GITHUB_REF_NAME: "main" };
    const commit = await origin.getBranchHead("dev");
    return runSteps({ event, commit }, async (options) => {
      const dir = path.join(options.workspace, "veda-auth");
      await origin.checkout(commit, dir);
      writeFileSync(path.join(options.workspace, "settings.py"), SCRIPT);
      return runAction(
        readCompositeAction("cdk-deploy"),
        {
          env_aws_secret_name: NAME,
          dir: "veda-auth",
          script_path: scriptPath,
        },
        {
          ...options,
          notExecuted: [...options.notExecuted, ...notExecuted],
          environment: {
            ...options.environment,
            ...createLocalAwsEnvironment(aws.endpoint),
          },
        },
      );
    });
  }

  test("deploys with the settings in a secret of any name", async () => {
    const result = await call("");
    expectJobSuccess(result);
    expect(await listUserPools()).toContain(OTHER);
    expect(readOutputs(result)).toEqual({
      [OTHER]: expect.objectContaining({
        workflows_client_secret_id: `${OTHER}/workflows-client`,
      }) as object,
    });
  });

  test("uses the settings that the script of the caller writes", async () => {
    const { steps } = readCompositeAction("cdk-deploy").runs;
    const result = await call("../settings.py", [steps.at(-1)?.run ?? ""]);
    expectJobSuccess(result);
    expect(getOutcomes(result)).toMatchObject({
      "Read the settings with the script": "success",
      "Read the settings": "skipped",
      Deploy: "success",
    });
    const file = path.join(result.home, "work", "veda-auth", ".env");
    expect(readDotenv(readFileSync(file, "utf8"))).toEqual({
      ...SETTINGS,
      STAGE: "other",
    });
  });
});
