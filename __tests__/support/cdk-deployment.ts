import { spawn } from "node:child_process";
import path from "node:path";
import { text } from "node:stream/consumers";
import * as cloudformation from "@aws-sdk/client-cloudformation";
import * as identity from "@aws-sdk/client-cognito-identity";
import * as idp from "@aws-sdk/client-cognito-identity-provider";
import {
  createClientConfig,
  createDemoUser,
  DEMO_ACCOUNT,
} from "../../scripts/lib/demo/account";
import type { AttachedLocalAws } from "../../scripts/lib/local-aws/local-aws";
import type { Environment } from "../../stacks/config/environment";
import { createCdkTemplate, type CdkAppOptions } from "./cdk-template";
import { Deployment, expectSuccess, startLocalAccount } from "./deployment";
import { resetOmittedClientFields } from "./omitted-fields";
import { killProcessTree } from "./process-tree";
import { FaultProxy, type Call } from "./fault-proxy";

const PROJECT = path.resolve(__dirname, "../..");
export const STACK = "veda-auth-stack-dev";
/** Settings of a stage with its state in the account's bucket. */
export const S3_STATE: Environment = {
  STATE_BUCKET_NAME: DEMO_ACCOUNT.stateBucket,
  OWNER: "owner",
  SECRET_RECOVERY_DAYS: "7",
};

/** Arguments of a step without questions. */
export const STAGE = ["--stage", "dev", "--yes"];

export interface Run {
  /** `null` if the run was killed. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A user who signed in before the adoption. */
export interface LiveUser {
  readonly userName: string;
  readonly password: string;
  readonly refreshToken: string;
  /** Absent without an identity pool. */
  readonly identityId: string | undefined;
}

/** A local AWS with a stack of the CDK app, and a directory to adopt it from. */
export class CdkDeployment {
  /** Output of all adoption steps. */
  readonly printed: string[] = [];

  private constructor(
    readonly aws: AttachedLocalAws,
    readonly proxy: FaultProxy,
    readonly deployment: Deployment,
  ) {}

  /** @param isKilled whether steps are killed together with their provider, which each step then starts itself */
  static async start(
    files: Readonly<Record<string, Environment>>,
    isKilled = false,
  ): Promise<CdkDeployment> {
    const aws = await startLocalAccount();
    const proxy = await FaultProxy.start(aws.endpoint);
    proxy.rewrite = resetOmittedClientFields;
    const deployment = new Deployment(proxy.endpoint, files);
    deployment.variables = { COGNITO_DOMAIN_ENDPOINT: aws.endpoint };
    if (!isKilled) await deployment.startProvider("adopt");
    return new CdkDeployment(aws, proxy, deployment);
  }

  /** Deploys the CDK app with CloudFormation. */
  async deploy(
    options: Partial<CdkAppOptions> = {},
    serialize: (template: object) => string = JSON.stringify,
  ): Promise<void> {
    const { stackName = STACK } = options;
    await this.createStack(
      stackName,
      serialize(createCdkTemplate({ ...options, stackName })),
    );
  }

  async createStack(StackName: string, TemplateBody: string): Promise<void> {
    const client = this.connectCloudFormation();
    await client.send(
      new cloudformation.CreateStackCommand({
        StackName,
        TemplateBody,
        Capabilities: ["CAPABILITY_NAMED_IAM"],
      }),
    );
    await cloudformation.waitUntilStackCreateComplete(
      { client, maxWaitTime: 60, minDelay: 1, maxDelay: 1 },
      { StackName },
    );
  }

  /**
   * Runs `npm run -s adopt` in the stage's directory.
   *
   * @param killAfter kills the run and its children once AWS has answered this call
   */
  async adopt(
    args: readonly string[],
    killAfter: (call: Call) => boolean = () => false,
  ): Promise<Run> {
    const child = spawn(
      process.execPath,
      [path.join(PROJECT, "scripts", "run.mjs"), "adopt", ...args],
      {
        cwd: this.deployment.directory,
        env: this.deployment.environment("adopt"),
        stdio: ["ignore", "pipe", "pipe"],
      },
    );
    this.proxy.onAnswered = (call) => {
      if (!killAfter(call)) return;
      this.proxy.onAnswered = () => undefined;
      killProcessTree(child.pid ?? 0);
    };
    const exited = new Promise<number | null>((resolve) => {
      child.once("close", resolve);
    });
    const [stdout, stderr, code] = await Promise.all([
      text(child.stdout),
      text(child.stderr),
      exited,
    ]);
    this.printed.push(stdout, stderr);
    return { code, stdout, stderr };
  }

  /** Runs steps without questions; each must succeed. */
  async runSteps(...steps: readonly string[]): Promise<void> {
    for (const step of steps) {
      const run = await this.adopt([step, ...STAGE]);
      expectSuccess({ ...run, code: run.code ?? -1 });
    }
  }

