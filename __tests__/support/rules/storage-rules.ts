import {
  listCases,
  long,
  type Rule,
  setting,
  type StageInput,
} from "./rule-case";

const ROLE_ARN = "arn:aws:iam::123456789012:role/";
/** Of the policy of a secret, without the ARNs of those who may read it. */
const READ_POLICY = JSON.stringify({
  Version: "2012-10-17",
  Statement: [
    {
      Sid: "ReadByServices",
      Effect: "Allow",
      Principal: { AWS: [] },
      Action: [
        "secretsmanager:GetSecretValue",
        "secretsmanager:DescribeSecret",
      ],
      Resource: "*",
    },
  ],
});

const group = (bucket: string, prefix?: string): StageInput => ({
  build: (auth) =>
    auth.addGroup("readers", {
      description: "Some",
      precedence: 1,
      buckets: {
        [bucket]:
          prefix === undefined ? "read" : { permission: "read", prefix },
      },
    }),
});

/** Roles that make a secret's policy so long. */
function createReaders(policyLength: number): string {
  const readers: string[] = [];
  const left = (): number =>
    policyLength - READ_POLICY.length + 2 - JSON.stringify(readers).length;
  // each adds its length, its quotes and a comma
  while (left() > 98)
    readers.push(`${ROLE_ARN}${100 + readers.length}${long(20)}`);
  readers.push(`${ROLE_ARN}${long(left() - 3 - ROLE_ARN.length)}`);
  return readers.join(",");
}

const BUCKETS: Pick<Rule<string>, "accepted" | "refused"> = {
  accepted: ["abc", "a.b-1", long(63)],
  refused: [
    "ab",
    long(64),
    "-ab",
    "ab-",
    "a..b",
    "Abc",
    "a_b",
    "192.168.0.1",
    "xn--abc",
    "sthree-abc",
    "abc-s3alias",
  ],
};

const texts: readonly Rule<string>[] = [
  {
    row: "state/bucket",
    input: setting("STATE_BUCKET_NAME", { STATE_BACKEND: "s3" }),
    ...BUCKETS,
    subject: "STATE_BUCKET_NAME",
  },
  {
    row: "state/bucket",
    input: (bucket) => group(bucket),
    ...BUCKETS,
    subject: "bucket name",
  },
  {
    row: "state/bucket",
    input: setting("BOUNDARY_BUCKETS"),
    accepted: ["abc", "ab*", `${long(62)}*`],
    refused: ["ab", "*", "a*", `${long(63)}*`, "a*b"],
    subject: "BOUNDARY_BUCKETS",
  },
  {
    row: "state/key",
    input: setting("STATE_BUCKET_KEY", {
      STATE_BACKEND: "s3",
      STATE_BUCKET_NAME: "our-state",
    }),
    accepted: ["a", "a/b.tfstate", long(1017), `a${"é".repeat(508)}`],
    refused: [
      "/a",
      "a/",
      "a//b",
      "a/../b",
      "a.tflock",
      "a*",
      "*/terraform.tfstate",
      "a?b",
      long(1018),
      `aa${"é".repeat(508)}`,
    ],
    subject: "STATE_BUCKET_KEY",
  },
  ...[
    {
      accepted: ["account/terraform.tfstate", "a/b/account/terraform.tfstate"],
      refused: [
        "veda-auth-stack/account/terraform.tfstate",
        "other/account/terraform.tfstate",
      ],
      subject: "STATE_BUCKET_KEY",
    },
    {
      accepted: [
        "veda-auth-stack/dev/terraform.tfstate",
        "other/prod/terraform.tfstate",
        "veda-auth-stack/prod/state",
        "veda-auth-stack/Prod/terraform.tfstate",
        "veda-auth-stack/prod/terraform.tfstate/state",
      ],
      refused: ["veda-auth-stack/prod/terraform.tfstate"],
      subject: "STATE_BUCKET_KEY",
    },
  ].map((values): Rule<string> => ({
    row: "state/key-of-others",
    input: setting("STATE_BUCKET_KEY", {
      STAGE: "dev",
      STATE_BACKEND: "s3",
      STATE_BUCKET_NAME: "our-state",
    }),
    ...values,
  })),
  {
    row: "state/key",
    input: (prefix) => group("our-data", prefix),
    accepted: ["a/", long(1024, (filling) => `${filling}/`)],
    refused: ["", "a", "/a/", "a/*/", long(1025, (filling) => `${filling}/`)],
    subject: "bucket prefix",
  },
  {
    row: "state/account",
    input: setting("AWS_ACCOUNT_ID"),
    accepted: ["123456789012", "000000000000"],
    refused: ["12345678901", "1234567890123", "12345678901a"],
    subject: "AWS_ACCOUNT_ID",
  },
  {
    row: "secret/recovery",
    input: setting("SECRET_RECOVERY_DAYS"),
    accepted: ["0", "7", "30"],
    refused: ["1", "6", "31", "-1", "7.5"],
    subject: "SECRET_RECOVERY_DAYS",
  },
];

const counts: readonly Rule<number>[] = [
  {
    row: "secret/policy",
    input: (length) => ({
      settings: { SECRET_ROLE_ACCESS: createReaders(length) },
    }),
    accepted: [20_480],
    refused: [20_481],
    subject: "number of characters of a secret's policy",
  },
];

/** Of secrets, buckets and the state. */
export const STORAGE_CASES = [
  ...texts.flatMap((rule) => listCases(rule)),
  ...counts.flatMap((rule) => listCases(rule)),
];
