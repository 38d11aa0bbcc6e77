import { TerraformError } from "../../../scripts/lib/terraform/terraform-error";

function createError(
  command: string,
  stderr: string,
  stage?: string,
): TerraformError {
  return new TerraformError(command, { code: 1, stdout: "", stderr }, stage);
}

const MISSING_BUCKET = `╷
│ Error: Failed to get existing workspaces: S3 bucket "b"
│ does not exist.
╵`;

const NO_PROVIDER = `╷
│ Error: Failed to query available provider packages
│ 
│ Could not retrieve the list of available versions for provider hashicorp/aws:
│ no available releases match the given constraints >= VERSION, < 7.0.0
╵`;

const LOCKED_PROVIDER = `╷
│ Error: Failed to query available provider packages
│ 
│ Could not retrieve the list of available versions for provider hashicorp/aws:
│ locked provider registry.terraform.io/hashicorp/aws 5.100.0 does not match
│ configured version constraint >= 6.13.0, < 7.0.0; must use terraform init
│ -upgrade to allow selection of new versions
╵`;

describe("an error of Terraform", () => {
  test("has the exit code and the output", () => {
    expect(createError("plan", "Error: unknown").message).toBe(
      "terraform plan failed with exit code 1\n\nError: unknown",
    );
  });

  test.each([
    ["init", MISSING_BUCKET, "the bucket of the state does not exist"],
    ["plan", MISSING_BUCKET, "the bucket of the state does not exist"],
    [
      "plan",
      "Error: No valid credential sources found",
      "cannot load AWS credentials: No valid credential sources found",
    ],
    [
      "init",
      "api error ExpiredToken: The security token included in the request is expired",
      "the AWS credentials have expired",
    ],
    [
      "plan",
      "Error: AWS account ID not allowed: 111122223333",
      "AWS_ACCOUNT_ID must be the account of the credentials, which is 111122223333",
    ],
    [
      "plan",
      'Error: Post "https://sts.us-west-2.amazonaws.com/": proxyconnect tcp: dial tcp 10.0.0.1:3128: connect: connection refused',
      "Terraform cannot reach the proxy (HTTPS_PROXY): connection refused",
    ],
    [
      "plan",
      'Error: Post "https://sts.us-west-2.amazonaws.com/": proxyconnect tcp: EOF',
      "Terraform cannot reach the proxy (HTTPS_PROXY): the connection failed",
    ],
    [
      "init",
      'Error: Post "https://sts.us-west-2.amazonaws.com/": Proxy\n│ Authentication Required',
      "the proxy (HTTPS_PROXY) requires a user and a password, or denied them",
    ],
    [
      "plan",
      'Error: operation error STS: GetCallerIdentity, request send failed, Post\n│ "https://sts.us-west-2.amazonaws.com/": Forbidden\n│',
      "the proxy (HTTPS_PROXY) does not connect to sts.us-west-2.amazonaws.com: Forbidden",
    ],
    [
      "init",
      "Error: tls: failed to verify certificate: x509: certificate signed\n│ by unknown authority",
      "Terraform cannot reach AWS: the certificate is not trusted (x509: certificate signed by unknown authority)",
    ],
    [
      "init",
      'Error: could not connect to registry.terraform.io: failed to request\n│ discovery document: Get "https://registry.terraform.io/.well-known/terraform.json": tls: failed to\n│ verify certificate: x509: certificate signed by unknown authority',
      "Terraform cannot reach registry.terraform.io: the certificate is not trusted (x509: certificate signed by unknown authority)",
    ],
    [
      "init",
      'Error: operation error STS: GetCallerIdentity, decomposing request: net/http: invalid header field value\n│ for "X-Amz-Security-Token"',
      "cannot reach AWS: the header X-Amz-Security-Token must have no line break or control character",
    ],
    [
      "plan",
      "Error: Instance cannot be destroyed\n\n  on cdk.tf.json line 2:\n\nResource aws_cognito_user_pool.a has\nlifecycle.prevent_destroy set, but the plan calls for it to be destroyed.",
      "aws_cognito_user_pool.a is protected, and the plan would destroy or replace it",
    ],
    [
      "init",
      NO_PROVIDER.replace("VERSION", "6.13.0"),
      "managed login branding requires version 6.13.0 or later of the AWS provider: Terraform found none that matches >= 6.13.0, < 7.0.0",
    ],
    [
      "init",
      NO_PROVIDER.replace("VERSION", "6.5.0"),
      "log delivery requires version 6.5.0 or later of the AWS provider: Terraform found none that matches >= 6.5.0, < 7.0.0",
    ],
    [
      "init",
      NO_PROVIDER.replace("VERSION", "5.100.0"),
      "the stack requires version 5.100.0 or later of the AWS provider: Terraform found none that matches >= 5.100.0, < 7.0.0",
    ],
    [
      "init",
      LOCKED_PROVIDER,
      "managed login branding requires version 6.13.0 or later of the AWS provider: .terraform.lock.hcl selects 5.100.0",
    ],
  ])("of %s is explained: %j", (command, stderr, message) => {
    const error = createError(command, stderr);
    expect(error.message).toBe(message);
    expect(error.hint).toBeDefined();
  });

  test("names the feature to remove if no provider has it", () => {
    expect(
      createError("init", NO_PROVIDER.replace("VERSION", "6.13.0")).hint,
    ).toBe(
      "add a newer version to the provider mirror, or remove addBranding from main.ts",
    );
    expect(
      createError("init", NO_PROVIDER.replace("VERSION", "5.100.0")).hint,
    ).toBe("add a newer version to the provider mirror");
  });

  test("knows whether a lock file is outdated", () => {
    expect(createError("init", LOCKED_PROVIDER).isLockOutdated).toBe(true);
    expect(createError("init", NO_PROVIDER).isLockOutdated).toBe(false);
  });

  test("has the whole output if a change may have been made", () => {
    const stderr =
      "Error: ExpiredToken\nThe state was written to errored.tfstate";
    const { message, hint } = createError("apply", stderr);
    expect(message).toContain("errored.tfstate");
    expect(hint).toBeUndefined();
    expect(createError("apply", "Error: denied").hint).toMatch(
      /^the state has all finished changes: /,
    );
  });

  test.each([
    "│ creating Secrets Manager Secret (a): operation error\n│ ResourceExistsException: a secret with this name already\n│ exists",
    "creating IAM Role (a): EntityAlreadyExists: Role with name a",
    "GroupExistsException: A group with the name already exists.",
    "InvalidParameterException: Domain already associated with another user pool.",
    "BucketAlreadyOwnedByYou: Your previous request to create the bucket",
  ])("names orphans if AWS has the resource: %j", (stderr) => {
    expect(createError("apply", stderr, "dev").hint).toMatch(
      /^AWS has a resource that the state does not have: npx veda-auth orphans --stage dev lists /,
    );
    // the stack of the account has no orphans
    expect(createError("apply", stderr).hint).toMatch(
      /^the state has all finished changes: /,
    );
  });

  test("names the secret to restore", () => {
    const stderr = `
│ Error: creating Secrets Manager Secret (other): ResourceExistsException
╵
╷
│ Error: creating Secrets Manager Secret (veda-auth-stack-dev/client): operation
│ error Secrets Manager: CreateSecret, InvalidRequestException: You can't create
│ this secret because a secret with this name is already scheduled for
│ deletion.`;
    const { hint } = createError("apply", stderr, "dev");
    expect(hint).toContain(
      "run aws secretsmanager restore-secret --secret-id veda-auth-stack-dev/client, and import",
    );
    expect(hint).toContain("SECRET_RECOVERY_DAYS");
  });

  test("names the command that removes email MFA, which Terraform cannot", () => {
    const stderr = `
│ Error: setting Cognito User Pool (us-west-2_Abc123) MFA configuration:
│ operation error Cognito Identity Provider: SetUserPoolMfaConfig, https
│ response error StatusCode: 400, InvalidParameterException: can't turn off MFA
│ and configure an MFA together.`;
    expect(createError("apply", stderr, "dev").hint).toBe(
      "Terraform cannot remove email MFA: run aws cognito-idp set-user-pool-mfa-config --user-pool-id us-west-2_Abc123 --mfa-configuration OFF, and deploy again",
    );
  });

  test("reports that a rotation ended between the plan and the apply", () => {
    const stderr = `
│ Error: Provider produced inconsistent result after apply
│ 
│ When applying changes to
│ aws_cognito_user_pool_client.clients_workflows-client_1C315FC7, provider
│ "provider[\\"registry.terraform.io/hashicorp/aws\\"]" produced an unexpected
│ new value: .client_secret: inconsistent values for sensitive attribute.`;
    expect(createError("apply", stderr, "dev").hint).toBe(
      "a rotation deleted the first secret of the client after the plan was made, and the secret in use is unchanged: deploy again",
    );
    const other = stderr.replace(".client_secret", ".name");
    expect(createError("apply", other, "dev").hint).toMatch(/^the state has /);
  });

  test("names the command that creates a client secret if AWS has none", () => {
    const stderr = `
│ Error: Resource precondition failed
│ 
│   on cdk.tf.json line 545, in resource.aws_secretsmanager_secret_version.a:
│  545:     "condition": "\${(length(local.live) >= 1)}"
│ 
│ The secret veda-auth-stack-dev/workflows-client contains no secret of its
│ client, and Cognito no longer returns one. Run rotate-secret, or
│ restore the previous version of the secret.`;
    const hint =
      "run npx veda-auth rotate-secret --stage dev --service-id workflows-client, or restore the previous version of the secret (docs/troubleshooting.md), and deploy again";
    const { message, hint: planHint } = createError("plan", stderr, "dev");
    expect(message).toBe(
      "the secret veda-auth-stack-dev/workflows-client contains no secret of its client, and Cognito no longer returns one",
    );
    expect(planHint).toBe(hint);
    expect(createError("apply", stderr, "dev").hint).toBe(hint);
    expect(createError("plan", stderr).hint).toBe(
      "run npx veda-auth rotate-secret --service-id workflows-client, or restore the previous version of the secret (docs/troubleshooting.md), and deploy again",
    );
  });
});
