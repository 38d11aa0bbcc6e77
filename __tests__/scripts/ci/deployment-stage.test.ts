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

const OWN = "somebody/veda-auth";

function pullRequest(
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
  return pullRequestWith(JSON.stringify(payload), head, base);
}

function pullRequestWith(
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

function run(event: string, branch: string, type = "branch"): Environment {
  return {
    GITHUB_EVENT_NAME: event,
    GITHUB_REF_NAME: branch,
    GITHUB_REF_TYPE: type,
  };
}

function lines(env: Environment): readonly string[] {
  return formatOutputLines(resolveDeployment(readGithubEvent(env)));
}

test("the event of a pull request has its number", () => {
  expect(readGithubEvent(pullRequest("feature/x", "dev"))).toMatchObject({
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
  ])("of a %s on %s is the branch's own", (event, branch, stage, variable) => {
    expect(lines(run(event, branch))).toEqual([
      `stage=${stage}`,
      `environment=${stage}`,
      `plan_role_variable=${variable}`,
    ]);
  });

  test.each([
    ["feature/x", "dev", "dev"],
    ["dev", "main", "staging"],
  ])(
    "of a pull request from %s into %s is %s, which its base deploys",
    (head, base, stage) => {
      expect(lines(pullRequest(head, base))[0]).toBe(`stage=${stage}`);
    },
  );

  test.each([
    run("push", "production"),
    run("push", "feature/x"),
    run("push", "constructor"),
    pullRequest("main", "production"),
    pullRequest("feature/x", "feature/y"),
  ])("is none, which is told, where a branch has none", (env) => {
    const deployment = resolveDeployment(readGithubEvent(env));
    expect(formatOutputLines(deployment)).toEqual([]);
    expect(deployment.message).toMatch(/^branch \S+ has no stage$/);
  });

  test.each(["else/veda-auth", null])(
    "is told to a pull request from the fork %s without a role to plan with",
    (from) => {
      const env = pullRequest("feature/x", "dev", from);
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
    [
      "feature/x",
      "main",
      OWN,
      "into main must be from dev, got one from feature/x",
    ],
    [
      "dev",
      "production",
      OWN,
      "into production must be from main, got one from dev",
    ],
    ["production", "main", OWN, "into main must be from dev"],
    [
      "dev",
      "main",
      "else/veda-auth",
      "into main must be from dev, got one from dev of a fork",
    ],
    ["dev", "main", null, "got one from dev of a fork"],
  ])(
    "for a pull request from %s into %s, whose head lies in %s",
    (head, base, from, message) => {
      expect(() => lines(pullRequest(head, base, from))).toThrow(message);
    },
  );

  test("for a tag that is named like a branch", () => {
    expect(() => lines(run("push", "dev", "tag"))).toThrow(
      'GITHUB_REF_TYPE must be branch, got "tag"',
    );
  });

  test.each(["pull_request_target", "release"])("for the event %s", (event) => {
    expect(() => lines(run(event, "dev"))).toThrow(
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
    expect(() => lines(pullRequestWith(payload))).toThrow(
      "must be the payload of a pull request, got something else",
    );
  });

  test("outside of a workflow", () => {
    expect(() => lines({})).toThrow(
      "GITHUB_EVENT_NAME must be given, got nothing",
    );
  });
});
