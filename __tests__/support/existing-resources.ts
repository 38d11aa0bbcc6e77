import type { CognitoIdentityClientConfig } from "@aws-sdk/client-cognito-identity";

/** Resources that configurations use, by the id that settings name. */
export interface ExistingResources {
  readonly ACCOUNT: string;
  readonly STATE_BUCKET: string;
  /** ARN */
  readonly MANAGERS_ROLE: string;
  /** Name */
  readonly BOUNDARY_POLICY: string;
  readonly USER_POOL: string;
  readonly USER_POOL_WITH_DOMAIN: string;
  /** Domain prefix of that user pool. */
  readonly DOMAIN: string;
  /** ARN */
  readonly IDENTITY_POOL: string;
  /** Host of an OIDC provider that exists. */
  readonly OIDC_HOST: string;
  /** Host of an OIDC provider that does not exist. */
  readonly NEW_OIDC_HOST: string;
}

export type ExistingResource = keyof ExistingResources;

/** Account of the resources. */
export interface AccountTarget {
  readonly accountId: string;
  readonly partition: string;
  readonly region: string;
  /** Configuration of SDK clients. */
  readonly clientConfig: Pick<
    CognitoIdentityClientConfig,
    "endpoint" | "region" | "credentials" | "maxAttempts"
  >;
}

/** A resource that could not be created or deleted. */
export interface ResourceFailure {
  readonly resource: ExistingResource;
  readonly name: string;
  readonly error: unknown;
}

/** Creates the existing resources of configurations, and deletes them. */
export class ExistingResourceSet {
  readonly ids: Partial<ExistingResources>;
  /** Resources that could not be created. */
  readonly failures: ResourceFailure[] = [];
  private readonly created: {
    readonly resource: ExistingResource;
    readonly name: string;
    readonly remove: () => Promise<unknown>;
  }[] = [];
  private isStopped = false;
  /** Creation in progress. */
  private pending: Promise<void> = Promise.resolve();

  /** @param prefix first part of every name */
  constructor(
    private readonly target: AccountTarget,
    private readonly prefix: string,
  ) {
    this.ids = {
      ACCOUNT: target.accountId,
      NEW_OIDC_HOST: `new.${prefix}.example`,
    };
  }

  /** Names of the resources that exist. */
  get names(): readonly string[] {
    return this.created.map(({ name }) => name);
  }

  /** Creates all resources. Continues after a failure. */
  async create(): Promise<void> {
    await this.createStateBucket();
    await this.createRoles();
    await this.createUserPools();
    await this.createIdentityPool();
  }

  /** Deletes the resources that were created, and returns those that it could not delete. Ends a creation in progress. */
  async remove(): Promise<readonly ResourceFailure[]> {
    this.isStopped = true;
    await this.pending;
    const failures: ResourceFailure[] = [];
    for (const resource of [...this.created].reverse()) {
      try {
        await resource.remove();
        this.created.splice(this.created.indexOf(resource), 1);
      } catch (error) {
        failures.push({ ...resource, error });
      }
    }
    return failures;
  }

  private async createStateBucket(): Promise<void> {
    const sdk = await import("@aws-sdk/client-s3");
    const { clientConfig, region } = this.target;
    const client = new sdk.S3Client(clientConfig);
    const Bucket = `${this.prefix}-state`;
    await this.add("STATE_BUCKET", `bucket ${Bucket}`, {
      create: async () => {
        await client.send(
          new sdk.CreateBucketCommand({
            Bucket,
            // this Region has no name here
            ...(region !== "us-east-1" && {
              CreateBucketConfiguration: {
                LocationConstraint: region as "us-west-2",
              },
            }),
          }),
        );
        return Bucket;
      },
      remove: async () => {
        const pages = sdk.paginateListObjectsV2({ client }, { Bucket });
        for await (const { Contents = [] } of pages)
          for (const { Key } of Contents)
            await client.send(new sdk.DeleteObjectCommand({ Bucket, Key }));
        await client.send(new sdk.DeleteBucketCommand({ Bucket }));
      },
    });
  }

