import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { IamRole } from "@cdktf/provider-aws/lib/iam-role";
import { Testing } from "cdktf";
import { AuthApp } from "../../stacks/app";
import { BaseStack } from "../../stacks/base-stack";
import type { Environment } from "../../stacks/config/environment";
import {
  createApp,
  createStageConfig,
  removeTemporaryDirectories,
  type Synthesized,
} from "../support/stage";

afterAll(removeTemporaryDirectories);

const S3: Environment = { STATE_BACKEND: "", STATE_BUCKET_NAME: "our-state" };

function synthesize(
  settings: Environment,
  build: (stack: BaseStack) => void = () => undefined,
): Synthesized {
  const stack = new BaseStack(createApp(), createStageConfig(settings));
  build(stack);
  return JSON.parse(Testing.synth(stack, true)) as Synthesized;
}

describe("a stack", () => {
  test("requires versions of Terraform and the provider", () => {
    expect(synthesize({}).terraform).toMatchObject({
      required_version: ">= 1.11.0, < 2.0.0",
      required_providers: {
        aws: { source: "hashicorp/aws", version: ">= 5.100.0, < 7.0.0" },
      },
    });
  });

  test("has default tags that do not depend on the commit", () => {
    const [provider] = synthesize({ PROJECT: "eoapi" }).provider.aws;
    expect(provider).toEqual({
      region: "us-west-2",
      default_tags: [
        {
          tags: {
            Client: "nasa-impact",
            Owner: "example",
            Project: "eoapi",
            Stack: "dev",
          },
        },
      ],
    });
  });

  test("stores its state in S3, with a lock and encryption", () => {
    expect(synthesize(S3).terraform.backend).toEqual({
      s3: {
        bucket: "our-state",
        key: "veda-auth-stack/dev/terraform.tfstate",
        region: "us-west-2",
        encrypt: true,
        use_lockfile: true,
      },
    });
  });

  test.each([
    ["ap-southeast-6", {}],
    ["nz-south-1", { ALLOW_UNKNOWN_REGION: "true" }],
  ])(
    "does not let Terraform refuse a Region that it does not know: %s",
    (region, more) => {
      const settings = { ...S3, AWS_REGION: region, ...more };
      const { provider, terraform } = synthesize(settings);
      const expected = { region, skip_region_validation: true };
      expect(provider.aws[0]).toMatchObject(expected);
      expect(terraform.backend).toMatchObject({ s3: expected });
      expect(JSON.stringify(terraform.backend)).not.toContain("endpoints");
    },
  );

  test("has the endpoints of the European Sovereign Cloud, which Terraform 1.11 does not know", () => {
    const region = "eusc-de-east-1";
    const { provider, terraform } = synthesize({ ...S3, AWS_REGION: region });
    expect(provider.aws[0]).toMatchObject({ skip_region_validation: true });
    expect(terraform.backend).toMatchObject({
      s3: {
        region,
        skip_region_validation: true,
        endpoints: {
          s3: `https://s3.${region}.amazonaws.eu`,
          sts: `https://sts.${region}.amazonaws.eu`,
          iam: `https://iam.${region}.amazonaws.eu`,
        },
      },
    });
  });

  test("allows only the account of its configuration", () => {
    const configuration = synthesize({ ...S3, AWS_ACCOUNT_ID: "123456789012" });
    expect(configuration.provider.aws[0]).toMatchObject({
      allowed_account_ids: ["123456789012"],
    });
    expect(configuration.terraform.backend).toMatchObject({
      s3: { allowed_account_ids: ["123456789012"] },
    });
  });

  test("stores a local state in the project's directory by a relative path", () => {
    const app = new AuthApp({ outdir: "cdktf.out" });
    const stack = new BaseStack(app, createStageConfig());
    const { terraform } = JSON.parse(Testing.synth(stack)) as Synthesized;
    expect(terraform.backend).toEqual({
      local: { path: "../../../terraform.veda-auth-stack-dev.tfstate" },
    });
  });

  test.each<[string, Environment, string]>([
    [
      "in a known account",
      { AWS_ACCOUNT_ID: "123456789012" },
      "arn:aws:iam::123456789012:policy/bound",
    ],
    [
      "in the account of the credentials",
      {},
      "arn:aws:iam::${data.aws_caller_identity.caller-identity.account_id}:policy/bound",
    ],
    [
      "in GovCloud",
      { AWS_REGION: "us-gov-west-1", AWS_ACCOUNT_ID: "123456789012" },
      "arn:aws-us-gov:iam::123456789012:policy/bound",
    ],
    [
      "in the European Sovereign Cloud",
      { AWS_REGION: "eusc-de-east-1", AWS_ACCOUNT_ID: "123456789012" },
      "arn:aws-eusc:iam::123456789012:policy/bound",
    ],
  ])(
    "sets the permissions boundary of every role to a policy %s",
    (_, settings, arn) => {
      const configuration = synthesize(
        { ...settings, PERMISSIONS_BOUNDARY_POLICY_NAME: "bound" },
        (stack) => {
          new IamRole(stack, "own", { assumeRolePolicy: "{}" });
        },
      );
      expect(
        configuration.resource.aws_iam_role?.own?.permissions_boundary,
      ).toBe(arn);
    },
  );

  test("is written in Terraform's native syntax with SYNTH_HCL_OUTPUT", () => {
    const app = createApp();
    process.env.SYNTH_HCL_OUTPUT = "true";
    const hclApp = new AuthApp({ outdir: app.outdir });
    new BaseStack(hclApp, createStageConfig({ OWNER: "a/b" }));
    hclApp.synth();
    delete process.env.SYNTH_HCL_OUTPUT;
    const directory = path.join(app.outdir, "stacks", "veda-auth-stack-dev");
    const hcl = readFileSync(path.join(directory, "cdk.tf"), "utf8");
    expect(hcl).toContain('required_version = ">= 1.11.0, < 2.0.0"');
    expect(hcl).toMatch(/Owner += "a\/b"/);
    expect(existsSync(path.join(directory, "cdk.tf.json"))).toBe(false);
    const metadata = JSON.parse(
      readFileSync(path.join(directory, "metadata.json"), "utf8"),
    ) as Synthesized;
    expect(metadata).toMatchObject({
      terraform: { backend: { local: {} } },
      "//": { outputs: {} },
    });
  });
});
