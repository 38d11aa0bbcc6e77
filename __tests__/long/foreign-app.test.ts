import { readFileSync } from "node:fs";
import path from "node:path";
import * as iam from "@aws-sdk/client-iam";
import * as s3 from "@aws-sdk/client-s3";
import { devDependencies } from "../../package.json";
import {
  createClientConfig,
  DEMO_ACCOUNT,
} from "../../scripts/lib/demo/account";
import { listStackResources } from "../../scripts/lib/demo/stack-resources";
import {
  describeLocal,
  expectSuccess,
  startLocalAccount,
  useResource,
} from "../support/deployment";
import { ForeignApp } from "../support/foreign-app";
import { getPackage } from "../support/installed-app";
import { listCodeBlocks } from "../support/pages";

const FILE = "docs/library.md";
const STACK = "our-auth-dev";

const [main = "", ownStack = ""] = listCodeBlocks({
  file: FILE,
  text: readFileSync(FILE, "utf8"),
})
  .filter(({ language }) => language === "ts")
  .map(({ code }) => code);

const CDKTF = {
  cdktf: devDependencies.cdktf,
  constructs: devDependencies.constructs,
  "@cdktf/provider-aws": devDependencies["@cdktf/provider-aws"],
};
const CDK_TERRAIN = {
  ...CDKTF,
  cdktf: `npm:cdktn@${devDependencies.cdktn}`,
  "@cdktf/provider-aws": `npm:@cdktn/provider-aws@${devDependencies["@cdktn/provider-aws"]}`,
};
const TOOLS = {
  "@types/jest": devDependencies["@types/jest"],
  "@types/node": devDependencies["@types/node"],
  tsx: devDependencies.tsx,
};

const aws = useResource(startLocalAccount);

/** Returns all inline policies of a role. */
async function readRolePolicies(RoleName: string): Promise<string> {
  const client = new iam.IAMClient(createClientConfig(aws()));
  const { PolicyNames = [] } = await client.send(
    new iam.ListRolePoliciesCommand({ RoleName }),
  );
  const policies = await Promise.all(
    PolicyNames.map((PolicyName) =>
      client.send(new iam.GetRolePolicyCommand({ RoleName, PolicyName })),
    ),
  );
  return policies
    .map(({ PolicyDocument = "" }) => decodeURIComponent(PolicyDocument))
    .join("\n");
}

async function listBuckets(): Promise<readonly string[]> {
  const client = new s3.S3Client({
    ...createClientConfig(aws()),
    forcePathStyle: true,
  });
  const { Buckets = [] } = await client.send(new s3.ListBucketsCommand({}));
  return Buckets.map(({ Name = "" }) => Name).filter(
    (name) => name !== DEMO_ACCOUNT.stateBucket,
  );
}

describeLocal.each([
  { packages: "cdktf", dependencies: CDKTF },
  { packages: "CDK Terrain", dependencies: CDK_TERRAIN },
])("an app of another team with $packages", ({ packages, dependencies }) => {
  let app: ForeignApp;

  beforeAll(async () => {
    app = new ForeignApp(aws().endpoint, {
      ".env": {
        STAGE: "dev",
        STATE_BACKEND: "local",
        DELETION_PROTECTION: "false",
        SECRET_RECOVERY_DAYS: "0",
      },
    });
    const own = { "veda-auth": `file:${getPackage()}` };
    await app.install({ ...own, ...dependencies, ...TOOLS }, main);
    await app.startProvider();
  }, 600_000);

  function readStack(stack: string): string {
    const file = path.join(app.getStackDirectory(stack), "cdk.tf.json");
    return readFileSync(file, "utf8");
  }

  test("has correct types with the options of a new app", async () => {
    app.writeFile("own.ts", ownStack);
    expect(await app.checkTypes()).toBe("");
  });

  test("is synthesized alike by veda-auth, by cdktf and as an ES module", async () => {
    await app.vedaAuth("synth");
    const synthesized = readStack(STACK);
    await app.cdktfSynth();
    expect(readStack(STACK)).toBe(synthesized);
    // Node requires the whole path in an ES module
    const imports = main.replace(/(lib\/[\w-]+)"/g, '$1/index.js"');
    app.writeFile("main.mjs", imports);
    app.removeOutput();
    await app.node("main.mjs");
    expect(readStack(STACK)).toBe(synthesized);
  });

  test("is tested by jest", async () => {
    await app.jest("main-test.ts");
  });

  test("deploys a stage with a bucket of a group and a role that reads a secret", async () => {
    expect(await app.vedaAuth("plan", "--stage", "dev")).toContain(
      "Stage dev: ",
    );
    await app.vedaAuth("deploy", "--stage", "dev", "--auto-approve");
    expect(await app.vedaAuth("plan", "--stage", "dev")).toContain(
      "Stage dev: no changes",
    );

    expect(await listBuckets()).toEqual([`${STACK}-maps`]);
    const group = await readRolePolicies(`${STACK}-editors`);
    expect(group).toContain(`"arn:aws:s3:::${STACK}-maps/*"`);
    expect(group).toContain("s3:PutObject");
    const outputs = await app.vedaAuth("outputs", "--format", "json");
    const { ingest_secret_arn: secret = "" } = JSON.parse(outputs) as {
      readonly ingest_secret_arn?: string;
    };
    expect(secret).toMatch(`:secret:${STACK}/ingest-`);
    const job = await readRolePolicies(`${STACK}-job`);
    expect(job).toContain(`"${secret}"`);
    expect(job).toContain("secretsmanager:GetSecretValue");
    const token = await app.vedaAuth("token", "--service-id", "ingest");
    expect(token).toContain("access_token");

    await app.vedaAuth("destroy", "--stage", "dev", "--auto-approve");
    expect(await listStackResources(aws(), STACK)).toEqual([]);
    expect(await listBuckets()).toEqual([]);
  }, 600_000);

  // these differ in main.ts only, so one set of packages is enough
  if (packages !== "cdktf") return;

  test("deploys a stack with the constructs alone", async () => {
    app.setMain("own-stack.ts");
    await app.cdktfSynth();
    await app.init("people");
    expectSuccess(await app.apply("people"));
    expectSuccess(await app.plan("people"));
    expect(await app.readOutputs("people")).toEqual({
      issuer: expect.stringContaining("eu-west-1") as string,
    });
    expectSuccess(await app.destroy("people"));
  }, 600_000);

  test("deploys two stages, and a stack that refers to both", async () => {
    app.setMain("two-stages.ts");
    await app.vedaAuth("synth");
    const stacks = [STACK, "our-auth-prod", "parameters"];
    for (const stack of stacks) {
      await app.init(stack);
      expectSuccess(await app.apply(stack));
      expectSuccess(await app.plan(stack));
    }
    for (const stack of stacks.reverse())
      expectSuccess(await app.destroy(stack));
  }, 600_000);
});