  private async createRoles(): Promise<void> {
    const sdk = await import("@aws-sdk/client-iam");
    const client = new sdk.IAMClient(this.target.clientConfig);
    const { accountId, partition } = this.target;
    const arn = `arn:${partition}:iam::${accountId}`;
    const RoleName = `${this.prefix}-managers`;
    await this.add("MANAGERS_ROLE", `role ${RoleName}`, {
      create: async () => {
        await client.send(
          new sdk.CreateRoleCommand({
            RoleName,
            AssumeRolePolicyDocument: createPolicy({
              Principal: { AWS: `${arn}:root` },
              Action: "sts:AssumeRole",
            }),
          }),
        );
        return `${arn}:role/${RoleName}`;
      },
      remove: () => client.send(new sdk.DeleteRoleCommand({ RoleName })),
    });
    const PolicyName = `${this.prefix}-boundary`;
    await this.add("BOUNDARY_POLICY", `policy ${PolicyName}`, {
      create: async () => {
        await client.send(
          new sdk.CreatePolicyCommand({
            PolicyName,
            PolicyDocument: createPolicy({ Action: "s3:*", Resource: "*" }),
          }),
        );
        return PolicyName;
      },
      remove: () =>
        client.send(
          new sdk.DeletePolicyCommand({
            PolicyArn: `${arn}:policy/${PolicyName}`,
          }),
        ),
    });
    const host = `existing.${this.prefix}.example`;
    await this.add("OIDC_HOST", `OIDC provider ${host}`, {
      create: async () => {
        await client.send(
          new sdk.CreateOpenIDConnectProviderCommand({
            Url: `https://${host}`,
            ClientIDList: ["sts.amazonaws.com"],
            // AWS would read the certificate of the host otherwise
            ThumbprintList: ["0".repeat(40)],
          }),
        );
        return host;
      },
      remove: () =>
        client.send(
          new sdk.DeleteOpenIDConnectProviderCommand({
            OpenIDConnectProviderArn: `${arn}:oidc-provider/${host}`,
          }),
        ),
    });
  }

  private async createUserPools(): Promise<void> {
    const sdk = await import("@aws-sdk/client-cognito-identity-provider");
    const client = new sdk.CognitoIdentityProviderClient(
      this.target.clientConfig,
    );
    for (const [resource, suffix] of [
      ["USER_POOL", "plain"],
      ["USER_POOL_WITH_DOMAIN", "with-domain"],
    ] as const) {
      const PoolName = `${this.prefix}-${suffix}`;
      await this.add(resource, `user pool ${PoolName}`, {
        create: async () => {
          const { UserPool } = await client.send(
            new sdk.CreateUserPoolCommand({ PoolName }),
          );
          return UserPool?.Id;
        },
        remove: (UserPoolId) =>
          client.send(new sdk.DeleteUserPoolCommand({ UserPoolId })),
      });
    }
    const domain = {
      Domain: this.prefix,
      UserPoolId: this.ids.USER_POOL_WITH_DOMAIN,
    };
    if (domain.UserPoolId === undefined) return;
    await this.add("DOMAIN", `user pool domain ${domain.Domain}`, {
      create: async () => {
        await client.send(new sdk.CreateUserPoolDomainCommand(domain));
        return domain.Domain;
      },
      remove: () => client.send(new sdk.DeleteUserPoolDomainCommand(domain)),
    });
  }

  private async createIdentityPool(): Promise<void> {
    const sdk = await import("@aws-sdk/client-cognito-identity");
    const { clientConfig, accountId, partition, region } = this.target;
    const client = new sdk.CognitoIdentityClient(clientConfig);
    const IdentityPoolName = `${this.prefix}-identities`;
    await this.add("IDENTITY_POOL", `identity pool ${IdentityPoolName}`, {
      create: async () => {
        const { IdentityPoolId } = await client.send(
          new sdk.CreateIdentityPoolCommand({
            IdentityPoolName,
            AllowUnauthenticatedIdentities: false,
          }),
        );
        return (
          IdentityPoolId &&
          `arn:${partition}:cognito-identity:${region}:${accountId}:identitypool/${IdentityPoolId}`
        );
      },
      remove: (arn) =>
        client.send(
          new sdk.DeleteIdentityPoolCommand({
            IdentityPoolId: arn.split("/").at(-1),
          }),
        ),
    });
  }

  private async add(
    resource: ExistingResource,
    name: string,
    {
      create,
      remove,
    }: {
      /** Returns the id that settings name. */
      readonly create: () => Promise<string | undefined>;
      readonly remove: (id: string) => Promise<unknown>;
    },
  ): Promise<void> {
    if (this.isStopped) return;
    const run = async (): Promise<void> => {
      try {
        const id = await create();
        if (id === undefined) throw new Error("the response has no id");
        Object.assign(this.ids, { [resource]: id });
        this.created.push({ resource, name, remove: () => remove(id) });
      } catch (error) {
        this.failures.push({ resource, name, error });
      }
    };
    this.pending = run();
    await this.pending;
  }
}

function createPolicy(statement: object): string {
  return JSON.stringify({
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", ...statement }],
  });
}
