import {
  ClientSecret,
  type ClientSecretProps,
} from "../../constructs/client-secret";
import {
  getOnlyResource,
  parsePolicy,
  collectProblems,
  resolveValue,
  synthesizeConstructs,
  createUnknownText,
} from "../support/synth";

const SMALLEST: ClientSecretProps = {
  secretName: "auth-dev/reader",
  fields: { flow: "user_password", client_id: "abc" },
  clientSecret: null,
  recoveryDays: 7,
};
const ROLE = "arn:aws:iam::123456789012:role/reader";

function secret(props: Partial<ClientSecretProps> = {}) {
  return synthesizeConstructs((scope) => {
    new ClientSecret(scope, "secret", { ...SMALLEST, ...props });
  });
}

function version(props: Partial<ClientSecretProps> = {}) {
  return getOnlyResource(
    secret(props),
    "aws_secretsmanager_secret_version",
  ) as {
    secret_string_wo: string;
    secret_string_wo_version: string;
  };
}

/** Keys of the object that Terraform will encode. */
function keys(props: Partial<ClientSecretProps> = {}): (string | undefined)[] {
  return [...version(props).secret_string_wo.matchAll(/"(\w+)" = /g)].map(
    ([, key]) => key,
  );
}

function problems(props: Partial<ClientSecretProps>): string[] {
  return collectProblems((scope) => {
    new ClientSecret(scope, "secret", { ...SMALLEST, ...props });
  });
}

