import { TerraformError } from "../../../scripts/lib/terraform/terraform-error";

function createError(command: string, stderr: string): TerraformError {
  return new TerraformError(command, { code: 1, stdout: "", stderr });
}

const MISSING_BUCKET = `╷
│ Error: Failed to get existing workspaces: S3 bucket "b"
│ does not exist.
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
      "Error: Instance cannot be destroyed\n\n  on cdk.tf.json line 2:\n\nResource aws_cognito_user_pool.a has\nlifecycle.prevent_destroy set, but the plan calls for it to be destroyed.",
      "aws_cognito_user_pool.a is protected, and the plan would destroy or replace it",
    ],
  ])("of %s is explained: %j", (command, stderr, message) => {
    const error = createError(command, stderr);
    expect(error.message).toBe(message);
    expect(error.hint).toBeDefined();
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
});
