import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { Environment } from "../../../stacks/config";
import { npmInstall } from "../npm";
import { ownProject } from "../own-command";
import { outputOf, type Measured } from "./paired-runs";

const INSTALL_SECONDS = 600;
const AWS_CDK = "aws-cdk-lib@2.276.0";
const TERRAIN = "cdktn@0.24";

/** Another project's app that makes a user pool, an API and so many service clients with a secret each. */
export interface PeerApp {
  readonly name: string;
  /** Most clients that it can make: CloudFormation takes 500 resources in a stack. */
  readonly most: number;
  readonly run: (clients: number) => Measured;
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
export async function awsCdk(
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
    { name: `AWS CDK (${AWS_CDK})`, most: 200, run: run({}) },
    {
      name: "AWS CDK without its checks",
      most: 200,
      run: run({ CDK_VALIDATION: "false" }),
    },
  ];
}

/**
 * This project's own app on CDK Terrain, which carries CDK for Terraform on.
 *
 * @throws UserError when it cannot be installed
 */
export async function cdkTerrain(
  folder: string,
  environment: Environment,
): Promise<PeerApp> {
  const packages = [TERRAIN, "@cdktn/provider-aws@25", "constructs@10.7.0"];
  await install(folder, packages, environment);
  const project = ownProject();
  const bundle = path.join(folder, "app.cjs");
  const installed = (name: string): string =>
    path.join(folder, "node_modules", name);
  await outputOf({
    command: path.join(project, "node_modules", ".bin", "esbuild"),
    args: [
      "scripts/bench-stage.ts",
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
    most: Infinity,
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
  await npmInstall(folder, packages, { environment, seconds: INSTALL_SECONDS });
}
