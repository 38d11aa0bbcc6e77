import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { Environment } from "../../../stacks/config/environment";
import { installPackages } from "../npm";
import {
  findProjectDirectory,
  getCommandArguments,
} from "../../../scripts/lib/system/project-directory";
import {
  type Growth,
  type MeasuredCommand,
  measureGrowth,
  measureRatio,
  runMeasured,
} from "./measurements";
import { UserError } from "../../../constructs/errors";
import { type PeerFigure, roundRatio } from "./report";
import { createPlanCommand, STAGE_COMMAND, type BenchContext } from "./goals";

const INSTALL_SECONDS = 600;
const AWS_CDK = "aws-cdk-lib@2.276.0";
const TERRAIN = "cdktn@0.24";

/** Another tool's app that creates a user pool, an API and a number of service clients with a secret each. */
export interface PeerApp {
  readonly name: string;
  /** Maximum number of clients: CloudFormation allows 500 resources in a stack. */
  readonly maxClients: number;
  readonly run: (clients: number) => MeasuredCommand;
}

const CDK_APP = `
const { App, Stack, SecretValue, aws_cognito: cognito, aws_secretsmanager: secrets } = require("aws-cdk-lib");
const [count, outdir] = process.argv.slice(2);
const app = new App({ outdir });
const stack = new Stack(app, "bench");
const pool = new cognito.UserPool(stack, "pool");
pool.addDomain("domain", { cognitoDomain: { domainPrefix: "bench" } });
const scope = new cognito.ResourceServerScope({ scopeName: "read", scopeDescription: "Read" });
const server = pool.addResourceServer("api", { identifier: "api", scopes: [scope] });
for (let index = 0; index < Number(count); index += 1) {
  const client = pool.addClient("client-" + index, {
    generateSecret: true,
    oAuth: { flows: { clientCredentials: true }, scopes: [cognito.OAuthScope.resourceServer(server, scope)] },
  });
  new secrets.Secret(stack, "secret-" + index, {
    secretName: "bench/client-" + index,
    secretObjectValue: { client_id: SecretValue.unsafePlainText(client.userPoolClientId) },
  });
}
app.synth();
`;

/**
 * Installs AWS CDK and returns its app, with its default validation and without.
 *
 * @throws UserError if npm fails
 */
export async function installAwsCdk(
  directory: string,
  environment: Environment,
): Promise<readonly PeerApp[]> {
  await install(directory, [AWS_CDK, "constructs@10"], environment);
  const app = path.join(directory, "app.cjs");
  writeFileSync(app, CDK_APP);
  const run = (validation: Environment) => (clients: number) => ({
    command: process.execPath,
    args: [app, String(clients), path.join(directory, "out")],
    environment: { ...environment, ...validation },
    directory,
  });
  return [
    { name: `AWS CDK (${AWS_CDK})`, maxClients: 200, run: run({}) },
    {
      name: "AWS CDK without validation",
      maxClients: 200,
      run: run({ CDK_VALIDATION: "false" }),
    },
  ];
}

/**
 * Installs CDK Terrain, the successor of CDK for Terraform, and returns this project's app on it.
 *
 * @throws UserError if npm fails
 */
export async function installCdkTerrain(
  directory: string,
  environment: Environment,
): Promise<PeerApp> {
  const packages = [TERRAIN, "@cdktn/provider-aws@25", "constructs@10.7.0"];
  await install(directory, packages, environment);
  const project = findProjectDirectory();
  const bundle = path.join(directory, "app.cjs");
  const installed = (name: string): string =>
    path.join(directory, "node_modules", name);
  await runMeasured({
    command: path.join(project, "node_modules", ".bin", "esbuild"),
    args: [
      `${STAGE_COMMAND}.ts`,
      "--bundle",
      "--platform=node",
      "--target=node20",
      "--main-fields=module,main",
      "--external:@aws-sdk/*",
      "--log-level=error",
      `--alias:cdktf=${installed("cdktn")}`,
      `--alias:@cdktf/provider-aws=${installed("@cdktn/provider-aws")}`,
      `--alias:constructs=${installed("constructs")}`,
      `--outfile=${bundle}`,
    ],
    environment,
    directory: project,
  });
  return {
    name: `CDK Terrain (${TERRAIN})`,
    maxClients: Infinity,
    run: (clients) => ({
      command: process.execPath,
      args: [bundle, String(clients), path.join(directory, "out")],
      environment,
    }),
  };
}

