import { createHmac } from "node:crypto";
import * as cognito from "@aws-sdk/client-cognito-identity-provider";
import * as secrets from "@aws-sdk/client-secrets-manager";
import { setTimeout as sleep } from "node:timers/promises";
import { createClientConfig } from "../../scripts/lib/demo/account";
import { startCheckedAws } from "../support/api-model/checked-aws";
import { describeLocal, useResource } from "../support/deployment";
import { setSecretDelay } from "../support/local-client";

const VALUE = "A".repeat(32) + "_+" + "z".repeat(30);
const OTHER_VALUE = "B".repeat(64);
const DELAY_SECONDS = 1;

const getAws = useResource(() => startCheckedAws());

/** A client with a secret, in a pool with a user. */
interface Client {
  readonly UserPoolId: string;
  readonly ClientId: string;
  /** The secret that Cognito generated with the client. */
  readonly secret: string;
}

/** Without retries: the SDK takes an exceeded limit for too many requests. */
const createConfig = () => ({
  ...createClientConfig(getAws()),
  maxAttempts: 1,
});

function connect(): cognito.CognitoIdentityProviderClient {
  return new cognito.CognitoIdentityProviderClient(createConfig());
}

function connectSecrets(): secrets.SecretsManagerClient {
  return new secrets.SecretsManagerClient(createConfig());
}

async function createPool(): Promise<string> {
  const pools = connect();
  const { UserPool } = await pools.send(
    new cognito.CreateUserPoolCommand({ PoolName: "pool" }),
  );
  const UserPoolId = UserPool?.Id ?? "";
  await pools.send(
    new cognito.CreateResourceServerCommand({
      UserPoolId,
      Identifier: "api",
      Name: "api",
      Scopes: [{ ScopeName: "read", ScopeDescription: "read" }],
    }),
  );
  return UserPoolId;
}

async function createClient(
  settings: Partial<cognito.CreateUserPoolClientCommandInput> = {},
): Promise<Client> {
  const UserPoolId = await createPool();
  const { UserPoolClient } = await connect().send(
    new cognito.CreateUserPoolClientCommand({
      UserPoolId,
      ClientName: "client",
      GenerateSecret: true,
      AllowedOAuthFlowsUserPoolClient: true,
      AllowedOAuthFlows: ["client_credentials"],
      AllowedOAuthScopes: ["api/read"],
      ...settings,
    }),
  );
  const { ClientId = "", ClientSecret = "" } = UserPoolClient ?? {};
  return { UserPoolId, ClientId, secret: ClientSecret };
}

const toKey = ({ UserPoolId, ClientId }: Client) => ({ UserPoolId, ClientId });

async function add(
  client: Client,
  ClientSecret?: string,
): Promise<cognito.ClientSecretDescriptorType> {
  const input = { ...toKey(client), ...(ClientSecret && { ClientSecret }) };
  const { ClientSecretDescriptor } = await connect().send(
    new cognito.AddUserPoolClientSecretCommand(input),
  );
  return ClientSecretDescriptor ?? {};
}

async function list(client: Client): Promise<readonly string[]> {
  const { ClientSecrets = [], NextToken } = await connect().send(
    new cognito.ListUserPoolClientSecretsCommand(toKey(client)),
  );
  expect(NextToken).toBeUndefined();
  expect(JSON.stringify(ClientSecrets)).not.toContain("Value");
  return ClientSecrets.map(({ ClientSecretId = "" }) => ClientSecretId);
}

async function remove(client: Client, ClientSecretId = ""): Promise<void> {
  await connect().send(
    new cognito.DeleteUserPoolClientSecretCommand({
      ...toKey(client),
      ClientSecretId,
    }),
  );
}

async function describeSecret(client: Client): Promise<string | undefined> {
  const { UserPoolClient } = await connect().send(
    new cognito.DescribeUserPoolClientCommand(toKey(client)),
  );
  expect(JSON.stringify(UserPoolClient)).not.toContain(OTHER_VALUE);
  return UserPoolClient?.ClientSecret;
}

/** Requests a token, and returns `ok` or the error. */
async function request(
  { ClientId }: Client,
  secret: string,
  form: Readonly<Record<string, string>> = {},
): Promise<string> {
  const credentials = [ClientId, secret].map(encodeURIComponent).join(":");
  const response = await fetch(`${getAws().endpoint}/oauth2/token`, {
    method: "POST",
    headers: {
      authorization: `Basic ${Buffer.from(credentials).toString("base64")}`,
    },
    body: new URLSearchParams({ grant_type: "client_credentials", ...form }),
  });
  const { access_token, error } = (await response.json()) as {
    access_token?: string;
    error?: string;
  };
  return access_token === undefined ? (error ?? "") : "ok";
}

