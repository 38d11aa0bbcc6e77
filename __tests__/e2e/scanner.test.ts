import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { runProcess } from "../../scripts/lib/system/processes";
import {
  getEnvironment,
  type Environment,
} from "../../stacks/config/environment";
import {
  Deployment,
  describeLocal,
  expectSuccess,
} from "../support/deployment";
import { removeTemporaryDirectories } from "../support/stage";

const managers = "arn:aws:iam::123456789012:role/veda-data-access";
const COMMON: Environment = {
  OWNER: "operator",
  AWS_ACCOUNT_ID: "123456789012",
  STATE_BUCKET_NAME: "our-state",
  PERMISSIONS_BOUNDARY_POLICY_NAME: "veda-auth-stack-boundary",
};
const FULL: Environment = {
  ...COMMON,
  COGNITO_GROUPS: "true",
  DATA_MANAGERS_ROLE_ARN: managers,
  SECRET_ROLE_ACCESS: managers,
  DASHBOARD_CALLBACK_URLS: "https://a.example/",
  PROGRAMMATIC_CALLBACK_URLS: "http://localhost:8000/",
  OIDC_PROVIDER_URL: "token.actions.githubusercontent.com",
  OIDC_PROVIDER_EXISTS: "true",
};
const ACCOUNT: Environment = {
  ...COMMON,
  GITHUB_REPOSITORY: "octo/auth",
  GITHUB_OWNER_ID: "1",
  GITHUB_REPOSITORY_ID: "2",
  ACCOUNT_STAGES: "dev,prod",
};

interface Finding {
  readonly check_id: string;
  readonly resource: string;
  readonly check_result: { readonly suppress_comment?: string };
}

interface Scan {
  readonly results: {
    readonly passed_checks: readonly Finding[];
    readonly failed_checks: readonly Finding[];
    readonly skipped_checks: readonly Finding[];
  };
  readonly summary: {
    readonly parsing_errors: number;
    readonly resource_count: number;
  };
}

afterAll(removeTemporaryDirectories);

/** Scans the stacks of these settings in Terraform's native syntax with Checkov. */
async function scan(
  files: Readonly<Record<string, Environment>>,
  change: (text: string) => string = (text) => text,
): Promise<Scan> {
  const deployment = new Deployment("http://127.0.0.1:1", files);
  const written = await deployment.synth("--hcl");
  expectSuccess(written);
  for (const name of written.stdout.trim().split("\n")) {
    const file = path.join(deployment.directory, name);
    writeFileSync(file, change(readFileSync(file, "utf8")));
  }
  const { stdout } = await runProcess(
    getEnvironment().E2E_CHECKOV ?? "checkov",
    [
      "--directory",
      path.join(deployment.directory, "cdktf.out", "stacks"),
      ...["--framework", "terraform", "--output", "json"],
      // Checkov downloads the descriptions of checks
      "--skip-download",
    ],
    { environment: getEnvironment(), timeoutSeconds: 120 },
  );
  return JSON.parse(stdout) as Scan;
}

function formatFindings(list: readonly Finding[]): string[] {
  return list.map(({ check_id, resource }) => `${check_id} ${resource}`).sort();
}

describeLocal("Checkov", () => {
  let all: Scan;

  beforeAll(async () => {
    all = await scan({
      ".env.account": { ...ACCOUNT, STATE_CUSTOMER_KEY: "true" },
      ".env.dev": FULL,
    });
  }, 120_000);

  test("reads the account's stack and a full stage", () => {
    expect(all.summary.parsing_errors).toBe(0);
    expect(all.summary.resource_count).toBeGreaterThan(40);
    expect(all.results.passed_checks.length).toBeGreaterThan(100);
  });

  test("finds nothing that is not suppressed", () => {
    expect(formatFindings(all.results.failed_checks)).toEqual([]);
  });

  test("reads a reason for each suppressed finding", () => {
    expect(formatFindings(all.results.skipped_checks)).toMatchInlineSnapshot(`
[
  "CKV2_AWS_57 aws_secretsmanager_secret.secrets_identity-provider_2FD31255",
  "CKV2_AWS_57 aws_secretsmanager_secret.secrets_programmatic-client_343F6AFB",
  "CKV2_AWS_57 aws_secretsmanager_secret.secrets_workflows-client_9E056E3B",
  "CKV2_AWS_62 aws_s3_bucket.state-bucket_5D7007DC",
  "CKV_AWS_144 aws_s3_bucket.state-bucket_5D7007DC",
  "CKV_AWS_149 aws_secretsmanager_secret.secrets_identity-provider_2FD31255",
  "CKV_AWS_149 aws_secretsmanager_secret.secrets_programmatic-client_343F6AFB",
  "CKV_AWS_149 aws_secretsmanager_secret.secrets_workflows-client_9E056E3B",
  "CKV_AWS_18 aws_s3_bucket.state-bucket_5D7007DC",
]
`);
    for (const { check_result, ...finding } of all.results.skipped_checks)
      expect([finding.check_id, check_result.suppress_comment]).toEqual([
        finding.check_id,
        expect.stringMatching(/^\w.{20,}/),
      ]);
  });

  test("finds nothing in an account without a customer managed key", async () => {
    const { results } = await scan({ ".env.account": ACCOUNT });
    expect(formatFindings(results.failed_checks)).toEqual([]);
    expect(formatFindings(results.skipped_checks)).toContainEqual(
      expect.stringMatching(/^CKV_AWS_145 aws_s3_bucket\./),
    );
  }, 120_000);

  test("fails when a finding is not suppressed", async () => {
    const { results } = await scan({ ".env.account": ACCOUNT }, (text) =>
      text.replace(/# checkov:skip=CKV_AWS_18:.*/, ""),
    );
    expect(formatFindings(results.failed_checks)).toEqual([
      expect.stringMatching(/^CKV_AWS_18 aws_s3_bucket\./),
    ]);
  }, 120_000);
});
