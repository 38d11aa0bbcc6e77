import { CHECKS } from "../../../scripts/lib/doctor/checks";
import { hasScopes } from "../../../scripts/lib/doctor/checks/client-secrets";
import { SECRET_AGE } from "../../../scripts/lib/doctor/checks/secret-rotation";
import { logHealth } from "../../../scripts/lib/doctor/log-health";
import * as runner from "../../../scripts/lib/doctor/run-checks";
import type { ReportedCheck } from "../../../scripts/lib/doctor/run-checks";
import {
  CANARY,
  type DoctorStage,
  runDoctor,
  USER_POOL_ID,
} from "../../support/doctor/doctor-stage";
import {
  type AwsAnswer,
  type AwsInput,
  useFakeAwsApis,
} from "../../support/doctor/fake-aws-apis";
import { changeSecret } from "../../support/doctor/stage-changes";
import { addParts } from "../../support/doctor/stage-parts";
import { createWellStage } from "../../support/doctor/well-stage";

const IDS = [
  "account",
  "outputs",
  "user-pool",
  "deletion-protection",
  "client-settings",
];

const getAws = useFakeAwsApis();

/** Checks a stage after a change, and returns what is not ok. */
async function findProblems(
  change: (stage: DoctorStage) => void,
): Promise<readonly ReportedCheck[]> {
  const stage = createWellStage();
  addParts(stage);
  delete stage.outputs.workflows_client_secret_arn;
  change(stage);
  const checks = CHECKS.filter(({ id }) => IDS.includes(id));
  const { report } = await runDoctor(checks, stage, getAws());
  return report.checks.filter(({ status }) => status !== "ok");
}

test("the state has the user pool if an interrupted deployment has not written the outputs", async () => {
  expect(
    await findProblems((stage) => {
      stage.outputs = {};
    }),
  ).toMatchObject([{ id: "outputs", details: ["userpool_id"] }]);
});

test("the output of a former user pool is a problem of the outputs only", async () => {
  expect(
    await findProblems((stage) => {
      stage.outputs.userpool_id = "us-east-1_Former";
    }),
  ).toMatchObject([{ id: "outputs", details: ["userpool_id"] }]);
});

test("another user pool in the code, and its clients, are not checked", async () => {
  expect(
    await findProblems((stage) => {
      stage.resources.unshift(
        {
          type: "aws_cognito_user_pool",
          name: "other",
          attributes: {
            id: "us-west-2_Other",
            deletion_protection: "INACTIVE",
            user_pool_tier: "LITE",
          },
        },
        {
          type: "aws_cognito_user_pool_client",
          name: "other",
          attributes: { id: "other", user_pool_id: "us-west-2_Other" },
        },
      );
    }),
  ).toEqual([]);
});

test("the credentials must be of the account of the user pool, also without AWS_ACCOUNT_ID", async () => {
  const problems = await findProblems((stage) => {
    delete stage.settings.AWS_ACCOUNT_ID;
    for (const { type, attributes } of stage.resources)
      if (type === "aws_cognito_user_pool")
        attributes.arn = `arn:aws:cognito-idp:us-west-2:111122223333:userpool/${USER_POOL_ID}`;
  });
  expect(problems).toMatchObject([
    {
      id: "account",
      status: "failed",
      fix: "name a profile of account 111122223333 with --profile",
    },
  ]);
});

test("live secrets are those of the user pool of the stage, not of the one in a secret", async () => {
  const stage = createWellStage();
  addParts(stage);
  changeSecret(stage, "workflows-client", { userpool_id: CANARY });
  const answer = stage.answers["cognito-idp:ListUserPoolClientSecrets"] as (
    input: AwsInput,
  ) => AwsAnswer;
  const pools = new Set<unknown>();
  stage.answers["cognito-idp:ListUserPoolClientSecrets"] = (input) => {
    pools.add(input.UserPoolId);
    return answer(input);
  };
  const { report } = await runDoctor([SECRET_AGE], stage, getAws());
  expect(report.checks).toMatchObject([{ status: "ok" }]);
  expect([...pools]).toEqual([USER_POOL_ID]);
});

test.each([
  ["b a", true],
  ["a", false],
  ["a b c", false],
  ["a a", false],
])("scopes of a secret: %s", (text, expected) => {
  expect(hasScopes(text, ["a", "b"])).toBe(expected);
});

test("an internal error of the checks does not fail a deployment", async () => {
  jest.spyOn(runner, "runChecks").mockRejectedValue(new TypeError("secret"));
  const lines: string[] = [];
  const target = {
    stage: "dev",
    stackName: "our-auth-dev",
    settings: { STATE_BACKEND: "local" },
    awsTarget: { region: "us-west-2" },
  };
  await logHealth(target, {
    hasColors: false,
    log: (line) => lines.push(line),
  });
  expect(lines).toEqual([
    "Checking our-auth-dev…",
    "the stage was not checked: npx veda-auth doctor --stage dev has an internal error",
  ]);
});