const nameOf = (promise: Promise<unknown>) =>
  promise.then(
    () => "ok",
    (error: unknown) => (error as Error).name,
  );

describeLocal("client secrets in the local AWS", () => {
  test("a client has its first secret only", async () => {
    const client = await createClient();
    const [id, ...others] = await list(client);
    expect(id).toMatch(new RegExp(`^${client.ClientId}--\\d+$`));
    expect(others).toEqual([]);
    expect(await request(client, client.secret)).toBe("ok");
    expect(await request(client, VALUE)).toBe("invalid_client");
  });

  test("two secrets authenticate until one is deleted, and the first is described until it is", async () => {
    const client = await createClient();
    const [first = ""] = await list(client);
    const added = await add(client, VALUE);
    expect(added.ClientSecretValue).toBeUndefined();
    expect(added.ClientSecretCreateDate).toBeInstanceOf(Date);
    expect(await list(client)).toEqual([first, added.ClientSecretId]);
    expect(await describeSecret(client)).toBe(client.secret);
    for (const secret of [client.secret, VALUE])
      expect(await request(client, secret)).toBe("ok");
    expect(await request(client, OTHER_VALUE)).toBe("invalid_client");
    expect(await request(client, "")).toBe("invalid_client");

    await remove(client, first);
    expect(await list(client)).toEqual([added.ClientSecretId]);
    expect(await describeSecret(client)).toBe("");
    expect(await request(client, client.secret)).toBe("invalid_client");
    expect(await request(client, VALUE)).toBe("ok");

    const generated = await add(client);
    expect(generated.ClientSecretValue).toMatch(/^[\w+]{24,64}$/);
    expect(await request(client, generated.ClientSecretValue ?? "")).toBe("ok");
    await remove(client, added.ClientSecretId);
    expect(await request(client, VALUE)).toBe("invalid_client");
    expect(await describeSecret(client)).toBe("");
  });

  test("an update of the client does not change its secrets", async () => {
    const client = await createClient();
    const [first] = await list(client);
    await add(client, VALUE);
    await remove(client, first);
    const { UserPoolClient } = await connect().send(
      new cognito.UpdateUserPoolClientCommand({
        ...toKey(client),
        AllowedOAuthFlowsUserPoolClient: true,
        AllowedOAuthFlows: ["client_credentials"],
        AllowedOAuthScopes: ["api/read"],
      }),
    );
    expect(UserPoolClient?.ClientSecret).toBe("");
    expect(await request(client, VALUE)).toBe("ok");
  });

  test("the errors are those of AWS", async () => {
    const client = await createClient();
    const [first = ""] = await list(client);
    const publicClient = await createClient({
      GenerateSecret: false,
      AllowedOAuthFlows: ["code"],
      CallbackURLs: ["https://a.example"],
    });
    const missing = { ...client, ClientId: "0".repeat(26) };
    expect(await nameOf(remove(client, first))).toBe(
      "InvalidParameterException",
    );
    await add(client, VALUE);
    expect(await nameOf(add(client))).toBe("LimitExceededException");
    expect(await nameOf(remove(client, `${client.ClientId}--1`))).toBe(
      "ResourceNotFoundException",
    );
    expect(await nameOf(add(publicClient))).toBe("InvalidParameterException");
    expect(await nameOf(add(missing))).toBe("ResourceNotFoundException");
    expect(await nameOf(list(missing))).toBe("ResourceNotFoundException");
    expect(
      await nameOf(list({ ...client, UserPoolId: "us-west-2_none00000" })),
    ).toBe("ResourceNotFoundException");
    expect(getAws().takeViolations()).toEqual([]);
    expect(await nameOf(add(publicClient, "short"))).toBe(
      "InvalidParameterException",
    );
    expect(getAws().takeViolations().join()).toContain("ClientSecret");
  });

  test("only one of many concurrent additions, and of deletions, succeeds", async () => {
    const client = await createClient();
    const additions = Array.from({ length: 8 }, () => nameOf(add(client)));
    expect((await Promise.all(additions)).sort()).toEqual([
      ...Array.from({ length: 7 }, () => "LimitExceededException"),
      "ok",
    ]);
    const ids = await list(client);
    const deletions = ids.map((id) => nameOf(remove(client, id)));
    expect((await Promise.all(deletions)).sort()).toEqual([
      "InvalidParameterException",
      "ok",
    ]);
  });

  test("a secret hash and a refresh work with both secrets, and issued tokens stay valid", async () => {
    const client = await createClient({
      AllowedOAuthFlows: ["code"],
      AllowedOAuthScopes: ["openid"],
      CallbackURLs: ["https://a.example"],
      ExplicitAuthFlows: [
        "ALLOW_USER_PASSWORD_AUTH",
        "ALLOW_REFRESH_TOKEN_AUTH",
      ],
    });
    const pools = connect();
    const user = { UserPoolId: client.UserPoolId, Username: "jane" };
    await pools.send(new cognito.AdminCreateUserCommand(user));
    await pools.send(
      new cognito.AdminSetUserPasswordCommand({
        ...user,
        Password: "Long-Enough-1",
        Permanent: true,
      }),
    );
    const signIn = async (
      secret: string,
      AuthFlow: cognito.AuthFlowType = "USER_PASSWORD_AUTH",
      token = "",
    ) => {
      const hash = createHmac("sha256", secret)
        .update(`jane${client.ClientId}`)
        .digest("base64");
      const { AuthenticationResult } = await pools.send(
        new cognito.InitiateAuthCommand({
          AuthFlow,
          ClientId: client.ClientId,
          AuthParameters: {
            SECRET_HASH: hash,
            ...(token === ""
              ? { USERNAME: "jane", PASSWORD: "Long-Enough-1" }
              : { REFRESH_TOKEN: token }),
          },
        }),
      );
      return AuthenticationResult ?? {};
    };
    const [first] = await list(client);
    await add(client, VALUE);
    const { RefreshToken: token = "", AccessToken } = await signIn(
      client.secret,
    );
    await signIn(VALUE);
    const refresh = { grant_type: "refresh_token", refresh_token: token };
    for (const secret of [client.secret, VALUE]) {
      expect(await request(client, secret, refresh)).toBe("ok");
      await signIn(secret, "REFRESH_TOKEN_AUTH", token);
    }
    await remove(client, first);
    expect(await nameOf(signIn(client.secret))).toBe("NotAuthorizedException");
    expect(
      await nameOf(signIn(client.secret, "REFRESH_TOKEN_AUTH", token)),
    ).toBe("NotAuthorizedException");
    expect(await request(client, client.secret, refresh)).toBe(
      "invalid_client",
    );
    await signIn(VALUE);
    await signIn(VALUE, "REFRESH_TOKEN_AUTH", token);
    expect(await request(client, VALUE, refresh)).toBe("ok");
    const { Username } = await pools.send(
      new cognito.GetUserCommand({ AccessToken }),
    );
    expect(Username).toBe("jane");
  });

  test("a wrong secret is refused before a code or a refresh token", async () => {
    const client = await createClient({
      AllowedOAuthFlows: ["code"],
      AllowedOAuthScopes: ["openid"],
      CallbackURLs: ["https://a.example"],
    });
    const code = { grant_type: "authorization_code", code: "unknown" };
    const refresh = { grant_type: "refresh_token", refresh_token: "unknown" };
    for (const form of [code, refresh]) {
      expect(await request(client, VALUE, form)).toBe("invalid_client");
      expect(await request(client, "", form)).toBe("invalid_client");
      expect(await request(client, client.secret, form)).toBe("invalid_grant");
    }
    await add(client, VALUE);
    expect(await request(client, VALUE, code)).toBe("invalid_grant");
  });

  test("additions and deletions take effect after the delay", async () => {
    const client = await createClient();
    const [first] = await list(client);
    await setSecretDelay(getAws().endpoint, DELAY_SECONDS);
    await add(client, VALUE);
    expect(await request(client, VALUE)).toBe("invalid_client");
    await sleep(DELAY_SECONDS * 1000 + 100);
    expect(await request(client, VALUE)).toBe("ok");
    await remove(client, first);
    expect(await request(client, client.secret)).toBe("ok");
    await sleep(DELAY_SECONDS * 1000 + 100);
    expect(await request(client, client.secret)).toBe("invalid_client");
    await setSecretDelay(getAws().endpoint, 0);
  });
});

