import { StateEncryptionKey } from "../../../constructs/deployment/state-encryption-key";
import {
  getOnlyResource,
  parsePolicy,
  synthesizeConstructs,
} from "../../support/synth";

describe("a state encryption key", () => {
  const configuration = synthesizeConstructs((scope) => {
    new StateEncryptionKey(scope, "key", {
      alias: "alias/auth-state",
      accountId: "123456789012",
    });
  }, "us-gov-west-1");

  test("rotates, cannot be destroyed by Terraform and has the maximum deletion window", () => {
    expect(getOnlyResource(configuration, "aws_kms_key")).toMatchObject({
      enable_key_rotation: true,
      deletion_window_in_days: 30,
      lifecycle: { prevent_destroy: true },
    });
  });

  test("lets only the policies of its account allow its use", () => {
    expect(parsePolicy(getOnlyResource(configuration, "aws_kms_key"))).toEqual({
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

  test("has an alias", () => {
    expect(getOnlyResource(configuration, "aws_kms_alias")).toMatchObject({
      name: "alias/auth-state",
      target_key_id: expect.stringMatching(/^\$\{aws_kms_key\./) as string,
    });
  });
});
