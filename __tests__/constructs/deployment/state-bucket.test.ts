import {
  StateBucket,
  type StateBucketProps,
} from "../../../constructs/deployment/state-bucket";
import type { PolicyDocument } from "../../../constructs/policy-document";
import {
  collectErrors,
  getOnlyResource,
  parsePolicy,
  synthesizeConstructs,
} from "../../support/synth";

const MINIMAL_PROPS: StateBucketProps = {
  bucketName: "our-state",
  accountId: "123456789012",
  encryptionKeyArn: null,
};
const KEY = "arn:aws:kms:us-west-2:123456789012:key/1234";

function synthesizeBucket(
  props: Partial<StateBucketProps> = {},
  region?: string,
) {
  return synthesizeConstructs((scope) => {
    new StateBucket(scope, "bucket", { ...MINIMAL_PROPS, ...props });
  }, region);
}

function listDenials(props: Partial<StateBucketProps> = {}, region?: string) {
  const { Statement } = parsePolicy(
    getOnlyResource(synthesizeBucket(props, region), "aws_s3_bucket_policy"),
  ) as PolicyDocument;
  return Statement;
}

describe("a state bucket", () => {
  test("cannot be destroyed or emptied by Terraform", () => {
    const resource = getOnlyResource(synthesizeBucket(), "aws_s3_bucket");
    expect(resource).toMatchObject({
      bucket: "our-state",
      lifecycle: { prevent_destroy: true },
    });
    expect(resource).not.toHaveProperty("force_destroy");
  });

  test("blocks public access and access control lists", () => {
    expect(
      getOnlyResource(synthesizeBucket(), "aws_s3_bucket_public_access_block"),
    ).toMatchObject({
      block_public_acls: true,
      block_public_policy: true,
      ignore_public_acls: true,
      restrict_public_buckets: true,
    });
    expect(
      getOnlyResource(synthesizeBucket(), "aws_s3_bucket_ownership_controls")
        .rule,
    ).toEqual({
      object_ownership: "BucketOwnerEnforced",
    });
  });

  test("retains versions by number and age", () => {
    expect(
      getOnlyResource(synthesizeBucket(), "aws_s3_bucket_versioning"),
    ).toMatchObject({
      versioning_configuration: { status: "Enabled" },
    });
    expect(
      getOnlyResource(
        synthesizeBucket(),
        "aws_s3_bucket_lifecycle_configuration",
      ).rule,
    ).toEqual([
      {
        id: "old-versions",
        status: "Enabled",
        filter: [{ prefix: "" }],
        noncurrent_version_expiration: [
          { noncurrent_days: 90, newer_noncurrent_versions: 50 },
        ],
        abort_incomplete_multipart_upload: [{ days_after_initiation: 7 }],
      },
      {
        id: "delete-markers",
        status: "Enabled",
        filter: [{ prefix: "" }],
        expiration: [{ expired_object_delete_marker: true }],
      },
    ]);
  });

  test.each([
    [null, { sse_algorithm: "AES256" }, false],
    [KEY, { sse_algorithm: "aws:kms", kms_master_key_id: KEY }, true],
  ])("encrypts with the key %j", (encryptionKeyArn, standard, isKeyed) => {
    const { rule } = getOnlyResource(
      synthesizeBucket({ encryptionKeyArn }),
      "aws_s3_bucket_server_side_encryption_configuration",
    );
    expect(rule).toEqual([
      {
        apply_server_side_encryption_by_default: standard,
        bucket_key_enabled: isKeyed,
      },
    ]);
  });

  test("has its policy after versioning is enabled", () => {
    const block = getOnlyResource(synthesizeBucket(), "aws_s3_bucket_policy");
    expect(block.depends_on).toEqual([
      expect.stringMatching(/^aws_s3_bucket_public_access_block\./),
      expect.stringMatching(/^aws_s3_bucket_versioning\./),
    ]);
  });

  test("denies the loss of states to all principals except the root user", () => {
    expect(listDenials()).toEqual([
      {
        Sid: "TlsAlone",
        Effect: "Deny",
        Principal: { AWS: "*" },
        Action: "s3:*",
        Resource: ["arn:aws:s3:::our-state", "arn:aws:s3:::our-state/*"],
        Condition: { Bool: { "aws:SecureTransport": "false" } },
      },
      {
        Sid: "NothingIsLost",
        Effect: "Deny",
        Principal: { AWS: "*" },
        Action: [
          "s3:DeleteBucket",
          "s3:DeleteObjectVersion",
          "s3:PutBucketVersioning",
        ],
        Resource: ["arn:aws:s3:::our-state", "arn:aws:s3:::our-state/*"],
        Condition: {
          ArnNotEquals: {
            "aws:PrincipalArn": "arn:aws:iam::123456789012:root",
          },
        },
      },
      {
        Sid: "NoKeysOfTheCaller",
        Effect: "Deny",
        Principal: { AWS: "*" },
        Action: "s3:PutObject",
        Resource: "arn:aws:s3:::our-state/*",
        Condition: {
          Null: {
            "s3:x-amz-server-side-encryption-customer-algorithm": "false",
          },
        },
      },
    ]);
  });

  test("denies explicit encryption with another key than the customer managed key", () => {
    expect(listDenials({ encryptionKeyArn: KEY }).at(-1)).toMatchObject({
      Sid: "CustomerKeyAlone",
      Action: "s3:PutObject",
      Condition: {
        Null: { "s3:x-amz-server-side-encryption": "false" },
        StringNotEquals: { "s3:x-amz-server-side-encryption": "aws:kms" },
      },
    });
  });

  test("uses the partition of its Region", () => {
    expect(listDenials({}, "us-gov-west-1")[0]?.Resource).toEqual([
      "arn:aws-us-gov:s3:::our-state",
      "arn:aws-us-gov:s3:::our-state/*",
    ]);
  });

  test("fails when its name is invalid", () => {
    expect(
      collectErrors((scope) => {
        new StateBucket(scope, "bucket", {
          ...MINIMAL_PROPS,
          bucketName: "A_b",
        });
      }),
    ).toEqual([expect.stringMatching(/^bucket name must be .*got "A_b"$/)]);
  });

  test("fails when its account id is invalid", () => {
    expect(
      collectErrors((scope) => {
        new StateBucket(scope, "bucket", { ...MINIMAL_PROPS, accountId: "1" });
      }),
    ).toEqual(['account id must be 12 digits, got "1"']);
  });
});
