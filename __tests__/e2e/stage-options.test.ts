import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import {
  CognitoIdentityProviderClient,
  DescribeUserPoolCommand,
} from "@aws-sdk/client-cognito-identity-provider";
import { ref, Token } from "cdktf";
import type { UserPoolOptions } from "../../constructs";
import { createClientConfig } from "../../scripts/lib/demo/account";
import { TerraformError } from "../../scripts/lib/terraform/terraform-error";
import type { AuthStack, AuthStackOptions } from "../../stacks/auth-stack";
import {
  Deployment,
  describeLocal,
  expectSuccess,
  startLocalAccount,
  useResource,
} from "../support/deployment";
import { createTemporaryDirectory, synthesize } from "../support/stage";

const STACK = "veda-auth-stack-dev";
const SETTINGS = {
  STATE_BACKEND: "local",
  DELETION_PROTECTION: "false",
};
const DOMAIN = "auth.example.org";
const FUNCTIONS = "arn:aws:lambda:us-west-2:000000000000:function:";
const TRUST = {
  Version: "2012-10-17",
  Statement: [
    {
      Effect: "Allow",
      Action: "sts:AssumeRole",
      Principal: { Service: "lambda.amazonaws.com" },
    },
  ],
};

/** Resources that a stage refers to. */
const OTHER_RESOURCES = {
  aws_acm_certificate: {
    certificate: {
      provider: "aws.us-east-1",
      domain_name: DOMAIN,
      validation_method: "DNS",
    },
  },
  aws_iam_role: {
    role: { name: "function", assume_role_policy: JSON.stringify(TRUST) },
  },
  aws_lambda_function: Object.fromEntries(
    ["groups", "check"].map((name) => [
      name,
      {
        function_name: name,
        filename: "function.zip",
        handler: "function.handle",
        runtime: "python3.12",
        role: "${aws_iam_role.role.arn}",
      },
    ]),
  ),
  aws_wafv2_web_acl: {
    acl: {
      name: "auth",
      scope: "REGIONAL",
      default_action: { allow: {} },
      visibility_config: {
        cloudwatch_metrics_enabled: false,
        metric_name: "auth",
        sampled_requests_enabled: false,
      },
    },
  },
};

const customAttributes: UserPoolOptions["customAttributes"] = {
  groups: { type: "String" },
  level: { type: "Number", minimum: 1, maximum: 5 },
  points: { type: "Number" },
  member: { type: "Boolean" },
  since: { type: "DateTime" },
};
const ALL: Partial<UserPoolOptions> = {
  mfa: { required: false, factors: ["TOTP"] },
  email: {
    identityArn: "arn:aws:ses:us-west-2:000000000000:identity/example.org",
    from: "VEDA <no-reply@example.org>",
    replyTo: "help@example.org",
    configurationSet: "auth",
  },
  accountRecovery: "admin_only",
  plan: "PLUS",
  threatProtection: "ENFORCED",
  password: { minimumLength: 14, history: 24 },
  firstFactors: ["PASSWORD", "WEB_AUTHN", "EMAIL_OTP"],
  passkeys: { relyingPartyId: DOMAIN },
  customAttributes,
};

const getAws = useResource(startLocalAccount);

function createDeployment(): Deployment {
  const deployment = new Deployment(getAws().endpoint, {
    ".env.dev": SETTINGS,
  });
  mkdirSync(deployment.getStackDirectory(STACK), { recursive: true });
  return deployment;
}

/** Writes a stage with these options for Terraform. */
function write(
  deployment: Deployment,
  options: AuthStackOptions,
  build?: (auth: AuthStack) => void,
): void {
  const stage = synthesize(SETTINGS, build, options);
  writeFileSync(
    path.join(deployment.getStackDirectory(STACK), "cdk.tf.json"),
    JSON.stringify({
      ...stage,
      provider: {
        aws: [
          ...stage.provider.aws,
          { alias: "us-east-1", region: "us-east-1" },
        ],
      },
      resource: { ...stage.resource, ...OTHER_RESOURCES },
      terraform: { ...stage.terraform, backend: { local: {} } },
    }),
  );
}

