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
import {
  Deployment,
  describeLocal,
  expectSuccess,
  startLocalAccount,
  useResource,
} from "../support/deployment";
import { synthesize } from "../support/stage";

const STACK = "veda-auth-stack-dev";
const SETTINGS = {
  STATE_BACKEND: "local",
  DELETION_PROTECTION: "false",
};
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

/** Resources that a user pool refers to. */
const OTHER_RESOURCES = {
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
  passkeys: { relyingPartyId: "auth.example.org" },
  customAttributes,
};

const getAws = useResource(startLocalAccount);

describeLocal("a user pool with every option", () => {
  const deploy = () =>
    new Deployment(getAws().endpoint, { ".env.dev": SETTINGS });

  function write(
    deployment: Deployment,
    userPool: Partial<UserPoolOptions>,
  ): void {
    const stage = synthesize(SETTINGS, undefined, { userPool });
    writeFileSync(
      path.join(deployment.getStackDirectory(STACK), "cdk.tf.json"),
      JSON.stringify({
        ...stage,
        resource: { ...stage.resource, ...OTHER_RESOURCES },
        terraform: { ...stage.terraform, backend: { local: {} } },
      }),
    );
  }

  test("is created, has no second change, and loses the options", async () => {
    const deployment = deploy();
    const directory = deployment.getStackDirectory(STACK);
    mkdirSync(directory, { recursive: true });
    const zip = "import zipfile; zipfile.ZipFile('function.zip', 'w')";
    execFileSync("python3", ["-c", `${zip}.writestr('function.py', '')`], {
      cwd: directory,
    });
    const preSignUp = `${FUNCTIONS}check`;
    write(deployment, {
      ...ALL,
      triggers: {
        preTokenGeneration: {
          arn: Token.asString(ref("aws_lambda_function.groups.arn")),
          version: "V2_0",
        },
        preSignUp,
      },
      webAclArn: Token.asString(ref("aws_wafv2_web_acl.acl.arn")),
    });
    await deployment.init(STACK);
    expectSuccess(await deployment.apply(STACK));
    expectSuccess(await deployment.plan(STACK));

    write(deployment, { ...ALL, triggers: { preSignUp } });
    const { code, stderr } = await deployment.plan(STACK);
    expect(code).toBe(1);
    expect(stderr.replace(/[\s│]+/g, " ")).toContain(
      "trigger preTokenGeneration cannot be removed while the user pool has others",
    );

    write(deployment, { customAttributes, firstFactors: ["PASSWORD"] });
    expectSuccess(await deployment.apply(STACK));
    const outputs = await deployment.terraform(STACK, "output", "-json");
    const { userpool_id: id } = JSON.parse(outputs.stdout) as {
      userpool_id: { value: string };
    };
    const pools = new CognitoIdentityProviderClient(
      createClientConfig(getAws()),
    );
    const { UserPool } = await pools.send(
      new DescribeUserPoolCommand({ UserPoolId: id.value }),
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
