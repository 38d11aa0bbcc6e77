import { StateEncryptionKey } from "../../constructs/state-encryption-key";
import { only, policyOf, synthesized } from "../support/synth";

describe("a state encryption key", () => {
  const configuration = synthesized((scope) => {
    new StateEncryptionKey(scope, "key", {
      alias: "alias/auth-state",
      accountId: "123456789012",
      region: "us-gov-west-1",
    });
  });

  test("rotates, cannot be destroyed by Terraform, and waits as long as AWS lets it", () => {
    expect(only(configuration, "aws_kms_key")).toMatchObject({
      enable_key_rotation: true,
      deletion_window_in_days: 30,
      lifecycle: { prevent_destroy: true },
    });
  });

  test("leaves who may use it to the policies of its account alone", () => {
    expect(policyOf(only(configuration, "aws_kms_key"))).toEqual({
      Version: "2012-10-17",
      Statement: [
        {
          Sid: "PoliciesOfTheAccountDecide",
          Effect: "Allow",
          Principal: { AWS: "arn:aws-us-gov:iam::123456789012:root" },
          Action: "kms:*",
          Resource: "*",
        },
      ],
    });
  });

  test("is known by its alias", () => {
    expect(only(configuration, "aws_kms_alias")).toMatchObject({
      name: "alias/auth-state",
      target_key_id: expect.stringMatching(/^\$\{aws_kms_key\./) as string,
    });
  });
});
