import {
  StateBucket,
  createStateBucketPolicy,
  type StateBucketProps,
} from "../../../constructs/deployment/state-bucket";
import {
  getOnlyResource,
  parsePolicy,
  collectProblems,
  synthesizeConstructs,
} from "../../support/synth";

const SMALLEST: StateBucketProps = {
  bucketName: "our-state",
  accountId: "123456789012",
  region: "us-west-2",
  encryptionKeyArn: null,
};
const KEY = "arn:aws:kms:us-west-2:123456789012:key/1234";

function bucket(props: Partial<StateBucketProps> = {}) {
  return synthesizeConstructs((scope) => {
    new StateBucket(scope, "bucket", { ...SMALLEST, ...props });
  });
}

function denials(props: Partial<StateBucketProps> = {}) {
  return createStateBucketPolicy({ ...SMALLEST, ...props }).Statement;
}

describe("a state bucket", () => {
  test("cannot be destroyed by Terraform, and has no way to be emptied by it", () => {
    const resource = getOnlyResource(bucket(), "aws_s3_bucket");
    expect(resource).toMatchObject({
      bucket: "our-state",
      lifecycle: { prevent_destroy: true },
    });
    expect(resource).not.toHaveProperty("force_destroy");
  });

  test("is closed to the public in all four ways, and has no access lists", () => {
    expect(
      getOnlyResource(bucket(), "aws_s3_bucket_public_access_block"),
    ).toMatchObject({
      block_public_acls: true,
      block_public_policy: true,
      ignore_public_acls: true,
      restrict_public_buckets: true,
    });
    expect(
      getOnlyResource(bucket(), "aws_s3_bucket_ownership_controls").rule,
    ).toEqual({
      object_ownership: "BucketOwnerEnforced",
    });
  });

  test("keeps versions, and old ones by count and age", () => {
    expect(getOnlyResource(bucket(), "aws_s3_bucket_versioning")).toMatchObject(
      {
        versioning_configuration: { status: "Enabled" },
      },
    );
    expect(
      getOnlyResource(bucket(), "aws_s3_bucket_lifecycle_configuration").rule,
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
      bucket({ encryptionKeyArn }),
      "aws_s3_bucket_server_side_encryption_configuration",
    );
    expect(rule).toEqual([
      {
        apply_server_side_encryption_by_default: standard,
        bucket_key_enabled: isKeyed,
      },
    ]);
  });

  test("has its policy only once versions are kept", () => {
    const block = getOnlyResource(bucket(), "aws_s3_bucket_policy");
    expect(parsePolicy(block)).toEqual(createStateBucketPolicy(SMALLEST));
    expect(block.depends_on).toEqual([
      expect.stringMatching(/^aws_s3_bucket_public_access_block\./),
      expect.stringMatching(/^aws_s3_bucket_versioning\./),
    ]);
  });

  test("refuses everybody what loses states, but the account's root", () => {
    expect(denials()).toEqual([
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

  test("refuses another encryption than the customer's, where that is asked for aloud", () => {
    expect(denials({ encryptionKeyArn: KEY }).at(-1)).toMatchObject({
      Sid: "CustomerKeyAlone",
      Action: "s3:PutObject",
      Condition: {
        Null: { "s3:x-amz-server-side-encryption": "false" },
        StringNotEquals: { "s3:x-amz-server-side-encryption": "aws:kms" },
      },
    });
  });

  test("names itself in the partition of its Region", () => {
    expect(denials({ region: "us-gov-west-1" })[0]?.Resource).toEqual([
      "arn:aws-us-gov:s3:::our-state",
      "arn:aws-us-gov:s3:::our-state/*",
    ]);
  });

  test("fails when its name is none", () => {
    expect(
      collectProblems((scope) => {
        new StateBucket(scope, "bucket", { ...SMALLEST, bucketName: "A_b" });
      }),
    ).toEqual([expect.stringMatching(/^bucket name must be .*got "A_b"$/)]);
  });

  test("fails when its account is none", () => {
    expect(
      collectProblems((scope) => {
        new StateBucket(scope, "bucket", { ...SMALLEST, accountId: "1" });
      }),
    ).toEqual(['account id must be 12 digits, got "1"']);
  });
});