async function install(
  directory: string,
  packages: readonly string[],
  environment: Environment,
): Promise<void> {
  mkdirSync(directory, { recursive: true });
  writeFileSync(path.join(directory, "package.json"), '{"private":true}');
  await installPackages(directory, packages, {
    environment,
    seconds: INSTALL_SECONDS,
  });
}

/** Number of clients of the compared apps. */
const CLIENTS = 100;

/** Ratios to other tools, and growth with the number of clients. */
export interface Comparison {
  readonly peers: readonly PeerFigure[];
  readonly growth: readonly Growth[];
}

/** Compares this project with other tools. Skips a tool that cannot be installed. */
export async function compareWithPeers(
  context: BenchContext,
  log: (line: string) => void,
): Promise<Comparison> {
  const own: PeerApp = {
    name: "this project",
    maxClients: Infinity,
    run: (clients) => ({
      command: process.execPath,
      args: [
        ...getCommandArguments(STAGE_COMMAND),
        String(clients),
        path.join(context.directory, "own"),
      ],
      environment: context.environment,
    }),
  };
  const apps = [
    ...(await installIfPossible("CDK Terrain", log, async () => [
      await installCdkTerrain(
        path.join(context.directory, "cdktn"),
        context.environment,
      ),
    ])),
    ...(await installIfPossible("AWS CDK", log, () =>
      installAwsCdk(
        path.join(context.directory, "aws-cdk"),
        context.environment,
      ),
    )),
  ];
  const peers: PeerFigure[] = [];
  const add = async (
    name: string,
    one: MeasuredCommand,
    other: MeasuredCommand,
  ): Promise<void> => {
    log(`Measuring ${name}…`);
    const ratio = await measureRatio(one, other, context.rounds);
    peers.push({ name, ...roundRatio(ratio) });
  };
  for (const app of apps)
    await add(
      `synth of ${CLIENTS} clients / ${app.name}`,
      own.run(CLIENTS),
      app.run(CLIENTS),
    );
  await add(
    `synth of ${CLIENTS} clients / terraform fmt of them as HCL`,
    own.run(CLIENTS),
    await createFormatCommand(context),
  );
  await add(
    "terraform plan and show / cdktf diff",
    createPlanCommand(context),
    context.diffCommand,
  );
  const growth: Growth[] = [];
  for (const app of [own, ...apps]) {
    log(`Measuring the growth of ${app.name}…`);
    growth.push(await measureGrowth(app, Math.min(context.rounds, 3)));
  }
  return { peers, growth };
}

async function installIfPossible(
  name: string,
  log: (line: string) => void,
  install: () => Promise<readonly PeerApp[]>,
): Promise<readonly PeerApp[]> {
  log(`Installing ${name}…`);
  try {
    return await install();
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    log(`Skipping ${name}: ${error.message}`);
    return [];
  }
}

/** Returns a command in which Terraform only reads the same stage in HCL: the cost without synthesis. */
async function createFormatCommand(
  context: BenchContext,
): Promise<MeasuredCommand> {
  const directory = path.join(context.directory, "hcl");
  await runMeasured({
    command: process.execPath,
    args: [...getCommandArguments(STAGE_COMMAND), String(CLIENTS), directory],
    environment: { ...context.environment, SYNTH_HCL_OUTPUT: "true" },
  });
  return {
    command: "terraform",
    args: ["fmt", "-check"],
    environment: context.environment,
    directory: path.join(directory, "stacks", "veda-auth-stack-bench"),
  };
}
