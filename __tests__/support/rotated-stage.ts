import { readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { inflateRawSync } from "node:zlib";
import * as secrets from "@aws-sdk/client-secrets-manager";
import { createClientConfig } from "../../scripts/lib/demo/account";
import { requestToken } from "../../scripts/lib/auth/token-endpoint";
import type { LocalAws } from "../../scripts/lib/local-aws/local-aws";
import type { ProcessResult } from "../../scripts/lib/system/processes";
import { AuthApp } from "../../stacks/app";
import { AuthStack } from "../../stacks/auth-stack";
import { Deployment, expectSuccess } from "./deployment";
import { decodeClaims } from "./jwt-claims";
import { plannedIn } from "./plan-text";
import { createStageConfig } from "./stage";

const STACK = "veda-auth-stack-dev";
const SERVICE = "workflows-client";
const SERVER = "registry";
const PLAN = "rotation.tfplan";
export const SECRET_NAME = `${STACK}/${SERVICE}`;

/** Addresses of the service client and its secret, in resources and in the configuration. */
export const ADDRESSES = {
  client: "aws_cognito_user_pool_client.clients_workflows-client_1C315FC7",
  secret: "aws_secretsmanager_secret.secrets_workflows-client_9E056E3B",
  first:
    "aws_secretsmanager_secret_version.secrets_workflows-client_first_E3148B15",
  version:
    "aws_secretsmanager_secret_version.secrets_workflows-client_version_860C254D",
} as const;

type Scope = "read" | "write";

interface Synthesis {
  readonly syntax?: "json" | "hcl";
  /** Whether to leave out what rotations need, as earlier versions did. */
  readonly isPrevious?: boolean;
}

/** A stage with a service client and a web client, whose configuration changes between its deployments. */
export class RotatedStage {
  readonly deployment: Deployment;
  private readonly manager: secrets.SecretsManagerClient;

  constructor(private readonly aws: LocalAws) {
    this.deployment = new Deployment(aws.endpoint, {
      ".env.dev": { STATE_BACKEND: "local", OWNER: "operator" },
    });
    this.manager = new secrets.SecretsManagerClient(createClientConfig(aws));
  }

  /** Writes the configuration of the stage, in which the service client has these scopes; without any, it is left out. */
  synthesize(
    scopes: readonly Scope[],
    { syntax = "json", isPrevious = false }: Synthesis = {},
  ): void {
    const outdir = path.join(this.deployment.directory, "cdktf.out");
    const app = new AuthApp({ outdir });
    const auth = new AuthStack(
      app,
      createStageConfig({
        DELETION_PROTECTION: "false",
        SECRET_RECOVERY_DAYS: "0",
      }),
    );
    auth.addOverride("terraform.backend.local.path", this.stateFile);
    const server = auth.addResourceServer(SERVER, { read: "R", write: "W" });
    if (scopes.length > 0)
      auth.addServiceClient(SERVICE, {
        scopes: scopes.map((scope) => server.scope(scope)),
      });
    auth.addWebClient("grafana", { callbackUrls: ["https://a.example/"] });
    auth.addProgrammaticClient("programmatic-client");
    app.synth();
    const file = this.getStackFile("cdk.tf.json");
    const nativeFile = this.getStackFile("cdk.tf");
    if (isPrevious)
      writeFileSync(file, removeRotation(readFileSync(file, "utf8")));
    rmSync(syntax === "hcl" ? file : nativeFile, { force: true });
    if (syntax === "hcl") writeFileSync(nativeFile, auth.toHclTerraform().hcl);
  }

  async init(): Promise<void> {
    await this.deployment.init(STACK);
  }

  async apply(...args: readonly string[]): Promise<void> {
    await this.terraform("apply", "-auto-approve", "-input=false", ...args);
  }

  async destroy(): Promise<void> {
    expectSuccess(await this.deployment.destroy(STACK));
  }

  async terraform(...args: readonly string[]): Promise<string> {
    const result = await this.deployment.terraform(STACK, ...args);
    expectSuccess(result);
    return result.stdout;
  }

  async tryPlan(...args: readonly string[]): Promise<ProcessResult> {
    return this.deployment.plan(STACK, ...args);
  }

  /** Plans the stage, and returns the action on each resource. */
  async plan(...args: readonly string[]): Promise<Record<string, string>> {
    const { code, stdout, stderr } = await this.tryPlan(...args);
    expect([code, stderr]).toEqual([stdout.includes("No changes") ? 0 : 2, ""]);
    return plannedIn(stdout);
  }

  /** Plans the stage; returns what Terraform stores, which is the plan as a file and as JSON, and the state. */
  async readStored(): Promise<
    Readonly<Record<"plan" | "json" | "state", string>>
  > {
    await this.plan(`-out=${PLAN}`);
    return {
      plan: unzip(readFileSync(this.getStackFile(PLAN))),
      json: await this.terraform("show", "-json", PLAN),
      state: readFileSync(this.stateFile, "utf8"),
    };
  }

  /** Applies the plan of {@link readStored}. */
  async tryApplyStored(): Promise<ProcessResult> {
    return this.deployment.terraform(STACK, "apply", "-input=false", PLAN);
  }

  /** Returns the fields of the service client's secret that a reader gets. */
  async readFields(): Promise<Readonly<Record<string, string>>> {
    const { SecretString = "" } = await this.manager.send(
      new secrets.GetSecretValueCommand({ SecretId: SECRET_NAME }),
    );
    return JSON.parse(SecretString) as Record<string, string>;
  }

  async readClientSecret(): Promise<string> {
    const { client_secret: clientSecret = "" } = await this.readFields();
    expect(clientSecret).not.toBe("");
    return clientSecret;
  }

  /** Overwrites the service client's secret outside Terraform. */
  async writeSecret(SecretString: string): Promise<void> {
    await this.manager.send(
      new secrets.PutSecretValueCommand({
        SecretId: SECRET_NAME,
        SecretString,
      }),
    );
  }

  /** Requests a token as a service does, and returns its scopes. */
  async requestScopes(): Promise<string> {
    const { client_id, client_secret, scope } = await this.readFields();
    const { access_token: token } = await requestToken(
      {
        url: new URL("/oauth2/token", this.aws.endpoint),
        clientId: client_id ?? "",
        clientSecret: client_secret ?? "",
        scope: scope ?? "",
      },
      { log: () => undefined },
    );
    return String(decodeClaims(token).scope);
  }

  /** Rotates the service client's secret, and returns the new one. */
  async startRotation(): Promise<string> {
    await this.rotate();
    return this.readClientSecret();
  }

  async finishRotation(): Promise<void> {
    await this.rotate("--finish");
  }

  async rotate(...options: readonly string[]): Promise<void> {
    const target = ["--stage", "dev", "--service-id", SERVICE];
    expectSuccess(
      await this.deployment.runCommand("rotate-secret", ...target, ...options),
    );
  }

  private get stateFile(): string {
    const name = `terraform.${STACK}.tfstate`;
    return path.join(this.deployment.directory, name);
  }

  private getStackFile(name: string): string {
    return path.join(this.deployment.getStackDirectory(STACK), name);
  }
}

/** Removes all that a rotation needs from a configuration, which earlier versions did not have. */
export function removeRotation(json: string): string {
  const { locals, resource, ...others } = JSON.parse(json) as {
    readonly locals: Readonly<Record<string, string>>;
    readonly resource: Readonly<Record<string, Record<string, object>>>;
  };
  const { aws_secretsmanager_secret_version: versions = {} } = resource;
  expect(Object.keys(locals)).not.toEqual([]);
  const previous = JSON.stringify(
    {
      ...others,
      ephemeral: undefined,
      resource: {
        ...resource,
        aws_secretsmanager_secret_version: Object.fromEntries(
          Object.entries(versions)
            .filter(([, version]) => "secret_string_wo" in version)
            .map(([name, version]) => [
              name,
              { ...version, lifecycle: undefined, version_stages: undefined },
            ]),
        ),
      },
    },
    null,
    2,
  );
  return Object.entries(locals).reduce((text, [name, expression]) => {
    const [clientSecret = ""] =
      /aws_cognito_user_pool_client\.[\w-]+\.client_secret/.exec(expression) ??
      [];
    return text.replaceAll(`local.${name}`, clientSecret);
  }, previous);
}

/** Returns the content of all files of a zip archive, by its central directory. */
function unzip(archive: Buffer): string {
  const entries: Buffer[] = [];
  for (
    let at = archive.indexOf("PK\x01\x02");
    at >= 0;
    at = archive.indexOf("PK\x01\x02", at + 4)
  ) {
    const size = archive.readUInt32LE(at + 20);
    const local = archive.readUInt32LE(at + 42);
    const start =
      local +
      30 +
      archive.readUInt16LE(local + 26) +
      archive.readUInt16LE(local + 28);
    entries.push(inflateRawSync(archive.subarray(start, start + size)));
  }
  return entries.map(String).join("\n");
}
