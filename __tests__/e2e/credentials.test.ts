import {
  createTerraformEnvironment,
  getTerraformEnvironment,
} from "../../scripts/lib/terraform/environment";
import {
  createProviderEnvironment,
  runTerraform,
} from "../../scripts/lib/terraform/terraform";
import type { Environment } from "../../stacks/config/environment";
import {
  CREDENTIAL_CASES,
  createCredentialEnvironment,
} from "../support/credential-cases";
import { describeLocal, expectSuccess } from "../support/deployment";
import { restoreEnvironment, setEnvironment } from "../support/environment";
import { FakeSts } from "../support/fake-sts";
import {
  createTemporaryDirectory,
  removeTemporaryDirectories,
} from "../support/stage";

const CONFIGURATION = `provider "aws" {
  region = "us-west-2"
}
data "aws_caller_identity" "current" {}
output "caller" {
  value = data.aws_caller_identity.current.arn
}
`;

// each test starts the provider, while other tests do too
jest.setTimeout(120_000);

describeLocal("the caller of Terraform", () => {
  const directory = createTemporaryDirectory({ "main.tf": CONFIGURATION });
  let sts: FakeSts;

  const terraform = async (env: Environment, ...args: string[]) => {
    expectSuccess(
      await runTerraform(args, {
        directory,
        environment: { ...env, ...createProviderEnvironment({ directory }) },
        timeoutSeconds: 100,
      }),
    );
  };

  beforeAll(async () => {
    sts = await FakeSts.start();
    await terraform(getTerraformEnvironment(), "init", "-input=false");
  });

  afterEach(restoreEnvironment);

  afterAll(async () => {
    await sts.stop();
    removeTemporaryDirectories();
  });

  test.each(CREDENTIAL_CASES.filter(({ isEndToEnd }) => isEndToEnd))(
    "is that of our requests with $title",
    async ({ env, profile, caller }) => {
      setEnvironment(createCredentialEnvironment(sts.endpoint, env));
      const target = { region: "us-west-2", profile };
      const environment = await createTerraformEnvironment(target);
      sts.clear();
      await terraform(environment, "plan", "-input=false");
      expect([...new Set(sts.callers)]).toEqual([caller]);
    },
  );
});
