import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import type { DeployScope } from "../../../constructs/deployment/deploy-scope";
import { createPlanStatements } from "../../../constructs/deployment/plan-permissions";
import { getIamAction } from "../../support/api-model/command-actions";

const DIRECTORY = "scripts/lib/doctor";

/** Actions that the plan role does not have, so that a check reports a missing permission, with the reasons. */
const NOT_ALLOWED: Readonly<Record<string, string>> = {};

const SCOPE: DeployScope = {
  stage: "dev",
  stackName: "veda-auth-stack-dev",
  region: "us-west-2",
  accountId: "000000000000",
  stateBucket: "our-state",
  stateKey: "key",
  stateEncryptionKeyArn: "arn:aws:kms:us-west-2:000000000000:key/1",
  boundaryPolicyArn: "arn:aws:iam::000000000000:policy/boundary",
  deployRolePath: "/account/",
  environmentSecretName: "veda-auth-dev-env",
  usesSes: true,
};

/** Lists the IAM actions in the sources of the checks, also those whose service and operation are apart. */
function listActions(): string[] {
  const text = readdirSync(DIRECTORY, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts"))
    .map((file) => readFileSync(path.join(DIRECTORY, file), "utf8"))
    .join("\n");
  const actions = [
    ...text.matchAll(/["`]([a-z][a-z0-9-]+:[A-Z]\w+)["` ]/g),
  ].map(([, action = ""]) => action);
  const counted = [...text.matchAll(/\bcount\(\s*"([A-Z]\w+)"/g)].map(
    ([, operation = ""]) => `cognito-idp:${operation}`,
  );
  return [...new Set([...actions, ...counted])];
}

describe("the actions of doctor", () => {
  const actions = listActions();

  test("are allowed to the plan role", () => {
    const allowed = createPlanStatements(SCOPE)
      .filter(({ Effect }) => Effect === "Allow")
      .flatMap(({ Action }) => Action);
    expect(actions.length).toBeGreaterThan(20);
    expect(
      actions.filter(
        (action) =>
          getIamAction(action) !== undefined &&
          !allowed.includes(action) &&
          !(action in NOT_ALLOWED),
      ),
    ).toEqual([]);
  });

  test("include those that the plan role does not have", () => {
    expect(actions).toEqual(expect.arrayContaining(Object.keys(NOT_ALLOWED)));
  });

  test("only read", () => {
    expect(
      actions.filter(
        (action) => !/:(Get|List|Describe)|^kms:Decrypt$/.test(action),
      ),
    ).toEqual([]);
  });
});
