import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { IamRole } from "@cdktf/provider-aws/lib/iam-role";
import { Testing } from "cdktf";
import { AuthApp } from "../../stacks/app";
import { BaseStack } from "../../stacks/base-stack";
import type { Environment } from "../../stacks/config/environment";
import {
  createApp,
  removeTemporaryDirectories,
  createStageConfig,
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

describe("a stage's stack", () => {
  test("asks for the Terraform and the provider that it was written for", () => {
    expect(synthesize({}).terraform).toMatchObject({
      required_version: ">= 1.11.0, < 2.0.0",
      required_providers: {
        aws: { source: "hashicorp/aws", version: ">= 5.100.0, < 7.0.0" },
      },
    });
  });

  test("tags everything, with nothing that a commit changes", () => {
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

  test("keeps its state in S3, locked and encrypted there", () => {
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

  test("refuses every account but the one it is told", () => {
    const given = synthesize({ ...S3, AWS_ACCOUNT_ID: "123456789012" });
    expect(given.provider.aws[0]).toMatchObject({
      allowed_account_ids: ["123456789012"],
    });
    expect(given.terraform.backend).toMatchObject({
      s3: { allowed_account_ids: ["123456789012"] },
    });
  });

  test("keeps local state in the project's folder by a path that holds anywhere", () => {
    const app = new AuthApp({ outdir: "cdktf.out" });
    const stack = new BaseStack(app, createStageConfig());
    const { terraform } = JSON.parse(Testing.synth(stack)) as Synthesized;
    expect(terraform.backend).toEqual({
      local: { path: "../../../terraform.veda-auth-stack-dev.tfstate" },
    });
  });

  test.each<[string, Environment, string]>([
    [
      "of a known account",
      { AWS_ACCOUNT_ID: "123456789012" },
      "arn:aws:iam::123456789012:policy/bound",
    ],
    [
      "of the account deployed to",
      {},
      "arn:aws:iam::${data.aws_caller_identity.caller-identity.account_id}:policy/bound",
    ],
    [
      "in GovCloud",
      { AWS_REGION: "us-gov-west-1", AWS_ACCOUNT_ID: "123456789012" },
      "arn:aws-us-gov:iam::123456789012:policy/bound",
    ],
  ])(
    "bounds every role by a policy %s, one that an operator adds too",
    (_, settings, arn) => {
      const given = synthesize(
        { ...settings, PERMISSIONS_BOUNDARY_POLICY_NAME: "bound" },
        (stack) => {
          new IamRole(stack, "own", { assumeRolePolicy: "{}" });
        },
      );
      expect(given.resource.aws_iam_role?.own?.permissions_boundary).toBe(arn);
    },
  );

  test("is written in Terraform's native syntax when asked", () => {
    const app = createApp();
    process.env.SYNTH_HCL_OUTPUT = "true";
    const hclApp = new AuthApp({ outdir: app.outdir });
    new BaseStack(hclApp, createStageConfig({ OWNER: "a/b" }));
    hclApp.synth();
    delete process.env.SYNTH_HCL_OUTPUT;
    const folder = path.join(app.outdir, "stacks", "veda-auth-stack-dev");
    const hcl = readFileSync(path.join(folder, "cdk.tf"), "utf8");
    expect(hcl).toContain('required_version = ">= 1.11.0, < 2.0.0"');
    expect(hcl).toMatch(/Owner += "a\/b"/);
    expect(existsSync(path.join(folder, "cdk.tf.json"))).toBe(false);
    const metadata = JSON.parse(
      readFileSync(path.join(folder, "metadata.json"), "utf8"),
    ) as Synthesized;
    expect(metadata).toMatchObject({
      terraform: { backend: { local: {} } },
      "//": { outputs: {} },
    });
  });
});
