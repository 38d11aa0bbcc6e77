import { inspect } from "node:util";
import { UserError } from "../../../constructs/errors";
import { ClientSecretTester } from "../../../scripts/lib/rotation/client-secret-tester";
import { SdkRotationCalls } from "../../../scripts/lib/rotation/rotation-calls";
import { createRotationClients } from "../../../scripts/lib/rotation/rotation-reader";
import {
  restoreEnvironment,
  setEnvironment,
  withoutAwsVariables,
} from "../../support/environment";
import { LoopbackServer, type Reply } from "../../support/loopback-server";

const NAME = "stack-dev/service";
const IDS = { userPoolId: "us-west-2_EXAMPLE", clientId: "client" };
const VALUE = "canary-value-0000000000000000000";

/** Replies to the requests of an operation, in order. */
let replies: Reply[] = [];
let server: LoopbackServer;
let calls: SdkRotationCalls;

beforeAll(async () => {
  server = await LoopbackServer.start(() => replies.shift());
  setEnvironment({
    ...withoutAwsVariables(),
    AWS_ENDPOINT_URL: server.endpoint,
    AWS_ACCESS_KEY_ID: "test",
    AWS_SECRET_ACCESS_KEY: "test",
  });
  const clients = await createRotationClients({ region: "us-west-2" });
  calls = new SdkRotationCalls(clients, { run: () => Promise.resolve(true) });
});

beforeEach(() => {
  replies = [];
  server.received.length = 0;
});

afterAll(async () => {
  restoreEnvironment();
  await server.stop();
});

function succeed(body: object): Reply {
  return { headers: { "content-type": "application/x-amz-json-1.1" }, body };
}

function fail(name: string, message: string): Reply {
  return { ...succeed({ __type: name, message }), status: 400 };
}

function listRequests() {
  return server.received.map(({ headers, body }) => [
    String(headers["x-amz-target"]).split(".")[1],
    JSON.parse(body) as unknown,
  ]);
}

describe("listings", () => {
  test("of versions have all pages, with and without labels", async () => {
    replies = [
      succeed({
        Versions: [
          { VersionId: "a", VersionStages: ["AWSCURRENT"], CreatedDate: 1 },
        ],
        NextToken: "next",
      }),
      succeed({ Versions: [{ VersionId: "b", CreatedDate: 2 }] }),
    ];
    expect(await calls.listVersions(NAME, "all")).toEqual([
      { id: "a", labels: ["AWSCURRENT"], createdAt: new Date(1000) },
      { id: "b", labels: [], createdAt: new Date(2000) },
    ]);
    expect(listRequests()).toMatchObject([
      ["ListSecretVersionIds", { SecretId: NAME, IncludeDeprecated: true }],
      ["ListSecretVersionIds", { NextToken: "next" }],
    ]);
  });

  test("of live secrets have all pages", async () => {
    replies = [
      succeed({
        ClientSecrets: [
          { ClientSecretId: "client--1", ClientSecretCreateDate: 1 },
        ],
        NextToken: "next",
      }),
      succeed({
        ClientSecrets: [
          { ClientSecretId: "client--2", ClientSecretCreateDate: 2 },
        ],
      }),
    ];
    expect(await calls.listLiveSecrets(IDS)).toEqual([
      { id: "client--1", createdAt: new Date(1000) },
      { id: "client--2", createdAt: new Date(2000) },
    ]);
    expect(server.received).toHaveLength(2);
  });
});

describe("a version", () => {
  const version = {
    id: "x".repeat(64),
    text: `{"client_secret":"${VALUE}"}`,
    label: "AWSPENDING",
  };

  test("is written with a label, and its id as token", async () => {
    replies = [succeed({})];
    expect(await calls.writeVersion(NAME, version)).toBe(true);
    expect(listRequests()).toEqual([
      [
        "PutSecretValue",
        {
          SecretId: NAME,
          ClientRequestToken: version.id,
          SecretString: version.text,
          VersionStages: ["AWSPENDING"],
        },
      ],
    ]);
  });

  test("with an id that has another value is not written", async () => {
    replies = [fail("ResourceExistsException", "any text")];
    expect(await calls.writeVersion(NAME, version)).toBe(false);
  });

  test("that does not exist is not found, unlike the secret itself", async () => {
    const missing = fail("ResourceNotFoundException", "any text");
    replies = [missing, missing];
    expect(await calls.readVersion(NAME, "a")).toBeUndefined();
    await expect(calls.readVersion(NAME)).rejects.toThrow(
      'secret "stack-dev/service" does not exist in us-west-2',
    );
  });

  test("of a secret that is marked for deletion is an error", async () => {
    replies = [
      fail(
        "InvalidRequestException",
        "You can't perform this operation on the secret because it was marked for deletion.",
      ),
    ];
    await expect(calls.readVersion(NAME)).rejects.toThrow(
      "is marked for deletion",
    );
  });

  test("gets a label, unless another version has it", async () => {
    replies = [
      succeed({}),
      succeed({}),
      fail("InvalidParameterException", "any text"),
    ];
    expect(await calls.moveLabel(NAME, "AWSCURRENT", "a", "b")).toBe(true);
    expect(await calls.moveLabel(NAME, "AWSPENDING", "a")).toBe(true);
    expect(await calls.moveLabel(NAME, "AWSCURRENT", "a", "b")).toBe(false);
    const request = {
      SecretId: NAME,
      VersionStage: "AWSCURRENT",
      RemoveFromVersionId: "a",
    };
    expect(listRequests()).toEqual([
      ["UpdateSecretVersionStage", { ...request, MoveToVersionId: "b" }],
      ["UpdateSecretVersionStage", { ...request, VersionStage: "AWSPENDING" }],
      ["UpdateSecretVersionStage", { ...request, MoveToVersionId: "b" }],
    ]);
  });
});

