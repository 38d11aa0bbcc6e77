import * as fc from "fast-check";
import {
  type BucketGrants,
  type BucketPermission,
  createBucketStatements,
  normalizeGrant,
} from "../../constructs/bucket-access";

const READ = ["s3:GetObject*", "s3:GetBucket*", "s3:List*"];
const WRITE = [
  "s3:DeleteObject*",
  "s3:PutObject",
  "s3:PutObjectLegalHold",
  "s3:PutObjectRetention",
  "s3:PutObjectTagging",
  "s3:PutObjectVersionTagging",
  "s3:Abort*",
];

/** Lists the pairs of action and resource that the statements allow. */
function listAllowed(
  grants: BucketGrants,
): [action: string, resource: string][] {
  return createBucketStatements(grants, "aws").flatMap(
    ({ Action, Resource = [] }) =>
      [Action]
        .flat()
        .flatMap((action) =>
          [Resource]
            .flat()
            .map((resource): [string, string] => [action, resource]),
        ),
  );
}

const bucket = fc.stringMatching(/^[a-z][a-z0-9-]{1,20}[a-z0-9]$/);
const permission = fc.constantFrom<BucketPermission[]>("read", "read-write");
const grant = fc.oneof(
  permission,
  fc.record({
    permission,
    prefix: fc.constantFrom("", "a/", "some/where/"),
  }),
);
const grants = fc.dictionary(bucket, grant, { maxKeys: 6 });

describe("createBucketStatements", () => {
  test("returns no statement for no grant", () => {
    expect(createBucketStatements({}, "aws")).toEqual([]);
  });

  test("allows to read the bucket and its objects, and not to write", () => {
    expect(createBucketStatements({ store: "read" }, "aws")).toEqual([
      {
        Effect: "Allow",
        Action: READ,
        Resource: ["arn:aws:s3:::store", "arn:aws:s3:::store/*"],
      },
    ]);
  });

  test("allows to write objects with read-write", () => {
    expect(createBucketStatements({ store: "read-write" }, "aws")).toEqual([
      ...createBucketStatements({ store: "read" }, "aws"),
      {
        Effect: "Allow",
        Action: WRITE,
        Resource: "arn:aws:s3:::store/*",
      },
    ]);
  });

  test("excludes objects without the prefix", () => {
    const onPrefix = createBucketStatements(
      { store: { permission: "read-write", prefix: "team/" } },
      "aws",
    );
    expect(onPrefix).toContainEqual({
      Effect: "Allow",
      Action: ["s3:GetObject*", "s3:List*"],
      Resource: "arn:aws:s3:::store/team/*",
    });
    expect(onPrefix).toContainEqual({
      Effect: "Allow",
      Action: "s3:List*",
      Resource: "arn:aws:s3:::store",
      Condition: { StringLike: { "s3:prefix": "team/*" } },
    });
    expect(onPrefix).toContainEqual({
      Effect: "Allow",
      Action: WRITE,
      Resource: "arn:aws:s3:::store/team/*",
    });
    expect(JSON.stringify(onPrefix)).not.toContain("arn:aws:s3:::store/*");
  });

  test("does not allow to write with read on a prefix", () => {
    const actions = listAllowed({
      store: { permission: "read", prefix: "team/" },
    });
    expect([...new Set(actions.map(([action]) => action))].sort()).toEqual(
      [...READ].sort(),
    );
  });

  test("treats an empty prefix as the whole bucket", () => {
    for (const permission of ["read", "read-write"] as const) {
      expect(
        createBucketStatements({ store: { permission, prefix: "" } }, "aws"),
      ).toEqual(createBucketStatements({ store: permission }, "aws"));
    }
  });

  test("uses the partition", () => {
    const text = JSON.stringify(
      createBucketStatements({ store: "read-write" }, "aws-us-gov"),
    );
    expect(text).toContain("arn:aws-us-gov:s3:::store");
    expect(text).not.toContain("arn:aws:");
  });

  test("does not depend on the order of the buckets", () => {
    fc.assert(
      fc.property(grants, (some) => {
        const reversed = Object.fromEntries(Object.entries(some).reverse());
        expect(createBucketStatements(reversed, "aws")).toEqual(
          createBucketStatements(some, "aws"),
        );
      }),
    );
  });

  test("allows no other bucket and no other action", () => {
    fc.assert(
      fc.property(grants, (some) => {
        for (const [action, resource] of listAllowed(some)) {
          const [name = "", ...key] = resource
            .replace("arn:aws:s3:::", "")
            .split("/");
          const { permission, prefix } = normalizeGrant(some[name] ?? "read");
          expect(Object.keys(some)).toContain(name);
          expect(permission === "read" ? READ : [...READ, ...WRITE]).toContain(
            action,
          );
          expect(["", `${prefix}*`]).toContain(key.join("/"));
        }
      }),
    );
  });

  test.each([
    ["read" as const, { permission: "read", prefix: "" }],
    ["read-write" as const, { permission: "read-write", prefix: "" }],
    [
      { permission: "read", prefix: "a/" } as const,
      { permission: "read", prefix: "a/" },
    ],
  ])("written as %j is %j", (written, normal) => {
    expect(normalizeGrant(written)).toEqual(normal);
  });
});