  /** Requires that a plan of the stage is empty. */
  async expectEmptyPlan(): Promise<void> {
    const options = ["--stage", "dev", "--detailed-exitcode"];
    expectSuccess(await this.deployment.runCommand("plan", ...options));
  }

  /** Returns the secret of the service client. */
  async readClientSecret(ids: Record<string, string>): Promise<string> {
    const { UserPoolClient } = await this.connectUserPools().send(
      new idp.DescribeUserPoolClientCommand({
        UserPoolId: ids.userpool0AC4AA96,
        ClientId: ids.userpoolworkflowsclientclient083E7B42,
      }),
    );
    return UserPoolClient?.ClientSecret ?? "";
  }

  /** Returns physical ids by logical ids; empty without a stack. */
  async readPhysicalIds(StackName = STACK): Promise<Record<string, string>> {
    const { StackResources = [] } = await this.connectCloudFormation().send(
      new cloudformation.DescribeStackResourcesCommand({ StackName }),
    );
    return Object.fromEntries(
      StackResources.map(({ LogicalResourceId, PhysicalResourceId }) => [
        LogicalResourceId,
        PhysicalResourceId,
      ]),
    ) as Record<string, string>;
  }

  /** Returns the stack's original template; `undefined` without a stack. */
  async readTemplate(StackName = STACK): Promise<string | undefined> {
    const client = this.connectCloudFormation();
    try {
      const described = new cloudformation.DescribeStacksCommand({ StackName });
      const { Stacks = [] } = await client.send(described);
      if (Stacks[0]?.StackStatus === "DELETE_COMPLETE") return undefined;
    } catch {
      // of a stack that is gone AWS knows no name
      return undefined;
    }
    const { TemplateBody } = await client.send(
      new cloudformation.GetTemplateCommand({ StackName }),
    );
    return TemplateBody;
  }

  /** Creates a user, in a group if one is passed, and signs in. */
  async createUser(
    ids: Record<string, string>,
    group?: string,
  ): Promise<LiveUser> {
    const { userName, password } = await createDemoUser(
      this.aws,
      ids.userpool0AC4AA96 ?? "",
      group === undefined ? [] : [group],
    );
    const tokens = await this.signIn(
      ids.userpoolprogrammaticclientEB48A369 ?? "",
      { userName, password },
    );
    return {
      userName,
      password,
      refreshToken: tokens.RefreshToken ?? "",
      identityId: await this.readIdentityId(ids, { userName, password }),
    };
  }

  async signIn(
    ClientId: string,
    { userName, password }: Pick<LiveUser, "userName" | "password">,
  ): Promise<idp.AuthenticationResultType> {
    const { AuthenticationResult } = await this.connectUserPools().send(
      new idp.InitiateAuthCommand({
        ClientId,
        AuthFlow: "USER_PASSWORD_AUTH",
        AuthParameters: { USERNAME: userName, PASSWORD: password },
      }),
    );
    return AuthenticationResult ?? {};
  }

  async refresh(
    ClientId: string,
    { refreshToken }: LiveUser,
  ): Promise<idp.AuthenticationResultType> {
    const { AuthenticationResult } = await this.connectUserPools().send(
      new idp.InitiateAuthCommand({
        ClientId,
        AuthFlow: "REFRESH_TOKEN_AUTH",
        AuthParameters: { REFRESH_TOKEN: refreshToken },
      }),
    );
    return AuthenticationResult ?? {};
  }

  /** Returns the user's id in the identity pool. */
  async readIdentityId(
    ids: Record<string, string>,
    user: Pick<LiveUser, "userName" | "password">,
  ): Promise<string | undefined> {
    const {
      identitypool8F957095: IdentityPoolId,
      userpool0AC4AA96: pool = "",
    } = ids;
    if (IdentityPoolId === undefined) return undefined;
    const client = ids.userpoolidentityprovider39E10B46 ?? "";
    const { IdToken = "" } = await this.signIn(client, user);
    const { IdentityId } = await new identity.CognitoIdentityClient(
      createClientConfig(this.aws),
    ).send(
      new identity.GetIdCommand({
        IdentityPoolId,
        Logins: { [`cognito-idp.us-west-2.amazonaws.com/${pool}`]: IdToken },
      }),
    );
    return IdentityId;
  }

  connectUserPools(): idp.CognitoIdentityProviderClient {
    return new idp.CognitoIdentityProviderClient(createClientConfig(this.aws));
  }

  connectCloudFormation(): cloudformation.CloudFormationClient {
    return new cloudformation.CloudFormationClient(
      createClientConfig(this.aws),
    );
  }

  async stop(): Promise<void> {
    await this.proxy.stop();
    await this.aws.stop();
  }
}