describeLocal("a stage with every option", () => {
  test("is created, has no second change, and loses the options", async () => {
    const deployment = createDeployment();
    const directory = deployment.getStackDirectory(STACK);
    const zip = "import zipfile; zipfile.ZipFile('function.zip', 'w')";
    execFileSync("python3", ["-c", `${zip}.writestr('function.py', '')`], {
      cwd: directory,
    });
    const logoFile = path.join(createTemporaryDirectory(), "logo.png");
    writeFileSync(logoFile, Buffer.from("\x89PNG\r\n\x1a\n", "latin1"));
    const domain: AuthStackOptions = {
      customDomain: {
        domain: DOMAIN,
        certificateArn: Token.asString(
          ref("aws_acm_certificate.certificate.arn"),
        ),
        isInSecrets: true,
      },
      managedLoginVersion: 1,
      classicPages: {
        css: ".submitButton-customizable { background-color: #123456; }",
        logoFile,
      },
    };
    const preSignUp = `${FUNCTIONS}check`;
    const preTokenGeneration = {
      arn: Token.asString(ref("aws_lambda_function.groups.arn")),
      version: "V2_0",
    } as const;
    const triggers = { preTokenGeneration, preSignUp };
    const webAclArn = Token.asString(ref("aws_wafv2_web_acl.acl.arn"));
    write(deployment, { ...domain, userPool: { ...ALL, triggers, webAclArn } });
    await deployment.init(STACK);
    expectSuccess(await deployment.apply(STACK));
    expectSuccess(await deployment.plan(STACK));
    expect(await deployment.readOutputs(STACK)).toMatchObject({
      userpool_domain_base_url: `https://${STACK}.auth.us-west-2.amazoncognito.com`,
      userpool_custom_domain_base_url: `https://${DOMAIN}`,
      userpool_custom_domain_target: expect.stringMatching(
        /\.cloudfront\.net$/,
      ) as unknown,
    });

    write(deployment, {
      ...domain,
      userPool: { ...ALL, triggers: { preSignUp } },
    });
    const { code, stderr } = await deployment.plan(STACK);
    expect(code).toBe(1);
    expect(stderr.replace(/[\s│]+/g, " ")).toContain(
      "trigger preTokenGeneration cannot be removed while the user pool has others",
    );

    write(deployment, {
      userPool: { customAttributes, firstFactors: ["PASSWORD"] },
    });
    expectSuccess(await deployment.apply(STACK));
    const { userpool_id: id } = await deployment.readOutputs(STACK);
    const pools = new CognitoIdentityProviderClient(
      createClientConfig(getAws()),
    );
    const { UserPool } = await pools.send(
      new DescribeUserPoolCommand({ UserPoolId: id }),
    );
    expect(UserPool).toMatchObject({
      MfaConfiguration: "OFF",
      UserPoolTier: "ESSENTIALS",
      EmailConfiguration: { EmailSendingAccount: "COGNITO_DEFAULT" },
      Policies: {
        PasswordPolicy: { MinimumLength: 12, PasswordHistorySize: 0 },
        SignInPolicy: { AllowedFirstAuthFactors: ["PASSWORD"] },
      },
      AccountRecoverySetting: {
        RecoveryMechanisms: [{ Name: "verified_email", Priority: 1 }],
      },
    });
    expect(UserPool?.EmailConfiguration).not.toHaveProperty("SourceArn");
    expectSuccess(await deployment.destroy(STACK));
  });
});

describeLocal("a stage with a branding", () => {
  test("names it if no provider has it", async () => {
    const deployment = createDeployment();
    write(deployment, { managedLoginVersion: 2 }, (auth) => {
      const client = auth.addFrontendClient("page", {
        callbackUrls: ["https://page.example.org/"],
      });
      auth.addBranding(client, null);
    });
    const result = await deployment.terraform(STACK, "init", "-input=false");
    // a registry or a newer mirror has the provider
    if (result.code === 0) return;
    expect(new TerraformError("init", result).message).toBe(
      "managed login branding requires version 6.13.0 or later of the AWS provider: Terraform found none that matches >= 6.13.0, < 7.0.0",
    );
  });
});
