import { TerraformStack, Token } from "cdktf";
import {
  addValidationErrors,
  checkArnLocation,
  type IamProvider,
  IdentityPool,
  type IIdentityPool,
  type IOidcProvider,
  type IUserPool,
  type RoleMapping,
  type RoleRules,
  ServiceClient,
  toRules,
  type UserPoolClient,
} from "../constructs";
import type { BaseStack } from "./base-stack";
import type { StageConfig } from "./config/config";
import { getIdentityPoolName, getRoleName } from "./naming";
import { validateClaims } from "./role-claims";
import type { UserPoolClients } from "./user-pool-clients";

/** The identity pool of a stage: an existing one, or one that is created with the first group that requires it. */
export class StageIdentityPool {
  private pool: IIdentityPool | undefined;
  private readonly mappings = new Map<UserPoolClient, RoleMapping>();
  private readonly iamProviders: IamProvider[] = [];

  constructor(
    private readonly stack: BaseStack<StageConfig>,
    private readonly userPool: IUserPool,
    private readonly clients: UserPoolClients,
  ) {
    const { identityPoolArn } = stack.config.existing;
    if (identityPoolArn !== undefined)
      this.set(IdentityPool.fromIdentityPoolArn(identityPoolArn));
  }

  getOrCreate(): IIdentityPool {
    if (this.pool !== undefined) return this.pool;
    const { stackName } = this.stack.config;
    const helper = this.clients.addIdentityPoolHelper();
    const pool = new IdentityPool(this.stack, "identity-pool", {
      userPool: this.userPool,
      identityPoolName: getIdentityPoolName(stackName),
      authenticatedRoleName: getRoleName(stackName, "authenticated"),
      trustedClientIds: () => {
        const { exported } = this.clients;
        const clients = [helper, exported, ...this.mappings.keys()];
        return [
          ...new Set(
            clients.flatMap((client) =>
              client === undefined ? [] : [client.clientId],
            ),
          ),
        ];
      },
      clientRules: () =>
        new Map(
          this.listRules().map(([client, rules]) => [client.clientId, rules]),
        ),
      iamProviders: () => this.iamProviders,
    });
    pool.node.addValidation({ validate: () => this.validateRules() });
    return this.set(pool);
  }

  trustClient(client: UserPoolClient, roleMapping: RoleMapping): void {
    const { id } = client.node;
    addValidationErrors(
      this.stack,
      this.checkOwned(`client "${id}"`),
      client instanceof ServiceClient
        ? `client of an identity pool must sign in users, got the service client "${id}"`
        : undefined,
      TerraformStack.of(client) === this.stack
        ? undefined
        : `client of an identity pool must be of the same stack, got "${id}" of another stack`,
      this.mappings.has(client)
        ? `client of an identity pool must be unique, got "${id}" twice`
        : undefined,
    );
    this.mappings.set(client, roleMapping);
    this.getOrCreate();
  }

  trustProvider(provider: IOidcProvider | string, rules: RoleRules): void {
    const { region, accountId } = this.stack.config;
    const isArn = typeof provider === "string";
    const providerArn = isArn ? provider : provider.providerArn;
    addValidationErrors(
      this.stack,
      this.checkOwned(`provider "${providerArn}"`),
      isArn && Token.isUnresolved(provider)
        ? "ARN of an IAM provider must be known at synth, got a text that only Terraform knows: pass the provider of addOidcProvider"
        : undefined,
      ...checkArnLocation(
        "ARN of an IAM provider",
        providerArn,
        region,
        accountId,
      ),
      this.iamProviders.some((one) => one.providerArn === providerArn)
        ? `IAM provider of an identity pool must be unique, got "${providerArn}" twice`
        : undefined,
    );
    this.iamProviders.push({
      type: isArn && provider.includes(":saml-provider/") ? "SAML" : "OIDC",
      providerArn,
      rules,
    });
    this.getOrCreate();
  }

  private checkOwned(subject: string): string | undefined {
    return this.stack.config.existing.identityPoolArn === undefined
      ? undefined
      : `${subject} must be trusted by an identity pool of this stack, got IDENTITY_POOL_ARN, whose clients and roles are not changed`;
  }

  private listRules(): (readonly [UserPoolClient, RoleRules])[] {
    return [...this.mappings].flatMap(([client, mapping]) =>
      mapping === "Token" ? [] : [[client, mapping] as const],
    );
  }

  private validateRules(): string[] {
    const { region, accountId, existing } = this.stack.config;
    const mappings = this.listRules();
    const rules = [
      ...mappings.map(([, one]) => one),
      ...this.iamProviders.map((one) => one.rules),
    ].flatMap((one) => toRules(one));
    return [
      ...mappings.flatMap(([client, one]) =>
        validateClaims(client, one, {
          clients: this.clients.list(),
          customAttributes:
            existing.userPoolId === undefined
              ? Object.keys(this.userPool.customAttributes ?? {})
              : undefined,
        }),
      ),
      ...rules.flatMap(({ roleArn }) =>
        checkArnLocation("role ARN", roleArn, region, accountId),
      ),
    ];
  }

  private set(pool: IIdentityPool): IIdentityPool {
    const noun = "of the identity pool";
    this.stack.addOutput("identitypool_id", pool.identityPoolId, `Id ${noun}`);
    this.stack.addOutput(
      "identitypool_arn",
      pool.identityPoolArn,
      `ARN ${noun}`,
    );
    return (this.pool = pool);
  }
}
