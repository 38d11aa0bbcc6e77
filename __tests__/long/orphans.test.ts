import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import * as idp from "@aws-sdk/client-cognito-identity-provider";
import { createClientConfig } from "../../scripts/lib/demo/account";
import type { AttachedLocalAws } from "../../scripts/lib/local-aws/local-aws";
import type { Environment } from "../../stacks/config/environment";
import {
  Deployment,
  describeLocal,
  startLocalAccount,
  expectSuccess,
} from "../support/deployment";
import { removeTemporaryDirectories } from "../support/stage";

const stack = "veda-auth-stack-dev";
const SETTINGS: Environment = {
  STATE_BACKEND: "local",
  OWNER: "someone",
  COGNITO_GROUPS: "true",
  SECRET_RECOVERY_DAYS: "0",
};

jest.setTimeout(120_000);

let aws: AttachedLocalAws;
let deployment: Deployment;

beforeAll(async () => {
  if (describeLocal !== describe) return;
  aws = await startLocalAccount();
  deployment = new Deployment(aws.endpoint, { ".env.dev": SETTINGS });
  await deployment.startProvider();
  expectSuccess(await deployment.synth());
  await deployment.init(stack);
  expectSuccess(await deployment.apply(stack));
}, 60_000);

afterAll(async () => {
  if (describeLocal === describe) await aws.stop();
  removeTemporaryDirectories();
});

describeLocal("orphans of a stage", () => {
  test("do not exist after a complete deployment", async () => {
    const { code, stdout } = await deployment.runCommand(
      "orphans",
      "--stage",
      "dev",
    );
    expect(stdout).toMatch(/^Stage dev: all AWS resources/);
    expect(code).toBe(0);
  });

  test("are listed with import blocks and deletion commands", async () => {
    const { stdout: list } = await deployment.terraform(stack, "state", "list");
    const lost = list
      .split("\n")
      .filter((address) =>
        /^(aws_cognito_user_group\.groups_veda-readers|aws_iam_role\.identity-pool_authenticated|aws_secretsmanager_secret\.secrets_programmatic)/.test(
          address,
        ),
      );
    expect(lost).toHaveLength(3);
    // removes resources from the local state
    const file = path.join(deployment.directory, `terraform.${stack}.tfstate`);
    const state = JSON.parse(readFileSync(file, "utf8")) as {
      serial: number;
      resources: readonly { readonly type: string; readonly name: string }[];
    };
    writeFileSync(
      file,
      JSON.stringify({
        ...state,
        serial: state.serial + 1,
        resources: state.resources.filter(
          ({ type, name }) => !lost.includes(`${type}.${name}`),
        ),
      }),
    );
    await new idp.CognitoIdentityProviderClient(createClientConfig(aws)).send(
      new idp.CreateUserPoolCommand({ PoolName: stack }),
    );
    const { code, stdout } = await deployment.runCommand(
      "orphans",
      "--stage",
      "dev",
    );
    expect(code).toBe(3);
    expect(stdout).toMatch(/^Stage dev: 4 AWS resources/);
    for (const address of lost) expect(stdout).toContain(`to = ${address}\n`);
    expect(stdout).toMatch(
      /The code does not use these:\n- user pool veda-auth-stack-dev, created /,
    );
    expect(stdout).toMatch(
      /^ {2}aws cognito-idp delete-user-pool --user-pool-id \S+$/m,
    );

    const blocks = stdout.match(/^import \{\n.*\n.*\n\}/gm) ?? [];
    const imports = path.join(
      deployment.getStackDirectory(stack),
      "imports.tf",
    );
    writeFileSync(imports, blocks.join("\n"));
    const plan = await deployment.terraform(stack, "plan", "-input=false");
    expect(plan.stdout).toMatch(
      /Plan: 3 to import, 0 to add, \d+ to change, 0 to destroy/,
    );
  });
});
