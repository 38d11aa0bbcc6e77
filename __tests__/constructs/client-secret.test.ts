import {
  ClientSecret,
  type ClientSecretProps,
} from "../../constructs/client-secret";
import {
  collectErrors,
  createUnknownText,
  getOnlyResource,
  parsePolicy,
  resolveValue,
  synthesizeConstructs,
} from "../support/synth";
import { EphemeralSecretVersion } from "../../constructs/ephemeral-secret-version";
import { createUnknownMap } from "../support/unknown-collections";

const MINIMAL_PROPS: ClientSecretProps = {
  secretName: "auth-dev/reader",
  fields: { flow: "user_password", client_id: "abc" },
  clientSecret: null,
  recoveryDays: 7,
};
const ROLE = "arn:aws:iam::123456789012:role/reader";

function synthesizeSecret(props: Partial<ClientSecretProps> = {}) {
  return synthesizeConstructs((scope) => {
    new ClientSecret(scope, "secret", { ...MINIMAL_PROPS, ...props });
  });
}

function synthesizeVersion(props: Partial<ClientSecretProps> = {}) {
  return getOnlyResource(
    synthesizeSecret(props),
    "aws_secretsmanager_secret_version",
    "secret_string_wo",
  ) as {
    secret_string_wo: string;
    secret_string_wo_version: string;
  };
}

/** Returns the keys of the object that Terraform encodes. */
function listKeys(
  props: Partial<ClientSecretProps> = {},
): (string | undefined)[] {
  return [
    ...synthesizeVersion(props).secret_string_wo.matchAll(/"(\w+)" = /g),
  ].map(([, key]) => key);
}

function validateProps(props: Partial<ClientSecretProps>): string[] {
  return collectErrors((scope) => {
    new ClientSecret(scope, "secret", { ...MINIMAL_PROPS, ...props });
  });
}

