import { writeFileSync } from "node:fs";
import path from "node:path";
import { getDnsSuffix, getPartition } from "../../constructs/aws";
import { getEnvironmentWithoutSettings } from "../../scripts/lib/terraform/environment";
import {
  createProviderEnvironment,
  runTerraform,
} from "../../scripts/lib/terraform/terraform";
import { describeLocal, expectSuccess } from "../support/deployment";
import {
  createTemporaryDirectory,
  removeTemporaryDirectories,
  synthesize,
} from "../support/stage";

afterAll(removeTemporaryDirectories);

/** A known Region, one of each other partition, and one that the provider does not know. */
const REGIONS = [
  "us-west-2",
  "us-gov-east-1",
  "eusc-de-east-1",
  "ap-southeast-6",
];
/** Settings that need no call of AWS. */
const OFFLINE = {
  access_key: "test",
  secret_key: "test",
  skip_credentials_validation: true,
  skip_requesting_account_id: true,
  skip_metadata_api_check: true,
};

describeLocal("the provider of Terraform", () => {
  test("has the partitions and host names of the Regions", async () => {
    const stages = REGIONS.map((region) => synthesize({ AWS_REGION: region }));
    const directory = createTemporaryDirectory();
    writeFileSync(
      path.join(directory, "main.tf.json"),
      JSON.stringify({
        terraform: {
          required_providers: stages[0]?.terraform.required_providers,
        },
        provider: {
          aws: stages.map(({ provider }, index) => ({
            ...provider.aws[0],
            ...OFFLINE,
            alias: REGIONS[index],
          })),
        },
        data: {
          aws_partition: Object.fromEntries(
            REGIONS.map((region) => [region, { provider: `aws.${region}` }]),
          ),
        },
        output: Object.fromEntries(
          REGIONS.map((region) => {
            const data = `data.aws_partition.${region}`;
            const value = `\${${data}.partition} \${${data}.dns_suffix}`;
            return [region, { value }];
          }),
        ),
      }),
    );
    const run = (...args: readonly string[]) =>
      runTerraform([...args, "-no-color", "-input=false"], {
        directory,
        environment: {
          ...getEnvironmentWithoutSettings(),
          ...createProviderEnvironment({
            directory: path.resolve(__dirname, "../../.local-aws"),
          }),
        },
        timeoutSeconds: 240,
      });
    expectSuccess(await run("init"));
    const plan = await run("plan");
    expectSuccess(plan);
    for (const region of REGIONS)
      expect(plan.stdout).toMatch(
        new RegExp(
          `\\+ ${region} += "${getPartition(region)} ${getDnsSuffix(region)}"`,
        ),
      );
  }, 300_000);
});
