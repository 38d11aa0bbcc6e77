import type { DoctorContext } from "../../../scripts/lib/doctor/check";
import { STATE_LOCK } from "../../../scripts/lib/doctor/checks/state-bucket";
import {
  formatAwsFix,
  formatTerraformFix,
} from "../../../scripts/lib/doctor/format-fix";
import { runDoctor, STACK } from "../../support/doctor/doctor-stage";
import { useFakeAwsApis } from "../../support/doctor/fake-aws-apis";
import { createWellStage } from "../../support/doctor/well-stage";
import { setEnvironment } from "../../support/environment";

const getAws = useFakeAwsApis();

const createContext = (profile?: string): DoctorContext =>
  ({
    target: { awsTarget: { region: "us-west-2", profile } },
  }) as DoctorContext;

test("a command of the AWS CLI has the profile of the check", () => {
  expect(formatAwsFix(createContext(), "s3api list-buckets")).toBe(
    "aws s3api list-buckets",
  );
  expect(formatAwsFix(createContext("the ops"), "s3api list-buckets")).toBe(
    "aws s3api list-buckets --profile 'the ops'",
  );
});

test.each([
  [undefined, {}, "terraform -chdir='my app' force-unlock 1"],
  ["ops", {}, "AWS_PROFILE=ops terraform -chdir='my app' force-unlock 1"],
  [
    "ops",
    { AWS_ACCESS_KEY_ID: "key", TERRAFORM_BINARY_NAME: "tofu" },
    "AWS_ACCESS_KEY_ID= AWS_PROFILE=ops tofu -chdir='my app' force-unlock 1",
  ],
])(
  "a command of Terraform has the credentials and the binary of the check: %s, %j",
  (profile, variables, expected) => {
    setEnvironment(variables);
    expect(
      formatTerraformFix(createContext(profile), "my app", "force-unlock 1"),
    ).toBe(expected);
  },
);

test("the lock of a local state, which Terraform cannot unlock, is removed", async () => {
  const stage = createWellStage();
  const file = `.terraform.${STACK}.tfstate.lock.info`;
  stage.settings = { STATE_BACKEND: "local" };
  stage.files[file] = JSON.stringify({
    ID: "6f1c1b0e-0000-4000-8000-000000000000",
    Who: "ann@laptop",
    Created: "2026-01-01T00:00:00Z",
  });
  const { report } = await runDoctor([STATE_LOCK], stage, getAws());
  expect(report.checks[0]?.fix).toMatch(new RegExp(`^rm /\\S+/${file}$`));
});
