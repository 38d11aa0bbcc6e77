import { Testing } from "cdktf";
import type { IdentityStatement } from "../../constructs/policy-document";
import type { LocalAws } from "../../scripts/lib/local-aws/local-aws";
import { AccountStack } from "../../stacks/account-stack";
import { readAppConfig } from "../../stacks/config/app-config";
import type { Environment } from "../../stacks/config/environment";
import { getSender } from "./api-model/http-request";
import { resetOmittedFields } from "./omitted-fields";
import { FaultProxy } from "./fault-proxy";
import { evaluateRequest } from "./iam-evaluator";
import { IamRequestMapper, type IamRequest } from "./iam-requests";
import { createApp, type Synthesized } from "./stage";

type DeployRole = "plan" | "apply";

/** Returns the statements of the deploy roles that an account stack creates, also in managed policies, by role name. */
export function synthesizeDeployRoles(
  settings: Environment,
  directory: string,
): Map<string, readonly IdentityStatement[]> {
  const { account } = readAppConfig(
    { STAGE: "account", ...settings },
    directory,
  );
  if (account === undefined) throw new Error("no account");
  const stack = new AccountStack(createApp(), account);
  for (const stage of account.stages) stack.addDeployRoles(stage);
  const { resource } = JSON.parse(Testing.synth(stack, true)) as Synthesized;
  const parse = ({ policy }: Readonly<Record<string, unknown>>) =>
    (
      JSON.parse(String(policy)) as {
        readonly Statement: readonly IdentityStatement[];
      }
    ).Statement;
  const managed = Object.values(resource.aws_iam_policy ?? {});
  return new Map(
    Object.values(resource.aws_iam_role_policy ?? {}).map((policy) => {
      const name = String(policy.name);
      const uses = managed.find((other) => other.name === `${name}-uses`);
      return [name, [policy, uses ?? []].flat().flatMap(parse)];
    }),
  );
}

/** A proxy that records which requests IAM evaluates for the calls of Terraform. */
export class DeployRoleRequests {
  /** Role for the next calls. */
  role: DeployRole = "apply";
  private readonly mapper: IamRequestMapper;
  private readonly recorded = {
    plan: new Map<string, IamRequest>(),
    apply: new Map<string, IamRequest>(),
  };

  private constructor(
    private readonly proxy: FaultProxy,
    accountId: string,
  ) {
    this.mapper = new IamRequestMapper(accountId, "us-west-2");
    proxy.authorize = (call) => {
      if (getSender(call) === "Terraform")
        for (const request of this.mapper.map(call))
          this.recorded[this.role].set(JSON.stringify(request), request);
      return Promise.resolve(true);
    };
    proxy.onAnswered = (call) => {
      this.mapper.record(call);
    };
  }

  static async start(
    { endpoint }: Pick<LocalAws, "endpoint">,
    accountId: string,
  ): Promise<DeployRoleRequests> {
    return new DeployRoleRequests(await FaultProxy.start(endpoint), accountId);
  }

  get endpoint(): string {
    return this.proxy.endpoint;
  }

  /** Makes the local AWS apply updates as AWS does. */
  resetOmittedFields(): void {
    this.proxy.rewrite = resetOmittedFields;
  }

  /** Returns the number of recorded requests, and those that the statements of a role deny; removes them. */
  async evaluate(
    role: DeployRole,
    statements: readonly IdentityStatement[],
  ): Promise<{
    readonly count: number;
    readonly denied: readonly string[];
    /** Allowed actions that no request needed. */
    readonly unused: readonly string[];
  }> {
    const requests = [...this.recorded[role].values()];
    this.recorded[role].clear();
    const decisions = await Promise.all(
      requests.map((request) => evaluateRequest(statements, request)),
    );
    const used = new Set(requests.map(({ action }) => action));
    const allowed = statements
      .filter(({ Effect }) => Effect === "Allow")
      .flatMap(({ Action }) => Action);
    return {
      unused: [...new Set(allowed)].filter((action) => !used.has(action)),
      count: requests.length,
      denied: requests
        .filter((_, index) => decisions[index]?.isAllowed !== true)
        .map(({ action, resource }) => `${action} ${resource}`),
    };
  }

  async stop(): Promise<void> {
    await this.proxy.stop();
  }
}