describe("a client secret", () => {
  test("requires a name, fields and a recovery window, and has no readers", () => {
    const configuration = synthesizeSecret();
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
    expect(listKeys()).toEqual(["flow", "client_id"]);
    expect(validateProps({})).toEqual([]);
  });

  test("has a version and a policy, and exposes its ARN", () => {
    const configuration = synthesizeSecret({ readerRoleArns: [ROLE] });
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
        (scope) => new ClientSecret(scope, "secret", MINIMAL_PROPS).secretArn,
      ),
    ).toMatch(/^\$\{aws_secretsmanager_secret\.secret_\w+\.arn\}$/);
  });

  test("is written without a copy in the state", () => {
    expect(synthesizeVersion().secret_string_wo).toMatch(/^\$\{jsonencode\(/);
    expect(synthesizeVersion()).not.toHaveProperty("secret_string");
    expect(synthesizeVersion()).not.toHaveProperty("secret_binary");
  });

  test("contains the client's secret, if the client has one", () => {
    expect(listKeys({ clientSecret: createUnknownText() })).toEqual([
      "flow",
      "client_id",
      "client_secret",
    ]);
  });

  test("allows fields that only Terraform knows", () => {
    expect(
      synthesizeVersion({ fields: { client_id: createUnknownText() } })
        .secret_string_wo,
    ).toBe('${jsonencode({"client_id" = timestamp()})}');
  });

  test("is written again if a field is changed, added or removed", () => {
    const { fields } = MINIMAL_PROPS;
    const versions = [
      fields,
      { ...fields, flow: "client_credentials" },
      { ...fields, client_id: "def" },
      { ...fields, scope: "server/read" },
      { flow: "user_password" },
    ].map(
      (some) => synthesizeVersion({ fields: some }).secret_string_wo_version,
    );
    expect(new Set(versions).size).toBe(versions.length);
  });

  test("is not written again if only the client's secret changes", () => {
    const { secret_string_wo_version } = synthesizeVersion({
      clientSecret: createUnknownText(),
    });
    expect(secret_string_wo_version).toBe(
      synthesizeVersion().secret_string_wo_version,
    );
    expect(secret_string_wo_version).not.toContain("client_secret");
  });

  test("has a version number of 28 bits that Terraform computes", () => {
    expect(synthesizeVersion().secret_string_wo_version).toMatch(
      /^\$\{parseint\(substr\(sha256\(jsonencode\(\{.*\}\)\), 0, 7\), 16\)\}$/,
    );
  });

  test.each([0, 7, 30])(
    "allows a recovery window of %d days",
    (recoveryDays) => {
      expect(
        getOnlyResource(
          synthesizeSecret({ recoveryDays }),
          "aws_secretsmanager_secret",
        ),
      ).toMatchObject({ recovery_window_in_days: recoveryDays });
      expect(validateProps({ recoveryDays })).toEqual([]);
    },
  );

  test("allows its readers to read and nothing else", () => {
    const policy = getOnlyResource(
      synthesizeSecret({ readerRoleArns: [ROLE] }),
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

  test("allows a reader that only Terraform knows", () => {
    expect(validateProps({ readerRoleArns: [createUnknownText()] })).toEqual(
      [],
    );
  });
});

/** Synthesizes a secret whose client secret can be rotated. */
function synthesizeRotatable(props: Partial<ClientSecretProps> = {}) {
  const clientSecret = createUnknownText();
  return synthesizeSecret({ clientSecret, ...props });
}

describe("a client secret that can be rotated", () => {
  test("has a first version without fields, which no reader gets", () => {
    const first = getOnlyResource(
      synthesizeRotatable(),
      "aws_secretsmanager_secret_version",
      "secret_string",
    );
    expect(first).toEqual({
      secret_id: "${aws_secretsmanager_secret.secret_4DA88516.id}",
      secret_string: "{}",
      version_stages: ["FIRST"],
      lifecycle: { ignore_changes: ["version_stages"] },
    });
  });

  test("reads the current version once the first one exists, without a copy in the state", () => {
    const { data, ephemeral } = synthesizeRotatable();
    expect(data).toEqual({});
    expect(ephemeral).toEqual({
      aws_secretsmanager_secret_version: {
        secret_current_98B838D2: {
          secret_id:
            "${aws_secretsmanager_secret_version.secret_first_E424C9AD.arn}",
        },
      },
    });
  });

  test("has the client secret of the current version, unless it is of another client", () => {
    const { locals } = synthesizeRotatable();
    const current =
      "jsondecode(ephemeral.aws_secretsmanager_secret_version.secret_current_98B838D2.secret_string)";
    expect(locals).toEqual({
      secret_live_F5B4C25F: `\${try(coalesce(try((${current}.client_id == "abc") ? ${current}.client_secret : "", ""), timestamp()), "")}`,
    });
    expect(
      synthesizeVersion({ clientSecret: createUnknownText() }).secret_string_wo,
    ).toContain('"client_secret" = local.secret_live_F5B4C25F');
  });

  test("compares the client id in fields that only Terraform knows", () => {
    const fields = createUnknownMap({ client_id: "abc" });
    expect(Object.values(synthesizeRotatable({ fields }).locals)).toEqual([
      expect.stringContaining(
        '.client_id == merge({"client_id" = "abc"}).client_id)',
      ),
    ]);
  });

  test("is not written without a client secret", () => {
    const version = getOnlyResource(
      synthesizeRotatable(),
      "aws_secretsmanager_secret_version",
      "secret_string_wo",
    );
    expect(version).toMatchObject({
      version_stages: ["AWSCURRENT", "TERRAFORM"],
      lifecycle: {
        ignore_changes: ["version_stages"],
        precondition: [
          {
            condition: "${(length(local.secret_live_F5B4C25F) >= 1)}",
            error_message:
              "The secret auth-dev/reader contains no secret of its client, and Cognito no longer returns one. Run rotate-secret, or restore the previous version of the secret.",
          },
        ],
      },
    });
  });

  test("can be changed by an override of its current version", () => {
    const { ephemeral } = synthesizeConstructs((scope) => {
      const current = new EphemeralSecretVersion(scope, "current", "id");
      current.addOverride("region", "us-east-1");
    });
    expect(ephemeral).toEqual({
      aws_secretsmanager_secret_version: {
        current: { secret_id: "id", region: "us-east-1" },
      },
    });
  });
});

describe("a client secret fails when", () => {
  test.each<[string, Partial<ClientSecretProps>, RegExp]>([
    [
      "its name has a space",
      { secretName: "a b" },
      /^secret name must be .*got "a b"$/,
    ],
    ["its name is empty", { secretName: "" }, /^secret name must be .*got ""$/],
    [
      "its recovery window is too short",
      { recoveryDays: 6 },
      /^secret recovery window must be .*got 6$/,
    ],
    [
      "its recovery window is too long",
      { recoveryDays: 31 },
      /^secret recovery window must be .*got 31$/,
    ],
    [
      "a field has a quote",
      { fields: { flow: 'a"b' } },
      /^secret field must be .*got "a\\"b"$/,
    ],
    [
      "it has a client secret and no client id",
      { fields: { flow: "a" }, clientSecret: createUnknownText() },
      /^fields of a secret with client_secret must have client_id, got none$/,
    ],
    [
      "its fields are too long in total",
      { fields: { a: "x".repeat(40_000), b: "x".repeat(40_000) } },
      /^number of bytes of a secret must be at most 65536, got \d+$/,
    ],
    [
      "its reader is everyone",
      { readerRoleArns: ["*"] },
      /^role ARN must be .*got "\*"$/,
    ],
    [
      "its reader is an account",
      { readerRoleArns: ["arn:aws:iam::123456789012:root"] },
      /^role ARN must be .*:root"$/,
    ],
    [
      "a reader is repeated",
      { readerRoleArns: [ROLE, ROLE] },
      /^role ARN must be unique, got .* twice$/,
    ],
    [
      "its readers exceed the policy size",
      {
        readerRoleArns: Array.from(
          { length: 400 },
          (_, index) => `${ROLE}-with-a-long-name-${index}`,
        ),
      },
      /^number of characters of a secret's policy must be at most 20480, got \d+$/,
    ],
  ])("%s", (_, props, message) => {
    expect(validateProps(props)).toEqual([expect.stringMatching(message)]);
  });

  test("it has several errors, and reports all of them", () => {
    expect(validateProps({ secretName: "", recoveryDays: 1 })).toHaveLength(2);
  });
});