describeLocal("versions of a secret in the local AWS", () => {
  let count = 0;

  async function createSecret(): Promise<string> {
    const Name = `secret-${String(count++)}`;
    const { VersionId } = await connectSecrets().send(
      new secrets.CreateSecretCommand({ Name }),
    );
    expect(VersionId).toBeUndefined();
    return Name;
  }

  async function put(
    SecretId: string,
    SecretString: string,
    VersionStages?: string[],
    ClientRequestToken?: string,
  ): Promise<string> {
    const { VersionId = "" } = await connectSecrets().send(
      new secrets.PutSecretValueCommand({
        SecretId,
        SecretString,
        ...(VersionStages && { VersionStages }),
        ...(ClientRequestToken && { ClientRequestToken }),
      }),
    );
    return VersionId;
  }

  async function move(
    SecretId: string,
    VersionStage: string,
    to?: string,
    from?: string,
  ): Promise<void> {
    await connectSecrets().send(
      new secrets.UpdateSecretVersionStageCommand({
        SecretId,
        VersionStage,
        ...(to && { MoveToVersionId: to }),
        ...(from && { RemoveFromVersionId: from }),
      }),
    );
  }

  async function readLabels(
    SecretId: string,
    IncludeDeprecated = false,
  ): Promise<Readonly<Record<string, readonly string[]>>> {
    const { Versions = [] } = await connectSecrets().send(
      new secrets.ListSecretVersionIdsCommand({ SecretId, IncludeDeprecated }),
    );
    return Object.fromEntries(
      Versions.map(({ VersionId = "", VersionStages = [] }) => [
        VersionId,
        [...VersionStages].sort(),
      ]),
    );
  }

  async function read(SecretId: string): Promise<string | undefined> {
    const { SecretString } = await connectSecrets().send(
      new secrets.GetSecretValueCommand({ SecretId }),
    );
    return SecretString;
  }

  test("a new secret has no version, and the first one gets AWSCURRENT in addition to its labels", async () => {
    const name = await createSecret();
    expect(await readLabels(name)).toEqual({});
    expect(await nameOf(read(name))).toBe("ResourceNotFoundException");
    const first = await put(name, "1", ["FIRST"]);
    expect(await readLabels(name)).toEqual({
      [first]: ["AWSCURRENT", "FIRST"],
    });
  });

  test("a label is at one version, and moves with AWSCURRENT only if it is requested", async () => {
    const name = await createSecret();
    const first = await put(name, "1", ["AWSCURRENT", "MINE", "OTHER"]);
    const second = await put(name, "2", ["AWSCURRENT", "MINE"]);
    expect(await readLabels(name)).toEqual({
      [first]: ["AWSPREVIOUS", "OTHER"],
      [second]: ["AWSCURRENT", "MINE"],
    });
    const third = await put(name, "3", ["AWSPENDING", "OTHER"]);
    expect(await readLabels(name, true)).toEqual({
      [first]: ["AWSPREVIOUS"],
      [second]: ["AWSCURRENT", "MINE"],
      [third]: ["AWSPENDING", "OTHER"],
    });
    await move(name, "AWSCURRENT", third, second);
    expect(await readLabels(name)).toEqual({
      [second]: ["AWSPREVIOUS", "MINE"],
      [third]: ["AWSCURRENT", "AWSPENDING", "OTHER"],
    });
    const fourth = await put(name, "4");
    expect(await readLabels(name, true)).toEqual({
      [first]: [],
      [second]: ["MINE"],
      [third]: ["AWSPENDING", "AWSPREVIOUS", "OTHER"],
      [fourth]: ["AWSCURRENT"],
    });
    expect(await read(name)).toBe("4");
  });

  test("a token is used once", async () => {
    const name = await createSecret();
    const token = "t".repeat(32);
    await put(name, "1");
    expect(await put(name, "2", ["AWSPENDING"], token)).toBe(token);
    await move(name, "MINE", token);
    const labels = await readLabels(name);
    expect(await put(name, "2", ["AWSPENDING"], token)).toBe(token);
    expect(await nameOf(put(name, "3", ["AWSPENDING"], token))).toBe(
      "ResourceExistsException",
    );
    expect(await readLabels(name)).toEqual(labels);
    expect(labels[token]).toEqual(["AWSPENDING", "MINE"]);
  });

  test("a label moves only from the version that has it", async () => {
    const name = await createSecret();
    const first = await put(name, "1");
    const second = await put(name, "2", ["NEXT"]);
    const third = await put(name, "3", ["LAST"]);
    const refused = [
      move(name, "AWSCURRENT", second),
      move(name, "AWSCURRENT", second, third),
      move(name, "AWSCURRENT", undefined, first),
      move(name, "NEXT", undefined, first),
    ].map(nameOf);
    expect(new Set(await Promise.all(refused))).toEqual(
      new Set(["InvalidParameterException"]),
    );
    const moves = [second, third].map((to) =>
      nameOf(move(name, "AWSCURRENT", to, first)),
    );
    expect((await Promise.all(moves)).sort()).toEqual([
      "InvalidParameterException",
      "ok",
    ]);
    expect((await readLabels(name))[first]).toEqual(["AWSPREVIOUS"]);
  });

  test("all versions together have up to 20 labels", async () => {
    const name = await createSecret();
    const first = await put(name, "1");
    const labels = Array.from({ length: 19 }, (_, index) => `L${index}`);
    await put(name, "2", labels);
    expect(await nameOf(move(name, "L20", first))).toBe(
      "LimitExceededException",
    );
    expect(await nameOf(put(name, "3", ["L20"]))).toBe(
      "LimitExceededException",
    );
    await move(name, "L0", first, (await findVersion(name, "L0")) ?? "");
  });

  async function findVersion(
    name: string,
    label: string,
  ): Promise<string | undefined> {
    const labels = await readLabels(name);
    return Object.keys(labels).find((id) => labels[id]?.includes(label));
  }
});
