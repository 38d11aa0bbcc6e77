import type { IdentityStatement } from "./policy-document";
import { hasUnknownPart } from "./unknown-part";

/** Permission on the objects of a bucket. */
export type BucketPermission = "read" | "read-write";

/** Permission on a whole bucket, or on the objects whose keys start with a prefix, such as `2026/`. */
export type BucketGrant =
  | BucketPermission
  | { readonly permission: BucketPermission; readonly prefix: string };

/** Bucket name to the grant on it. */
export type BucketGrants = Readonly<Record<string, BucketGrant>>;

const READ_OBJECT = "s3:GetObject*";
const READ_BUCKET = ["s3:GetBucket*", "s3:List*"];
const WRITE_OBJECT = [
  "s3:DeleteObject*",
  "s3:PutObject",
  "s3:PutObjectLegalHold",
  "s3:PutObjectRetention",
  "s3:PutObjectTagging",
  "s3:PutObjectVersionTagging",
  "s3:Abort*",
];

/** All actions that a grant can allow. */
export const BUCKET_ACTIONS: readonly string[] = [
  READ_OBJECT,
  ...READ_BUCKET,
  ...WRITE_OBJECT,
];

/** Returns the permission and the prefix of a grant. The prefix of a whole bucket is empty. */
export function normalizeGrant(grant: BucketGrant): {
  permission: BucketPermission;
  prefix: string;
} {
  return typeof grant === "string" ? { permission: grant, prefix: "" } : grant;
}

/**
 * Returns the statements that allow the grants. They are sorted by bucket, so that equal grants make equal policies; buckets
 * whose names only Terraform knows are last, in the order of the grants.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/example-policies-s3.html
 */
export function createBucketStatements(
  grants: BucketGrants,
  partition: string,
): IdentityStatement[] {
  return Object.entries(grants)
    .sort(([a], [b]) => compareNames(a, b))
    .flatMap(([bucket, grant]) => {
      const { permission, prefix } = normalizeGrant(grant);
      const bucketArn = `arn:${partition}:s3:::${bucket}`;
      const objects = `${bucketArn}/${prefix}*`;
      const reading: IdentityStatement[] =
        prefix === ""
          ? [
              {
                Effect: "Allow",
                Action: [READ_OBJECT, ...READ_BUCKET],
                Resource: [bucketArn, objects],
              },
            ]
          : [
              {
                Effect: "Allow",
                Action: [READ_OBJECT, "s3:List*"],
                Resource: objects,
              },
              { Effect: "Allow", Action: "s3:GetBucket*", Resource: bucketArn },
              {
                Effect: "Allow",
                Action: "s3:List*",
                Resource: bucketArn,
                Condition: { StringLike: { "s3:prefix": `${prefix}*` } },
              },
            ];
      return permission === "read-write"
        ? [
            ...reading,
            {
              Effect: "Allow" as const,
              Action: WRITE_OBJECT,
              Resource: objects,
            },
          ]
        : reading;
    });
}

/** Compares names of buckets. The text of a token depends on unrelated code. */
function compareNames(a: string, b: string): number {
  const [isUnknown, isOtherUnknown] = [hasUnknownPart(a), hasUnknownPart(b)];
  if (isUnknown || isOtherUnknown)
    return Number(isUnknown) - Number(isOtherUnknown);
  return a < b ? -1 : 1;
}
