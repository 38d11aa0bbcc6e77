import type * as idp from "@aws-sdk/client-cognito-identity-provider";
import type * as iam from "@aws-sdk/client-iam";
import { explainError, findOrUndefined } from "../aws/errors";
import { listAll, PAGE_SIZE } from "../aws/listings";
import {
  type SecretVersion,
  type SecretVersionValue,
  toVersion,
  toVersionValue,
} from "../rotation/rotation-reader";
import { explainSecretErrors } from "../stage/secrets";
import { limitConcurrency } from "../system/concurrency";
import { quoteShellWord } from "../system/shell";
import { createOnce, type DoctorContext } from "./check";
import { formatAwsFix } from "./format-fix";
import { getUserPoolId } from "./user-pool";

/** Calls of AWS at the same time: more would be throttled. */
const MAX_CALLS = 10;

/** Reads the resources of a stage. Several checks need the same resource, which is read once in a run. */
export class AwsReader {
  private readonly results = new Map<string, Promise<unknown>>();
  private readonly limit = limitConcurrency(MAX_CALLS);

  constructor(private readonly context: DoctorContext) {}

  /**
   * Calls AWS once for a key.
   *
   * @param action IAM action, which is also part of the key
   * @param key identifies the resource
   * @throws MissingPermission if AWS denies the call
   */
  read<T>(action: string, key: string, send: () => Promise<T>): Promise<T> {
    return this.once(`${action} ${key}`, () =>
      this.limit(() => this.context.call(action, send)),
    );
  }

  /** Returns what the first call for a key creates. */
  once<T>(key: string, create: () => Promise<T>): Promise<T> {
    const known = this.results.get(key) as Promise<T> | undefined;
    const result = known ?? create();
    this.results.set(key, result);
    return result;
  }

  get userPoolId(): string {
    return getUserPoolId(this.context) ?? "";
  }

  /** Returns a client of the user pool, or `undefined` if it does not exist. */
  async findUserPoolClient(
    clientId: string,
  ): Promise<idp.UserPoolClientType | undefined> {
    const { sdk, client } = await this.cognito();
    return this.read("cognito-idp:DescribeUserPoolClient", clientId, () =>
      findOrUndefined(async () => {
        const { UserPoolClient } = await client.send(
          new sdk.DescribeUserPoolClientCommand({
            UserPoolId: this.userPoolId,
            ClientId: clientId,
          }),
        );
        return UserPoolClient;
      }),
    );
  }

  /** Returns an identity provider of the user pool, or `undefined` if it does not exist. */
  async findIdentityProvider(
    name: string,
  ): Promise<idp.IdentityProviderType | undefined> {
    const { sdk, client } = await this.cognito();
    return this.read("cognito-idp:DescribeIdentityProvider", name, () =>
      findOrUndefined(async () => {
        const { IdentityProvider } = await client.send(
          new sdk.DescribeIdentityProviderCommand({
            UserPoolId: this.userPoolId,
            ProviderName: name,
          }),
        );
        return IdentityProvider;
      }),
    );
  }

  /** Returns the groups of the user pool, or `undefined` if it does not exist. */
  async listGroups(): Promise<readonly idp.GroupType[] | undefined> {
    const { sdk, client } = await this.cognito();
    const { userPoolId: UserPoolId } = this;
    return this.read("cognito-idp:ListGroups", UserPoolId, () =>
      findOrUndefined(() =>
        listAll(
          sdk.paginateListGroups({ client }, { UserPoolId, Limit: PAGE_SIZE }),
          ({ Groups }) => Groups,
        ),
      ),
    );
  }

  /**
   * Returns the current version of a secret, or `undefined` if it has none.
   *
   * @param read whether to read it a second time, since a rotation can have changed it
   */
  async findSecret(
    name: string,
    read: "once" | "again" = "once",
  ): Promise<SecretVersionValue | undefined> {
    const { sdk, client } = await this.secretsManager();
    return this.read("secretsmanager:GetSecretValue", `${name} ${read}`, () =>
      findOrUndefined(async () => {
        const found = await client.send(
          new sdk.GetSecretValueCommand({ SecretId: name }),
        );
        return toVersionValue(found);
      }),
    ).catch((error: unknown) => {
      throw this.explainSecretError(error, name);
    });
  }

  /** A deleted secret still exists for some days. */
  private explainSecretError(error: unknown, name: string): unknown {
    const { region } = this.context;
    const secret = `secret "${name}"`;
    const restore = `secretsmanager restore-secret --region ${region} --secret-id ${quoteShellWord(name)}`;
    return explainError(error, [
      {
        names: /^InvalidRequestException$/,
        text: /delet/i,
        message: `${secret} is marked for deletion`,
        hint: formatAwsFix(this.context, restore),
      },
      ...explainSecretErrors(secret, region, "check the stage and the profile"),
    ]);
  }

  /** Lists the versions of a secret that have labels. */
  async listSecretVersions(name: string): Promise<readonly SecretVersion[]> {
    const { sdk, client } = await this.secretsManager();
    return this.read("secretsmanager:ListSecretVersionIds", name, async () => {
      const versions = await listAll(
        sdk.paginateListSecretVersionIds({ client }, { SecretId: name }),
        ({ Versions }) => Versions,
      );
      return versions.map(toVersion);
    });
  }

  /** Returns a role, or `undefined` if the account has none with this name. */
  async findRole(name: string): Promise<iam.Role | undefined> {
    const { sdk, client } = await this.iam();
    return this.read("iam:GetRole", name, () =>
      findOrUndefined(async () => {
        const { Role } = await client.send(
          new sdk.GetRoleCommand({ RoleName: name }),
        );
        return Role;
      }),
    );
  }

  async cognito() {
    const sdk = await import("@aws-sdk/client-cognito-identity-provider");
    const client = await this.context.getClient(
      sdk.CognitoIdentityProviderClient,
    );
    return { sdk, client };
  }

  async cognitoIdentity() {
    const sdk = await import("@aws-sdk/client-cognito-identity");
    const client = await this.context.getClient(sdk.CognitoIdentityClient);
    return { sdk, client };
  }

  async iam() {
    const sdk = await import("@aws-sdk/client-iam");
    const client = await this.context.getClient(sdk.IAMClient);
    return { sdk, client };
  }

  async secretsManager() {
    const sdk = await import("@aws-sdk/client-secrets-manager");
    const client = await this.context.getClient(sdk.SecretsManagerClient);
    return { sdk, client };
  }
}

/** Returns the reader that the checks of one run share. */
export const getAwsReader = createOnce((context) => new AwsReader(context));
