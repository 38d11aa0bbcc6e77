import { execFileSync } from "node:child_process";
import { chmodSync, writeFileSync } from "node:fs";
import path from "node:path";
import { advice } from "../../../scripts/lib/bootstrap/advice";
import type { AccountConfig } from "../../../stacks/account-config";
import { appConfig } from "../../../stacks/app-config";
import type { Environment } from "../../../stacks/config";
import { removeTemporaryFolders, temporaryFolder } from "../../support/stage";

afterAll(removeTemporaryFolders);

const ARN = "arn:aws:iam::123456789012:role/veda-auth-stack-account/";
const OUTPUTS = {
  dev_plan_role_arn: `${ARN}veda-auth-stack-dev-plan`,
  dev_apply_role_arn: `${ARN}veda-auth-stack-dev-apply`,
  my_stage_plan_role_arn: `${ARN}veda-auth-stack-my-stage-plan`,
  my_stage_apply_role_arn: `${ARN}veda-auth-stack-my-stage-apply`,
};

function account(settings: Environment): AccountConfig {
  const config = appConfig(
    {
      STAGE: "account",
      AWS_ACCOUNT_ID: "123456789012",
      STATE_BUCKET_NAME: "our-state",
      ...settings,
    },
    temporaryFolder(),
  ).account;
  if (config === undefined) throw new Error("no account");
  return config;
}

const GITHUB = {
  GITHUB_REPOSITORY: "octo/auth",
  ACCOUNT_STAGES: "dev,my-stage",
};

/** The commands that a shell runs of a script, each as its words. */
function commandsOf(lines: readonly string[]): string[][] {
  const folder = temporaryFolder();
  const stub =
    '#!/bin/sh\nfor word in "$0" "$@"; do printf "%s\\0" "$word"; done; printf "\\n\\0"\n';
  for (const name of ["aws", "gh"]) {
    writeFileSync(path.join(folder, name), stub);
    chmodSync(path.join(folder, name), 0o755);
  }
  const printed = execFileSync("/bin/sh", ["-eu"], {
    input: lines.join("\n"),
    env: { PATH: folder },
    encoding: "utf8",
  });
  return printed
    .split("\n\0")
    .filter((line) => line !== "")
    .map((line) => line.split("\0").slice(0, -1))
    .map(([name = "", ...words]) => [path.basename(name), ...words]);
}

describe("what to set after bootstrap", () => {
  test("is settings alone where no repository deploys", () => {
    expect(advice(account({}), {})).toEqual([
      "# In every stage's .env file, beside what the stage itself needs:",
      "AWS_ACCOUNT_ID=123456789012",
      "AWS_REGION=us-west-2",
      "STATE_BUCKET_NAME=our-state",
      "PERMISSIONS_BOUNDARY_POLICY_NAME=veda-auth-stack-boundary",
    ]);
  });

  test("tells stages of a key of the customer's, and of another's boundary", () => {
    expect(
      advice(
        account({
          STATE_CUSTOMER_KEY: "true",
          PERMISSIONS_BOUNDARY_POLICY_NAME: "theirs",
        }),
        {},
      ),
    ).toEqual(
      expect.arrayContaining([
        "STATE_CUSTOMER_KEY=true",
        "PERMISSIONS_BOUNDARY_POLICY_NAME=theirs",
      ]),
    );
  });

  test("is a script that a shell runs, for each stage what it needs", () => {
    const commands = commandsOf(advice(account(GITHUB), OUTPUTS));
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
    expect(commands.filter(([name]) => name === "gh")).toEqual([
      [
        "gh",
        "variable",
        "set",
        "AWS_REGION",
        "--repo",
        "octo/auth",
        "--body",
        "us-west-2",
      ],
      [
        "gh",
        "variable",
        "set",
        "PLAN_ROLE_ARN_DEV",
        "--repo",
        "octo/auth",
        "--body",
        OUTPUTS.dev_plan_role_arn,
      ],
      [
        "gh",
        "api",
        "--method",
        "PUT",
        "repos/octo/auth/environments/dev",
        "-F",
        "deployment_branch_policy[protected_branches]=false",
        "-F",
        "deployment_branch_policy[custom_branch_policies]=true",
      ],
      [
        "gh",
        "api",
        "--method",
        "POST",
        "repos/octo/auth/environments/dev/deployment-branch-policies",
        "-f",
        "name=dev",
      ],
      [
        "gh",
        "variable",
        "set",
        "APPLY_ROLE_ARN",
        "--repo",
        "octo/auth",
        "--env",
        "dev",
        "--body",
        OUTPUTS.dev_apply_role_arn,
      ],
      [
        "gh",
        "variable",
        "set",
        "AWS_REGION",
        "--repo",
        "octo/auth",
        "--env",
        "dev",
        "--body",
        "us-west-2",
      ],
      [
        "gh",
        "variable",
        "set",
        "PLAN_ROLE_ARN_MY_STAGE",
        "--repo",
        "octo/auth",
        "--body",
        OUTPUTS.my_stage_plan_role_arn,
      ],
      [
        "gh",
        "api",
        "--method",
        "PUT",
        "repos/octo/auth/environments/my-stage",
        "-F",
        "deployment_branch_policy[protected_branches]=false",
        "-F",
        "deployment_branch_policy[custom_branch_policies]=true",
      ],
      [
        "gh",
        "variable",
        "set",
        "APPLY_ROLE_ARN",
        "--repo",
        "octo/auth",
        "--env",
        "my-stage",
        "--body",
        OUTPUTS.my_stage_apply_role_arn,
      ],
      [
        "gh",
        "variable",
        "set",
        "AWS_REGION",
        "--repo",
        "octo/auth",
        "--env",
        "my-stage",
        "--body",
        "us-west-2",
      ],
    ]);
  });

  test("holds a name with spaces and quotes as one word", () => {
    const commands = commandsOf(
      advice(
        account({
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
