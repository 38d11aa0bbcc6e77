import { writeFileSync } from "node:fs";
import path from "node:path";
import {
  resolveDeployment,
  formatOutputLines,
} from "../../../scripts/lib/ci/deployment-stage";
import { readGithubEvent } from "../../../scripts/lib/ci/github-event";
import type { Environment } from "../../../stacks/config/environment";
import {
  removeTemporaryDirectories,
  createTemporaryDirectory,
} from "../../support/stage";

afterAll(removeTemporaryDirectories);

const OWN = "example/veda-auth";

function createPullRequest(
  head: string,
  base: string,
  from: string | null = OWN,
): Environment {
  const payload = {
    pull_request: {
      number: 7,
      head: { sha: "a1", repo: from === null ? null : { full_name: from } },
    },
  };
  return createPullRequestWith(JSON.stringify(payload), head, base);
}

function createPullRequestWith(
  payload: string,
  head = "dev",
  base = "main",
): Environment {
  const file = path.join(createTemporaryDirectory(), "event.json");
  writeFileSync(file, payload);
  return {
    GITHUB_REPOSITORY: OWN,
    GITHUB_EVENT_NAME: "pull_request",
    GITHUB_EVENT_PATH: file,
    GITHUB_HEAD_REF: head,
    GITHUB_BASE_REF: base,
    GITHUB_REF_NAME: "7/merge",
    GITHUB_REF_TYPE: "branch",
  };
}

function createRun(
  event: string,
  branch: string,
  type = "branch",
): Environment {
  return {
    GITHUB_EVENT_NAME: event,
    GITHUB_REF_NAME: branch,
    GITHUB_REF_TYPE: type,
  };
}

function formatLines(env: Environment): readonly string[] {
  return formatOutputLines(resolveDeployment(readGithubEvent(env)));
}

test("the event of a pull request has its number", () => {
  expect(readGithubEvent(createPullRequest("feature/x", "dev"))).toMatchObject({
    kind: "pull request",
    number: 7,
    headSha: "a1",
  });
});

describe("the stage of a workflow run", () => {
  test.each([
    ["push", "dev", "dev", "PLAN_ROLE_ARN_DEV"],
    ["push", "main", "staging", "PLAN_ROLE_ARN_STAGING"],
    ["workflow_dispatch", "main", "staging", "PLAN_ROLE_ARN_STAGING"],
    ["schedule", "dev", "dev", "PLAN_ROLE_ARN_DEV"],
  ])(
    "of a %s on %s is that of the branch",
    (event, branch, stage, variable) => {
      expect(formatLines(createRun(event, branch))).toEqual([
        `stage=${stage}`,
        `environment=${stage}`,
        `plan_role_variable=${variable}`,
      ]);
    },
  );

  test.each([
    ["feature/x", "dev", "dev"],
    ["dev", "main", "staging"],
  ])(
    "of a pull request from %s into %s is %s, that of the base branch",
    (head, base, stage) => {
      expect(formatLines(createPullRequest(head, base))[0]).toBe(
        `stage=${stage}`,
      );
    },
  );

  test.each([
    createRun("push", "production"),
    createRun("push", "feature/x"),
    createRun("push", "constructor"),
    createPullRequest("main", "production"),
    createPullRequest("feature/x", "feature/y"),
  ])("is absent and reported for a branch without a stage", (env) => {
    const deployment = resolveDeployment(readGithubEvent(env));
    expect(formatOutputLines(deployment)).toEqual([]);
    expect(deployment.message).toMatch(/^branch \S+ has no stage$/);
  });

  test.each(["else/veda-auth", null])(
    "has no plan role for a pull request from the fork %s",
    (from) => {
      const env = createPullRequest("feature/x", "dev", from);
      const deployment = resolveDeployment(readGithubEvent(env));
      expect(formatOutputLines(deployment)).toEqual([
        "stage=dev",
        "environment=dev",
      ]);
      expect(deployment.message).toMatch(/from a fork.*no credentials/);
    },
  );
});

describe("a workflow run fails", () => {
  test.each([
    ["feature/x", "main", OWN, "into main must be from dev, got feature/x"],
    ["dev", "production", OWN, "into production must be from main, got dev"],
    ["production", "main", OWN, "into main must be from dev"],
    [
      "dev",
      "main",
      "else/veda-auth",
      "into main must be from dev, got dev of a fork",
    ],
    ["dev", "main", null, "got dev of a fork"],
  ])(
    "for a pull request from %s into %s, with its head in %s",
    (head, base, from, message) => {
      expect(() => formatLines(createPullRequest(head, base, from))).toThrow(
        message,
      );
    },
  );

  test("for a tag with the name of a branch", () => {
    expect(() => formatLines(createRun("push", "dev", "tag"))).toThrow(
      'GITHUB_REF_TYPE must be branch, got "tag"',
    );
  });

  test("for a GitHub environment with a control character", () => {
    const deployment = { stage: "dev", canPlan: true, message: "" };
    expect(() => formatOutputLines(deployment, "a\nb=c")).toThrow(
      'must be free of control characters, got "a\\nb=c"',
    );
  });

  test.each(["pull_request_target", "release"])("for the event %s", (event) => {
    expect(() => formatLines(createRun(event, "dev"))).toThrow(
      `GITHUB_EVENT_NAME must be pull_request, push, workflow_dispatch, schedule, got "${event}"`,
    );
  });

  test.each([
    "",
    "null",
    "{}",
    '{"pull_request":null}',
    '{"pull_request":{}}',
    '{"pull_request":{"number":7}}',
    '{"pull_request":{"head":{"sha":"a1"}}}',
    '{"pull_request":{"number":"7","head":{"sha":"a1"}}}',
    '{"pull_request":{"number":0,"head":{"sha":"a1"}}}',
  ])("for a payload of a pull request that is %j", (payload) => {
    expect(() => formatLines(createPullRequestWith(payload))).toThrow(
      "GITHUB_EVENT_PATH must be the payload of a pull request",
    );
  });

  test("outside of a workflow", () => {
    expect(() => formatLines({})).toThrow("GITHUB_EVENT_NAME is required");
  });
});