describe("a secret of a client", () => {
  test("is added with its value", async () => {
    replies = [
      succeed({ ClientSecretDescriptor: { ClientSecretId: "client--2" } }),
    ];
    expect(await calls.addSecret(IDS, VALUE)).toBe("client--2");
    expect(listRequests()).toEqual([
      [
        "AddUserPoolClientSecret",
        {
          UserPoolId: IDS.userPoolId,
          ClientId: IDS.clientId,
          ClientSecret: VALUE,
        },
      ],
    ]);
  });

  test("is not added if two are live", async () => {
    replies = Array.from({ length: 4 }, () =>
      fail("LimitExceededException", "any text"),
    );
    expect(await calls.addSecret(IDS, VALUE)).toBeUndefined();
  }, 30_000);

  test.each(["ResourceNotFoundException", "InvalidParameterException"])(
    "is not deleted again, or as the last one: %s",
    async (name) => {
      replies = [fail(name, "any text")];
      await calls.deleteSecret(IDS, "client--1");
      expect(server.received).toHaveLength(1);
    },
  );

  test("has a client that does not exist", async () => {
    replies = [fail("ResourceNotFoundException", "any text")];
    expect(await calls.describeClient(IDS)).toBeUndefined();
  });

  test("is the first one while the client returns it", async () => {
    replies = [
      succeed({
        UserPoolClient: {
          ClientSecret: VALUE,
          CallbackURLs: ["https://a.example"],
        },
      }),
      succeed({ UserPoolClient: { ClientSecret: "" } }),
    ];
    expect(await calls.describeClient(IDS)).toEqual({
      originalSecret: VALUE,
      callbackUrls: ["https://a.example"],
    });
    expect(await calls.describeClient(IDS)).toEqual({ callbackUrls: [] });
  });

  test("is in no error", async () => {
    replies = [
      fail("InternalErrorException", "any text"),
      fail("AccessDeniedException", "no"),
    ];
    for (const call of [
      () =>
        calls.writeVersion(NAME, { id: "x", text: VALUE, label: "AWSPENDING" }),
      () => calls.addSecret(IDS, VALUE),
    ]) {
      const error: unknown = await call().catch((one: unknown) => one);
      expect(error).toBeInstanceOf(Error);
      expect(inspect(error, { depth: 9 })).not.toContain("canary");
    }
  });
});

describe("the test of a secret", () => {
  const fields = {
    flow: "client_credentials",
    client_id: "client",
    scope: "api/read api/write",
    cognito_domain: "https://auth.example",
  };
  const secret = {
    secretName: NAME,
    fields,
    clientSecret: VALUE,
    callbackUrls: [],
  };
  const run = (overrides: Partial<typeof secret> = {}) =>
    new ClientSecretTester(
      { COGNITO_DOMAIN_ENDPOINT: server.endpoint },
      { log: () => undefined, pause: () => Promise.resolve() },
    ).run({ ...secret, ...overrides });
  const oauth = (error: string): Reply => ({ status: 400, body: { error } });
  const web = { ...fields, flow: "authorization_code" };

  test("requests a token with one scope", async () => {
    replies = [
      {
        body: { access_token: "a.b.c", expires_in: 3600, token_type: "Bearer" },
      },
      oauth("invalid_client"),
    ];
    expect(await run()).toBe(true);
    expect(await run()).toBe(false);
    expect(server.received[0]?.body).toBe(
      "grant_type=client_credentials&scope=api%2Fread",
    );
  });

  test("of a web client sends a code that does not exist", async () => {
    replies = [oauth("invalid_grant"), oauth("invalid_client")];
    expect(await run({ fields: web })).toBe(true);
    expect(await run({ fields: web })).toBe(false);
    expect(server.received[0]?.body).toMatch(
      /^grant_type=authorization_code&client_id=client&code=/,
    );
  });

  test.each([
    [fields, oauth("invalid_scope"), "does not exist (invalid_scope)"],
    [fields, oauth("unauthorized_client"), "is not enabled"],
    [web, oauth("unauthorized_client"), "cannot test the client secret"],
    [web, { body: VALUE }, "must return an OAuth error"],
    [{ ...fields, cognito_domain: "" }, oauth("x"), "got no cognito_domain"],
    [{ ...fields, scope: "" }, oauth("x"), "got no scope"],
  ])(
    "does not decide for another response: %#",
    async (values, reply, text) => {
      replies = [reply];
      const error: unknown = await run({ fields: values }).catch(
        (one: unknown) => one,
      );
      expect(error).toBeInstanceOf(UserError);
      expect((error as UserError).message).toContain(text);
      expect(inspect(error, { depth: 9 })).not.toContain("canary");
    },
  );
});
