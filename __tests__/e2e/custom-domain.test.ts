import { writeFileSync } from "node:fs";
import path from "node:path";
import { ref, Testing } from "cdktf";
import { TerraformError } from "../../scripts/lib/terraform/terraform-error";
import { AuthStack, type AuthStackOptions } from "../../stacks/auth-stack";
import {
  Deployment,
  describeLocal,
  expectSuccess,
  startLocalAccount,
  useResource,
} from "../support/deployment";
import {
  createApp,
  createStageConfig,
  createTemporaryDirectory,
  type Synthesized,
} from "../support/stage";

const STACK = "veda-auth-stack-dev";
const SETTINGS = {
  STATE_BACKEND: "local",
  DELETION_PROTECTION: "false",
  SECRET_RECOVERY_DAYS: "0",
};
const DOMAIN = "auth.example.org";
const getAws = useResource(startLocalAccount);

/** The certificate, which the stage does not create. */
const CERTIFICATE = {
  provider: "aws.us-east-1",
  domain_name: DOMAIN,
  validation_method: "DNS",
};

async function createDeployment(
  options: AuthStackOptions,
  build: (auth: AuthStack) => void = () => undefined,
): Promise<Deployment> {
  const deployment = new Deployment(getAws().endpoint, {
    ".env.dev": SETTINGS,
  });
  expectSuccess(await deployment.synth());
  const stack = new AuthStack(
    createApp(),
    createStageConfig(SETTINGS),
    options,
  );
  build(stack);
  const { terraform, provider, resource, ...rest } = JSON.parse(
    Testing.synth(stack, true),
  ) as Synthesized;
  writeFileSync(
    path.join(deployment.getStackDirectory(STACK), "cdk.tf.json"),
    JSON.stringify({
      ...rest,
      // the state is in the stack's directory
      terraform: { ...terraform, backend: { local: {} } },
      provider: {
        aws: [...provider.aws, { alias: "us-east-1", region: "us-east-1" }],
      },
      resource: {
        ...resource,
        aws_acm_certificate: { certificate: CERTIFICATE },
      },
    }),
  );
  return deployment;
}

describeLocal("a stage with a custom domain", () => {
  test("has it in addition to its prefix domain, with a certificate and a style", async () => {
    const logoFile = path.join(createTemporaryDirectory(), "logo.png");
    writeFileSync(logoFile, Buffer.from("\x89PNG\r\n\x1a\n", "latin1"));
    const deployment = await createDeployment({
      customDomain: {
        domain: DOMAIN,
        certificateArn: ref("aws_acm_certificate.certificate.arn").toString(),
        isInSecrets: true,
      },
      managedLoginVersion: 1,
      classicPages: {
        css: ".submitButton-customizable { background-color: #123456; }",
        logoFile,
      },
    });
    await deployment.init(STACK);
    expectSuccess(await deployment.apply(STACK));
    expectSuccess(await deployment.plan(STACK));
    const output = await deployment.terraform(STACK, "output", "-json");
    expect(JSON.parse(output.stdout)).toMatchObject({
      userpool_domain_base_url: {
        value: `https://${STACK}.auth.us-west-2.amazoncognito.com`,
      },
      userpool_custom_domain_base_url: { value: `https://${DOMAIN}` },
      userpool_custom_domain_target: {
        value: expect.stringMatching(/\.cloudfront\.net$/) as unknown,
      },
    });
    expectSuccess(await deployment.destroy(STACK));
  });
});

describeLocal("a stage with a branding", () => {
  test("names it if no provider has it", async () => {
    const deployment = await createDeployment(
      { managedLoginVersion: 2 },
      (auth) => {
        const client = auth.addFrontendClient("page", {
          callbackUrls: ["https://page.example.org/"],
        });
        auth.addBranding(client, null);
      },
    );
    const result = await deployment.terraform(STACK, "init", "-input=false");
    // a registry or a newer mirror has the provider
    if (result.code === 0) return;
    expect(new TerraformError("init", result).message).toBe(
      "managed login branding requires version 6.13.0 or later of the AWS provider: Terraform found none that matches >= 6.13.0, < 7.0.0",
    );
  });
});
