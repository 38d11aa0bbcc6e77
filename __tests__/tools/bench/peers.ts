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
import type { BenchContext } from "./goals";

const INSTALL_SECONDS = 600;
const AWS_CDK = "aws-cdk-lib@2.276.0";
const TERRAIN = "cdktn@0.24";

/** Another project's app that makes a user pool, an API and so many service clients with a secret each. */
export interface PeerApp {
  readonly name: string;
  /** Most clients that it can make: CloudFormation takes 500 resources in a stack. */
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
 * AWS CDK, with the checks that it makes by default and without.
 *
 * @throws UserError when it cannot be installed
 */
export async function installAwsCdk(
  folder: string,
  environment: Environment,
): Promise<readonly PeerApp[]> {
  await install(folder, [AWS_CDK, "constructs@10"], environment);
  const app = path.join(folder, "app.cjs");
  writeFileSync(app, CDK_APP);
  const run = (checks: Environment) => (clients: number) => ({
    command: process.execPath,
    args: [app, String(clients), path.join(folder, "out")],
    environment: { ...environment, ...checks },
    directory: folder,
  });
  return [
    { name: `AWS CDK (${AWS_CDK})`, maxClients: 200, run: run({}) },
    {
      name: "AWS CDK without its checks",
      maxClients: 200,
      run: run({ CDK_VALIDATION: "false" }),
    },
  ];
}

/**
 * This project's own app on CDK Terrain, which carries CDK for Terraform on.
 *
 * @throws UserError when it cannot be installed
 */
export async function installCdkTerrain(
  folder: string,
  environment: Environment,
): Promise<PeerApp> {
  const packages = [TERRAIN, "@cdktn/provider-aws@25", "constructs@10.7.0"];
  await install(folder, packages, environment);
  const project = findProjectDirectory();
  const bundle = path.join(folder, "app.cjs");
  const installed = (name: string): string =>
    path.join(folder, "node_modules", name);
  await runMeasured({
    command: path.join(project, "node_modules", ".bin", "esbuild"),
    args: [
      "__tests__/tools/bench/stage-with-clients.ts",
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
      args: [bundle, String(clients), path.join(folder, "out")],
      environment,
    }),
  };
}

async function install(
  folder: string,
  packages: readonly string[],
  environment: Environment,
): Promise<void> {
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, "package.json"), '{"private":true}');
  await installPackages(folder, packages, {
    environment,
    seconds: INSTALL_SECONDS,
  });
}

/** Clients of the apps that are compared. */
const COMPARED = 100;

/** What is beside the goals: how this project stands to others, and how it grows. */
export interface Comparison {
  readonly peers: readonly PeerFigure[];
  readonly growth: readonly Growth[];
}

/**
 * Compares this project with those that make the same in another way, as far as they can be installed.
 *
 * @param log told what is measured, and what is left out
 */
export async function compareWithPeers(
  place: BenchContext,
  log: (line: string) => void,
): Promise<Comparison> {
  const own: PeerApp = {
    name: "this project",
    maxClients: Infinity,
    run: (clients) => ({
      command: process.execPath,
      args: [
        ...getCommandArguments("bench-stage"),
        String(clients),
        path.join(place.directory, "own"),
      ],
      environment: place.environment,
    }),
  };
  const apps = [
    ...(await installed("CDK Terrain", log, async () => [
      await installCdkTerrain(
        path.join(place.directory, "cdktn"),
        place.environment,
      ),
    ])),
    ...(await installed("AWS CDK", log, () =>
      installAwsCdk(path.join(place.directory, "aws-cdk"), place.environment),
    )),
  ];
  const peers: PeerFigure[] = [];
  const add = async (
    name: string,
    mine: MeasuredCommand,
    theirs: MeasuredCommand,
  ): Promise<void> => {
    log(`measuring ${name}`);
    const ratio = await measureRatio(mine, theirs, place.rounds);
    peers.push({ name, ...roundRatio(ratio) });
  };
  for (const app of apps)
    await add(
      `synth of ${COMPARED} clients / ${app.name}`,
      own.run(COMPARED),
      app.run(COMPARED),
    );
  await add(
    `synth of ${COMPARED} clients / terraform fmt of them, written by hand`,
    own.run(COMPARED),
    await byHand(place),
  );
  await add(
    "terraform plan and show, by hand / cdktf diff",
    planAndShow(place),
    place.diffCommand,
  );
  const growth: Growth[] = [];
  for (const app of [own, ...apps]) {
    log(`measuring how ${app.name} grows`);
    growth.push(await measureGrowth(app, Math.min(place.rounds, 3)));
  }
  return { peers, growth };
}

async function installed(
  name: string,
  log: (line: string) => void,
  install: () => Promise<readonly PeerApp[]>,
): Promise<readonly PeerApp[]> {
  log(`installing ${name}`);
  try {
    return await install();
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    log(`${name} is left out: ${error.message}`);
    return [];
  }
}

/** Terraform reading the same stage in its own language: what a configuration costs that nothing generates. */
async function byHand(place: BenchContext): Promise<MeasuredCommand> {
  const folder = path.join(place.directory, "by-hand");
  await runMeasured({
    command: process.execPath,
    args: [...getCommandArguments("bench-stage"), String(COMPARED), folder],
    environment: { ...place.environment, SYNTH_HCL_OUTPUT: "true" },
  });
  return {
    command: "terraform",
    args: ["fmt", "-check"],
    environment: place.environment,
    directory: path.join(folder, "stacks", "veda-auth-stack-bench"),
  };
}

/** The least that a review of a plan needs: Terraform's own work. */
function planAndShow(place: BenchContext): MeasuredCommand {
  const commands =
    "terraform plan -input=false -out=bench.tfplan && terraform show -json bench.tfplan";
  return {
    command: "bash",
    args: ["-c", commands],
    environment: { ...place.environment, ...place.deployed },
    directory: place.deployedDirectory,
  };
}