describe("a client's secret", () => {
  test("needs a name, fields and a recovery window, and nobody else reads it", () => {
    const configuration = secret();
    expect(getOnlyResource(configuration, "aws_secretsmanager_secret")).toEqual(
      {
        name: "auth-dev/reader",
        description: "Client secret, created by VEDA Auth CDK.",
        recovery_window_in_days: 7,
      },
    );
    expect(Object.keys(configuration.resource).sort()).toEqual([
      "aws_secretsmanager_secret",
      "aws_secretsmanager_secret_version",
    ]);
    expect(keys()).toEqual(["flow", "client_id"]);
    expect(problems({})).toEqual([]);
  });

  test("has its version and its policy on itself, and offers its ARN", () => {
    const configuration = secret({ readerRoleArns: [ROLE] });
    expect(
      getOnlyResource(configuration, "aws_secretsmanager_secret_version")
        .secret_id,
    ).toMatch(/^\$\{aws_secretsmanager_secret\.secret_\w+\.id\}$/);
    expect(
      getOnlyResource(configuration, "aws_secretsmanager_secret_policy")
        .secret_arn,
    ).toMatch(/^\$\{aws_secretsmanager_secret\.secret_\w+\.arn\}$/);
    expect(
      resolveValue(
        (scope) => new ClientSecret(scope, "secret", SMALLEST).secretArn,
      ),
    ).toMatch(/^\$\{aws_secretsmanager_secret\.secret_\w+\.arn\}$/);
  });

  test("is written without a copy in the state", () => {
    expect(version().secret_string_wo).toMatch(/^\$\{jsonencode\(/);
    expect(version()).not.toHaveProperty("secret_string");
    expect(version()).not.toHaveProperty("secret_binary");
  });

  test("holds the client's secret where the client has one", () => {
    expect(keys({ clientSecret: createUnknownText() })).toEqual([
      "flow",
      "client_id",
      "client_secret",
    ]);
    expect(
      version({ clientSecret: createUnknownText() }).secret_string_wo,
    ).toContain('"client_secret" = timestamp()');
  });

  test("holds fields that Terraform alone will know", () => {
    expect(
      version({ fields: { client_id: createUnknownText() } }).secret_string_wo,
    ).toBe('${jsonencode({"client_id" = timestamp()})}');
  });

  test("is written again when a field changes, and when one comes or goes", () => {
    const { fields } = SMALLEST;
    const versions = [
      fields,
      { ...fields, flow: "client_credentials" },
      { ...fields, client_id: "def" },
      { ...fields, scope: "server/read" },
      { flow: "user_password" },
    ].map((some) => version({ fields: some }).secret_string_wo_version);
    expect(new Set(versions).size).toBe(versions.length);
  });

  test("is not written again for what the client's secret alone changes", () => {
    const { secret_string_wo_version } = version({
      clientSecret: createUnknownText(),
    });
    expect(secret_string_wo_version).toBe(version().secret_string_wo_version);
    expect(secret_string_wo_version).not.toContain("client_secret");
  });

  test("has a version number that Terraform makes, of 28 bits", () => {
    expect(version().secret_string_wo_version).toMatch(
      /^\$\{parseint\(substr\(sha256\(jsonencode\(\{.*\}\)\), 0, 7\), 16\)\}$/,
    );
  });

  test.each([0, 7, 30])("may be recovered for %d days", (recoveryDays) => {
    expect(
      getOnlyResource(secret({ recoveryDays }), "aws_secretsmanager_secret"),
    ).toMatchObject({ recovery_window_in_days: recoveryDays });
    expect(problems({ recoveryDays })).toEqual([]);
  });

  test("is read by the roles given, which may do nothing else", () => {
    const policy = getOnlyResource(
      secret({ readerRoleArns: [ROLE] }),
      "aws_secretsmanager_secret_policy",
    );
    expect(policy.block_public_policy).toBe(true);
    expect(parsePolicy(policy)).toEqual({
      Version: "2012-10-17",
      Statement: [
        {
          Sid: "ReadByServices",
          Effect: "Allow",
          Principal: { AWS: [ROLE] },
          Action: [
            "secretsmanager:GetSecretValue",
            "secretsmanager:DescribeSecret",
          ],
          Resource: "*",
        },
      ],
    });
  });

  test("may be read by a role that Terraform alone will know", () => {
    expect(problems({ readerRoleArns: [createUnknownText()] })).toEqual([]);
  });
});

describe("a client's secret fails when", () => {
  test.each<[string, Partial<ClientSecretProps>, RegExp]>([
    [
      "its name has a space",
      { secretName: "a b" },
      /^secret name must be .*got "a b"$/,
    ],
    ["its name is empty", { secretName: "" }, /^secret name must be .*got ""$/],
    [
      "it is recovered for too short",
      { recoveryDays: 6 },
      /^secret recovery window must be .*got 6$/,
    ],
    [
      "it is recovered for too long",
      { recoveryDays: 31 },
      /^secret recovery window must be .*got 31$/,
    ],
    [
      "a field has a quote",
      { fields: { flow: 'a"b' } },
      /^secret field must be .*got "a\\"b"$/,
    ],
    [
      "its fields are too long together",
      { fields: { a: "x".repeat(40_000), b: "x".repeat(40_000) } },
      /^number of bytes of a secret must be at most 65536, got \d+$/,
    ],
    [
      "everybody reads it",
      { readerRoleArns: ["*"] },
      /^role ARN must be .*got "\*"$/,
    ],
    [
      "an account reads it",
      { readerRoleArns: ["arn:aws:iam::123456789012:root"] },
      /^role ARN must be .*:root"$/,
    ],
    [
      "a reader comes twice",
      { readerRoleArns: [ROLE, ROLE] },
      /^role ARN must be unique, got .* twice$/,
    ],
    [
      "its readers are too many for a policy",
      {
        readerRoleArns: Array.from(
          { length: 400 },
          (_, index) => `${ROLE}-with-a-long-name-${index}`,
        ),
      },
      /^number of characters of a secret's policy must be at most 20480, got \d+$/,
    ],
  ])("%s", (_, props, message) => {
    expect(problems(props)).toEqual([expect.stringMatching(message)]);
  });

  test("several things are wrong, and tells them all", () => {
    expect(problems({ secretName: "", recoveryDays: 1 })).toHaveLength(2);
  });
});
