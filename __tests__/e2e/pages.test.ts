import * as s3 from "@aws-sdk/client-s3";
import * as secrets from "@aws-sdk/client-secrets-manager";
import { createClientConfig } from "../../scripts/lib/demo/account";
import {
  type AttachedLocalAws,
  createLocalAwsEnvironment,
} from "../../scripts/lib/local-aws/local-aws";
import { getEnvironmentWithoutSettings } from "../../scripts/lib/terraform/environment";
import { createProviderEnvironment } from "../../scripts/lib/terraform/terraform";
import {
  describeLocal,
  startLocalAccount,
  useResource,
} from "../support/deployment";
import { PageShell } from "../support/page-shell";
import { type CodeBlock, listCodeBlocks, readPages } from "../support/pages";

/** Pages whose blocks run one after another in one directory, from an empty account. */
const SESSIONS = [
  ["README.md"],
  [
    "docs/deploy.md",
    "docs/get-a-token.md",
    "docs/sign-in.md",
    "docs/review.md",
    "docs/troubleshooting.md",
    "docs/upgrade-and-uninstall.md",
  ],
  ["docs/local-aws.md"],
];
const [README = [], STAGE = [], LOCAL = []] = SESSIONS;

/** Output of a block with this text. The first text that matches counts. */
const EXPECTED: readonly (readonly [code: string, output: RegExp])[] = [
  ["veda-auth verify", /"scope": "\S+\/stac:register"/],
  ["veda-auth token", /"token_type":"Bearer"/],
  ["curl --silent", /"access_token": ?"eyJ/],
  ["import boto3", /^eyJ/],
  ["credentials --stage dev --format process", /"AccessKeyId": ?"ASIA/],
  ["outputs --stage dev --name userpool_id", /us-west-2_/],
];

/** In blocks that read the hosted domain from the secret. */
const DIRECT_READER = "cognito_domain";

jest.setTimeout(300_000);

const runnable = readPages()
  .flatMap(listCodeBlocks)
  .filter(({ isRunnable }) => isRunnable);
const aws = useResource(startAccountWithBucket);

test("every page with a runnable block is in a session", () => {
  const files = [...new Set(runnable.map(({ file }) => file))].sort();
  expect(files).toEqual(SESSIONS.flat().sort());
});

describeLocal.each([
  ["the README", README],
  ["the pages about a stage", STAGE],
])("%s", (_name, files) => {
  let shell: PageShell;
  let hasFailed = false;

  beforeAll(() => {
    const { endpoint } = aws();
    shell = PageShell.create({
      ...getEnvironmentWithoutSettings(),
      ...createLocalAwsEnvironment(endpoint),
      ...createProviderEnvironment(),
    });
  });

  test.each(files)("%s", async (file) => {
    if (hasFailed) throw new Error("an earlier page failed");
    hasFailed = true;
    for (const block of listBlocks(file)) {
      const run = () => runBlock(shell, block);
      await (block.code.includes(DIRECT_READER) ? withLocalDomain(run) : run());
    }
    hasFailed = false;
  });
});

describeLocal("the page about the local AWS", () => {
  test.each(LOCAL)("%s", async (file) => {
    const shell = PageShell.create({
      ...getEnvironmentWithoutSettings(),
      ...createProviderEnvironment(),
    });
    shell.linkLocalAws();
    for (const block of listBlocks(file)) await runBlock(shell, block);
  });
});

/** Starts a local AWS with the bucket of the examples. */
async function startAccountWithBucket(): Promise<AttachedLocalAws> {
  const account = await startLocalAccount();
  const client = new s3.S3Client({
    ...createClientConfig(account),
    forcePathStyle: true,
  });
  await client.send(
    new s3.CreateBucketCommand({
      Bucket: "our-auth-state",
      CreateBucketConfiguration: { LocationConstraint: "us-west-2" },
    }),
  );
  return account;
}

function listBlocks(file: string): readonly CodeBlock[] {
  return runnable.filter((block) => block.file === file);
}

async function runBlock(shell: PageShell, block: CodeBlock): Promise<void> {
  const { code, stdout, stderr } = await shell.run(block);
  if (code !== 0)
    throw new Error(
      `exit code ${code} of\n${block.code}\n${stdout.slice(-2000)}\n${stderr.slice(-4000)}`,
    );
  const expected = EXPECTED.find(([text]) => block.code.includes(text));
  if (expected !== undefined) expect(stdout).toMatch(expected[1]);
}

/** Runs a job while the secret names the local AWS as the hosted domain, since curl and Python read only the secret. */
async function withLocalDomain<T>(job: () => Promise<T>): Promise<T> {
  const client = new secrets.SecretsManagerClient(createClientConfig(aws()));
  const target = { SecretId: "our-auth-dev/workflows-client" };
  const { SecretString = "", VersionId } = await client.send(
    new secrets.GetSecretValueCommand(target),
  );
  const { endpoint } = aws();
  const value = JSON.parse(SecretString) as object;
  const { VersionId: localVersion } = await client.send(
    new secrets.PutSecretValueCommand({
      ...target,
      SecretString: JSON.stringify({ ...value, cognito_domain: endpoint }),
    }),
  );
  try {
    return await job();
  } finally {
    // the state refers to this version
    await client.send(
      new secrets.UpdateSecretVersionStageCommand({
        ...target,
        VersionStage: "AWSCURRENT",
        MoveToVersionId: VersionId,
        RemoveFromVersionId: localVersion,
      }),
    );
  }
}
